"""Clocks, the network, who is told: pure judgements as tables."""

import pytest

from qualtui.doctor import clocks, network, pooling, settings
from qualtui.doctor.report import Clock, Contact, Reach
from qualtui.model.findings import Finding, FindingVerdict, doctor_exit_code, failed, ok, skipped, warning
from tests.config.sample import AGENT, read

WHOLE = (
    AGENT
    + '[agents.bot.database]\ndsn = "postgresql://u@h/d"\n[agents.bot.gateway]\nurl = "https://waha.example.com"\n'
)
TARGET = '[notify.channels.ops]\nurl = "json://127.0.0.1"\n'
ROUTE = '[[notify.routes]]\nchannels = ["ops"]\nseverities = ["critical"]\n'


@pytest.mark.parametrize(
    ("given", "verdict", "words"),
    [
        ([], FindingVerdict.SKIPPED, ""),
        ([Clock("database", 0.4, 0.01), Clock("host", -1.2, 0.6)], FindingVerdict.OK, "database, host: within"),
        ([Clock("database", 90, 0.01)], FindingVerdict.WARNING, "this machine's|database's clock is 90 s ahead"),
        (
            [Clock("database", 90, 0.01), Clock("host", 91, 0.6)],
            FindingVerdict.WARNING,
            "this machine's clock is 90 s behind",
        ),
        (
            [Clock("database", 90, 0.01), Clock("host", 0.2, 0.6)],
            FindingVerdict.WARNING,
            "database's clock is 90 s ahead",
        ),
        ([Clock("busy host", 8, 8)], FindingVerdict.OK, "within"),
    ],
)
def test_the_clock_that_is_wrong_is_the_one_that_stands_alone(
    given: list[Clock], verdict: FindingVerdict, words: str
) -> None:
    found = clocks.clock_findings(given)
    assert found.verdict is verdict
    assert any(word in str(found.why) for word in words.split("|"))


def contacts(*reaches: Reach, near: bool = False) -> list[Contact]:
    return [Contact(f"place {number}", reach, near) for number, reach in enumerate(reaches)]


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (contacts(Reach.ANSWERED, Reach.SILENT), FindingVerdict.OK),
        (contacts(Reach.REFUSED), FindingVerdict.OK),
        (contacts(Reach.SILENT, Reach.UNASKED), FindingVerdict.FAILED),
        (contacts(Reach.ANSWERED, Reach.UNASKED), FindingVerdict.WARNING),
        (contacts(Reach.ANSWERED, near=True), FindingVerdict.SKIPPED),
        (contacts(Reach.ANSWERED, near=True) + contacts(Reach.UNASKED), FindingVerdict.FAILED),
    ],
)
def test_whoever_answers_from_elsewhere_proves_our_network(given: list[Contact], verdict: FindingVerdict) -> None:
    assert network.network_findings(given).verdict is verdict


@pytest.mark.parametrize(
    ("pooled", "port", "said", "verdict"),
    [
        (True, 6543, False, FindingVerdict.FAILED),
        (True, 6543, True, FindingVerdict.OK),
        (False, 5432, False, FindingVerdict.OK),
        (False, 5432, True, FindingVerdict.OK),
        (None, 6543, False, FindingVerdict.WARNING),
        (None, 5432, False, FindingVerdict.WARNING),
        (None, 5432, True, FindingVerdict.OK),
    ],
)
def test_a_pooler_that_the_configuration_hides_is_a_failure(
    pooled: bool | None, port: int, said: bool, verdict: FindingVerdict
) -> None:
    assert pooling.pooling_findings(pooled, port, said=said).verdict is verdict


def told(text: str) -> dict[str, Finding]:
    return {finding.check: finding for finding in settings.check_settings(read(text))}


def test_critical_that_reaches_nobody_is_a_failure() -> None:
    assert told(WHOLE)["notify.routes"].verdict is FindingVerdict.FAILED
    assert told(WHOLE + TARGET + ROUTE)["notify.routes"].verdict is FindingVerdict.OK
    other = '[agents.other.health]\nurl = "https://other.example.com/health"\n'
    found = told(WHOLE + other + TARGET + ROUTE + 'agents = ["bot"]\n')["notify.routes"]
    assert (found.verdict, "other" in str(found.why)) == (FindingVerdict.FAILED, True)
    mild = ROUTE.replace("critical", "warning")
    assert told(WHOLE + TARGET + mild)["notify.routes"].verdict is FindingVerdict.FAILED


def test_a_target_that_no_route_names_and_a_source_that_is_missing_are_told() -> None:
    assert "ops" in str(told(WHOLE + TARGET)["notify.unused"].why)
    assert "bot.database" in str(told(AGENT)["config.sources"].why)
    assert told(WHOLE)["config.sources"].verdict is FindingVerdict.OK


def test_the_exit_code_is_that_of_the_worst() -> None:
    fine, bad, worst = ok("a", "a", "a"), warning("a", "a", "a", "do"), failed("a", "a", "a", "do")
    assert doctor_exit_code([fine, skipped("a", "a", "a")]) == 0
    assert doctor_exit_code([fine, bad]) == 1
    assert doctor_exit_code([worst, bad]) == 2
