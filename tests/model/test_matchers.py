"""Matchers mean what Alertmanager's mean, whatever the values, and no expression holds anything up."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.model.matchers import LONGEST, Matcher, MatcherError, MatchOperator, all_hold, matcher_of

BOTH = (MatchOperator.EQUAL, MatchOperator.NOT_EQUAL)
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=LONGEST)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True)
LABELS = {"agent": "ldc-bot", "rule": "customers-waiting", "severity": "critical"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('agent="ldc-bot"', True),
        ("agent=ldc-bot", True),
        (' agent = "ldc-bot" ', True),
        ('agent="ldc"', False),
        ('agent!="other"', True),
        ('rule=~"customers-.*"', True),
        ("rule=~customers", False),  # the whole value
        ("rule=~customers-(waiting|lost)", True),
        ('rule!~"customers-.*"', False),
        ('team=""', True),  # a label that is missing is empty
        ("team!=sales", True),
        ('team=~".+"', False),
    ],
)
def test_a_matcher_holds_as_alertmanagers_does(text: str, holds: bool) -> None:
    assert matcher_of(text).holds(LABELS) is holds


@pytest.mark.parametrize(
    "text", ["", "agent", "=x", "1a=x", "agent==~", 'agent="x', 'agent=x"', "a b=c", 'rule=~"("', r"rule=~(x)\1"]
)
def test_what_is_no_matcher_is_refused(text: str) -> None:
    if text == "agent==~":
        assert matcher_of(text).value == "=~"
        return
    with pytest.raises(MatcherError):
        matcher_of(text)


def test_a_value_that_is_too_long_is_refused() -> None:
    with pytest.raises(MatcherError):
        matcher_of("agent=" + "x" * (LONGEST + 1))


@given(NAMES, st.sampled_from(BOTH), VALUES)
def test_a_written_matcher_reads_as_the_same(label: str, op: MatchOperator, value: str) -> None:
    matcher = Matcher(label, op, value)
    assert matcher_of(str(matcher)) == matcher


@given(NAMES, VALUES, VALUES)
def test_a_matcher_and_its_opposite_never_agree(label: str, value: str, other: str) -> None:
    for labels in ({label: value}, {label: other}, {}):
        equal, unequal = (Matcher(label, op, value).holds(labels) for op in BOTH)
        assert equal is not unequal


@given(st.text(max_size=60))
def test_any_text_is_a_matcher_or_is_refused(text: str) -> None:
    with contextlib.suppress(MatcherError):
        matcher_of(text).holds(LABELS)


def test_no_expression_takes_long() -> None:
    evil = matcher_of("agent=~" + "(a|a)*" * 20 + "b")
    began = time.perf_counter()
    evil.holds({"agent": "a" * 100})
    assert time.perf_counter() - began < 0.5


def test_all_matchers_must_hold() -> None:
    both = (matcher_of("agent=ldc-bot"), matcher_of("rule=other"))
    assert all_hold(both[:1], LABELS)
    assert not all_hold(both, LABELS)
    assert all_hold((), LABELS)
