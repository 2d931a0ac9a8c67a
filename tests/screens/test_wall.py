"""The wall in a window: what it looks like, what it never shows, that it comes back, and that it does not grow."""

import gc
from itertools import count, islice

import msgspec
import pytest
from textual.geometry import Offset, Region, Size, Spacing

from qualtui.screens.wall import STEPS, WallPage
from qualtui.screens.wall_app import WallApp
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.wire import ListCustomers, ShowHistory, ShowToday, Snapshot
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, text, tokens, until
from tests.screens.test_pictures import answering, compare, settled

TV = (200, 60)
CACHED = {Region, Offset, Size, Spacing}


def hung(engine: StandIn, clock: Clock, look: Look | None = None) -> WallApp:
    return WallApp(answering(engine), look=look or Look(theme="wall"), clock=clock, ticks=clock)


@pytest.mark.parametrize(
    ("scene", "size"), [("trouble", TV), ("calm", TV), ("trouble", (100, 30)), ("trouble", (44, 20))]
)
async def test_the_wall_is_as_approved(scene: str, size: tuple[int, int]) -> None:
    app = hung(StandIn(snapshots.SCENES[scene]()), Clock())
    async with app.run_test(size=size) as pilot:
        await until(lambda: (app.watched and "ldc-bot" in text(app).lower()) or "█" in text(app))
        await settled(pilot)
        compare(f"wall-{scene}-{size[0]}x{size[1]}", text(app))


async def test_in_ascii_it_writes_nothing_else() -> None:
    app = hung(StandIn(snapshots.trouble()), Clock(), Look(ascii=True, plain=True))
    async with app.run_test(size=TV) as pilot:
        await until(lambda: "limit 10m" in text(app))
        await settled(pilot)
        assert text(app).isascii()


async def test_after_two_missed_updates_stale_covers_it_and_the_next_update_ends_that() -> None:
    engine, clock = StandIn(snapshots.trouble()), Clock()
    app = hung(engine, clock)
    async with app.run_test(size=TV) as pilot:
        await until(lambda: "more: qualtui i 42" in text(app))
        clock.at += 3.2
        await until(lambda: "no update for 3s" in text(app))
        await pilot.pause()
        assert "WhatsApp" not in text(app)
        styles = [part.style for strip in app.screen._compositor.render_strips(app.size) for part in strip]
        assert {one.bgcolor.name for one in styles if one is not None and one.bgcolor is not None} == {"#a01818"}
        engine.push(msgspec.structs.replace(snapshots.trouble(), at=clock.at))
        await until(lambda: "more: qualtui i 42" in text(app))


async def test_without_an_engine_it_says_so_and_connects_again_however_often_it_goes() -> None:
    engine, clock = StandIn(snapshots.trouble()), Clock()
    app = hung(engine, clock)
    async with app.run_test(size=TV):
        for number in range(1, 4):
            await until(lambda number=number: engine.connections == number and "more: qualtui i 42" in text(app))  # type: ignore[misc]
            engine.drop()
            await until(lambda: "start it: qualtui watch" in text(app))
            assert "last known: ldc-bot CRITICAL, 3 waiting" in text(app)
            engine.refuse = False


async def test_it_asks_for_no_customer_and_no_key_but_quit_does_anything() -> None:
    engine, clock = StandIn(snapshots.trouble()), Clock()
    app = hung(engine, clock)
    async with app.run_test(size=TV) as pilot:
        await until(lambda: "more: qualtui i 42" in text(app))
        before = text(app)
        await pilot.press("f", "a", "y", "c", "d", "enter", "escape", "question_mark", "colon", "space")
        await settled(pilot)
        assert text(app) == before
        assert {type(ask) for ask in (*engine.asked, *engine.read)} <= {ShowHistory, ShowToday}
        assert not any(isinstance(ask, ListCustomers) for ask in engine.read)
        for person in snapshots.people():
            assert person.phone not in text(app)
        await pilot.press("q")
    assert app.return_code == 0


async def test_all_that_stands_there_moves_by_a_cell_each_minute() -> None:
    engine, clock = StandIn(snapshots.calm()), Clock()
    app = hung(engine, clock)
    async with app.run_test(size=TV):
        await until(lambda: "since the last reply" in text(app))
        page = app.screen
        assert isinstance(page, WallPage)
        places = []
        for minute in range(len(STEPS)):
            clock.at = snapshots.AT + minute * 60
            engine.push(msgspec.structs.replace(snapshots.calm(), at=clock.at))
            await until(lambda: page.now == clock.at and "since the last reply" in text(app))
            rows = text(app).splitlines()
            y = next(n for n, row in enumerate(rows) if "since the last reply" in row)
            places.append((rows[y].index("since the last reply"), y))
        left, top = min(x for x, _y in places), min(y for _x, y in places)
        assert {(x - left, y - top) for x, y in places} == set(STEPS)


async def test_a_dim_green_is_all_that_a_calm_wall_has_of_colour() -> None:
    app = hung(StandIn(snapshots.calm()), Clock())
    async with app.run_test(size=TV) as pilot:
        await until(lambda: "since the last reply" in text(app))
        await settled(pilot)
        assert not {"#ff7a5c", "#fade66"} & tokens(app, "█")


def moment(second: int, calm: Snapshot, trouble: Snapshot) -> Snapshot:
    """One of two agents falls ill and gets well again, and each second has other numbers."""
    snapshot = trouble if second // 100 % 2 else calm
    other = msgspec.structs.replace(calm.details[0], name="second-bot", last_reply=snapshots.AT + second)
    first, values = snapshot.details[0], snapshot.agents[0].values | {"customers.waiting": second % 60}
    short = msgspec.structs.replace(snapshot.agents[0], values=values)
    agents = (short, snapshots.summary(other))
    return msgspec.structs.replace(snapshot, at=snapshots.AT + second, agents=agents, details=(first, other))


async def test_an_hour_of_drawings_leaves_nothing_behind() -> None:
    clock, calm, trouble = Clock(), snapshots.calm(), snapshots.trouble()
    engine = StandIn(calm)
    app = hung(engine, clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: "since the last reply" in text(app))
        page = app.screen
        assert isinstance(page, WallPage)
        wall, seconds = page.query_one(Lines), count(step=7)

        async def draw(times: int) -> int:
            for second in islice(seconds, times):
                clock.at = snapshots.AT + second
                shown = moment(second, calm, trouble)
                page.show(ViewState(snapshot=shown, bond=ConnectionState.LIVE), clock.at)
                for row in range(40):
                    wall.render_line(row)
            await settled(pilot)
            engine.read.clear()
            gc.collect()
            kinds = {type(one) for one in gc.get_objects()} - CACHED  # Textual caches geometry, up to a limit
            ours = {kind for kind in kinds if str(kind.__module__).startswith(("qualtui", "textual", "rich"))}
            return sum(type(one) in ours for one in gc.get_objects())

        await draw(60)
        before, after = await draw(20), await draw(100)
        assert after - before < 50  # a single object kept of each drawing would be 100
