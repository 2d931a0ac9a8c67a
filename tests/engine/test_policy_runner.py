"""A fix that runs by itself: decided in the tick, audited, at most once; its page waits for the verification."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.config.values import PolicyMode, PolicySettings, PolicyTable
from qualtui.diagnosis.faults import Fault, FaultsSeen
from qualtui.diagnosis.root_cause import GATEWAY_RESTART, RETRY, CauseKind, RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.policy_runner import PolicyRunner
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.healing import POLICY, PoliciesStarted, PoliciesStopped
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.silences import SilenceCreated
from qualtui.fixes.fix import FixError, Plan
from qualtui.model import Evidence, FixRun, Link, Origin, Sample
from qualtui.model.matchers import Matcher, MatchOperator
from qualtui.notify.render import notice_words
from qualtui.series.evidence import Reading, Readings
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import Preview
from tests.engine.test_evaluator import DOWN, WAITING, configuration
from tests.engine.test_fix_runner import PLAN, Scripted

BROKEN = FaultsSeen((Fault(Link.GATEWAY, 1000.0, str(CauseKind.GATEWAY), "the session is FAILED"),))


class Ward:
    """An evaluator, its policies and a scripted restart on a real store and a clock that is set by hand."""

    def __init__(
        self, store: SqliteStore, mode: PolicyMode, fix: str = GATEWAY_RESTART, *, proven: bool = False
    ) -> None:
        self.store = store
        self.now = 1000.0
        self.seen = BROKEN
        self.broken = 1.0
        self.take = True  # what is decided is carried out
        self.notices: list[NoticeQueued] = []
        self.remedy = Scripted()
        self.remedy.name = fix
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.fixing = FixRunner(self.journal, lambda: self.now)
        self.fixing.use({("bot", fix): self.remedy})
        self.policies = PolicyRunner(
            self.journal, self.fixing, lambda: self.now, self._readings, self.recent.since
        )
        self.evaluator = Evaluator(
            self.journal,
            self.recent,
            lambda _: RootCause("the why"),
            lambda: self.now,
            offer=lambda *_: fix,
            seen=lambda _: self.seen,
            waiting=lambda _: 0,
            healing=self.policies.decide,
        )
        policy = PolicySettings(mode=mode, subjects=1, proven=proven)
        rules = {"gateway-not-working": DOWN, "customers-waiting": WAITING}
        config = replace(configuration(rules), policies=PolicyTable(gateway_restart=policy, retry=policy))
        self.evaluator.use(config, {"bot/customers.oldest": 200.0})
        self.policies.use(config)
        self.config = config

    def _readings(self, _agent: str) -> Readings:
        sample = Sample("bot/gateway.working", self.now, 1.0 - self.broken)
        waiting = Sample("bot/customers.waiting", self.now, 1.0)
        return {
            "gateway.working": Reading(Evidence.FRESH, sample),
            "customers.waiting": Reading(Evidence.FRESH, waiting),
        }

    async def look(self, after: float = 1.0) -> list[str]:
        """One tick; the notices that it queued."""
        self.now += after
        self.recent.add([Sample("bot/gateway.down", self.now, self.broken)])
        events = await self.evaluator.look(("bot",))
        if self.take:
            self.policies.take(events)
        queued = [one.body for one in events if isinstance(one.body, NoticeQueued)]
        self.notices += queued
        return [f"{one.kind} to {one.channel}" for one in queued]

    def session(self, status: str) -> None:
        """What the gateway's probe sees of the session now."""
        seen = {"working": 0.0, "session_starting": float(status == "STARTING"), "needs_human": 0.0}
        self.recent.add(Sample(f"bot/gateway.{name}", self.now, value) for name, value in seen.items())

    async def heal(self) -> None:
        self.broken, self.seen = 0.0, FaultsSeen()

    async def ran(self) -> None:
        """Waits until the run has its end in the log."""
        self.remedy.go.set()
        await until(lambda: any(run.outcome for run in self.journal.state.runs.values()))

    async def refused(self) -> None:
        """Waits until the policy has written why it does not run."""
        await until(lambda: bool(self.healing_refused))

    @property
    def healing_refused(self) -> str:
        healing = self.journal.state.incidents[1].healing
        return healing.refused if healing is not None else ""

    @property
    def finished(self) -> list[FixRun]:
        return [run for run in self.journal.state.runs.values() if run.outcome]

    @property
    def lines(self) -> list[str]:
        return [str(line.text) for line in self.journal.state.activity]


