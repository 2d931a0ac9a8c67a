"""The palette: all keys' actions in sections, switches with their state, and the end of the window last."""

import pytest

from qualtui.config.keys import BINDINGS
from qualtui.widgets.look import Look
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
