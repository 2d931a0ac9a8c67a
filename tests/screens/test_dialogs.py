"""Dialogs: y confirms, n and Esc cancel, and no key that was not meant for one counts."""

import pytest
from textual.widgets import Input

from qualtui.screens.key_guard import HELD, READ, KeyGuard
from qualtui.screens.overview import OverviewPage
from qualtui.widgets.look import Look
from qualtui.wire import AddNote, Done, PreviewFix, PreviewItem, RunFix
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until, window

SIZE = (120, 40)


def prepared() -> StandIn:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = snapshots.preview()
    engine.answers[RunFix] = Done("Closed 3 sessions.")
    return engine


@pytest.mark.parametrize(("key", "ran"), [("y", True), ("n", False), ("escape", False), ("enter", False)])
async def test_y_confirms_and_every_other_answer_cancels(key: str, ran: bool) -> None:
    engine = prepared()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "[y] Run it" in text(app) and "[n] Cancel" in text(app))
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, OverviewPage))
        await until(lambda: ("Closed 3 sessions." if ran else "Nothing was changed.") in text(app))
        assert any(isinstance(ask, RunFix) for ask in engine.asked) is ran


@pytest.mark.parametrize("look", [Look(), Look(ascii=True, plain=True)], ids=["", "plain"])
async def test_the_button_that_enter_presses_is_pointed_at_without_any_colour(look: Look) -> None:
    app = window(prepared(), look=look)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        pointer = look.glyphs.pointer
        await until(lambda: f"{pointer} [n] Cancel" in text(app) and f"{pointer} [y]" not in text(app))
        await pilot.press("right")
        await until(lambda: f"{pointer} [y] Run it" in text(app) and f"{pointer} [n]" not in text(app))


async def test_a_key_counts_once_the_dialog_could_be_read() -> None:
    engine, clock = prepared(), Clock()
    app = window(engine, clock, patience=READ)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "[y] Run it" in text(app))
        await pilot.pause()
        await pilot.press("y")
        clock.at += READ - 0.01
        await pilot.press("escape", "right")
        assert "[y] Run it" in text(app)
        clock.at += HELD
        await pilot.press("y")
        await until(lambda: "Closed 3 sessions." in text(app))


async def test_the_held_key_that_opened_a_note_is_no_text_of_it() -> None:
    engine, clock = StandIn(snapshots.trouble()), Clock()
    app = window(engine, clock, patience=READ)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("n")
        await until(lambda: isinstance(app.screen.focused, Input))
        await pilot.pause()
        for _repeat in range(30):
            clock.at += 0.03
            await pilot.press("n")
        clock.at += HELD
        await pilot.press(*"gonna see", "enter")
        await until(lambda: AddNote(42, "gonna see") in engine.asked)


def test_a_held_key_answers_no_second_dialog_and_moves_may_repeat() -> None:
    clock, first, second = Clock(), object(), object()
    guard = KeyGuard(clock)
    guard.painted(first)
    clock.at += READ
    assert guard.takes("y", first)
    assert not guard.takes("y", second)  # not painted yet
    guard.painted(second)
    for _repeat in range(40):
        clock.at += 0.04
        assert not guard.takes("y", second)
    assert guard.takes("right", second)
    assert guard.takes("right", second)
    clock.at += HELD
    assert guard.takes("y", second)
    assert guard.takes("y")  # a page's own keys are never dropped


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (44, 20), (44, 12)])
async def test_the_consequence_and_the_buttons_stand_still_however_long_the_text_is(size: tuple[int, int]) -> None:
    engine = prepared()
    long = tuple(f"Sentence {n} of what it does, and of what it does not do at all." for n in range(12))
    engine.answers[PreviewFix] = snapshots.preview(explain=long)
    app = window(engine)
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("f")
        await until(lambda: "[y] Run it" in text(app) and "up and down" in text(app))
        await pilot.pause()
        assert "Sentence 0" in text(app)
        for _row in range(80):
            await pilot.press("down")
            assert "Closes 3 sessions" in text(app)
            assert "[n] Cancel" in text(app)
        assert "Sentence 0" not in text(app)
        assert "never messaged" in text(app)


async def test_why_each_one_is_chosen_is_read_to_its_end_at_80_columns() -> None:
    engine = prepared()
    reason = "answer by hand: two chats have this number, and nobody knows which one is read"
    item = PreviewItem("d3948e1c", "+55 11 •••••-••02", reason, 42.0)
    engine.answers[PreviewFix] = snapshots.preview(items=(item,), total=1)
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("f")
        await until(lambda: "[y] Run it" in text(app))
        rows = [row.split("│")[1] for row in text(app).splitlines() if row.count("│") >= 2]
        assert "answer by hand:" in " ".join(rows)
        assert "which one is read" in " ".join(" ".join(rows).split())
