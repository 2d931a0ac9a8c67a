"""Rules walk from pending to firing to resolved as Prometheus's do, and unknown changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from qualtui.alerts.judge import RuleVerdict, judge
from qualtui.alerts.transition import AlertTransition, after_break, alert_step, summarise
from qualtui.config.values import Aggregate, Level, Operator, Rule, Seconds
from qualtui.eventlog.alert_changes import AlertChanged, AlertCleared, AlertUnseen, alert_after
from qualtui.model import AlertState, Phase, Sample, Severity

BAD = RuleVerdict(True, Severity.CRITICAL, 1.0, "refused", 100.0)
GOOD = RuleVerdict(True, None, 0.0, "", 100.0)
UNKNOWN = RuleVerdict(False)


def rule(hold: float = 0.0, keep: float = 0.0) -> Rule:
    return Rule(series="x", critical=Level(1), for_=Seconds(hold), keep_firing_for=Seconds(keep))


def standing(
    phase: Phase, severity: Severity = Severity.CRITICAL, since: float = 100.0, clear: float | None = None
) -> AlertState:
    return AlertState("r", "a", phase, severity, since, 7 if phase is Phase.FIRING else 0, clear)


def walk(a_rule: Rule, verdict: RuleVerdict, before: AlertState | None, now: float) -> AlertTransition | None:
    return alert_step("r", "a", a_rule, verdict, before, now)


def phases(result: AlertTransition | None) -> tuple[Phase, Phase] | None:
    return (result.old, result.new) if isinstance(result, AlertChanged) else None


CASES = [
    ("nothing wrong", rule(), GOOD, None, 100, None),
    ("fires at once without for", rule(), BAD, None, 100, (Phase.INACTIVE, Phase.FIRING)),
    ("pends with for", rule(10), BAD, None, 100, (Phase.INACTIVE, Phase.PENDING)),
    ("still pending", rule(10), BAD, standing(Phase.PENDING), 109.9, None),
    ("fires after for", rule(10), BAD, standing(Phase.PENDING), 110, (Phase.PENDING, Phase.FIRING)),
    ("pending passes", rule(10), GOOD, standing(Phase.PENDING), 105, (Phase.PENDING, Phase.INACTIVE)),
    ("no data leaves pending", rule(10), UNKNOWN, standing(Phase.PENDING), 200, None),
    ("no data begins nothing", rule(), UNKNOWN, None, 200, None),
    ("no data is not recovery", rule(), UNKNOWN, standing(Phase.FIRING), 900, None),
    ("resolves", rule(), GOOD, standing(Phase.FIRING), 120, (Phase.FIRING, Phase.RESOLVED)),
    ("keeps firing for a while", rule(keep=60), GOOD, standing(Phase.FIRING), 120, None),
    ("goes on", rule(), BAD, standing(Phase.FIRING), 120, None),
    (
        "fires late at most once over where the clock was set back",
        rule(10),
        BAD,
        standing(Phase.PENDING),
        89.0,
        (Phase.PENDING, Phase.FIRING),
    ),
    ("gets worse", rule(), BAD, standing(Phase.FIRING, Severity.WARNING), 120, (Phase.FIRING, Phase.FIRING)),
]


@pytest.mark.parametrize(
    ("what", "a_rule", "verdict", "stands", "now", "expected"), CASES, ids=[c[0] for c in CASES]
)
def test_a_rule_walks_as_promised(
    what: str,
    a_rule: Rule,
    verdict: RuleVerdict,
    stands: AlertState | None,
    now: float,
    expected: tuple[Phase, Phase] | None,
) -> None:
    assert phases(walk(a_rule, verdict, stands, now)) == expected


def test_keep_firing_for_counts_from_the_first_clear_look() -> None:
    first = walk(rule(keep=60), GOOD, standing(Phase.FIRING), 120)
    assert first == AlertCleared("r", "a", 120.0, 7)
    clear = standing(Phase.FIRING, clear=120.0)
    assert walk(rule(keep=60), GOOD, clear, 179) is None
    assert phases(walk(rule(keep=60), GOOD, clear, 180)) == (Phase.FIRING, Phase.RESOLVED)


def test_keep_firing_for_starts_anew_after_a_relapse() -> None:
    clear = standing(Phase.FIRING, clear=120.0)
    assert walk(rule(keep=60), BAD, clear, 130) == AlertCleared("r", "a", None, 7)


def test_a_gap_in_the_data_marks_the_alert_and_does_not_start_keep_firing_for_anew() -> None:
    clear = standing(Phase.FIRING, clear=120.0)
    assert walk(rule(keep=60), UNKNOWN, clear, 130) == AlertUnseen("r", "a", 130.0, 7)
    unseen = replace(clear, unseen_since=130.0)
    assert walk(rule(keep=60), UNKNOWN, unseen, 140) is None
    assert walk(rule(keep=60), GOOD, unseen, 150) == AlertUnseen("r", "a", None, 7)


def test_a_mark_of_no_data_changes_nothing_else_of_an_alert() -> None:
    before = standing(Phase.FIRING, clear=120.0)
    unseen = alert_after(before, AlertUnseen("r", "a", 130.0, 7), 130.0)
    assert unseen == replace(before, unseen_since=130.0)
    assert alert_after(unseen, AlertUnseen("r", "a", None, 7), 140.0) == before


def test_a_clock_that_was_set_back_does_not_keep_an_alert_firing_for_ever() -> None:
    anew = walk(rule(keep=60), GOOD, standing(Phase.FIRING, clear=3600.0), 90)
    assert anew == AlertCleared("r", "a", 90, 7)
    ended = walk(rule(keep=60), GOOD, standing(Phase.FIRING, clear=90.0), 150)
    assert phases(ended) == (Phase.FIRING, Phase.RESOLVED)
    assert phases(walk(rule(), GOOD, standing(Phase.FIRING, clear=3600.0), 90)) == (Phase.FIRING, Phase.RESOLVED)


def test_a_transition_keeps_the_incident_s_number_and_beginning() -> None:
    change = walk(rule(), GOOD, standing(Phase.FIRING), 150)
    assert isinstance(change, AlertChanged)
    assert (change.number, change.since) == (7, 100.0)


def test_the_worst_threshold_that_holds_counts() -> None:
    waiting = Rule(series="w", warning=Level(180), critical=Level(600))

    def worst(value: float) -> Severity | None:
        return judge(waiting, [Sample("a/w", 10.0, value)], 10.0, 5.0).severity

    assert (worst(180), worst(181), worst(601)) == (None, Severity.WARNING, Severity.CRITICAL)


def test_a_stale_or_empty_newest_sample_is_unknown_whatever_came_before() -> None:
    old = [Sample("a/x", 1.0, 5.0)]
    assert judge(rule(), old, 100.0, 10.0).known is False
    assert judge(rule(), [*old, Sample("a/x", 99.0, None, "no route")], 100.0, 200.0).known is False
    assert judge(rule(), [], 100.0, 10.0).known is False
    assert judge(rule(), [Sample("a/x", 3700.0, 0.0)], 100.0, 10.0).known is False


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        (Aggregate.AVG, 2.0),
        (Aggregate.MAX, 3.0),
        (Aggregate.MIN, 1.0),
        (Aggregate.SUM, 6.0),
        (Aggregate.COUNT, 3.0),
    ],
)
def test_an_aggregate_covers_its_window_and_skips_gaps(aggregate: Aggregate, expected: float) -> None:
    samples = [Sample("a/x", at, value) for at, value in ((1, 99.0), (91, 1.0), (92, None), (93, 2.0), (94, 3.0))]
    a_rule = Rule(series="x", aggregate=aggregate, window=Seconds(10), op=Operator.AT_LEAST, critical=Level(0))
    assert judge(a_rule, samples, 100.0, 60.0).value == expected


def test_a_summary_fills_its_words_and_leaves_other_braces_alone() -> None:
    text = summarise(
        Rule(series="x", summary="{agent}: {value} {note} {duration} {other}", critical=Level(1)),
        "r",
        "bot",
        RuleVerdict(True, None, 90.0, "{agent}", 1.0),
    )
    assert str(text) == "bot: 90 {agent} 1m {other}"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (12.0, "12"),
        (12.345678, "12"),
        (99.96, "99.9"),
        (0.05123, "0.051"),
        (2_500_000.0, "2500000"),
        (0, "0"),
    ],
)
def test_a_number_in_a_summary_is_as_long_as_it_must_be(value: float, told: str) -> None:
    a_rule = Rule(series="x", summary="{value}", critical=Level(1))
    assert str(summarise(a_rule, "r", "bot", RuleVerdict(True, None, value, "", 1.0))) == told


@given(st.lists(st.tuples(st.sampled_from([BAD, GOOD, UNKNOWN]), st.floats(0.1, 30)), max_size=40))
def test_nothing_fires_that_did_not_hold_and_nothing_ends_without_evidence(
    looks: list[tuple[RuleVerdict, float]],
) -> None:
    now, before = 100.0, None
    a_rule = rule(hold=10, keep=20)
    for verdict, pause in looks:
        now += pause
        change = walk(a_rule, verdict, before, now)
        if change is None:
            continue
        if isinstance(change, AlertUnseen):
            assert before is not None
            assert (change.since is None) == verdict.known
            before = replace(before, unseen_since=change.since)
            continue
        assert verdict.known
        if isinstance(change, AlertCleared):
            assert before is not None
            assert (change.since is None) == (verdict is BAD)
            before = replace(before, clear_since=change.since, unseen_since=None)
            continue
        assert (change.new in {Phase.FIRING, Phase.PENDING}) == (verdict is BAD)
        if change.new in {Phase.FIRING, Phase.PENDING}:
            number = 7 if change.new is Phase.FIRING else 0
            before = AlertState("r", "a", change.new, change.severity, change.since, number)
        else:
            before = None


def test_for_goes_on_over_a_break_of_up_to_an_hour_and_starts_anew_after_a_longer_one() -> None:
    pending = standing(Phase.PENDING)
    assert after_break(pending, 3600) is None
    anew = after_break(pending, 3601)
    assert isinstance(anew, AlertChanged)
    assert phases(anew) == (Phase.PENDING, Phase.INACTIVE)
    assert alert_after(pending, anew, 5000.0) is None


def test_after_a_long_break_an_alert_fires_on_and_keep_firing_for_starts_anew() -> None:
    assert after_break(standing(Phase.FIRING), 1e6) is None
    assert after_break(standing(Phase.FIRING, clear=120.0), 1e6) == AlertCleared("r", "a", None, 7)


def test_an_alert_that_fires_goes_on_until_its_value_leaves() -> None:
    a_rule = Rule(series="x", warning=Level(80), critical=Level(90), leave=Level(70))

    def said(value: float, *, fires: bool) -> Severity | None:
        return judge(a_rule, [Sample("a/x", 99.0, value)], 100.0, 60.0, fires=fires).severity

    assert (said(75, fires=False), said(75, fires=True)) == (None, Severity.WARNING)
    assert (said(95, fires=True), said(70, fires=True)) == (Severity.CRITICAL, None)


def test_a_rule_about_absence_holds_while_there_is_no_fresh_value_and_is_always_known() -> None:
    a_rule = Rule(series="x", absent=Severity.WARNING, for_=Seconds(300))

    def said(*samples: Sample) -> RuleVerdict:
        return judge(a_rule, samples, 100.0, 60.0)

    old, gap, good = (Sample("a/x", at, value) for at, value in ((10.0, 5.0), (99.0, None), (99.0, 5.0)))
    assert [said(*each).severity for each in ((), (old,), (good, gap), (gap, good))] == [
        Severity.WARNING,
        Severity.WARNING,
        Severity.WARNING,
        None,
    ]
    assert all(said(*each).known for each in ((), (old,), (gap,), (good,)))
