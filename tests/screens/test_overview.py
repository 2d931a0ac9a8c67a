"""The overview: drawn right at the first go, whatever the size."""

import pytest
from msgspec.structs import replace

from qualtui.model import Severity
from qualtui.screens.overview import Overview, lists
from qualtui.widgets.lines import Lines
from qualtui.widgets.table import Table
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window


@pytest.mark.parametrize("size", [(80, 24), (119, 40), (120, 40), (141, 48), (163, 50), (238, 60)])
async def test_the_lists_are_drawn_for_the_widths_that_they_get(size: tuple[int, int]) -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        assert (table(app).size.width, table(app, "#activity").size.width) == lists(size[0])


async def test_after_another_size_nothing_is_left_to_be_corrected() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.resize_terminal(150, 45)
        await pilot.pause()
        page = app.screen
        assert isinstance(page, Overview)
        parts = [*page.query(Lines), *page.query(Table)]
        before = sum(part.repainted for part in parts)
        page.draw()
        assert sum(part.repainted for part in parts) == before
        assert "Incidents" in text(app)


async def test_where_there_is_no_room_left_a_status_is_seen_still() -> None:
    app = window(StandIn(snapshots.SCENES["huge"]()))
    async with app.run_test(size=(100, 40)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("w")
        await until(lambda: "As the row is written" in text(app))
        app.say("Noted.", "label")
        await until(lambda: "Noted." in text(app))


@pytest.mark.parametrize(
    ("scene", "word"), [("calm", "● OK"), ("learning", "LEARNING"), ("no-data", "CANNOT TELL")]
)
async def test_what_is_only_to_be_known_stands_for_no_word_on_how_it_is(scene: str, word: str) -> None:
    told = snapshots.SCENES[scene]()
    noted = snapshots.incident(7, severity=Severity.INFO, rule="same-question")
    app = window(StandIn(replace(told, incidents=(noted,))))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        head = text(app).splitlines()[0]
    assert word in head
    assert "INFO 1" in head
