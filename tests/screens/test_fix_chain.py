"""`f` restarts what is broken, then answers who waits: one preview of both; or schedules it for contact hours."""

import msgspec

from qualtui.wire import (
    Answer,
    CancelSchedule,
    Command,
    Done,
    Preview,
    PreviewFix,
    PreviewItem,
    RunFix,
    ScheduledView,
    ScheduleFix,
)
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
        if not isinstance(ask, PreviewFix | RunFix):
            return await super().ask(ask, timeout)
        self.asked.append(ask)
        if isinstance(ask, PreviewFix) and ask.fix == "retry":
            held = msgspec.structs.replace(answering(2), refused="the gateway is FAILED: fix it first")
            return self.later if self.restarted else held
        if isinstance(ask, PreviewFix):
            return snapshots.restarting()
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


async def test_what_is_scheduled_is_no_alarm_and_names_the_key_that_cancels_it() -> None:
    engine = StandIn(snapshots.scheduled())
    engine.answers[CancelSchedule] = Done("the scheduled retry is cancelled")
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: "3 CUSTOMERS ARE ANSWERED AT 08:00" in text(app))
        shown = text(app)
        assert "x cancel the answers" in shown
        assert "SCHEDULED" in shown
        assert "CRITICAL 1" not in shown
        assert "ANSWER 3 AT 08:00" in shown
        await pilot.press("x")
        await until(lambda: CancelSchedule("s1") in engine.asked)


async def test_outside_contact_hours_f_schedules_and_x_cancels() -> None:
    engine, clock = StandIn(snapshots.trouble()), Clock()
    eight = clock.at + 4.8 * 3600
    late = msgspec.structs.replace(answering(3), total=0, refused="not at 03:12", later=3, later_at=eight)
    engine.answers |= {
        PreviewFix: late,
        ScheduleFix: Done("answers 3 in 4h 48m"),
        CancelSchedule: Done("cancelled"),
    }
    app = window(engine, clock)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "Answers 3 at " in text(app))
        await pilot.press("right", "enter")
        await until(lambda: any(isinstance(ask, ScheduleFix) for ask in engine.asked))
        clock.at += 1
        planned = (ScheduledView("s1", "retry", "ldc-bot", "ana", eight, 3),)
        engine.push(msgspec.structs.replace(snapshots.trouble(), at=clock.at, scheduled=planned))
        await until(lambda: "ANSWER 3 AT " in text(app))
        await pilot.press("x")
        await until(lambda: CancelSchedule("s1") in engine.asked)
