"""The overview: drawn right at the first go, whatever the size."""

import re

import msgspec
import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from qualtui.app import QualtuiApp
from qualtui.model import Severity
from qualtui.screens.overview import OverviewPage, lists
from qualtui.widgets.digits import digits
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.table import Table
from qualtui.widgets.view_state import StoryLine
from qualtui.wire import ActivityView, Customers, ListCustomers, Snapshot
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
        assert isinstance(page, OverviewPage)
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
        await until(lambda: "Raw value" in text(app))
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


async def test_an_untouched_activity_list_shows_what_is_newest() -> None:
    first = snapshots.trouble()
    engine = StandIn(first)
    app = window(engine)
    async with app.run_test(size=(160, 24)) as pilot:
        await until(lambda: app.pid != 0)
        many = tuple(ActivityView(snapshots.AT + n, "ana", f"event {n}") for n in range(60, 0, -1))
        for older in (40, 20, 0):
            engine.push(msgspec.structs.replace(first, seq=first.seq + 60 - older, activity=many[older:]))
            await until(lambda newest=60 - older: f"event {newest}" in text(app))  # type: ignore[misc]
            assert table(app, "#activity").key.startswith(f"{many[older].at}/")
        table(app, "#activity").focus()
        await pilot.press("j", "j")
        chosen = table(app, "#activity").key
        more = (ActivityView(snapshots.AT + 61, "ana", "event 61"), *many)
        engine.push(msgspec.structs.replace(first, seq=first.seq + 99, activity=more))
        await until(lambda: "event 61" in text(app))
        assert table(app, "#activity").key == chosen  # whoever moved in it stays where they are


async def test_who_took_an_incident_is_no_longer_offered_to_take_it() -> None:
    first = snapshots.trouble()
    engine = StandIn(first)
    app = window(engine)  # ana's
    number = first.agents[0].now.number

    def owned(owner: str) -> Snapshot:
        taken = tuple(
            msgspec.structs.replace(one, owner=owner) if one.number == number else one for one in first.incidents
        )
        return msgspec.structs.replace(first, seq=first.seq + 1, incidents=taken)

    async with app.run_test(size=(160, 48)):
        engine.push(owned(""))
        await until(lambda: "a I've got it" in _line(app, "DO"))
        engine.push(owned("ana"))
        await until(lambda: "got it" not in _line(app, "DO"))
        assert "release" not in _line(app, "DO")  # no remedy
        assert "a still on it" in text(app).splitlines()[-1]
        engine.push(owned("ben"))
        await until(lambda: "a take over" in _line(app, "DO"))


def _line(app: QualtuiApp, word: str) -> str:
    return next((line for line in text(app).splitlines() if f" {word}  " in line and "│" in line), "")


@pytest.mark.parametrize("n", range(4))
async def test_in_ascii_every_row_fills_its_cells_whatever_the_text(n: int) -> None:
    app = window(StandIn(snapshots.hostile(n)), look=Look(ascii=True, plain=True))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        strips = app.screen._compositor.render_strips(app.size)
        assert {cell_len(strip.text) for strip in strips} == {160}
        framed = [strip.text for strip in strips if strip.text.startswith("|")]
        assert framed
        assert all(row.endswith("|") for row in framed)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_a_customer_s_id_never_runs_into_the_reason(size: tuple[int, int]) -> None:
    engine = StandIn(snapshots.trouble())
    one = snapshots.people()[0]
    lead = "0d9f2c1e-7b1c-4c58-9a3e-000000000001"
    engine.answers[ListCustomers] = Customers(
        "ldc-bot", (msgspec.structs.replace(one, lead=lead, cause="bot busy"),)
    )
    app = window(engine)
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        await until(lambda: "0d9f2c1e-7b1c" in text(app))
        assert "── bot busy" in text(app)
        assert re.search(r"  0d9f2c1e-7b1c(…|-4c58-9a3e-0{11}1)( {2}|$)", text(app), re.MULTILINE)


class Played:
    """A demo's story of one sentence, which then is over."""

    def __init__(self, *lines: StoryLine) -> None:
        self.lines = list(lines)

    async def newest(self) -> StoryLine:
        """The next line; the last one stays."""
        return self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_demos_story_stands_above_the_footer_and_a_status_beside_it(size: tuple[int, int]) -> None:
    app = window(StandIn(snapshots.trouble()), story=Played(StoryLine("03:13:20", "Rafael writes, too.")))
    async with app.run_test(size=size) as pilot:
        await until(lambda: "03:13:20  Rafael writes, too." in text(app))
        await pilot.pause()
        assert "Rafael" in text(app).splitlines()[-2]
        app.say("Noted.", "label")
        await until(lambda: "Noted." in text(app).splitlines()[-2])
        assert "Rafael" in text(app).splitlines()[-3]


async def test_where_there_is_no_room_the_story_gives_way_to_what_is_wrong() -> None:
    app = window(StandIn(snapshots.SCENES["huge"]()), story=Played(StoryLine("03:13:20", "Rafael writes, too.")))
    async with app.run_test(size=(80, 8)) as pilot:
        await until(lambda: app.pid != 0)
        await until(lambda: app.screen_stack[0].sight.story is not None)  # type: ignore[attr-defined]
        await pilot.pause()
        assert "Rafael" not in text(app)


async def test_after_the_story_the_screen_says_what_the_viewer_can_try() -> None:
    app = window(StandIn(snapshots.calm()), story=Played(StoryLine("04:00:00", "The end.", over=True)))
    async with app.run_test(size=(80, 24)):
        await until(lambda: "switch a fault on" in text(app))


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (60, 20)])
@pytest.mark.parametrize("look", [Look(), Look(ascii=True, plain=True)])
async def test_in_trouble_the_number_of_those_who_wait_is_the_largest_thing(
    size: tuple[int, int], look: Look
) -> None:
    app = window(StandIn(snapshots.trouble()), look=look)
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        rows = text(app).splitlines()
    first = next(n for n, row in enumerate(rows) if "3 CUSTOMERS WAITING" in row)
    large = ["".join(span.text for span in row) for row in digits(3, "", look.glyphs.fill, slim=size[0] < 120)]
    assert [row[2 : 2 + len(one)] for row, one in zip(rows[first:], large, strict=False)] == large


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
async def test_what_is_calm_has_no_large_digits(size: tuple[int, int]) -> None:
    app = window(StandIn(snapshots.calm()))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        assert not any(row.startswith(("│ ███", "│    ██")) for row in text(app).splitlines())
