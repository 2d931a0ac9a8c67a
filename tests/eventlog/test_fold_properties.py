"""What holds for any log at all."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from qualtui.eventlog.ack_links import AckLinkLapsed, AckLinkUsed, AckRepliesRead
from qualtui.eventlog.activity import ACTIVITY_KEPT
from qualtui.eventlog.alerts import RESOLVED_KEPT, RuleChanged
from qualtui.eventlog.codec import decode, encode, event_kind
from qualtui.eventlog.customers import BacklogMarked, ClosingsEnded, CustomerClosed
from qualtui.eventlog.engine import ClockStepped, ConfigRead, EngineStarted, EngineStopped, Remade, StoreRenewed
from qualtui.eventlog.fixes import RUN_DECIDES, FixFinished, FixStarted, FixStopped
from qualtui.eventlog.fold import apply, fold_events
from qualtui.eventlog.incidents import Acknowledged, CauseRevised, Noted, Released
from qualtui.eventlog.notices import (
    FINISHED_KEPT,
    NoticeCovered,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeResent,
    NoticeSending,
)
from qualtui.eventlog.registry import FAMILIES
from qualtui.model import Event, EventBody, Phase, Severity, State
from qualtui.store.sqlite.checkpoint import as_bytes, from_bytes
from qualtui.text.message import message

NUMBERS = st.integers(-1, 5)
NAMES = st.sampled_from(["a", "b", "c", ""])
TIMES = st.floats(0, 1e10)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SAYINGS = TEXTS | st.builds(
    message,
    st.sampled_from(["{a}", "it broke", "{a:span} {b}"]),
    a=TEXTS | TIMES,
    b=st.builds(message, st.just("x")),
)
SEVERITIES = st.sampled_from(Severity)

BODIES: st.SearchStrategy[EventBody] = st.one_of(
    st.builds(EngineStarted, st.integers(0, 9), TEXTS, TEXTS),
    st.builds(EngineStopped, SAYINGS),
    st.builds(ConfigRead, st.booleans(), TEXTS, SAYINGS),
    st.builds(
        RuleChanged,
        rule=NAMES,
        agent=NAMES,
        old=st.sampled_from(Phase),
        new=st.sampled_from(Phase),
        severity=SEVERITIES,
        reason=SAYINGS,
        since=TIMES,
        number=NUMBERS,
        value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        summary=SAYINGS,
        cause=SAYINGS,
    ),
    st.builds(CauseRevised, NUMBERS, SAYINGS, TEXTS),
    st.builds(ClockStepped, TIMES),
    st.builds(StoreRenewed, SAYINGS, SAYINGS),
    st.builds(Remade, SAYINGS),
    st.builds(Acknowledged, NUMBERS, TEXTS),
    st.builds(Released, NUMBERS, TEXTS),
    st.builds(Noted, NUMBERS, TEXTS, TEXTS),
    st.builds(AckLinkUsed, NUMBERS, NAMES, NAMES, TIMES),
    st.builds(AckLinkLapsed, NUMBERS),
    st.builds(AckRepliesRead, NAMES, NAMES),
    st.builds(NoticeCovered, NAMES, NAMES, st.none() | TIMES),
    st.builds(NoticeResent, NAMES, TEXTS),
    st.builds(NoticeQueued, NAMES, NUMBERS, NAMES, NAMES, SEVERITIES, SAYINGS, SAYINGS),
    st.builds(NoticeSending, NAMES, NUMBERS),
    st.builds(NoticeDelivered, NAMES, NUMBERS),
    st.builds(NoticeFailed, NAMES, NUMBERS, SAYINGS, st.none() | TIMES),
    st.builds(FixStarted, NAMES, NAMES, NAMES, TEXTS, st.just(("1",)), NUMBERS, NAMES, SAYINGS),
    st.builds(FixFinished, NAMES, st.sampled_from(["ok", "nothing", "failed", "interrupted"]), SAYINGS),
    st.builds(FixStopped, NAMES, TEXTS),
    st.builds(BacklogMarked, NAMES, st.integers(0, 9), TIMES),
    st.builds(CustomerClosed, NAMES, NAMES, TEXTS, TEXTS, TIMES),
    st.builds(ClosingsEnded, NAMES, st.tuples(NAMES)),
)


@st.composite
def logs(draw: st.DrawFn) -> tuple[Event, ...]:
    bodies = draw(st.lists(BODIES, max_size=40))
    times = sorted(draw(st.lists(TIMES, min_size=len(bodies), max_size=len(bodies))))
    return tuple(Event(n + 1, at, 1, body) for n, (at, body) in enumerate(zip(times, bodies, strict=True)))


@settings(max_examples=150, deadline=None, database=None)
@given(logs(), st.integers(0, 40))
def test_a_checkpoint_and_its_tail_are_the_whole_log(log: tuple[Event, ...], cut: int) -> None:
    kept = from_bytes(as_bytes(fold_events(State(), log[:cut])))
    assert kept is not None
    whole = fold_events(State(), log)
    resumed = fold_events(kept, log[cut:])
    assert resumed == whole
    assert list(resumed.incidents) == list(whole.incidents)  # their order is part of what is kept
    assert list(resumed.notices) == list(whole.notices)


@settings(max_examples=100, deadline=None, database=None)
@given(logs())
def test_an_event_survives_the_codec(log: tuple[Event, ...]) -> None:
    for event in log:
        name, version = event_kind(event.body)
        assert decode(event.seq, name, version, encode(event.body)) == event.body


@settings(max_examples=100, deadline=None, database=None)
@given(logs())
def test_what_a_decision_rests_on_is_never_dropped_however_little_is_kept(log: tuple[Event, ...]) -> None:
    state = fold_events(State(), log)
    now = state.at + 2 * RUN_DECIDES
    for kept in (one for family in FAMILIES for one in family.kept):
        values = getattr(state, kept.field)
        idle = kept.idle(values, now) if kept.idle is not None else []
        few = replace(kept, newest=1).of(values, now)
        assert set(values) - set(idle) <= set(few)
        assert [key for key in idle if key in few] == (
            [] if kept.of_all and len(idle) < len(values) else idle[-1:]
        )


@settings(max_examples=100, deadline=None, database=None)
@given(logs())
def test_a_state_survives_messagepack_and_json(log: tuple[Event, ...]) -> None:
    state = fold_events(State(), log)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State) == state
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


@settings(max_examples=150, deadline=None, database=None)
@given(logs())
def test_whatever_happened_the_state_makes_sense(log: tuple[Event, ...]) -> None:
    state = State()
    for event in log:
        before, numbers = state, state.next_number
        state = apply(state, event)
        assert before.seq == event.seq - 1  # the one before is as it was
        assert state.next_number >= numbers
    firing = {number for number, incident in state.incidents.items() if incident.phase is Phase.FIRING}
    numbered = {one.number for one in state.alerts.values() if one.phase is Phase.FIRING and one.number > 0}
    assert numbered <= firing
    assert all(number < state.next_number for number in state.incidents)
    assert all(incident.resolved_at is None for incident in state.incidents.values() if incident.number in firing)
    assert len(state.incidents) - len(firing) <= RESOLVED_KEPT
    assert sum(notice.status in {"delivered", "failed"} for notice in state.notices.values()) <= FINISHED_KEPT
    assert len(state.activity) <= ACTIVITY_KEPT
