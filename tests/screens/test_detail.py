"""An incident's page: the proof of the reason, and the chain as it is now."""

from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window


async def test_the_reason_is_shown_with_what_proves_it_and_the_chain() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "PROOF" in text(app))
        shown = text(app)
    view = snapshots.trouble().agents[0]
    assert all(item in shown for item in view.now.proof)
    assert view.now.why in shown
    assert "WhatsApp ✖ FAILED" in shown


async def test_an_incident_that_now_does_not_speak_of_has_no_proof_of_it() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("j")
        await pilot.press("enter")
        await until(lambda: "#43" in text(app))
        assert "PROOF" not in text(app)
