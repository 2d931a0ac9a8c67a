"""A backtest finds the moments that the engine's own steps would give, and names pages that differ."""

from collections.abc import Sequence
from math import inf

import pytest

from benchmarks.promtool import EVERY, Case, cases, fired
from qualtui.alerts.backtest import Backtest, PageChange, Past, Spell, compare_rules, compared
from qualtui.config.values import Aggregate, Level, Rule, Seconds
from qualtui.model import Sample

END = 10_000.0


def past_of(**series: Sequence[float | None]) -> Past:
    samples = {
        f"bot/user.{name}": tuple(Sample(f"bot/user.{name}", float(n * EVERY), v) for n, v in enumerate(values))
        for name, values in series.items()
    }
    return lambda name, _how: samples.get(name, ())


def critical(case: Case) -> Rule:
    rule = case.rule
    return Rule(
        series="user.x", op=rule.op, critical=rule.warning, for_=rule.for_, keep_firing_for=rule.keep_firing_for
    )


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_out_for_speed_changes_no_page(seed: int) -> None:
    for case in cases(seed, 100):
        pages = Backtest("bot", {"x": critical(case)}, past_of(x=case.values), 0.0, END).pages("x")
        fires = fired(case, asked=True)
        begins = [float(n * EVERY) for n, on in enumerate(fires) if on and not (n and fires[n - 1])]
        assert [one.since for one in pages] == begins, case


def test_a_rule_that_is_held_is_one_page_until_what_holds_it_ends() -> None:
    rules = {
        "waits": Rule(series="user.w", critical=Level(0)),
        "rate": Rule(series="user.x", critical=Level(0), held_by="waits"),
    }
    past = past_of(w=[0, 1, 1, 1, 1, 0, 0], x=[0, 1, 0, 1, 0, 0, 0])
    held = Backtest("bot", rules, past, 0.0, END).pages("rate")
    free = Backtest("bot", {"rate": rules["rate"]}, past, 0.0, END).pages("rate")
    assert ([one.since for one in held], [one.since for one in free]) == ([30.0], [30.0, 90.0])


def test_a_page_begins_as_soon_as_what_kept_it_back_ends() -> None:
    rules = {
        "waits": Rule(series="user.w", critical=Level(0), keep_firing_for=Seconds(45)),
        "late": Rule(series="user.x", critical=Level(0), unless="waits"),
    }
    rare = tuple(Sample("bot/user.x", at, 1.0) for at in (100.0, 190.0))
    often = past_of(w=[0, 1, 0, 0, 0, 0, 0])
    replay = Backtest("bot", rules, lambda name, how: often(name, how) or rare, 0.0, END)
    assert [one.until for one in replay.pages("waits")] == [120.0]
    assert [one.since for one in replay.pages("late")] == [120.0]


def test_two_rules_that_hold_each_other_end_the_replay_all_the_same() -> None:
    rules = {
        "a": Rule(series="user.x", critical=Level(0), held_by="b"),
        "b": Rule(series="user.x", critical=Level(0), held_by="a"),
    }
    assert len(Backtest("bot", rules, past_of(x=[1, 0, 0]), 0.0, END).pages("a")) == 1


def spell(since: float, until: float = inf) -> Spell:
    return Spell("x", "bot", since, until)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([spell(100, 200)], [spell(100, 200)], []),
        ([spell(100, 200)], [spell(159, 200)], []),  # within a minute it is the same page
        ([spell(100, 400)], [spell(160, 400)], [PageChange("x", "bot", 100, 160)]),
        ([spell(300, 400)], [spell(100, 350)], [PageChange("x", "bot", 300, 100)]),
        ([spell(100, 200)], [], [PageChange("x", "bot", 100, None)]),
        ([], [spell(100)], [PageChange("x", "bot", None, 100)]),
        (
            [spell(100, 200)],
            [spell(300, 400)],
            [PageChange("x", "bot", 100, None), PageChange("x", "bot", None, 300)],
        ),
    ],
)
def test_pages_are_added_removed_earlier_or_later(
    before: list[Spell], after: list[Spell], expected: list[PageChange]
) -> None:
    assert compared(before, after) == expected


def test_a_comparison_counts_by_rule() -> None:
    old = {"x": Rule(series="user.x", critical=Level(0))}
    new = {"x": Rule(series="user.x", critical=Level(0), for_=Seconds(120))}
    past = past_of(x=[0, 1, 0, 1, 1, 1, 1, 1, 1, 0])
    found = compare_rules(("bot",), old, new, past, 0.0, END)
    assert (found.before, found.after, found.counts("x")) == ({"x": 2}, {"x": 1}, (0, 1, 0, 1))
    assert past("bot/none", Aggregate.LAST) == ()
