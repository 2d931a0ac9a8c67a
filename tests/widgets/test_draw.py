"""The drawing functions: any snapshot at any width gives rows of that width."""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from qualtui.model import Evidence, Severity
from qualtui.widgets import activity, incidents
from qualtui.widgets.catalogue import Entry, groups
from qualtui.widgets.chain import chain_line
from qualtui.widgets.figures import compact, literal_rows, mark, panel
from qualtui.widgets.footer import footer, key_name
from qualtui.widgets.header import banners, header
from qualtui.widgets.line import Line, fit, safe, width
from qualtui.widgets.look import Look, terminal_look
from qualtui.widgets.now import now_box
from qualtui.widgets.running import running
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.wire import ChannelView, SilenceView
from tests import snapshots

KEYS = {"fix": "f", "have": "a", "open": "enter", "customers": "c"}
LOOKS = [Look(), Look(ascii=True, plain=True)]


@given(
    st.sampled_from(sorted(snapshots.SCENES)),
    st.integers(1, 220),
    st.sampled_from(list(ConnectionState)),
    st.sampled_from(LOOKS),
    st.floats(-1e12, 1e12),
)
@settings(max_examples=150, deadline=None)
def test_every_part_of_every_scene_keeps_its_width(
    scene: str, cells: int, bond: ConnectionState, look: Look, later: float
) -> None:
    snapshot = snapshots.SCENES[scene]()
    sight = ViewState(snapshot, bond, since=snapshots.AT, paused=None)
    now = snapshots.AT + later
    lines = [header(sight, now, cells, look), *banners(sight, look), *now_box(sight, now, cells, look, KEYS)]
    lines += running(sight, now, look, "x")
    view = sight.view
    if view is not None:
        lines += chain_line(view.chain, cells, look)
        lines += compact(view, now, cells, look, live=sight.watched, rows=3)
        lines += literal_rows(view, now, cells, look)
        for group in groups():
            lines += panel(group, view, now, cells, look, sight.watched)
    lines += [row.line for row in incidents.incident_rows(snapshot.incidents[:5], now, cells, look, True)]
    lines += [row.line for row in activity.activity_rows(snapshot.activity, now, snapshot.zone, cells, look)]
    for line in lines:
        assert width(fit(line, cells)) == cells
        assert "\x1b" not in "".join(span.text for span in line)


def test_banners_that_have_no_row_are_counted() -> None:
    engine = snapshots.engine(troubles=("one", "two", "three", "four"))
    sight = ViewState(msgspec.structs.replace(snapshots.trouble(), engine=engine), ConnectionState.LIVE)
    told = ["".join(span.text for span in row) for row in banners(sight, Look())]
    assert [text.split(maxsplit=1)[1] for text in told] == ["one", "two", "and 2 more: see `qualtui status`"]


def test_the_header_is_not_a_plain_ok_while_the_engine_itself_fails() -> None:
    def first(*, failing: bool) -> tuple[str, str]:
        shot = msgspec.structs.replace(snapshots.calm(), engine=snapshots.engine(failing=failing))
        span = header(ViewState(shot, ConnectionState.LIVE), snapshots.AT, 80, Look())[0]
        return span.text.split(maxsplit=1)[1].strip(), span.token

    assert first(failing=False) == ("OK", "good")
    assert first(failing=True) == ("ENGINE TROUBLE", "warnbadge")


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ((2_520,), "SILENCED 00:42 left"),
        ((2_461,), "SILENCED 00:42 left"),
        ((30,), "SILENCED 00:01 left"),
        ((86_400,), "SILENCED 24:00 left"),
        ((600, 3_600), "2 SILENCES 00:10 left"),
        ((-5,), "SILENCED 00:00 left"),
    ],
)
def test_the_header_counts_a_silence_down_and_keeps_its_colours(ends: tuple[float, ...], shown: str) -> None:
    silences = tuple(
        SilenceView("abc", ('agent="bot"',), "ana", "planned", snapshots.AT, snapshots.AT + end) for end in ends
    )
    snapshot = msgspec.structs.replace(snapshots.trouble(), silences=silences)
    line = header(ViewState(snapshot, ConnectionState.LIVE), snapshots.AT, 160, Look())
    assert shown in "".join(span.text for span in line)
    assert line[0].token == "critbadge"


def test_the_header_counts_what_fires_also_where_it_has_no_row() -> None:
    snapshot = msgspec.structs.replace(
        snapshots.trouble(), incidents=(), firing={Severity.CRITICAL: 70, Severity.WARNING: 3}
    )
    text = "".join(
        span.text for span in header(ViewState(snapshot, ConnectionState.LIVE), snapshots.AT, 160, Look())
    )
    assert "CRITICAL 70" in text
    assert "WARNING 3" in text


