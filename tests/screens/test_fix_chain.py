"""`f` restarts what is broken, then answers who waits: one preview of both, checked again before the second."""

import msgspec

from qualtui.wire import Answer, Command, Done, Preview, PreviewFix, PreviewItem, RunFix
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until, window

SIZE = (120, 40)


def answering(people: int, token: str = "") -> Preview:
    items = tuple(PreviewItem(f"1f0{n}", "+55 11 •••••-••01", "by gateway", 600.0) for n in range(people))
    title = f"Sends WhatsApp to {people} people"
    return Preview(token, "retry", "ldc-bot", title, ("At most once each.",), items, people)


class Chained(StandIn):
    """Restarts, then answers; `later` is the second preview that follows the restart."""

    def __init__(self, later: Preview) -> None:
        super().__init__(snapshots.trouble())
        self.later = later
        self.restarted = False

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        self.asked.append(ask)
        if isinstance(ask, PreviewFix) and ask.fix == "retry":
            held = msgspec.structs.replace(answering(2), refused="the gateway is FAILED: fix it first")
            return self.later if self.restarted else held
        if isinstance(ask, PreviewFix):
            return snapshots.restarting()
        assert isinstance(ask, RunFix)
        self.restarted = True
        return Done("The session is WORKING" if ask.token == "token-2" else "Answered 2 of 2")

    @property
    def ran(self) -> list[str]:
        return [ask.token for ask in self.asked if isinstance(ask, RunFix)]


async def test_one_confirmation_restarts_and_answers_who_still_waits() -> None:
    engine = Chained(answering(2, "token-9"))
    app = window(engine, Clock())
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "then Sends WhatsApp to 2 people" in text(app))
        assert engine.ran == []
        await pilot.press("right", "enter")
        await until(lambda: "Answered 2 of 2" in text(app))
        assert engine.ran == ["token-2", "token-9"]


async def test_more_people_than_were_shown_are_confirmed_again() -> None:
    engine = Chained(answering(5, "token-9"))
    app = window(engine, Clock())
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "then Sends WhatsApp to 2 people" in text(app))
        await pilot.press("right", "enter")
        await until(lambda: "Sends WhatsApp to 5 people" in text(app))
        assert engine.ran == ["token-2"]
