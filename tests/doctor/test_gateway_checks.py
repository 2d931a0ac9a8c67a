"""The gateway: every way in which it keeps customers' messages from the bot is told."""

import time
from typing import Any

import pytest

from qualtui.config.values import GatewaySettings, Seconds, Secret
from qualtui.doctor import gateway_checks as doctor
from qualtui.model.findings import Finding, FindingVerdict
from tests.doctor.serving import Replies, serving
from tests.fixes.waha import waha

AGENT = "https://bot.example.com/health"
CHATS = "/api/default/chats/overview"
HOOK = {"url": "https://bot.example.com/webhook", "events": ["message"]}


def replies(status: str = "WORKING", uptime: float = 3600.0, **config: Any) -> Replies:
    session = {"name": "default", "status": status, "config": config or {"webhooks": [HOOK]}}
    return {
        ("GET", "/api/sessions/default"): (200, session),
        ("GET", "/api/server/version"): (200, {"version": "2026.7.1", "tier": "PLUS", "engine": "NOWEB"}),
        ("GET", "/api/server/status"): (200, {"startTimestamp": 1, "uptime": uptime * 1000}),
        ("GET", CHATS): (200, []),
    }


async def examined(given: Replies, *, key: str = "key-1", ours: str = "key-1") -> dict[str, Finding]:
    async with serving(given, key=key) as server:
        settings = GatewaySettings(url=server.url, key=Secret(ours) if ours else None, timeout=Seconds(2))
        report = await doctor.check_gateway(settings, AGENT, time.time)
    assert {method for method, _path in server.asked} == {"GET"}
    return {finding.check: finding for finding in report.findings}


async def test_a_sound_gateway_is_ok_in_every_line() -> None:
    found = await examined(replies())
    assert {name: str(one.why) for name, one in found.items() if one.verdict is not FindingVerdict.OK} == {}
    assert "2026.7.1 PLUS" in str(found["gateway.version"].why)


async def test_a_rejected_key_is_told_and_nothing_more_is_asked() -> None:
    found = await examined(replies(), ours="wrong")
    assert found.keys() == {"gateway.reach"}
    assert (found["gateway.reach"].verdict, "key" in str(found["gateway.reach"].why)) == (
        FindingVerdict.FAILED,
        True,
    )


@pytest.mark.parametrize(("code", "told"), [(400, "its store"), (404, "no chats overview"), (500, "HTTP 500")])
async def test_a_gateway_that_tells_of_no_chats_is_a_warning_with_what_to_do(code: int, told: str) -> None:
    found = (await examined({**replies(), ("GET", CHATS): (code, {})}))["gateway.chats"]
    assert (found.verdict, told in str(found.why), "config.noweb.store" in str(found.todo)) == (
        FindingVerdict.WARNING,
        True,
        True,
    )


async def test_chats_are_not_asked_for_while_the_session_cannot_tell() -> None:
    assert "gateway.chats" not in await examined(replies("FAILED"))


async def test_a_gateway_that_needs_no_key_is_open_to_all() -> None:
    assert (await examined(replies(), key="", ours=""))["gateway.open"].verdict is FindingVerdict.WARNING


async def test_a_session_that_is_not_there_is_told() -> None:
    assert "no session" in str((await examined({}))["gateway.reach"].why)


@pytest.mark.parametrize(
    ("status", "uptime", "verdict", "todo"),
    [
        ("WORKING", 3600, FindingVerdict.OK, ""),
        ("STARTING", 20, FindingVerdict.WARNING, "2 min"),
        ("STARTING", 3600, FindingVerdict.FAILED, "restart"),
        ("SCAN_QR_CODE", 3600, FindingVerdict.FAILED, "phone"),
        ("PASSKEY_REQUIRED", 3600, FindingVerdict.FAILED, "phone"),
        ("FAILED", 3600, FindingVerdict.FAILED, "restart"),
        ("SOMETHING_NEW", 3600, FindingVerdict.FAILED, "restart"),
    ],
)
async def test_each_status_says_what_to_do(status: str, uptime: float, verdict: FindingVerdict, todo: str) -> None:
    found = (await examined(replies(status, uptime)))["gateway.session"]
    assert (found.verdict, todo in str(found.todo)) == (verdict, True)


@pytest.mark.parametrize(
    ("webhooks", "verdict", "word"),
    [
        ([], FindingVerdict.SKIPPED, "WHATSAPP_HOOK_URL"),
        ([{**HOOK, "url": "https://old-bot.example.com/webhook"}], FindingVerdict.WARNING, "old-bot.example.com"),
        ([{**HOOK, "events": ["session.status"]}], FindingVerdict.FAILED, "gets no customer"),
        ([{**HOOK, "events": ["message", "session.status"]}], FindingVerdict.WARNING, "session.status"),
        ([{**HOOK, "events": ["message", "message.any"]}], FindingVerdict.WARNING, "message.any"),
        ([{"url": "https://crm.example.com/", "events": ["message"]}, HOOK], FindingVerdict.OK, "the bot"),
    ],
)
async def test_where_it_posts_what_customers_write(
    webhooks: list[Any], verdict: FindingVerdict, word: str
) -> None:
    found = (await examined(replies(webhooks=webhooks)))["gateway.webhook"]
    assert (found.verdict, word in str(found.why)) == (verdict, True)


async def test_what_is_no_gateway_is_told() -> None:
    given: Replies = {("GET", "/api/sessions/default"): (200, "<html>hello</html>")}
    assert (await examined(given))["gateway.reach"].verdict is FindingVerdict.FAILED


async def test_which_assumption_about_the_chats_is_broken_is_named() -> None:
    async with waha() as gateway:
        gateway.chats = [("5511988887777@c.us", time.time() - 60, True)]
        assert (await doctor.evidence_finding(gateway.settings, time.time())).verdict is FindingVerdict.OK
        gateway.me = None
        found = await doctor.evidence_finding(gateway.settings, time.time())
    assert found.verdict is FindingVerdict.WARNING
    assert "me: null" in str(found.why)
    assert "retry writes to no one" in str(found.todo)
