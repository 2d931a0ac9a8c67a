"""The palette: all keys' actions in sections, switches with their state, and the end of the window last."""

import pytest
from rich.color import Color
from textual.pilot import Pilot
from textual.widgets import Input

from qualtui.config.keys import BINDINGS
from qualtui.screens.palette import Palette
from qualtui.screens.wall import WallPage
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.themes import GROUNDS
from qualtui.wire import Acknowledge
from qualtui.wire.commands import Capability
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window
from tests.screens.test_pictures import answering, compare


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
async def test_the_palette_is_as_approved(size: tuple[int, int]) -> None:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("colon")
        await until(lambda: "PAGES" in text(app))
        await pilot.pause()
        compare(f"palette-{size[0]}x{size[1]}", text(app))


async def test_it_is_ascii_alone_where_the_terminal_has_no_more() -> None:
    app = window(answering(StandIn(snapshots.trouble())), look=Look(ascii=True, plain=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("colon", *"raw")
        await until(lambda: "[ ] Raw values" in text(app))
        assert text(app).isascii()


async def test_it_offers_every_key_of_the_window_and_its_end_last() -> None:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=(80, 24)):
        await until(lambda: app.pid != 0)
        offered = await app.commands()
        keys = {command.key for command in offered}
        for name in (
            "fix",
            "have",
            "customers",
            "failures",
            "sessions",
            "security",
            "doctor",
            "undo",
            "automatic",
        ):
            assert BINDINGS[name][0] in keys
        assert offered[-1].key == "q"
        assert len({(command.section, command.title) for command in offered}) == len(offered)


async def test_a_switch_shows_its_state_and_enter_turns_it() -> None:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("colon", *"raw")
        await until(lambda: "☐ Raw values beside the truth" in text(app))
        await pilot.press("enter")
        await until(lambda: "Unprocessed leads" in text(app))
        await pilot.press("colon", *"raw")
        await until(lambda: "☑ Raw values beside the truth" in text(app))
        await pilot.press("escape")
        await until(lambda: "☑" not in text(app))


async def test_the_arrows_step_over_the_sections() -> None:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("colon")
        await until(lambda: "PAGES" in text(app))
        for _n in range(30):
            assert table(app, "#commands").key.isdecimal()
            await pilot.press("down")


async def chosen(pilot: Pilot[int], words: str) -> None:
    """Run the entry that these words filter."""
    await pilot.press("colon")
    await until(lambda: isinstance(pilot.app.screen, Palette))
    pilot.app.screen.query_one(Input).value = words
    await pilot.pause()
    await pilot.press("enter")
    await until(lambda: not isinstance(pilot.app.screen, Palette))
    await pilot.pause()


async def test_read_only_switched_on_stops_every_change_and_says_so_until_it_is_switched_off() -> None:
    engine = answering(StandIn(snapshots.trouble()))
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await chosen(pilot, "read-only no key")
        await until(lambda: "READ-ONLY" in text(app))
        before = list(engine.asked)
        for key in ("f", "a", "z", "n", "s", "P", "u", "r"):
            await pilot.press(key)
            await pilot.pause()
            assert len(app.screen_stack) == 1, key
            assert "only looks" in text(app), key
        assert engine.asked == before
        dim = {command.title for command in await app.commands() if command.dim}
        assert {"Fix", "I've got it", "Note", "Silence", "Undo"} <= dim
        await chosen(pilot, "read-only no key")
        await until(lambda: "READ-ONLY" not in text(app))
        await pilot.press("a")
        await until(lambda: engine.asked != before)


async def test_a_window_that_was_opened_read_only_cannot_be_switched_to_act() -> None:
    engine = answering(StandIn(snapshots.trouble()))
    engine.capability = Capability.VIEW
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        for _twice in range(2):
            await chosen(pilot, "read-only")
            assert "READ-ONLY" in text(app)
        await pilot.press("a")
        await pilot.pause()
        assert not any(isinstance(one, Acknowledge) for one in engine.asked)


async def test_a_theme_is_chosen_at_run_time_and_every_page_and_dialog_has_it() -> None:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await chosen(pilot, "theme: light")
        white = Color.parse(GROUNDS["light"]).triplet
        grounds = {
            segment.style.bgcolor.triplet
            for page in app.screen_stack
            for lines in page.query(Lines)
            for segment in lines.render_line(0)
            if segment.style is not None and segment.style.bgcolor is not None and segment.text.strip() == ""
        }
        assert grounds == {white}
        assert app.theme == "qualtui-light"
        assert [one.state for one in await app.commands() if one.title == "Theme: light"] == [True]


async def test_a_terminal_of_few_colours_is_offered_no_theme() -> None:
    app = window(answering(StandIn(snapshots.trouble())), look=Look(plain=True))
    async with app.run_test(size=(80, 24)):
        await until(lambda: app.pid != 0)
        assert not [one for one in await app.commands() if "Theme" in one.title]


async def test_t_is_the_wall_in_this_window_and_esc_comes_back() -> None:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, WallPage))
        await until(lambda: "data 0s old" in text(app))
        assert "+55" not in text(app)
        await pilot.press("escape")
        await until(lambda: "What broke first" in text(app))
