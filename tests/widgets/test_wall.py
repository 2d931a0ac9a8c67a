"""What the wall says: whose turn it is, what may be believed, and that the facts are large where there is room."""

import msgspec
import pytest

from qualtui.model import Severity
from qualtui.widgets.line import Line, width
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.widgets.wall import wall
from qualtui.widgets.wall_blackout import blackout_lines
from qualtui.widgets.wall_edges import BEATS, bottom_rows
from qualtui.widgets.wall_facts import STALE, TURN, Blackout, badness, blackout, facts, shown_agent, state_of
from qualtui.wire import AgentDetail, NowState, NowView, Snapshot
from tests import snapshots

AT = snapshots.AT
LIVE = ConnectionState.LIVE


def agent(name: str, level: Severity | None = None, *, number: int = 0) -> AgentDetail:
    now = NowView(level, level is None, "EVERYONE ANSWERED" if level is None else "TROUBLE", number=number)
    return AgentDetail(name, now, (), {})


def several(*agents: AgentDetail) -> Snapshot:
    return snapshots.showing(snapshots.calm(), *agents, incidents=())


def turns(snapshot: Snapshot) -> list[str]:
    names = (shown_agent(snapshot, AT + n * TURN) for n in range(2 * len(snapshot.agents)))
    return [one.name if one is not None else "" for one in names]


