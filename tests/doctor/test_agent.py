"""The bot's HTTP side: the deployed variant, what it offers and leaks, and that it is asked sparingly."""

import socket
import time
from email.utils import formatdate
from typing import Any

import pytest

from qualtui.config.values import HealthSettings, Seconds
from qualtui.doctor import agent as doctor
from qualtui.doctor.report import Reach, Report
from qualtui.model.findings import Finding, FindingVerdict
from tests.doctor.serving import Replies, serving

HEALTH = {"status": "healthy", "timestamp": "2026-11-22T08:28:02", "metrics": {}}
NEWEST: Replies = {("GET", "/health"): (200, HEALTH)}


async def examined(url: str) -> Report:
    return await doctor.check_bot(HealthSettings(url=f"{url}/health", timeout=Seconds(2)), time.time)


def by_check(report: Report) -> dict[str, Finding]:
    return {finding.check: finding for finding in report.findings}


async def verdicts(replies: Replies) -> dict[str, Finding]:
    async with serving(replies) as server:
        return by_check(await examined(server.url))


async def test_todays_commit_is_known_by_its_html_and_has_nothing_to_tell() -> None:
    found = await verdicts(NEWEST)
    assert {one.verdict for one in found.values()} == {FindingVerdict.OK}
    assert "HTML" in str(found["agent.variant"].why)
    assert "none of /health/deep" in str(found["agent.endpoints"].why)


@pytest.mark.parametrize(
    "replies",
    [
        {**NEWEST, ("GET", "/"): (404, {"error": "Not found"})},
        {**NEWEST, ("GET", "/stats"): (200, {"leads": 3})},
        {("GET", "/health"): (200, {"status": "healthy", "timestamp": "", "services": {"database": "ok"}})},
    ],
)
async def test_an_older_commit_is_known_by_its_json(replies: Replies) -> None:
    assert (await verdicts(replies))["agent.variant"].verdict is FindingVerdict.WARNING


async def test_endpoints_are_found_by_asking_what_they_take() -> None:
    replies: Replies = {
        **NEWEST,
        ("OPTIONS", "/health/deep"): (200, ""),
        ("OPTIONS", f"/leads/{doctor.NOBODY}/retry"): (405, ""),
    }
    found = str((await verdicts(replies))["agent.endpoints"].why)
    assert "/health/deep" in found
    assert "/leads/ID/retry" in found
    assert "requalify" not in found


@pytest.mark.parametrize(
    ("status", "verdict"), [(200, FindingVerdict.WARNING), (401, FindingVerdict.OK), (404, FindingVerdict.OK)]
)
async def test_phones_that_anybody_may_read_are_a_warning(status: int, verdict: FindingVerdict) -> None:
    found = await verdicts({**NEWEST, ("HEAD", "/metrics/detailed"): (status, "")})
    assert found["agent.leak"].verdict is verdict


async def test_it_asks_seven_times_one_after_the_other_and_nothing_that_acts() -> None:
    async with serving(NEWEST) as server:
        await examined(server.url)
    assert server.busiest == 1
    assert len(server.asked) == 7
    assert {method for method, _path in server.asked} == {"GET", "HEAD", "OPTIONS"}
    assert ("GET", "/metrics/detailed") not in server.asked


async def test_a_silent_bot_is_asked_once() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        settings = HealthSettings(url=f"http://127.0.0.1:{held.getsockname()[1]}/health", timeout=Seconds(0.2))
        report = await doctor.check_bot(settings, time.time)
    found = by_check(report)
    assert (found["agent.health"].verdict, "busy" in str(found["agent.health"].todo)) == (
        FindingVerdict.FAILED,
        True,
    )
    assert found["agent.variant"].verdict is FindingVerdict.SKIPPED
    assert report.contacts[0].reach is Reach.SILENT


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"status": "unhealthy"}, 500, "HTTP 500"),
        ({"status": "unhealthy"}, 200, "unhealthy"),
        ("<html>", 200, "JSON"),
    ],
)
async def test_an_unhealthy_answer_is_a_failure(body: Any, status: int, word: str) -> None:
    found = (await verdicts({("GET", "/health"): (status, body)}))["agent.health"]
    assert (found.verdict, word in str(found.why)) == (FindingVerdict.FAILED, True)


async def test_its_clocks_are_read_from_the_date_and_from_a_stamp_without_a_zone() -> None:
    now = time.time()
    local = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now - 3 * 3600 + 40))  # UTC-3, 40 s ahead
    replies: Replies = {("GET", "/health"): (200, {"status": "healthy", "timestamp": local, "metrics": {}})}
    async with serving(replies, headers={"Date": formatdate(now - 90, usegmt=True)}) as server:
        report = await examined(server.url)
    ahead = [clock.ahead for clock in report.clocks]
    assert ahead == [pytest.approx(-90, abs=2), pytest.approx(40, abs=2)]


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://bot.example.com/health", "https://bot.example.com"),
        ("https://example.com/bot/health", "https://example.com/bot"),
        ("http://127.0.0.1:5000/health?x=1", "http://127.0.0.1:5000"),
    ],
)
def test_the_other_paths_lie_beside_health(url: str, base: str) -> None:
    assert doctor.base_of(url) == base
