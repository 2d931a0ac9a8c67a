"""Clocks, the network, who is told: pure judgements as tables."""

import pytest

from qualtui.doctor import clocks, network, pooling, settings
from qualtui.doctor.report import Clock, Contact, Reach
from qualtui.findings import Finding, Verdict, exit_code, failed, ok, skipped, warning
from tests.config.sample import AGENT, read

WHOLE = (
    AGENT
    + '[agents.bot.database]\ndsn = "postgresql://u@h/d"\n[agents.bot.waha]\nurl = "https://waha.example.com"\n'
)
TARGET = '[notify.targets.ops]\nurl = "json://127.0.0.1"\n'
ROUTE = '[[notify.routes]]\ntargets = ["ops"]\nseverities = ["critical"]\n'


@pytest.mark.parametrize(
    ("given", "verdict", "words"),
    [
        ([], Verdict.SKIPPED, ""),
        ([Clock("database", 0.4, 0.01), Clock("host", -1.2, 0.6)], Verdict.OK, "database, host: within"),
        ([Clock("database", 90, 0.01)], Verdict.WARNING, "this machine's|database's is 90 s ahead"),
        ([Clock("database", 90, 0.01), Clock("host", 91, 0.6)], Verdict.WARNING, "this machine's is 90 s behind"),
        ([Clock("database", 90, 0.01), Clock("host", 0.2, 0.6)], Verdict.WARNING, "database's is 90 s ahead"),
        ([Clock("busy host", 8, 8)], Verdict.OK, "within"),
    ],
)
def test_the_clock_that_is_wrong_is_the_one_that_stands_alone(
    given: list[Clock], verdict: Verdict, words: str
) -> None:
    found = clocks.judged(given)
    assert found.verdict is verdict
    assert any(word in found.why for word in words.split("|"))


def contacts(*reaches: Reach, near: bool = False) -> list[Contact]:
    return [Contact(f"place {number}", reach, near) for number, reach in enumerate(reaches)]


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (contacts(Reach.ANSWERED, Reach.SILENT), Verdict.OK),
        (contacts(Reach.REFUSED), Verdict.OK),
        (contacts(Reach.SILENT, Reach.UNASKED), Verdict.FAILED),
        (contacts(Reach.ANSWERED, Reach.UNASKED), Verdict.WARNING),
        (contacts(Reach.ANSWERED, near=True), Verdict.SKIPPED),
        (contacts(Reach.ANSWERED, near=True) + contacts(Reach.UNASKED), Verdict.FAILED),
    ],
)
def test_whoever_answers_from_elsewhere_proves_our_network(given: list[Contact], verdict: Verdict) -> None:
    assert network.judged(given).verdict is verdict


@pytest.mark.parametrize(
    ("pooled", "port", "said", "verdict"),
    [
        (True, 6543, False, Verdict.FAILED),
        (True, 6543, True, Verdict.OK),
        (False, 5432, False, Verdict.OK),
        (False, 5432, True, Verdict.OK),
        (None, 6543, False, Verdict.WARNING),
        (None, 5432, False, Verdict.WARNING),
        (None, 5432, True, Verdict.OK),
    ],
)
def test_a_pooler_that_the_configuration_hides_is_a_failure(
    pooled: bool | None, port: int, said: bool, verdict: Verdict
) -> None:
    assert pooling.judged(pooled, port, said=said).verdict is verdict


def told(text: str) -> dict[str, Finding]:
    return {finding.check: finding for finding in settings.examine(read(text))}


def test_critical_that_reaches_nobody_is_a_failure() -> None:
    assert told(WHOLE)["notify.routes"].verdict is Verdict.FAILED
    assert told(WHOLE + TARGET + ROUTE)["notify.routes"].verdict is Verdict.OK
    other = '[agents.other.health]\nurl = "https://other.example.com/health"\n'
    found = told(WHOLE + other + TARGET + ROUTE + 'agents = ["bot"]\n')["notify.routes"]
    assert (found.verdict, "other" in found.why) == (Verdict.FAILED, True)
    mild = ROUTE.replace("critical", "warning")
    assert told(WHOLE + TARGET + mild)["notify.routes"].verdict is Verdict.FAILED


def test_a_target_that_no_route_names_and_a_source_that_is_missing_are_told() -> None:
    assert "ops" in told(WHOLE + TARGET)["notify.unused"].why
    assert "bot.database" in told(AGENT)["config.sources"].why
    assert told(WHOLE)["config.sources"].verdict is Verdict.OK


def test_the_exit_code_is_that_of_the_worst() -> None:
    fine, bad, worst = ok("a", "a", "a"), warning("a", "a", "a", "do"), failed("a", "a", "a", "do")
    assert exit_code([fine, skipped("a", "a", "a")]) == 0
    assert exit_code([fine, bad]) == 1
    assert exit_code([worst, bad]) == 2