def shown(lines: list[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def drawn(snapshot: Snapshot, cells: int = 200, rows: int = 60, now: float = AT) -> str:
    sight = ViewState(snapshot=snapshot, bond=LIVE)
    first = shown_agent(snapshot, now)
    assert first is not None
    made = wall(sight, snapshot, first, now, cells, rows, Look(theme="wall"), "limit 10m")
    assert all(width(line) <= cells for line in (*made.top, *made.bottom))
    assert len(made.top) + len(made.bottom) <= rows
    return shown([*made.top, *made.bottom])


def test_agents_take_turns_while_all_is_well() -> None:
    names = turns(several(agent("a"), agent("b"), agent("c")))
    assert sorted(names[:3]) == ["a", "b", "c"]
    assert names[:3] == names[3:]


def test_the_turns_stop_at_an_agent_that_is_critical() -> None:
    assert set(turns(several(agent("a"), agent("b", Severity.CRITICAL), agent("c", Severity.WARNING)))) == {"b"}


def test_an_incident_that_is_critical_stops_the_turns_whatever_now_speaks_of() -> None:
    snapshot = msgspec.structs.replace(
        several(agent("a"), agent("ldc-bot", Severity.WARNING)), incidents=(snapshots.incident(),)
    )
    assert set(turns(snapshot)) == {"ldc-bot"}
    assert badness(snapshot, snapshot.agents[1]) is Severity.CRITICAL


def test_while_some_are_in_trouble_those_alone_take_turns_and_the_others_stand_below() -> None:
    snapshot = several(agent("a"), agent("b", Severity.WARNING), agent("c"), agent("d", Severity.WARNING))
    assert set(turns(snapshot)) == {"b", "d"}
    below = drawn(snapshot)
    assert all(name in below for name in ("a", "c"))


@pytest.mark.parametrize("cells", [40, 60, 100])
def test_of_many_agents_the_rest_is_counted(cells: int) -> None:
    snapshot = several(*(agent(f"agent-{n:03}") for n in range(100)))
    line = bottom_rows(snapshot, snapshot.agents[0], AT, cells, Look())[0]
    assert width(line) <= cells
    named = shown([line]).count("agent-")
    assert f"and {99 - named} more" in shown([line])


@pytest.mark.parametrize(
    ("bond", "old", "kind"),
    [
        (LIVE, 0.0, None),
        (LIVE, STALE, None),
        (LIVE, STALE + 0.1, Blackout.STALE),
        (ConnectionState.SILENT, 1.0, Blackout.STALE),
        (ConnectionState.LOST, 1.0, Blackout.NO_ENGINE),
    ],
)
def test_what_misses_two_updates_is_not_believed(bond: ConnectionState, old: float, kind: Blackout | None) -> None:
    assert blackout(ViewState(snapshot=snapshots.calm(), bond=bond), AT + old) is kind


@pytest.mark.parametrize("kind", Blackout)
@pytest.mark.parametrize("size", [(199, 59), (80, 24), (44, 20), (10, 3), (1, 1)])
def test_a_word_covers_all_of_it_in_one_alarming_style(kind: Blackout, size: tuple[int, int]) -> None:
    sight = ViewState(snapshot=snapshots.calm(), bond=ConnectionState.LOST, reason="nobody listens")
    lines = blackout_lines(sight, kind, AT + 9, size, Look())
    assert [width(line) for line in lines] == [size[0]] * size[1]
    assert {span.token for line in lines for span in line} == {
        "infobadge" if kind is Blackout.CONNECTING else "critbadge"
    }


def test_a_blackout_says_since_when_and_what_was_known_last() -> None:
    sight = ViewState(snapshot=snapshots.trouble(), bond=ConnectionState.LOST, reason="nobody listens")
    text = shown(blackout_lines(sight, Blackout.NO_ENGINE, AT + 61, (200, 60), Look()))
    assert "no update for 1m, since 03:12:12" in text
    assert "start it: qualtui watch" in text
    assert "last known: ldc-bot CRITICAL, 3 waiting" in text


def test_the_heart_moves_with_updates_and_stands_still_without_them() -> None:
    snapshot = snapshots.calm()

    def beat(at: float, now: float) -> str:
        moved = msgspec.structs.replace(snapshot, at=at)
        return shown(bottom_rows(moved, moved.agents[0], now, 80, Look()))[14:]

    assert beat(AT, AT) == beat(AT, AT + 2)
    assert len({beat(AT + n, AT + n) for n in range(BEATS)}) == BEATS


def test_ok_needs_fresh_evidence_and_an_engine_without_trouble() -> None:
    calm = snapshots.calm()
    failing = msgspec.structs.replace(calm, engine=snapshots.engine(failing=True))
    checking = several(
        msgspec.structs.replace(agent("a"), now=NowView(None, True, "CHECKING", state=NowState.CHECKING))
    )
    blind = several(msgspec.structs.replace(agent("a"), now=NowView(None, False, "CANNOT TELL")))
    words = [state_of(one, one.agents[0]).word for one in (calm, failing, checking, blind)]
    assert words == ["OK", "ENGINE TROUBLE", "CHECKING", "CANNOT TELL"]


def test_unknown_waiting_is_a_question_mark_and_never_a_zero() -> None:
    snapshot = several(agent("a", Severity.WARNING))
    said = facts(ViewState(snapshot=snapshot, bond=LIVE), snapshot, snapshot.agents[0], AT)
    assert said.waiting is None
    assert "? customers waiting" in drawn(snapshot, 60, 8)


@pytest.mark.parametrize(
    ("owner", "who", "after"),
    [("", "No one has it", "Bruno is called in 10:52"), ("ana", "ana has it", "tried: nothing")],
)
def test_it_says_who_has_it_or_who_is_next(owner: str, who: str, after: str) -> None:
    first, *rest = snapshots.trouble().incidents
    snapshot = msgspec.structs.replace(
        snapshots.trouble(), incidents=(msgspec.structs.replace(first, owner=owner), *rest)
    )
    said = facts(ViewState(snapshot=snapshot, bond=LIVE), snapshot, snapshot.agents[0], AT)
    assert (said.who, said.next) == (who, after)


def test_a_long_cause_is_large_up_to_its_first_clause_and_whole_below() -> None:
    cause = 'WhatsApp session FAILED: not working for 23s; the database says "sent": SOURCES DISAGREE'
    view = snapshots.trouble().details[0]
    view = msgspec.structs.replace(view, now=msgspec.structs.replace(view.now, why=cause))
    snapshot = snapshots.showing(snapshots.trouble(), view, incidents=(snapshots.incident(cause=cause),))
    said = facts(ViewState(snapshot=snapshot, bond=LIVE), snapshot, snapshot.agents[0], AT)
    assert (said.cause, said.why) == ("WhatsApp session FAILED", cause)
    assert cause in drawn(snapshot)


@pytest.mark.parametrize(("cells", "rows", "least"), [(200, 60, 25), (190, 50, 20), (100, 40, 10), (80, 24, 5)])
def test_the_facts_are_as_large_as_the_room_allows(cells: int, rows: int, least: int) -> None:
    tall = sum("█" in line for line in drawn(snapshots.trouble(), cells, rows).splitlines())
    assert tall >= least


@pytest.mark.parametrize("scene", snapshots.SCENES)
@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (60, 20), (44, 20), (20, 6), (9, 3), (1, 1)])
def test_no_scene_and_no_size_breaks_it(scene: str, size: tuple[int, int]) -> None:
    snapshot = snapshots.SCENES[scene]()
    if snapshot.agents:
        drawn(snapshot, *size)
