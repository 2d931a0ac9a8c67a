"""The doctor's page: one question to the engine, a still line meanwhile, and one line where there is none."""

import asyncio

import msgspec

from qualtui.app import QualtuiApp
from qualtui.client import ClientError
from qualtui.widgets.table import Table
from qualtui.wire import Answer, Command, Findings, Refresh, RunDoctor
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until, window

SIZE = (100, 30)


class Slow(StandIn):
    """Examines until the test lets it end."""

    def __init__(self) -> None:
        super().__init__(snapshots.calm())
        self.may_end = asyncio.Event()
        self.timeouts: list[float] = []
        self.answers[RunDoctor] = snapshots.examined()

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        if isinstance(ask, RunDoctor):
            self.timeouts.append(timeout)
            await self.may_end.wait()
        return await super().ask(ask, timeout)


def findings(app: QualtuiApp) -> Table:
    return table(app, "#rows")


def questions(engine: StandIn) -> int:
    return sum(isinstance(ask, RunDoctor) for ask in engine.asked)


async def test_while_it_examines_the_seconds_are_counted_and_the_engine_is_asked_once() -> None:
    engine, clock = Slow(), Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "checking ... 0s" in text(app))
        clock.at += 3
        await until(lambda: "checking ... 3s" in text(app))
        await pilot.press("r", "d")
        engine.may_end.set()
        await until(lambda: "2 failed" in text(app))
        assert "checking ..." not in text(app)
        assert questions(engine) == 1
        assert min(engine.timeouts) > 30  # the engine may take that long


async def test_r_examines_again_asks_no_probe_and_the_last_findings_stand_meanwhile() -> None:
    engine, clock = Slow(), Clock()
    engine.may_end.set()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "2 failed" in text(app))
        engine.may_end.clear()
        await pilot.press("r")
        await until(lambda: "checking ..." in text(app))
        assert "gateway's session" in text(app)
        mended = tuple(one for one in snapshots.examined().findings if one.check != "gateway.session")
        engine.answers[RunDoctor] = Findings(mended, clock.at, 1.0, clock.at + 30)
        engine.may_end.set()
        await until(lambda: "1 failed" in text(app))
        assert "gateway's session" not in text(app)
        assert not any(isinstance(ask, Refresh) for ask in engine.asked)


async def test_an_answer_that_is_the_last_one_says_when_there_may_be_a_new_one() -> None:
    engine = Slow()
    engine.may_end.set()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "12s ago" in text(app))
        assert "the next check is possible" not in text(app)
        await pilot.press("r")
        await until(lambda: "in 18s" in text(app))


async def test_enter_shows_the_statements_of_its_finding_and_hides_them_again() -> None:
    engine = Slow()
    engine.may_end.set()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "2 failed" in text(app))
        first = findings(app).key
        await pilot.press("j", "j", "enter")
        await until(lambda: "GRANT SELECT ON public.system_logs" in text(app))
        assert findings(app).key == first
        await pilot.press("enter")
        await until(lambda: "GRANT SELECT" not in text(app))
        await pilot.press("G")
        await until(lambda: "● ok       network" in text(app))
        await pilot.press("g")
        assert findings(app).key == first
        await pilot.press("escape")
        await until(lambda: "EVERYONE ANSWERED" in text(app))


async def test_without_an_engine_the_page_is_one_line_and_asks_once_there_is_one() -> None:
    engine = Slow()
    engine.refuse = True
    engine.may_end.set()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d")
        await until(lambda: "Without it, use: qualtui doctor" in text(app))
        await pilot.press("r")
        await pilot.pause()
        assert questions(engine) == 0
        engine.refuse = False
        await until(lambda: "2 failed" in text(app))
        assert questions(engine) == 1


async def test_when_the_engine_goes_away_what_was_found_stays_and_nothing_looks_well() -> None:
    engine = Slow()
    engine.may_end.set()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "● ok" in text(app))
        engine.drop()
        await until(lambda: "NO ENGINE" in text(app))
        await pilot.pause()
        assert "gateway's session" in text(app)
        assert "●" not in text(app)


async def test_an_engine_that_fails_while_it_examines_is_asked_again_only_when_told_to() -> None:
    engine, clock = StandIn(snapshots.calm()), Clock()
    engine.answers[RunDoctor] = ClientError("the engine did not answer within 40s")
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "did not answer within 40s" in text(app))
        engine.push(msgspec.structs.replace(snapshots.calm(), seq=121))
        clock.at += 2
        await pilot.pause()
        assert questions(engine) == 1
        engine.answers[RunDoctor] = snapshots.examined()
        await pilot.press("r")
        await until(lambda: "2 failed" in text(app))


async def test_the_palette_offers_the_doctor() -> None:
    app = window(Slow())
    async with app.run_test(size=SIZE):
        await until(lambda: app.pid != 0)
        assert any(command.title.startswith("Doctor") and command.key == "d" for command in await app.commands())


async def test_hostile_findings_are_shown_as_text() -> None:
    engine = StandIn(snapshots.calm())
    texts = snapshots.HOSTILE
    bad = tuple(
        msgspec.structs.replace(one, what=texts[n % 8], why=texts[n % 7], check=texts[n % 5])
        for n, one in enumerate(snapshots.examined().findings)
    )
    engine.answers[RunDoctor] = Findings(bad, float("nan"), -1.0, float("inf"))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "2 failed" in text(app))
        await pilot.press("enter", "r", "G")
        await until(lambda: questions(engine) == 2)
        await pilot.pause()
        assert "[red]not red[/]" in text(app)
