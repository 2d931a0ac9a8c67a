"""Machines: every link with its past, charts on one time axis, ranges and a cursor, where numbers come from."""

import pytest
from msgspec.structs import replace

from qualtui.app import QualtuiApp
from qualtui.screens.machines import MachinesPage
from qualtui.text.message import message
from qualtui.widgets.levels import CellLevel
from qualtui.widgets.look import Look
from qualtui.widgets.machines import SERIES, held
from qualtui.widgets.uptime import uptime_levels
from qualtui.wire import MOST_SERIES, Command, History, Refused, SeriesHistory, ShowHistory
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, tokens, until, window
from tests.screens.test_pictures import compare

WIDE, SMALL = (160, 48), (80, 24)


def engine() -> StandIn:
    """An engine in trouble that knows the past hour."""
    standing = StandIn(snapshots.trouble())
    standing.answers[ShowHistory] = answered
    return standing


def answered(ask: Command) -> History:
    assert isinstance(ask, ShowHistory)
    return snapshots.past(ask)


def asked(standing: StandIn) -> list[ShowHistory]:
    return [ask for ask in standing.asked if isinstance(ask, ShowHistory)]


async def opened(app: QualtuiApp, pilot: object) -> None:
    await until(lambda: app.pid != 0)
    await pilot.press("4")  # type: ignore[attr-defined]
    await until(lambda: "1 cell" in text(app))
    await pilot.pause()  # type: ignore[attr-defined]


def row(app: QualtuiApp, what: str) -> str:
    return next(line for line in text(app).splitlines() if what in line)


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_the_page_is_as_approved(size: tuple[int, int]) -> None:
    app = window(engine())
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        compare(f"machines-{size[0]}x{size[1]}", text(app))


async def test_it_is_ascii_alone_where_the_terminal_has_no_more() -> None:
    app = window(engine(), look=Look(ascii=True, plain=True))
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot)
        assert text(app).isascii()


async def test_bars_and_charts_share_one_time_axis() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        bar = row(app, "WhatsApp FAILED")
        first_bad = bar.index("█")
        wait = [line for line in text(app).splitlines() if " 3m ▲" in line]
        assert bar[first_bad - 1] == "▁"
        assert any(sign in "▁▂▃▄▅▆▇█" for sign in wait[0][first_bad:])
        assert wait[0][first_bad - 1] == "┄"


async def test_what_nothing_measures_is_one_line_and_no_empty_chart() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        assert "no source for host CPU, host memory" in text(app)
        assert "nothing measures it" in row(app, "Host ")


async def test_the_range_keys_ask_for_another_past_and_stop_at_the_ends() -> None:
    standing = engine()
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        for _n in range(8):
            await pilot.press("+")
        await until(lambda: "last 30d" in text(app) and "1 cell = 6h" in text(app))
        for _n in range(8):
            await pilot.press("-")
        await until(lambda: "last 15m" in text(app) and "1 cell = 10s" in text(app))
    ranges = [ask.seconds for ask in asked(standing)]
    assert (ranges[0], max(ranges), ranges[-1]) == (3600, 30 * 86400, 900)
    assert all(ask.series == SERIES and ask.cells <= 120 for ask in asked(standing))
    assert len(SERIES) <= MOST_SERIES


async def test_the_cursor_reads_value_and_time_of_every_chart_and_goes_beyond_the_newest() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        await pilot.press("left", "left")
        await until(lambda: text(app).count("03:11:30") >= 4)
        await pilot.press("right", "right")
        await until(lambda: "03:11:30" not in text(app))


async def test_a_small_screen_shows_the_charts_of_the_chosen_link() -> None:
    app = window(engine())
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot)
        table(app, "#rows").select("customer")
        await pilot.press("k")
        await until(lambda: "›WhatsApp: time to the gateway" in text(app))
        await pilot.press("j")
        await until(lambda: "›Customer: reply time p95" in text(app))
        assert "›Customer: oldest wait" in text(app)


async def test_enter_says_where_the_numbers_of_a_link_come_from() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        table(app, "#rows").select("database")
        await pilot.press("enter")
        await until(lambda: "source: PostgreSQL" in text(app))
        assert "db.seconds 4ms (2s ago)" in text(app)
        assert "server time and travel of `select now()`" in text(app)


async def test_an_equal_past_repaints_nothing_of_the_charts() -> None:
    clock = Clock()
    standing = engine()
    app = window(standing, clock)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        page = app.screen
        assert isinstance(page, MachinesPage)
        charts = page.query_one("#charts")
        before, number = charts.repainted, len(asked(standing))  # type: ignore[attr-defined]
        clock.at += 16  # half a cell and more: it asks again, and the answer is the same
        standing.push(replace(snapshots.trouble(), at=clock.at))
        await until(lambda: len(asked(standing)) > number)
        await pilot.pause()
        await pilot.pause()
        assert charts.repainted == before  # type: ignore[attr-defined]


async def test_a_refusal_and_a_lost_engine_are_said() -> None:
    standing = engine()
    standing.answers[ShowHistory] = Refused(message("can't read the past: the disk is away"))
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("4")
        await until(lambda: "the disk is away" in text(app))
        assert "The past can't be read now." in text(app).splitlines()[1]  # whatever the status says next
        standing.drop()
        await until(lambda: "the past can't be read" in text(app))
        assert tokens(app, "FAILED") <= tokens(app, "Bot ") | tokens(app, "DB ")


async def test_a_small_screen_cuts_no_word_of_a_status_and_shows_the_chosen_one_whole() -> None:
    app = window(engine())
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot)
        rows = ["".join(span.text for span in line) for line in table(app, "#rows").shown]
        assert not any("…" in line for line in rows)
        assert any(line.startswith(" ✖ WhatsApp FAILED ") for line in rows)
        table(app, "#rows").select("customer")
        await pilot.press("k")
        await until(lambda: "WhatsApp FAILED 4m" in text(app))


def host_past(name: str, *values: float | None) -> SeriesHistory:
    return SeriesHistory(name, "", "up", values, values, values)


def test_a_suspended_host_is_down_in_its_bar_and_what_is_not_known_is_a_gap() -> None:
    suspended, cpu = host_past("host.suspended", 0, 1, 1, None), host_past("host.cpu", 6, None, None, None)
    bar = uptime_levels([held(suspended), held(cpu)], 4)
    assert bar == [CellLevel.OK, CellLevel.CRITICAL, CellLevel.CRITICAL, CellLevel.UNKNOWN]
    failing = uptime_levels([held(host_past("host.failing", 0, 1))], 2)
    assert failing == [CellLevel.OK, CellLevel.WARNING]


async def test_the_charts_of_the_host_mark_its_deploys_and_restarts() -> None:
    scene = snapshots.trouble()
    agent = scene.details[0]
    cpu = snapshots.figure("host.cpu", 40)

    def aged(ask: Command) -> History:
        assert isinstance(ask, ShowHistory)
        found = snapshots.past(ask)
        cells = len(found.series[0].lows)
        values = tuple(86_400.0 + n * found.step for n in range(cells - 10))
        age = values + tuple(n * found.step for n in range(10))
        series = tuple(
            replace(one, lows=age, highs=age, lasts=age) if one.name == "host.deploy_age" else one
            for one in found.series
        )
        return replace(found, series=series)

    standing = StandIn(snapshots.showing(scene, replace(agent, figures=dict(agent.figures) | {"host.cpu": cpu})))
    standing.answers[ShowHistory] = aged
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        assert "D deploy" in row(app, "Host: CPU")
        assert "R restart" not in text(app)
