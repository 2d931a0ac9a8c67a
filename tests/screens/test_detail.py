"""An incident's page: the proof of the reason, and the chain as it is now."""

import msgspec
from msgspec.structs import replace

from qualtui.wire import (
    Command,
    Fixes,
    FixView,
    History,
    IncidentDetail,
    ListFixes,
    ShowHistory,
    ShowIncident,
)
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, text, until, window


async def test_the_reason_is_shown_with_what_proves_it_and_the_chain() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "PROOF" in text(app))
        shown = text(app)
    view = snapshots.trouble().details[0]
    assert all(item in shown for item in str(view.now.proof))
    assert str(view.now.why) in shown
    assert "WhatsApp ✖ FAILED" in shown


async def test_an_incident_that_now_does_not_speak_of_has_no_proof_of_it() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("j")
        await pilot.press("enter")
        await until(lambda: "#43" in text(app))
        assert "PROOF" not in text(app)


async def test_a_long_reason_is_told_to_its_end_and_leaves_room_for_what_happened() -> None:
    long = "The database is down for 20s: refused; /health still says healthy: SOURCES DISAGREE; and more, " * 2
    told = snapshots.trouble()
    row = snapshots.incident(cause=long, notes=("first note", "second " * 20 + "end of the note"))
    app = window(StandIn(msgspec.structs.replace(told, incidents=(row,))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "end of the note" in text(app))
        shown = " ".join(text(app).split())
    assert " ".join(long.split()) in shown
    assert "What happened" in shown
    assert "first note" not in shown


async def test_an_incident_that_flaps_says_so_in_the_list_and_on_its_page() -> None:
    row = snapshots.incident(flapping="flapping: 4 times in 20m")
    app = window(StandIn(msgspec.structs.replace(snapshots.trouble(), incidents=(row,))))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.pid != 0)
        await until(lambda: "flapping · WhatsApp session" in text(app))
        await pilot.press("enter")
        await until(lambda: "FLAPS  flapping: 4 times in 20m; notices of its end and return are held" in text(app))


async def test_an_incident_without_data_says_so_in_the_list_and_on_its_page() -> None:
    row = snapshots.incident(unseen_since=snapshots.AT - 240)
    app = window(StandIn(msgspec.structs.replace(snapshots.trouble(), incidents=(row,))))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.pid != 0)
        await until(lambda: "NO DATA 4m · WhatsApp" in text(app))
        await pilot.press("enter")
        await until(lambda: "no data for 4m: it neither gets worse nor ends" in text(app))


def with_past(hold: float = 0.0) -> StandIn:
    """An engine that knows the past of the rule's series, whose rule waits so many seconds."""
    engine = StandIn(snapshots.trouble())
    history = tuple(line for line in reversed(snapshots.trouble().activity) if line.number == 42)
    engine.answers[ShowIncident] = IncidentDetail(snapshots.incident(), history)

    def answered(ask: Command) -> History:
        assert isinstance(ask, ShowHistory)
        told = snapshots.past(ask)
        series, *others = told.series
        limits = tuple(replace(limit, hold=hold) for limit in series.limits)
        return replace(told, series=(replace(series, limits=limits), *others))

    engine.answers[ShowHistory] = answered
    return engine


def pasts(engine: StandIn) -> list[ShowHistory]:
    return [ask for ask in engine.asked if isinstance(ask, ShowHistory)]


async def test_a_chart_shows_the_rule_s_series_with_its_thresholds_and_when_it_fired() -> None:
    engine = with_past()
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "Customer: oldest wait" in text(app))
        assert "fired 03:07" in text(app)
        assert "10m ✖┄" in text(app)
        (ask, *_rest) = pasts(engine)
        assert (ask.rule, ask.agent, ask.seconds, ask.until) == ("customers-waiting", "ldc-bot", 900, 0)
        await pilot.press("+")
        await until(lambda: "last 1h" in text(app))
        assert pasts(engine)[-1].seconds == 3600


async def test_the_time_that_the_rule_waits_is_drawn_in_the_chart() -> None:
    app = window(with_past(hold=10.0))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "for 10s, fired 03:07" in text(app))


async def test_the_chart_of_a_resolved_incident_ends_soon_after_it() -> None:
    engine = with_past()
    engine.answers[ShowIncident] = IncidentDetail(snapshots.resolved(), ())
    app = window(engine, incident=41)
    async with app.run_test(size=(160, 48)):
        await until(lambda: bool(pasts(engine)))
        ask = pasts(engine)[0]
        resolved = snapshots.resolved().resolved_at
        assert resolved is not None
        assert resolved < ask.until <= resolved + ask.seconds / 10


async def test_where_there_is_no_room_what_happened_is_shown_and_no_chart() -> None:
    engine = with_past()
    app = window(engine)
    async with app.run_test(size=(80, 20)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "incident 42: 3 customers" in text(app))
        await pilot.pause()
        assert "oldest wait" not in text(app)
        assert not pasts(engine)


async def test_a_small_screen_keeps_the_chain_and_says_the_reason_once() -> None:
    told = snapshots.trouble()
    row = snapshots.incident(cause="WhatsApp session FAILED since 03:07", runbook="look at WAHA; " * 12)
    app = window(StandIn(replace(told, incidents=(row, *told.incidents[1:]))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "What happened" in text(app))
        shown = text(app)
    assert "WhatsApp ✖ FAILED 4m" in shown
    assert "Customer ✖ 3 owed" in shown
    assert shown.count("session FAILED since") == 1


async def test_a_first_reason_that_was_another_one_stays() -> None:
    told = snapshots.trouble()
    row = snapshots.incident(cause="Bot answers nothing for 40s")
    app = window(StandIn(replace(told, incidents=(row,))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "FIRST  Bot answers nothing for 40s" in text(app))
        assert "WHY    WhatsApp session FAILED since 03:08" in text(app)


async def test_beside_the_facts_stand_each_channel_with_its_countdown_the_fixes_and_related_series() -> None:
    engine = with_past()
    engine.answers[ShowIncident] = IncidentDetail(
        snapshots.incident(), (), snapshots.incident_alerts(), snapshots.incident_notices()
    )
    engine.answers[ListFixes] = Fixes(
        (
            FixView("gateway-restart", "ldc-bot", "Restart WAHA's session", "", available=True),
            FixView("retry", "ldc-bot", "Answer the waiting", "", available=False, reason="session FAILED"),
            FixView("retry", "other-bot", "Answer the others", "", available=True),
        ),
        (),
    )
    clock = Clock()
    app = window(engine, clock)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "try 4 in 00:12" in text(app))
        await until(lambda: "offered: f" in text(app))
        shown = text(app)
        assert "delivered 03:07" in shown
        assert "given up 03:11" in shown
        assert "Answer the waiting" in shown
        assert "Answer the others" not in shown
        await until(lambda: "WhatsApp session" in text(app) and "down" in text(app))
        clock.at += 5
        await until(lambda: "try 4 in 00:07" in text(app))
