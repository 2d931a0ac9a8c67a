"""The phone number of a customer: after a reason, for two minutes, and never on a page."""

import pytest

from qualtui.screens.reveal import RevealDialog, spaced
from qualtui.wire import Customers, ListCustomers, Refused, RevealCustomer, Revealed, RevealReason
from qualtui.wire.commands import Capability
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, text, until, window

PHONE = "5511900000001"
SIZE = (80, 24)


def waiting(answer: Revealed | Refused) -> StandIn:
    engine = StandIn(snapshots.trouble())
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
    engine.answers[RevealCustomer] = answer
    return engine


async def test_a_reason_shows_the_number_and_time_hides_it_again() -> None:
    engine, clock = waiting(Revealed(PHONE, 120.0, 19)), Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        await until(lambda: "1f0a" in text(app))
        await pilot.press("v")
        await until(lambda: isinstance(app.screen, RevealDialog) and "to answer by hand" in text(app))
        assert not any(isinstance(ask, RevealCustomer) for ask in engine.asked)
        dialog = app.screen
        assert isinstance(dialog, RevealDialog)
        await pilot.press("2")
        await until(lambda: "+55 11 90000-0001" in text(app))
        assert "https://wa.me/5511900000001" in text(app)
        asked = [ask for ask in engine.asked if isinstance(ask, RevealCustomer)]
        assert [(ask.agent, ask.reason) for ask in asked] == [("ldc-bot", RevealReason.ANSWER)]
        clock.at += 119
        dialog.beat()
        assert "90000" in text(app)
        await pilot.press("j")  # any key extends it
        clock.at += 100
        dialog.beat()
        assert "90000" in text(app)
        clock.at += 21
        dialog.beat()
        await until(lambda: not isinstance(app.screen, RevealDialog))
        await pilot.pause()  # the page below is drawn again
        assert "90000" not in text(app)


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_esc_asks_for_no_number_and_hides_one(key: str) -> None:
    engine = waiting(Revealed(PHONE, 120.0, 19))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        await until(lambda: "1f0a" in text(app))
        await pilot.press("v")
        await until(lambda: "to answer by hand" in text(app))
        await pilot.press(key)
        await until(lambda: not isinstance(app.screen, RevealDialog))
        assert not any(isinstance(ask, RevealCustomer) for ask in engine.asked)
        await pilot.press("v")
        await until(lambda: "to answer by hand" in text(app))
        await pilot.press("1")
        await until(lambda: "90000-0001" in text(app))
        await pilot.press(key)
        await until(lambda: not isinstance(app.screen, RevealDialog))
        assert "90000" not in text(app)


async def test_what_the_engine_refuses_is_said_and_closes_the_question() -> None:
    app = window(waiting(Refused("20 numbers were shown within an hour")))
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        await until(lambda: "1f0a" in text(app))
        await pilot.press("v")
        await until(lambda: "to answer by hand" in text(app))
        await pilot.press("3")
        await until(lambda: not isinstance(app.screen, RevealDialog) and "20 numbers were shown" in text(app))


async def test_a_window_that_only_looks_is_not_even_asked_why() -> None:
    engine = waiting(Revealed(PHONE, 120.0, 19))
    engine.capability = Capability.VIEW
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        await until(lambda: "1f0a" in text(app))
        await pilot.press("v")
        await until(lambda: "This window only looks" in text(app))
        assert not isinstance(app.screen, RevealDialog)


def test_a_number_is_grouped_as_it_is_dialled() -> None:
    assert spaced("5511987654321") == "+55 11 98765-4321"
    assert spaced("551187654321") == "+55 11 8765-4321"
    assert spaced("14155551234") == "+14155551234"
