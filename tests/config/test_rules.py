"""The built-in rules."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from qualtui.config import rules
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import Aggregate, Operator, Rule
from qualtui.series.catalogue import BY_NAME
from tests.config.sample import AGENT, lines

EXAMPLE = tomllib.loads((Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", BUILT_IN.values(), ids=BUILT_IN.keys())
def test_each_built_in_rule_looks_at_a_series_that_is_declared(rule: Rule) -> None:
    assert rule.series in BY_NAME
    newest = rule.aggregate is Aggregate.LAST
    assert (float(rule.window) == 0.0) == newest, "an aggregate needs a window, the newest none"


@pytest.mark.parametrize(
    ("name", "op", "warning", "critical", "lasting"),
    [
        ("agent-down", Operator.AT_LEAST, None, 1, 0),
        ("database-down", Operator.EQUAL, None, 0, 10),
        ("gateway-not-working", Operator.EQUAL, None, 0, 120),
        ("customers-waiting", Operator.ABOVE, 180, 600, 0),
        ("customers-lost", Operator.ABOVE, None, 0, 0),
        ("blind", Operator.ABOVE, 300, None, 0),
        ("database-slow", Operator.ABOVE, 1, None, 60),
        ("error-rate", Operator.ABOVE, 5, 25, 0),
        ("memory-leak", Operator.AT_LEAST, 1, 2, 300),
        ("consecutive-failures", Operator.AT_LEAST, 5, None, 0),
        ("consecutive-customers", Operator.AT_LEAST, None, 5, 0),
        ("reply-slow", Operator.ABOVE, 30, None, 0),
        ("webhook-timeouts", Operator.AT_LEAST, 3, None, 0),
        ("conversations-loop", Operator.ABOVE, 50, None, 0),
        ("watch-fault", Operator.ABOVE, 0, None, 60),
        ("backup-late", Operator.ABOVE, 7200, None, 0),
        ("backup-failed", Operator.AT_LEAST, 1, None, 0),
        ("backup-unverified", Operator.ABOVE, 30 * 86400, None, 0),
        ("deep-broken", Operator.ABOVE, 0, None, 660),
        ("deep-silent", Operator.AT_LEAST, 1, None, 2100),
    ],
)
def test_the_severities_are_those_that_were_asked_for(
    name: str, op: Operator, warning: float | None, critical: float | None, lasting: float
) -> None:
    rule = BUILT_IN[name]
    levels = [None if level is None else float(level) for level in (rule.warning, rule.critical)]
    assert (rule.op, *levels, float(rule.for_)) == (op, warning, critical, lasting)


def test_every_built_in_rule_waits_a_little_before_it_is_over() -> None:
    assert all(rule.keep_firing_for >= 30 for rule in BUILT_IN.values())


@pytest.mark.parametrize("rule", BUILT_IN.values(), ids=BUILT_IN.keys())
def test_each_built_in_rule_says_what_to_look_at_and_what_to_do(rule: Rule) -> None:
    sentences = [part for part in re.split(r"(?<=[.?:;]) ", rule.runbook) if part]
    assert 2 <= len(sentences) <= 6
    assert len(rule.runbook) <= 240, "the box on the screen shows no more"


def test_each_built_in_rule_has_the_reason_of_its_figure_as_a_comment() -> None:
    text = inspect.getsource(rules)
    for name in BUILT_IN:
        before = re.split(rf'    "{name}": (?:Rule|_budget)\(', text)[0].rstrip().splitlines()[-1]
        assert before.lstrip().startswith("#"), name


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_example_shows_each_rule_s_link_and_runbook(name: str) -> None:
    shown, rule = EXAMPLE["rules"][name], BUILT_IN[name]
    assert shown["runbook"] == rule.runbook
    assert shown.get("link") == (None if rule.link is None else rule.link.value)


def test_a_rule_on_an_error_budget_that_would_page_is_refused() -> None:
    assert any(
        "an error budget wakes no one" in line for line in lines(f"{AGENT}[rules.budget-up]\ncritical = 5\n")
    )
