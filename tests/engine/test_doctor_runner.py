"""A monitor must not harm the patient: one examination at a time, not soon again, and never without end."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from qualtui.client import Client
from qualtui.config.values import AgentSettings, Config, HealthSettings
from qualtui.config.values import StoreSettings as StoreValues
from qualtui.engine.doctor_runner import REST, DoctorRunner
from qualtui.model.findings import Finding, FindingVerdict, failed, ok
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import Findings, Request, Result, RunDoctor, frame, length, read_reply, read_request
from tests.engine.test_engine import Made, config, running
from tests.screens.stand_in import Clock

BAD = failed("gateway.session", "gateway's session", "FAILED", "restart it", ["SELECT 1"])
GOOD = ok("clock", "clocks", "all well")


class Doctor:
    """Tells one finding at once; the other when the test lets it."""

    def __init__(self) -> None:
        self.begun = 0
        self.at_once = 0
        self.most_at_once = 0
        self.ended = 0
        self.may_end = asyncio.Event()
        self.configs: list[Config] = []

    async def __call__(self, config: Config, time: Callable[[], float], most: float) -> AsyncIterator[Finding]:
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.configs.append(config)
        try:
            yield BAD
            await self.may_end.wait()
            yield GOOD
        finally:
            self.at_once -= 1
            self.ended += 1


async def test_all_who_ask_at_once_are_told_the_findings_of_one_examination() -> None:
    doctor = Doctor()
    examining = DoctorRunner(Clock(100.0), doctor)
    asked = [asyncio.ensure_future(examining.findings()) for _ in range(5)]
    await asyncio.sleep(0)
    doctor.may_end.set()
    told = await asyncio.gather(*asked)
    assert (doctor.begun, doctor.most_at_once) == (1, 1)
    assert all(one == Findings((BAD, GOOD), 100.0, 0.0, 100.0 + REST) for one in told)


async def test_who_asks_soon_after_is_told_the_last_one_and_later_a_new_one() -> None:
    doctor, clock = Doctor(), Clock(100.0)
    doctor.may_end.set()
    examining = DoctorRunner(clock, doctor)
    first = await examining.findings()
    clock.at += REST - 1
    assert await examining.findings() == first
    assert doctor.begun == 1
    clock.at += 1
    assert (await examining.findings()).at == 100.0 + REST
    assert doctor.begun == 2


async def test_a_clock_that_was_set_back_does_not_keep_the_last_one_for_ever() -> None:
    doctor, clock = Doctor(), Clock(100_000.0)
    doctor.may_end.set()
    examining = DoctorRunner(clock, doctor)
    await examining.findings()
    clock.at = 100.0
    assert (await examining.findings()).at == 100.0


async def test_an_examination_that_hangs_ends_and_says_that_it_is_not_whole() -> None:
    doctor = Doctor()
    told = await DoctorRunner(Clock(100.0), doctor, 0.05).findings()
    assert told.findings[0] == BAD
    assert told.findings[1].verdict is FindingVerdict.SKIPPED
    assert "0.05 s" in str(told.findings[1].why)
    assert (doctor.begun, doctor.ended) == (1, 1)


async def test_what_was_found_with_another_configuration_is_not_told() -> None:
    doctor = Doctor()
    examining = DoctorRunner(Clock(100.0), doctor)
    examining.use(config("old"))
    under_way = asyncio.ensure_future(examining.findings())
    await asyncio.sleep(0)
    examining.use(config("new"))
    doctor.may_end.set()
    await under_way
    await examining.findings()
    assert [list(one.agents) for one in doctor.configs] == [["old"], ["new"]]


async def test_one_who_goes_away_while_waiting_leaves_the_next_one_its_turn() -> None:
    doctor = Doctor()
    examining = DoctorRunner(Clock(100.0), doctor)
    gone = asyncio.ensure_future(examining.findings())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    doctor.may_end.set()
    assert (await examining.findings()).findings == (BAD, GOOD)
    assert doctor.at_once == 0


async def test_a_window_is_told_what_the_doctor_finds_with_the_engine_s_own_configuration(tmp_path: Path) -> None:
    places = StoreValues(path=str(tmp_path / "store.db"), socket=str(tmp_path / "s"))
    first = Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://127.0.0.1:9/health"))}, store=places
    )
    with SqliteStore.open(tmp_path / "store.db") as store:
        await _told_to_a_window(store, first)


async def _told_to_a_window(store: SqliteStore, first: Config) -> None:
    async with running(store, Made(), first), Client(store.path.with_name("s"), who="ana") as client:
        began = time.time()
        told = await client.ask(RunDoctor(), 20.0)
        assert isinstance(told, Findings)
        by_check = {finding.check: finding for finding in told.findings}
        assert by_check["agent.health"].verdict is FindingVerdict.FAILED
        assert by_check["agent.health"].agent == "bot"
        assert by_check["engine"].verdict is FindingVerdict.OK
        assert began <= told.at <= time.time()
        assert await client.ask(RunDoctor()) == told


def test_question_and_answer_come_through_the_wire_as_they_are() -> None:
    request = Request(7, RunDoctor(), "ana")
    assert read_request(frame(request)[4:]) == request
    result = Result(7, Findings((BAD, GOOD), 100.0, 3.2, 130.0))
    sent = frame(result)
    assert length(sent[:4]) == len(sent) - 4
    assert read_reply(sent[4:]) == result
