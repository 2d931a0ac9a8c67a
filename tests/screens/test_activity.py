"""Activity: everything done, by whom; it follows until somebody moves in it, and is read back to its beginning."""

import pytest
from msgspec.structs import replace

from qualtui.widgets.activity import log_row
from qualtui.wire import ActivityLog, ActivityView, Answer, Command, Refused, ShowActivity
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window

AT = snapshots.AT


def lines(number: int, first: int = 0) -> tuple[ActivityView, ...]:
    """So many lines, the newest first; every third is a person's."""
    return tuple(
        ActivityView(AT - 10 * n, "bruno" if n % 3 == 0 else "qualtui", f"did thing {n}", 42 if n % 2 == 0 else 0)
        for n in range(first, first + number)
    )


class Log(StandIn):
    """An engine with a log of lines in two parts; `new`: what came since."""

    def __init__(self, newest: tuple[ActivityView, ...], earlier: tuple[ActivityView, ...] = ()) -> None:
        super().__init__(snapshots.trouble())
        self.new: tuple[ActivityView, ...] = ()
        self.answers[ShowActivity] = self._shown
        self._newest, self._earlier = newest, earlier

    def _shown(self, ask: Command) -> Answer:
        assert isinstance(ask, ShowActivity)
        if ask.before:
            return ActivityLog(self._earlier, 0, 10)
        if ask.after:
            return ActivityLog(self.new, 0, ask.after + len(self.new))
        return ActivityLog(self._newest, 500 if self._earlier else 0, 1000)

    def happens(self, what: str, seq: int) -> None:
        """A new line, and the snapshot with it."""
        shot = snapshots.trouble()
        line = ActivityView(AT + seq, "qualtui", what)
        self.new = (line,)
        self.push(replace(shot, seq=seq, activity=(line, *shot.activity)))

    @property
    def reads(self) -> list[tuple[int, int]]:
        return [(one.before, one.after) for one in self.asked if isinstance(one, ShowActivity)]


async def test_it_follows_what_is_new_until_somebody_moves_in_it() -> None:
    engine = Log(lines(60))
    app = window(engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "did thing 0" in text(app))
        engine.happens("the first new one", 129)
        await until(lambda: "the first new one" in text(app))
        top = table(app, "#rows").key
        await pilot.press("j", "j", "j")
        moved = table(app, "#rows").key
        engine.happens("the second new one", 130)
        await until(lambda: "61 lines" not in text(app))
        assert table(app, "#rows").key == moved
        await pilot.press("g")
        assert table(app, "#rows").key not in {top, moved}
        engine.happens("the third new one", 131)
        await until(lambda: "the third new one" in text(app))
        assert engine.reads == [(0, 0), (0, 1000), (0, 1001), (0, 1002)]


async def test_the_filter_and_the_list_key_say_who_did_what_and_enter_opens_the_incident() -> None:
    app = window(Log(lines(60)))
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "60 lines since" in text(app))
        await pilot.press("l")
        await until(lambda: "did thing 1 " not in text(app) + " ")
        assert "did thing 3" in text(app)
        await pilot.press("slash", *"thing 57")
        await until(lambda: "1 match the filter" in text(app))
        await pilot.press("escape", "l", "l", "slash", *"#42 bruno")
        await until(lambda: "10 match the filter" in text(app))
        await pilot.press("enter", "enter")
        await until(lambda: "What happened" in text(app))


async def test_a_filter_looks_through_what_was_not_read_yet() -> None:
    engine = Log(lines(60), earlier=(*lines(40, 60), ActivityView(AT - 9000, "ana", "the very first")))
    app = window(engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "earlier lines are read at the end" in text(app))
        await pilot.press("slash", *"very")
        await until(lambda: "the very first" in text(app))
        assert engine.reads == [(0, 0), (500, 0)]


async def test_the_end_of_the_list_reads_on() -> None:
    engine = Log(lines(300), earlier=(ActivityView(AT - 9000, "ana", "the very first"),))
    app = window(engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "300 lines" in text(app))
        await pilot.press("G")
        await until(lambda: "301 lines" in text(app))
        await pilot.press("G")
        await until(lambda: "the very first" in text(app))


async def test_empty_unreadable_and_without_an_engine_say_so() -> None:
    engine = Log(())
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "Nothing was done yet." in text(app))
        engine.answers[ShowActivity] = Refused("can't read what was done: the disk is away")
        await pilot.press("r")
        await until(lambda: "can't be read now" in text(app))


async def test_what_can_not_be_read_from_the_first_is_not_said_to_be_nothing() -> None:
    engine = Log(())
    engine.answers[ShowActivity] = Refused("can't read what was done: the disk is away")
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "What was done can't be read now." in text(app))
        assert "Nothing was done yet." not in text(app)


async def test_ten_thousand_lines_cost_a_screenful_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0

    def counted(*args: object, **others: object) -> object:
        nonlocal drawn
        drawn += 1
        return log_row(*args, **others)  # type: ignore[arg-type]

    monkeypatch.setattr("qualtui.screens.activity.log_row", counted)
    app = window(Log(lines(10_000)))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("9")
        await until(lambda: "10000 lines" in text(app))
        for key in ("j", "pagedown", "G", "k", "g", "slash", "7", "7"):
            drawn = 0
            await pilot.press(key)
            await pilot.pause()
            assert drawn <= 3 * 48, key
