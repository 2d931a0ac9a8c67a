"""A window subscribes to the agents that it shows, and shows what it knows until their details come."""

from msgspec.structs import replace

from qualtui.wire import WORST, Snapshot, Subscribe
from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window


def two(*details: str) -> Snapshot:
    """Two agents, of which other-bot is worse off; the details of these alone."""
    calm, bad = snapshots.calm().details[0], replace(snapshots.trouble().details[0], name="other-bot")
    row = replace(snapshots.incident(), agent="other-bot")
    shot = snapshots.showing(snapshots.calm(), calm, bad, incidents=(row, snapshots.resolved()))
    return replace(shot, details=tuple(one for one in shot.details if one.name in details))


async def test_another_agent_is_subscribed_to_and_shown_at_once_with_what_is_known() -> None:
    engine = StandIn(two("other-bot"))
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: "CUSTOMERS WAITING FOR THE BOT" in text(app))
        assert engine.wanted == []  # the worst is what a connection begins with
        app._feed.choose(agent="ldc-bot")
        assert engine.wanted == [Subscribe(("ldc-bot",))]
        await until(lambda: "EVERYONE ANSWERED" in text(app))
        assert "182ms" not in text(app)  # no figure is guessed
        engine.push(two("ldc-bot"))
        await until(lambda: "182ms" in text(app))
        await pilot.pause()
    assert engine.wanted == [Subscribe(("ldc-bot",))]


async def test_the_page_of_an_incident_brings_its_agent_along_and_lets_it_go() -> None:
    engine = StandIn(two("other-bot", "ldc-bot"))
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        app._feed.choose(agent="ldc-bot")
        await pilot.press("enter")
        await until(lambda: engine.wanted[-1] == Subscribe(("ldc-bot", "other-bot")))
        await pilot.press("escape")
        await until(lambda: engine.wanted[-1] == Subscribe(("ldc-bot",)))
    assert WORST not in engine.wanted
