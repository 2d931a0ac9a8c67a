"""Whatever happens, in any order: who must be called is called, and whoever was notified hears the end."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from qualtui.alerts.escalation import plan_of
from qualtui.config.values import Config, Level, Operator, Route, Rule, Seconds
from qualtui.diagnosis.faults import Fault, FaultsSeen
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.faults import AgentFaults
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.ack_links import AckLinkLapsed, AckLinkUsed
from qualtui.eventlog.incidents import Acknowledged, Noted, Released
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.ownership import AcknowledgementUndone, Snoozed
from qualtui.eventlog.schedules import FixScheduled, ScheduleEnded
from qualtui.eventlog.silences import SilenceCreated, SilenceExpired
from qualtui.model import EventBody, Incident, Link, Phase, Sample, Severity
from qualtui.model.matchers import matcher_of
from qualtui.store.sqlite import SqliteStore
from tests.engine.test_people_calls import settings as people

MINUTE = 60.0
STEP = 30.0  # s between two looks
RULES = {
    "customers-waiting": Rule(
        series="customers.oldest",
        op=Operator.ABOVE,
        warning=Level(180),
        critical=Level(600),
        keep_firing_for=Seconds(30),
        link=Link.CUSTOMER,
    ),
    "gateway-down": Rule(series="gateway.down", op=Operator.ABOVE, critical=Level(0), link=Link.GATEWAY),
    "queue": Rule(
        series="user.queue", op=Operator.ABOVE, info=Level(0), warning=Level(5), critical=Level(9), summary="queue"
    ),
}
VALUES = {
    "customers.oldest": (0.0, 200.0, 700.0, None),
    "gateway.down": (0.0, 1.0, None),
    "user.queue": (0.0, 1.0, 6.0, 10.0, None),
}
BROKEN = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
ENDS = {"resolved", "fixed"}


def configuration() -> Config:
    config = people()
    channels = {**config.notify.channels, "mail": config.notify.channels["slack"]}
    routes = (
        Route(channels=("slack",), severities=(Severity.CRITICAL,)),
        Route(channels=("mail",), severities=(Severity.CRITICAL, Severity.WARNING)),
    )
    notify = replace(config.notify, channels=channels, routes=routes)
    return replace(config, rules=RULES, notify=notify)


class Paging(RuleBasedStateMachine):
    """An evaluator on a real store, people, silences, kills and a clock that is set back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = 1_000_000.0
        self.values: dict[str, float | None] = dict.fromkeys(VALUES, 0.0)
        self.waiting: int | None = 1
        self.broken = False
        self.config = configuration()
        self.steps = plan_of(self.config).steps
        self.silences = 0
        self.acted_at: dict[int, float] = {}  # by incident: the newest sign of its owner
        self.sent: dict[int, list[tuple[str, str, Severity]]] = {}  # by incident: kind, channel, severity
        self.looks: list[tuple[str, ...]] = []
        self.open()

    def open(self) -> None:
        self.store = SqliteStore.open(Path(self.folder.name) / "store.db")
        self.faults = AgentFaults()
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(self.store, self.store.load(), self.store.epoch, lambda: self.now)
        self.evaluator = Evaluator(
            self.journal,
            self.recent,
            lambda _: RootCause(),
            lambda: self.now,
            faults=self.faults,
            seen=lambda _: BROKEN if self.broken else FaultsSeen(),
            waiting=lambda _: self.waiting,
        )
        self.evaluator.use(self.config, {f"bot/{name}": 90.0 for name in VALUES})

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(work)

    def look(self) -> None:
        self.now += STEP
        self.recent.add([Sample(f"bot/{name}", self.now, value) for name, value in self.values.items()])
        queued = [
            one.body for one in self.wait(self.evaluator.look(("bot",))) if isinstance(one.body, NoticeQueued)
        ]
        channels = [(one.number, one.channel) for one in queued]
        assert len(channels) == len(set(channels)), f"two notices at once: {queued}"
        for one in queued:
            self.sent.setdefault(one.number, []).append((one.kind, one.channel, one.severity))

    def add(self, *bodies: EventBody) -> None:
        async def append() -> None:
            await self.journal.append(*((body, "") for body in bodies))

        self.wait(append())

    def fires(self) -> list[Incident]:
        return [one for one in self.journal.state.incidents.values() if one.phase is Phase.FIRING]

    # --- what happens outside ---

    @initialize()
    def begin(self) -> None:
        self.look()

    @rule(looks=st.integers(1, 12))
    def time_passes(self, looks: int) -> None:
        for _look in range(looks):
            self.look()
            self.check()

    @rule(minutes=st.sampled_from((5, 10, 11, 15, 20, 31)))
    def much_time_passes(self, minutes: int) -> None:
        self.time_passes(int(minutes * MINUTE / STEP))

    @rule(name=st.sampled_from(sorted(VALUES)), data=st.data())
    def a_value_changes(self, name: str, data: st.DataObject) -> None:
        self.values[name] = data.draw(st.sampled_from(VALUES[name]))
        if name == "gateway.down":
            self.broken = self.values[name] == 1.0
        self.look()

    @rule(times=st.integers(2, 5))
    def the_gateway_comes_and_goes(self, times: int) -> None:
        for _time in range(times):
            for value in (1.0, 0.0):
                self.values["gateway.down"], self.broken = value, value == 1.0
                self.time_passes(3)

    @rule(waiting=st.sampled_from((None, 0, 1, 3, 12, 40)))
    def another_number_waits(self, waiting: int | None) -> None:
        self.waiting = waiting
        self.look()

    @rule()
    def a_kill_and_a_start(self) -> None:
        self.store.close()
        before = self.journal.state
        self.open()
        assert self.journal.state.incidents == before.incidents
        assert self.journal.state.alerts == before.alerts
        assert self.journal.state.notices.keys() == before.notices.keys()
        self.look()

    @rule(minutes=st.sampled_from((1, 12, 300)))
    def the_clock_is_set_back(self, minutes: int) -> None:
        self.now -= minutes * MINUTE
        self.acted_at = {number: min(at, self.now) for number, at in self.acted_at.items()}
        self.look()

    # --- people ---

    @precondition(lambda self: self.fires())
    @rule(data=st.data(), who=st.sampled_from(("ana", "bruno")))
    def someone_acts(self, data: st.DataObject, who: str) -> None:
        one = data.draw(st.sampled_from(self.fires()))
        number = one.number
        bodies: list[EventBody] = [Acknowledged(number, who), Snoozed(number, who, self.now + 30 * MINUTE)]
        if one.owner == who:
            bodies += [Released(number, who), Noted(number, who, "at it")]
            bodies += [AcknowledgementUndone(number, who)] if one.before is not None else []
        if not one.owner:
            bodies.append(AckLinkUsed(number, "slack", "", self.now + 15 * MINUTE))
        if number in self.journal.state.link_acks:
            bodies.append(AckLinkLapsed(number))
        if not self.journal.state.schedules:
            due = self.now + 60 * MINUTE
            bodies.append(
                FixScheduled(f"s{self.now}", "lead-retry", "bot", who, due, due + 10 * MINUTE, 2, number)
            )
        self.add(data.draw(st.sampled_from(bodies)))
        self.acted_at[number] = self.now
        self.look()

    @precondition(lambda self: self.journal.state.schedules)
    @rule(cancelled=st.booleans())
    def a_schedule_ends(self, cancelled: bool) -> None:
        name = next(iter(self.journal.state.schedules))
        self.add(ScheduleEnded(name, "ana", cancelled=cancelled))
        self.look()

    @rule(matcher=st.sampled_from(("agent=bot", "rule=customers-waiting", "severity=critical", "link=gateway")))
    def someone_silences(self, matcher: str) -> None:
        self.silences += 1
        causes = {one.number: one.revision for one in self.fires()}
        made = (matcher_of(matcher),)
        self.add(SilenceCreated(f"s{self.silences}", made, "ana", "planned", self.now + 20 * MINUTE, causes))
        self.look()

    @precondition(lambda self: self.running())
    @rule()
    def a_silence_is_ended(self) -> None:
        self.add(SilenceExpired(self.running()[0], "ana"))
        self.look()

    def running(self) -> list[str]:
        return [one.id for one in self.journal.state.silences.values() if one.runs(self.now)]

    # --- what must hold ---

    @invariant()
    def check(self) -> None:
        assert self.faults.of("bot") == ()
        for one in self.journal.state.incidents.values():
            self.check_end(one)
            self.check_called(one)
            if one.phase is Phase.FIRING and one.owner and one.number not in self.journal.state.link_acks:
                self.check_owner(one)

    def check_end(self, one: Incident) -> None:
        """Each channel that was notified gets one end, no more."""
        state: dict[str, bool] = {}
        for kind, channel, _severity in self.sent.get(one.number, []):
            assert kind != "resolved" or state.get(channel), f"#{one.number}: an end of nothing to {channel}"
            state[channel] = kind not in ENDS
        if one.phase is Phase.RESOLVED and not one.flaps:
            assert not any(state.values()), f"#{one.number} is over, and {state} do not know"

    def check_called(self, one: Incident) -> None:
        """What is CRITICAL and heard was paged, and someone has it, or is called for it."""
        alerts = [each for each in self.journal.state.alerts.values() if each.number == one.number]
        holds = [each for each in alerts if each.severity is Severity.CRITICAL and each.clear_since is None]
        if one.phase is not Phase.FIRING or not holds or self.running():
            return
        if one.overdue_at and self.now < one.overdue_at:
            return
        said = self.sent.get(one.number, [])
        begins = max((n for n, (kind, *_rest) in enumerate(said) if kind == "resolved"), default=-1)
        paged = [each for each in said[begins + 1 :] if each[2] is Severity.CRITICAL]
        assert paged, f"#{one.number} is CRITICAL, and nobody was paged: {said}"
        assert one.owner or one.escalation is not None, f"#{one.number}: nobody has it, and nobody is called"

    def check_owner(self, one: Incident) -> None:
        """An owner who gives no sign does not keep it."""
        quiet = self.now - max(self.acted_at.get(one.number, 0.0), one.overdue_at)
        assert quiet <= 61 * MINUTE, f"#{one.number}: {one.owner} gave no sign for {quiet / MINUTE:.0f} min"
