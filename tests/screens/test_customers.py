"""The customers page claims no more than it lists."""

from qualtui.wire import Customers, ListCustomers
from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window


async def test_a_list_with_an_end_does_not_say_that_nobody_else_waits() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people(), more=True)
    app = window(engine)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        number = len(snapshots.people())
        title = f"More than {number} customers wait for the bot: those who wait longest"
        await until(lambda: title in text(app))