@given(st.text(max_size=60), st.text(max_size=60), st.integers(1, 200))
@settings(max_examples=100, deadline=None)
def test_any_text_in_the_now_box_keeps_its_frame(one: str, two: str, cells: int) -> None:
    told = msgspec.structs.replace(
        snapshots.trouble().details[0].now,
        headline=one,
        detail=two,
        why=one,
        who=two,
        tried=one,
        fix_title=two,
        step=one,
    )
    snapshot = snapshots.trouble()
    agent = msgspec.structs.replace(snapshot.details[0], now=told)
    sight = ViewState(snapshots.showing(snapshot, agent), ConnectionState.LIVE)
    rows = now_box(sight, snapshots.AT, cells, Look(), KEYS)
    if cells >= 100:
        assert {width(row) for row in rows} == {cells}
        assert all(row[-1].text.endswith(("╮", "│", "╯")) for row in rows)


def test_only_fresh_evidence_looks_green() -> None:
    entry = Entry("Waiting", "customers.waiting", zero=True)
    figure = snapshots.figure("customers.waiting", 0)
    assert mark(entry, figure, Look())[1] == "good"
    for evidence in set(Evidence) - {Evidence.FRESH}:
        assert mark(entry, msgspec.structs.replace(figure, evidence=evidence), Look())[1] != "good"
    links = [
        msgspec.structs.replace(link, evidence=Evidence.OLD)
        for link in snapshots.calm_chain()
        if link.status == "ok"
    ]
    shown = [span for line in chain_line(tuple(links), 200, Look()) for span in line]
    assert not [span for span in shown if span.token == "good" or "●" in span.text]


def test_an_incident_severity_colours_its_figure_and_a_customer_just_arrived_does_not() -> None:
    entry = Entry("Waiting", "customers.waiting", zero=True)
    assert mark(entry, snapshots.figure("customers.waiting", 2), Look()) == (" ", "text")
    grave = snapshots.figure("customers.waiting", 2, severity=Severity.CRITICAL)
    assert mark(entry, grave, Look()) == ("✖", "crit")


def test_an_agent_that_refuses_is_told_so_and_not_as_no_data() -> None:
    snapshot = snapshots.trouble()
    view = snapshot.details[0]
    figures = {
        **view.figures,
        "health.up": snapshots.figure("health.up", 0, note="refused"),
        "health.seconds": snapshots.figure("health.seconds", None, evidence=Evidence.NO_DATA),
    }
    view = msgspec.structs.replace(view, figures=figures)
    rows = literal_rows(view, snapshots.AT, 80, Look())
    shown = ["".join(span.text for span in row) for row in rows]
    assert any("Time of /health" in row and "refused" in row for row in shown)


def test_a_ratio_of_few_events_is_told_as_counts_and_judged_by_nobody() -> None:
    view = snapshots.calm().details[0]
    group = next(group for group in groups() if group.lead == "failures.rate")

    def shown(unanswered: float, messages: float) -> str:
        figures = {
            **view.figures,
            "failures.rate": snapshots.figure("failures.rate", 100 * unanswered / messages),
            "failures.unanswered": snapshots.figure("failures.unanswered", unanswered),
            "failures.messages": snapshots.figure("failures.messages", messages),
        }
        few = msgspec.structs.replace(view, figures=figures)
        rows = panel(group, few, snapshots.AT, 38, Look(), True)
        return next(text for row in rows if "No answer" in (text := "".join(span.text for span in row)))

    assert "1 of 3 " in shown(1, 3)
    assert "▲" not in shown(1, 3)
    assert "10% ▲ ≤ 5%" in shown(2, 20)
    assert "5% ●" in shown(1, 20)


def test_a_goal_that_is_a_least_is_missed_from_below() -> None:
    entry = Entry("Up", "goal.up", goal=99.5, least=True)
    assert mark(entry, snapshots.figure("goal.up", 99.6), Look())[1] == "good"
    assert mark(entry, snapshots.figure("goal.up", 99.4), Look())[1] == "warn"


def test_the_broken_link_is_on_the_screen_at_eighty_cells() -> None:
    rows = chain_line(snapshots.trouble().details[0].chain, 80, Look())
    assert len(rows) <= 2
    assert "WhatsApp ✖ FAILED 4m" in "".join(span.text for row in rows for span in row)


def test_the_worst_agent_is_shown_unless_another_is_chosen() -> None:
    calm = snapshots.calm()
    bad = msgspec.structs.replace(snapshots.trouble().details[0], name="other-bot")
    both = snapshots.showing(calm, *calm.details, bad)
    worst, chosen = (
        ViewState(both, ConnectionState.LIVE).view,
        ViewState(both, ConnectionState.LIVE, agent="ldc-bot").view,
    )
    assert worst is not None
    assert chosen is not None
    assert (worst.name, chosen.name) == ("other-bot", "ldc-bot")


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True),
        ({}, True),
    ],
)
def test_few_colours_are_seen_from_the_environment(environ: dict[str, str], plain: bool) -> None:
    assert terminal_look(environ).plain is plain


def test_the_footer_shows_what_fits_and_no_half_words() -> None:
    keys = [("f", "fix"), (key_name("question_mark"), "help"), ("q", "quit")]
    assert "".join(span.text for span in footer(keys, 16)) == " f fix  ? help"


