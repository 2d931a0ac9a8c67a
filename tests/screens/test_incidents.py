"""The page of incidents: what is open comes first and is as it is now; older ones are read on the way down."""

import pytest
from msgspec.structs import replace

from qualtui.model import Phase
from qualtui.widgets.incidents import incident_row
from qualtui.wire import Answer, Command, IncidentList, IncidentView, ListIncidents, Refused
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until, window

AT = snapshots.AT


def over(number: int, **changes: object) -> IncidentView:
    """An incident that ended."""
    at = AT - 4000.0 * (1000 - number % 1000)
    told = replace(snapshots.resolved(), number=number, since=at, fired_at=at + 10, resolved_at=at + 600)
    return replace(told, **changes)


def engine_with(*known: IncidentView, older: tuple[IncidentView, ...] = ()) -> StandIn:
    engine = StandIn(snapshots.trouble())

    def answer(ask: Command) -> Answer:
        assert isinstance(ask, ListIncidents)
        return IncidentList(older) if ask.before else IncidentList(known, 40 if older else 0)

    engine.answers[ListIncidents] = answer
    return engine


def asked(engine: StandIn) -> list[int]:
    return [one.before for one in engine.asked if isinstance(one, ListIncidents)]


async def test_what_fires_stands_first_and_is_as_the_snapshot_says_it() -> None:
    stale = snapshots.incident(owner="bruno", summary="an old sentence")
    app = window(engine_with(over(41), stale, over(40)))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: "3 open" in text(app))
        await until(lambda: "   40  " in text(app))
        shown = text(app)
        assert "an old sentence" not in shown
        assert "no one owns 2" in shown
        assert shown.index("  42  ") < shown.index("  44  ") < shown.index("  41  ") < shown.index("  40  ")


async def test_the_keys_act_on_the_chosen_incident_and_enter_opens_it() -> None:
    app = window(engine_with(over(41)))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3", "j")
        await until(lambda: table(app, "#rows").key == "43")
        await until(lambda: "still on it" in text(app))  # ana owns it
        assert "Incident 43" in text(app)
        await pilot.press("enter")
        await until(lambda: "What happened" in text(app))
        assert "#43" in text(app)


async def test_the_filter_looks_for_words_of_an_incident_and_the_list_key_shows_what_ended() -> None:
    app = window(engine_with(over(41), over(40, summary="the pooler is full", owner="bruno")))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: "the pooler is full" in text(app))
        await pilot.press("slash", *"bruno pool")
        await until(lambda: "1 match the filter" in text(app))
        await pilot.press("escape", "l", "g")
        await until(lambda: table(app, "#rows").key == "42")
        assert "the pooler is full" not in text(app)
        await pilot.press("l")
        await until(lambda: "the pooler is full" in text(app))
        assert "3 customers waiting" not in text(app)


async def test_older_incidents_are_read_when_the_cursor_comes_near_the_end() -> None:
    engine = engine_with(*(over(n) for n in range(140, 41, -1)), older=tuple(over(n) for n in range(39, 0, -1)))
    app = window(engine)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: "older ones are read" in text(app))
        assert asked(engine) == [0]
        await pilot.press("G")
        await until(lambda: asked(engine) == [0, 40])
        await until(lambda: "older ones are read" not in text(app))
        await pilot.press("G")
        await until(lambda: table(app, "#rows").key == "1")


async def test_an_incident_that_began_since_is_there_at_once() -> None:
    engine, clock = engine_with(over(41)), Clock()
    app = window(engine, clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: asked(engine) == [0])
        shot = snapshots.trouble()
        new = snapshots.incident(45, summary="the pooler is full")
        clock.at += 1
        engine.push(replace(shot, seq=129, incidents=(*shot.incidents, new)))
        await until(lambda: "the pooler is full" in text(app))
        await until(lambda: asked(engine) == [0, 0])


async def test_until_somebody_moves_the_cursor_stands_on_the_worst_incident() -> None:
    engine, shot = engine_with(over(41)), snapshots.trouble()
    app = window(engine)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: table(app, "#rows").key == "42")
        worse = snapshots.incident(45, summary="the pooler is full")
        engine.push(replace(shot, seq=129, incidents=(worse, *shot.incidents)))
        await until(lambda: table(app, "#rows").key == "45")
        await pilot.press("j")
        moved = table(app, "#rows").key
        engine.push(replace(shot, seq=130, incidents=(replace(worse, number=46), worse, *shot.incidents)))
        await until(lambda: "  46  " in text(app))
        assert table(app, "#rows").key == moved


async def test_an_empty_list_says_what_is_known() -> None:
    engine = StandIn(replace(snapshots.calm(), incidents=()))
    engine.answers[ListIncidents] = IncidentList(())
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: "No incident yet." in text(app))
        engine.drop()
        await until(lambda: "it is unknown what is open" in text(app))


async def test_incidents_that_can_not_be_read_are_not_said_to_be_none() -> None:
    engine = StandIn(replace(snapshots.calm(), incidents=()))
    engine.answers[ListIncidents] = Refused("can't read the log: the disk is away")
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: "The incidents can't be read now." in text(app))
        assert "No incident yet." not in text(app)


async def test_ten_thousand_incidents_cost_a_screenful_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0

    def counted(*args: object, **others: object) -> object:
        nonlocal drawn
        drawn += 1
        return incident_row(*args, **others)  # type: ignore[arg-type]

    monkeypatch.setattr("qualtui.screens.incidents.incident_row", counted)
    app = window(engine_with(*(over(n, phase=Phase.RESOLVED) for n in range(11_000, 1000, -1))))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("3")
        await until(lambda: "10999" in text(app))
        for key in ("j", "pagedown", "G", "k", "g", "slash", "7", "7"):
            drawn = 0
            await pilot.press(key)
            await pilot.pause()
            assert drawn <= 3 * 48, key
