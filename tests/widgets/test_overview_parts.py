"""The parts of the overview: the cause is leftmost, each who waits is seen against the limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from qualtui.model import Evidence, Link, Severity
from qualtui.screens.overview_past import CELLS, CHAIN, HOUR, OverviewPast, wanted
from qualtui.widgets.activity import activity_rows
from qualtui.widgets.broke_first import broke_first, first_broken
from qualtui.widgets.calm_charts import uptime_row
from qualtui.widgets.catalogue import Entry
from qualtui.widgets.figure_grid import figure_grid
from qualtui.widgets.figures import mark
from qualtui.widgets.incidents import incident_rows
from qualtui.widgets.line import Line, fit, width
from qualtui.widgets.look import Look
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.waiting import wait_limit, waiting_panel
from qualtui.wire import ActivityView, Customers, Done, History, Limit, ListCustomers, SeriesHistory, ShowHistory
from tests import snapshots

AT = snapshots.AT
LIMITS = (
    Limit(180.0, ">", Severity.WARNING, "customers-waiting"),
    Limit(600.0, ">", Severity.CRITICAL, "customers-waiting"),
)
AXIS = TimeAxis(AT - 59 * 60, 60.0, CELLS)


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def gateway(broken: int) -> SeriesHistory:
    values = (1.0,) * (CELLS - broken) + (0.0,) * broken
    return SeriesHistory(
        "gateway.working", "", "down", values, values, values, (Limit(1.0, "<", Severity.CRITICAL, "gateway"),)
    )


def test_the_link_that_broke_first_is_marked_and_its_cells_are_tall() -> None:
    view = snapshots.trouble().details[0]
    past = {"gateway.working": gateway(6)}
    lines = broke_first(view, past.get, AXIS, AT, 94, Look())
    (row,) = [text(line) for line in lines if "◄ first" in text(line)]
    assert "WhatsApp" in row
    assert row.count("█") == 6
    assert row.index("█") - row.index("▁") == CELLS - 6
    assert not any("Host" in text(line) for line in lines)  # nothing measures it


def test_what_broke_earlier_is_first_whatever_the_order_of_the_chain() -> None:
    links = tuple(
        replace(link, status="bad", since=AT - when)
        for link, when in zip(snapshots.calm_chain(), (10, 20, 30, 900, 50, 60, 70), strict=True)
    )
    assert first_broken(links) is Link.BOT
    assert first_broken(snapshots.calm_chain()) is None


@pytest.mark.parametrize("look", [Look(), Look(ascii=True, plain=True)])
def test_each_who_waits_has_a_bar_against_the_limits(look: Look) -> None:
    lines = waiting_panel(snapshots.people(), 3, LIMITS, AT, 64, 8, look)
    assert [text(line).count(look.glyphs.fill) for line in lines[1:]] == [7, 6, 4]
    assert {line[2].token for line in lines[1:]} == {"warnspark"}
    late = waiting_panel(snapshots.people(), 3, LIMITS, AT + 600, 64, 8, look)
    assert {line[2].token for line in late[1:]} == {"critspark"}
    assert "3m" in text(lines[0])
    assert "10m" in text(lines[0])
    assert wait_limit(LIMITS) == 600.0


def test_those_who_have_no_row_are_counted() -> None:
    lines = waiting_panel(snapshots.people(), 70, LIMITS, AT, 64, 3, Look())
    assert text(lines[-1]).strip() == "and 68 more"
    assert len(lines) == 4


@given(st.sampled_from(sorted(snapshots.SCENES)), st.integers(1, 200), st.integers(1, 4), st.integers(1, 30))
@settings(max_examples=80, deadline=None)
def test_figures_keep_their_width_and_rows(scene: str, cells: int, columns: int, rows: int) -> None:
    details = snapshots.SCENES[scene]().details
    for view in details:
        lines = figure_grid(view, AT, cells, columns, rows, Look(), live=True)
        assert len(lines) <= rows
        assert all(width(fit(line, cells)) == cells for line in lines)


def test_what_was_never_polled_is_quiet() -> None:
    fresh = replace(snapshots.figure("customers.lost", None), evidence=Evidence.NO_DATA, at=None)
    assert mark(Entry("Lost", "customers.lost"), fresh, Look())[1] == "faint"
    assert mark(Entry("Lost", "customers.lost"), replace(fresh, at=AT - 9), Look())[1] == "unknown"


def test_info_without_an_owner_is_quiet_and_a_warning_is_not() -> None:
    def owner(severity: Severity) -> str:
        (row,) = incident_rows((snapshots.incident(severity=severity),), AT, 94, Look(), False)
        return next(span.token for span in row.line if span.text.startswith("no one"))

    assert (owner(Severity.INFO), owner(Severity.WARNING)) == ("faint", "warn")


def test_a_cause_leads_to_its_effect() -> None:
    (row,) = incident_rows((snapshots.incident(),), AT, 120, Look(), False)
    assert "WhatsApp session FAILED → 3 customers waiting for the bot" in text(row.line)


def test_while_there_is_room_an_activity_goes_on_in_a_second_row() -> None:
    long = ActivityView(AT, "qualtui", "one of many words " * 5, 42)
    rows = activity_rows((long, long), AT, "UTC", 64, Look(), room=3)
    assert [text(row.line).startswith("    ") for row in rows] == [False, True, False]
    assert len({row.key for row in rows}) == 3
    assert all(row.key.split("/")[1] == "42" for row in rows)  # each leads to its incident
    assert len(activity_rows((long,), AT, "UTC", 64, Look())) == 1


def history(known: int) -> History:
    values = (None,) * (CELLS - known) + (1.0,) * known
    return History("ldc-bot", AT - HOUR, AT, 60.0, (SeriesHistory("x", "", "up", values, values, values),))


def test_the_past_is_asked_for_again_only_when_it_has_aged() -> None:
    past, view = OverviewPast(), snapshots.trouble().details[0]
    ask = wanted(view, 1.0, (80, 50), past)
    assert ask == {
        "hour": ShowHistory("ldc-bot", CHAIN, seconds=HOUR, cells=CELLS),
        "people": ListCustomers("ldc-bot"),
    }
    assert [name for name, _ask in past.due(ask, AT)] == ["hour", "people"]
    assert past.took("hour", ask["hour"], history(60))
    assert not past.took("people", ask["people"], Done("Done."))
    assert past.due(ask, AT + 4) == []
    assert [name for name, _ask in past.due(ask, AT + 6)] == ["people"]
    assert "hour" in [name for name, _ask in past.due(ask, AT + 31)]
    assert past.took("people", ask["people"], Customers("ldc-bot", snapshots.people()))
    assert past.people("other-bot") is None


@pytest.mark.parametrize(
    ("known", "seconds"), [(0, 300.0), (2, 300.0), (10, 900.0), (40, 3600.0), (60, 3600.0 * 6)]
)
def test_a_young_chart_shows_what_is_known(known: int, seconds: float) -> None:
    past = OverviewPast()
    ask = ShowHistory("ldc-bot", ("x",))
    past.due({"day": ask}, AT)
    past.took("day", ask, history(known))
    assert past.reach("day", 86400.0) == seconds


def test_a_day_with_bad_minutes_is_never_green() -> None:
    lows, highs = (1.0, 0.0, 0.0, None), (1.0, 1.0, 0.0, None)
    series = SeriesHistory("goal.minute", "", "down", lows, highs, highs, mean=0.5)
    past = History("ldc-bot", AT - 4 * 86400, AT, 86400.0, (series,))
    _title, row = uptime_row(snapshots.calm().details[0], past, 94, Look())
    assert [(span.text, span.token) for span in row[1:5]] == [
        ("▁", "good"), ("▄", "warnspark"), ("█", "critspark"), (" ", "gap"),
    ]  # fmt: skip
    assert "50.00 %" in text(row)