def test_a_goal_is_the_configurations_and_is_told_where_it_is_missed() -> None:
    view = snapshots.calm().details[0]
    group = next(group for group in groups() if group.lead == "reply.follow_p95")

    def shown(**changes: object) -> str:
        figure = msgspec.structs.replace(view.figures["reply.follow_p95"], **changes)
        changed = msgspec.structs.replace(view, figures={**view.figures, "reply.follow_p95": figure})
        lines = panel(group, changed, snapshots.AT, 60, Look(), live=True)
        return next(
            text for text in ("".join(span.text for span in line) for line in lines) if "Follow-up" in text
        )

    assert "●" in shown(goal=30.0)
    assert "▲ ≤ 20s" in shown(goal=20.0)
    assert "▲" not in shown(goal=None)


@pytest.mark.parametrize("cells", [80, 100, 160])
def test_a_reason_that_one_row_does_not_hold_is_told_in_two(cells: int) -> None:
    reason = "The database is down for 29s: refused; /health still says healthy: SOURCES DISAGREE, and the bot too"
    told = msgspec.structs.replace(snapshots.trouble().details[0].now, why=reason)
    agent = msgspec.structs.replace(snapshots.trouble().details[0], now=told)
    sight = ViewState(snapshots.showing(snapshots.trouble(), agent), ConnectionState.LIVE, since=snapshots.AT)
    rows = [
        "".join(span.text for span in fit(row, cells)) for row in now_box(sight, snapshots.AT, cells, Look(), KEYS)
    ]
    shown = " ".join(re.sub("[│█]", " ", " ".join(rows)).split())
    assert reason in shown
    assert "SOURCES DISAGREE" in shown


@pytest.mark.parametrize("cells", [80, 160])
def test_a_channel_that_fails_is_in_the_header_and_a_banner_with_its_name_and_time(cells: int) -> None:
    channel = ChannelView("ops", snapshots.AT - 240, "HTTP 404")
    snapshot = msgspec.structs.replace(snapshots.calm(), engine=snapshots.engine(channels=(channel,)))
    sight = ViewState(snapshot, ConnectionState.LIVE, since=snapshots.AT)
    top = "".join(span.text for span in header(sight, snapshots.AT, cells, Look()))
    assert "ops FAILS 4m" in top
    (banner,) = banners(sight, Look())
    assert "channel ops fails since" in "".join(span.text for span in fit(banner, cells))
    assert {span.token for span in banner} == {"warn"}


@given(st.sampled_from(snapshots.HOSTILE) | st.text(max_size=30))
def test_ascii_takes_as_many_cells_as_what_it_stands_for(text: str) -> None:
    told = safe(text)
    plain = Look(ascii=True).writable(told)
    assert plain.isascii()
    assert cell_len(plain) == cell_len(told)


def test_a_border_stands_in_its_cell_after_a_wide_sign() -> None:
    told = msgspec.structs.replace(snapshots.trouble().details[0].now, headline="\U0001f525 fire", why="漢字")
    snapshot = snapshots.trouble()
    agent = msgspec.structs.replace(snapshot.details[0], now=told)
    look = Look(ascii=True, plain=True)
    sight = ViewState(snapshots.showing(snapshot, agent), ConnectionState.LIVE)
    rows = now_box(sight, snapshots.AT, 120, look, KEYS)
    assert {len("".join(look.writable(span.text) for span in row)) for row in rows} == {120}


@pytest.mark.parametrize("cells", [70, 96, 120])
def test_how_long_it_lasts_never_runs_into_the_owner_nor_the_owner_into_the_notices(cells: int) -> None:
    row = snapshots.incident(since=snapshots.AT - 86340, owner="maria.fernanda.souza", notices="1 failed")
    (line,) = incidents.incident_rows((row,), snapshots.AT, cells, Look(), False)
    told = "".join(span.text for span in line.line)
    assert "23h 59m maria" in told
    assert " 1 failed" in told


def tokens(lines: list[Line]) -> set[str]:
    return {span.token for line in lines for span in line}


def test_who_waits_is_calm_and_not_green() -> None:
    sight = ViewState(snapshots.waiting(), ConnectionState.LIVE)
    top = header(sight, snapshots.AT, 160, Look())
    assert "WAITING" in "".join(span.text for span in top)
    assert "good" not in tokens([top, *now_box(sight, snapshots.AT, 160, Look(), KEYS)])
    assert "good" in tokens([header(ViewState(snapshots.calm(), ConnectionState.LIVE), snapshots.AT, 160, Look())])


def test_what_recovers_is_amber_at_most_and_says_so_on_every_part() -> None:
    shot = snapshots.recovering()
    sight = ViewState(shot, ConnectionState.LIVE)
    rows = [row.line for row in incidents.incident_rows(shot.incidents[:1], snapshots.AT, 120, Look(), False)]
    top = [header(sight, snapshots.AT, 160, Look())]
    box = now_box(sight, snapshots.AT, 160, Look(), KEYS)
    for part in (rows, top, box):
        assert "RECOVERING" in "".join(span.text for line in part for span in line)
        assert not {"crit", "critbadge"} & tokens(part)