async def until(holds: Callable[[], bool]) -> None:
    """Let the tasks work until this holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what it waits for is in the log, which has no event
            await asyncio.sleep(0)


@asynccontextmanager
async def at_work(ward: Ward) -> AsyncIterator[Ward]:
    loop = asyncio.get_running_loop()
    tasks = {loop.create_task(ward.fixing.work()), loop.create_task(ward.policies.work())}
    await asyncio.sleep(0)
    try:
        yield ward
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await ward.journal.run(ward.store.close)


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with at_work(Ward(SqliteStore.open(tmp_path / "store.db"), PolicyMode.AUTO)) as ward:
        yield ward


async def test_a_gateway_that_heals_itself_pages_nobody_and_sends_one_quiet_note(ward: Ward) -> None:
    assert await ward.look() == []  # the page waits
    await ward.ran()
    (run,) = ward.journal.state.runs.values()
    assert (run.who, run.number, run.outcome) == (POLICY, 1, "ok")
    assert await ward.look() == []  # verified by the run, not yet by the probe
    await ward.heal()
    assert await ward.look() == ["fixed to mail"]  # not to the pager
    assert await ward.look(200) == []
    assert "gateway-restart runs by itself" in ward.lines
    assert "Fixed by gateway-restart: done it (policy)" in notice_words(ward.notices[0])[1]


async def test_a_session_that_another_engine_restarted_is_left_alone_until_the_cooldown_is_over(
    ward: Ward,
) -> None:
    for status in ("FAILED", "STARTING", "FAILED"):
        ward.session(status)
        ward.now += 5.0
    assert await ward.look(25.0) == ["firing to pager", "firing to mail"]
    assert ward.healing_refused == "outside"
    assert "gateway-restart does not run by itself: somebody else started it 35s ago" in ward.lines
    assert not ward.remedy.ran
    await ward.look(264.0)
    assert not ward.remedy.ran
    await ward.look(2.0)
    await ward.ran()
    assert len(ward.remedy.ran) == 1


async def test_a_session_that_fails_again_is_restarted_after_the_cooldown_and_twice_an_hour_at_most(
    ward: Ward,
) -> None:
    ward.remedy.go.set()
    for times in (1, 2):
        ward.broken, ward.seen = 1.0, BROKEN
        await ward.look()
        await until(lambda times=times: len(ward.finished) == times)  # type: ignore[misc]
        await ward.heal()
        await ward.look(50.0)
        ward.broken, ward.seen = 1.0, BROKEN
        await ward.look(100.0)  # within the cooldown
        assert len(ward.remedy.ran) == times
        await ward.look(149.0)
    assert [run.outcome for run in ward.finished] == ["ok", "ok"]
    for _ in range(5):
        await ward.look(400.0)
    assert len(ward.remedy.ran) == 2  # the two of an hour
    await ward.look(1100.0)
    await until(lambda: len(ward.remedy.ran) == 3)


async def test_a_preview_that_warns_is_left_to_a_person_who_can_weigh_it(ward: Ward) -> None:
    async def preview(mode: str) -> Plan:
        return replace(PLAN, mode=mode, warnings=("It is starting already",))

    ward.remedy.preview = preview  # type: ignore[method-assign]
    assert await ward.look() == []
    await ward.refused()
    assert await ward.look() == ["firing to pager", "firing to mail"]
    assert "gateway-restart does not run by itself: It is starting already" in ward.lines
    assert not ward.remedy.ran


async def test_a_restart_that_fails_pages_once_and_says_what_was_tried(ward: Ward) -> None:
    ward.remedy.error = FixError("Restarted, but not WORKING within 60s")
    assert await ward.look() == []
    await ward.ran()
    assert await ward.look() == ["firing to pager", "firing to mail"]
    assert "by policy: Restarted, but not WORKING within 60s" in notice_words(ward.notices[0])[1]
    assert [await ward.look() for _ in range(5)] == [[]] * 5
    assert len(ward.remedy.ran) == 1  # it cools down


async def test_a_run_without_an_end_holds_the_page_for_90_s_at_most(ward: Ward) -> None:
    assert await ward.look() == []
    assert await ward.look(89) == []
    assert await ward.look(2) == ["firing to pager", "firing to mail"]


async def test_in_a_fast_demo_the_page_still_waits_for_a_restart_s_own_steps(ward: Ward) -> None:
    ward.policies.use(replace(ward.config, demo=replace(ward.config.demo, speed=100.0)))
    assert await ward.look() == []
    assert await ward.look(11) == []
    assert await ward.look(2) == ["firing to pager", "firing to mail"]


async def test_a_success_that_the_probe_does_not_confirm_pages_after_90_s(ward: Ward) -> None:
    assert await ward.look() == []
    await ward.ran()
    assert await ward.look(60) == []
    assert await ward.look(31) == ["firing to pager", "firing to mail"]


async def test_what_the_fault_left_behind_pages_when_the_hold_is_over(ward: Ward) -> None:
    await ward.look()
    ward.recent.add([Sample("bot/customers.oldest", ward.now, 700.0)])
    await ward.look()
    await ward.ran()
    await ward.heal()
    assert await ward.look() == ["fixed to mail"]
    assert await ward.look(30) == []
    ward.recent.add([Sample("bot/customers.oldest", ward.now, 800.0)])
    assert await ward.look(60) == ["firing to pager", "firing to mail"]


async def test_a_preview_that_refuses_pages_at_once(ward: Ward) -> None:
    async def preview(_mode: str) -> object:
        raise FixError("the gateway does not answer")

    ward.remedy.preview = preview  # type: ignore[method-assign,assignment]
    assert await ward.look() == []
    await ward.refused()
    assert await ward.look() == ["firing to pager", "firing to mail"]
    assert ward.healing_refused == "preview"
    assert await ward.look() == []
    assert not ward.remedy.ran


async def test_two_failed_verifications_open_the_breaker_until_a_person_closes_it(ward: Ward) -> None:
    ward.remedy.error = FixError("Restarted, but not WORKING within 60s")
    ward.remedy.go.set()
    for _ in range(2):
        await ward.look(400)
        await ward.ran()
        await until(lambda: all(run.outcome for run in ward.journal.state.runs.values()))
    ward.now += 4000
    for _ in range(3):
        await ward.look(400)
    assert len(ward.remedy.ran) == 2
    await ward.journal.append((PoliciesStarted("ana"), ""))
    await ward.look(400)
    await until(lambda: len(ward.remedy.ran) == 3)


async def test_a_stop_pages_at_once_and_says_who_stopped_it(ward: Ward) -> None:
    await ward.journal.append((PoliciesStopped("ana", ward.now + 4 * 3600), ""))
    assert await ward.look() == ["firing to pager", "firing to mail"]
    assert ward.healing_refused == "stopped"
    assert any("ana stopped automatic fixes" in line for line in ward.lines)
    assert not ward.remedy.ran


@pytest.mark.parametrize("mode", [PolicyMode.SUGGEST, PolicyMode.SHADOW])
async def test_suggest_and_shadow_record_what_auto_would_have_done(tmp_path: Path, mode: PolicyMode) -> None:
    async with at_work(Ward(SqliteStore.open(tmp_path / "store.db"), mode)) as ward:
        assert await ward.look() == ["firing to pager", "firing to mail"]
        await ward.look()
        assert ward.lines.count("gateway-restart would run by itself in mode auto") == 1
        assert not ward.remedy.ran


async def test_a_fix_that_helped_three_times_is_proposed_for_auto(tmp_path: Path) -> None:
    line = (
        "gateway-restart would run by itself in mode auto; it helped the last 3 times: see qualtui fix policy show"
    )
    async with at_work(Ward(SqliteStore.open(tmp_path / "store.db"), PolicyMode.SUGGEST)) as ward:
        ward.remedy.go.set()
        for number in (1, 2, 3, 4):
            ward.broken, ward.seen = 1.0, BROKEN
            await ward.look()
            assert (line in ward.lines) is (number == 4)
            shown = next(one for one in ward.policies.views() if one.fix == GATEWAY_RESTART)
            assert (shown.would_run, shown.helped, shown.propose) == (number - 1, number - 1, number == 4)
            preview = await ward.fixing.preview("bot", GATEWAY_RESTART, "", number)
            assert isinstance(preview, Preview)
            await ward.fixing.run(preview.token, "ana")
            await ward.heal()
            for _ in range(3):
                await ward.look(1000.0)  # resolved, and too long ago to be opened again


async def test_off_decides_nothing(tmp_path: Path) -> None:
    async with at_work(Ward(SqliteStore.open(tmp_path / "store.db"), PolicyMode.OFF)) as ward:
        assert await ward.look() == ["firing to pager", "firing to mail"]
        assert ward.journal.state.incidents[1].healing is None


async def test_a_silence_keeps_automatic_fixes_away(ward: Ward) -> None:
    matchers = (Matcher("agent", MatchOperator.EQUAL, "bot"),)
    await ward.journal.append((SilenceCreated("s1", matchers, "ana", "the gateway is moved", ward.now + 600), ""))
    await ward.look()
    assert ward.healing_refused == "quiet"
    assert not ward.remedy.ran


async def test_what_a_fault_left_behind_is_repaired_by_a_fix_whose_witness_is_enough(tmp_path: Path) -> None:
    """Its gateway works again, and customers wait: they are answered, by the mode that leaves the bot its time."""
    async with at_work(Ward(SqliteStore.open(tmp_path / "store.db"), PolicyMode.AUTO, RETRY, proven=True)) as ward:
        ward.seen = FaultsSeen()
        ward.recent.add([Sample("bot/customers.oldest", ward.now, 700.0)])
        await ward.look()
        assert ward.journal.state.incidents[1].origin is not Origin.FAULT
        await ward.ran()
        assert [plan.mode for plan in ward.remedy.ran] == ["overdue"]
        assert [run.who for run in ward.finished] == [POLICY]


async def test_a_fix_that_needs_a_known_fault_does_not_run_on_a_guess(ward: Ward) -> None:
    ward.seen = FaultsSeen()
    assert await ward.look() == ["firing to pager", "firing to mail"]
    assert ward.journal.state.incidents[1].healing is None
    assert not ward.remedy.ran


async def test_warnings_that_need_no_weighing_stop_no_policy(ward: Ward) -> None:
    async def preview(mode: str) -> Plan:
        return replace(PLAN, mode=mode, warnings=("1 is not reached",), weigh=False)

    ward.remedy.preview = preview  # type: ignore[method-assign]
    await ward.look()
    await ward.ran()
    assert len(ward.remedy.ran) == 1


async def test_an_auto_that_is_not_proven_is_tried_out_and_listed_as_such(tmp_path: Path) -> None:
    async with at_work(Ward(SqliteStore.open(tmp_path / "store.db"), PolicyMode.AUTO, RETRY)) as ward:
        ward.recent.add([Sample("bot/customers.oldest", ward.now, 700.0)])
        await ward.look()
        assert not ward.remedy.ran
        shown = next(one for one in ward.policies.views() if one.fix == RETRY)
        assert (shown.mode, shown.unproven) == ("shadow", True)
