"""Who is called next while no one owns an incident that paged. Pure: values and `now` in, a verdict out.

Each step counts from the one before, so that neither an engine that was away nor a mute that ended calls everyone
at once.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from qualtui.alerts.call_hours import Callers
from qualtui.alerts.notice_decision import NoticeKind
from qualtui.alerts.oncall import NEXT, ON_CALL, OWNER, Duty, person_called
from qualtui.alerts.ownership import covered
from qualtui.config.values import (
    ChannelSettings,
    Config,
    EscalationStep,
    OncallSettings,
    PersonSettings,
    Seconds,
)
from qualtui.model import Escalation, Incident, Phase, Severity

PLACES = (ON_CALL, NEXT, OWNER)

# Where [oncall] has an order and no step is configured: who is on call at once and after 5 min, then the next.
DEFAULT = (
    EscalationStep(after=Seconds(0), to=(ON_CALL,)),
    EscalationStep(after=Seconds(300), to=(ON_CALL,)),
    EscalationStep(after=Seconds(900), to=(NEXT,)),
)


ANY_TIME = Callers()
_LOOK_AHEAD = 4  # rounds: waits and steps that are passed over are gone through to find the next call
_LATER = 0.001  # s, so that a step is due at its time however that is rounded


class EscalationPlan(msgspec.Struct, frozen=True):
    """The steps, and how often they are gone through; `repeat` seconds from one round to the next."""

    steps: tuple[EscalationStep, ...] = ()
    rounds: int = 3
    repeat: float = 1800.0
    speed: float = 1.0

    @property
    def timed(self) -> bool:
        """Whether there are times at which a step calls no one."""
        return any(one.timed for one in self.steps)

    def wait(self, done: int, round_: int) -> float | None:
        """Seconds from the step before to the next one, where `done` of this round are; None: it was the last.

        Beyond the last round there is one call with each later page.
        """
        if round_ > self.rounds:
            return None
        if done < len(self.steps):
            before = self.steps[done - 1].after if done else 0.0
            return (self.steps[done].after - before) / self.speed
        if round_ >= self.rounds:
            return None
        return (self.repeat - self.steps[-1].after + self.steps[0].after) / self.speed


class EscalationReason(StrEnum):
    """Why somebody is called, or why no one is."""

    DUE = "due"
    WAITS = "waits"
    OWNED = "owned"
    SCHEDULED = "scheduled"  # what is left is planned, and not overdue
    RESOLVED = "resolved"
    MUTED = "muted"
    NO_PAGE = "no page"  # it is not CRITICAL, or its page was not sent yet
    NO_STEPS = "no steps"
    EXHAUSTED = "exhausted"  # all rounds are done: one call with each later page
    OUT_OF_HOURS = "out of hours"  # no step calls anyone now: it goes on when the first hours begin


class EscalationVerdict(msgspec.Struct, frozen=True):
    """The next step of an incident: `step` from 1 on in its round, due `at`. `begins`: it is the first of all.

    `step` 0: none calls anyone now. `passed`: it is out of its hours, and other steps are not.
    """

    reason: EscalationReason
    step: int = 0
    round: int = 0
    at: float | None = None
    begins: bool = False
    passed: bool = False


class Call(msgspec.Struct, frozen=True):
    """A channel that is used, and the person whose it is; empty: it is no one's."""

    channel: str
    person: str = ""


def plan_of(config: Config) -> EscalationPlan:
    """The escalation of a configuration."""
    notify = config.notify
    steps = notify.escalation or (DEFAULT if config.oncall.order else ())
    if not notify.escalation_rounds:
        steps = ()
    return EscalationPlan(steps, notify.escalation_rounds, notify.escalation_repeat, config.demo.speed)


def escalation_verdict(
    incident: Incident, severity: Severity | None, plan: EscalationPlan, now: float, callers: Callers = ANY_TIME
) -> EscalationVerdict:
    """Return the next step of an incident. `severity`: the worst of its alerts that are not muted."""
    reason = _stopped(incident, severity, plan)
    if reason is None and now < incident.overdue_at:
        reason = EscalationReason.SCHEDULED
    if reason is not None:
        return EscalationVerdict(reason)
    begun = incident.escalation or Escalation(now, now)
    wait = plan.wait(begun.done, begun.round)
    if wait is None:
        first = next((nth for nth, one in enumerate(plan.steps, 1) if not callers.silent(one, now)), 0)
        return EscalationVerdict(EscalationReason.EXHAUSTED, first, begun.round + 1)
    again = begun.done >= len(plan.steps)
    step, round_ = (1, begun.round + 1) if again else (begun.done + 1, begun.round)
    # A clock that was set back makes it early rather than late.
    due = abs(now - begun.at) >= wait
    why = EscalationReason.DUE if due else EscalationReason.WAITS
    verdict = EscalationVerdict(why, step, round_, begun.at + wait, begins=incident.escalation is None)
    if not due or not callers.silent(plan.steps[step - 1], now):
        return verdict
    if not all(callers.silent(one, now) for one in plan.steps):
        return replace(verdict, passed=True)
    return replace(verdict, reason=EscalationReason.OUT_OF_HOURS, at=callers.opens(plan.steps, now))


def next_call(
    incident: Incident, severity: Severity | None, plan: EscalationPlan, now: float, callers: Callers
) -> tuple[int, float] | None:
    """Return the step, from 1 on, that will be the next to call someone, and when; None: none will."""
    at = now
    for _ in range(_LOOK_AHEAD * len(plan.steps)):
        verdict = escalation_verdict(incident, severity, plan, now, callers)
        if verdict.reason is EscalationReason.DUE and verdict.passed:
            began = incident.escalation.began if incident.escalation is not None else now
            incident = replace(incident, escalation=Escalation(began, now, verdict.step, verdict.round))
        elif verdict.reason is EscalationReason.DUE:
            return verdict.step, at
        elif verdict.at is None:
            return None
        elif verdict.reason is EscalationReason.WAITS and not plan.timed:
            return verdict.step, verdict.at
        else:
            at, now = verdict.at, verdict.at + _LATER
    return None


def _stopped(incident: Incident, severity: Severity | None, plan: EscalationPlan) -> EscalationReason | None:
    if not plan.steps:
        return EscalationReason.NO_STEPS
    if incident.phase is not Phase.FIRING:
        return EscalationReason.RESOLVED
    last = incident.reported
    if last is None or last.severity is not Severity.CRITICAL:
        return EscalationReason.NO_PAGE
    if last.kind == NoticeKind.RESOLVED or incident.severity is not Severity.CRITICAL:
        return EscalationReason.NO_PAGE
    if severity is not Severity.CRITICAL:
        return EscalationReason.MUTED
    return EscalationReason.OWNED if covered(incident, severity) else None


def calls(
    step: EscalationStep,
    first: bool,
    duty: Duty,
    oncall: OncallSettings,
    people: Mapping[str, PersonSettings],
    channels: Mapping[str, ChannelSettings],
) -> tuple[Call, ...]:
    """Return the channels of a step. The `first` step uses a person's ringing ones alone, if any are."""
    found: dict[str, Call] = {}
    for target in step.to:
        if target in channels:
            found.setdefault(target, Call(target))
            continue
        person = person_called(target, duty, oncall)
        mine = [name for name in _channels(person, people) if name in channels]
        ringing = [name for name in mine if channels[name].ringing]
        for name in (ringing or mine) if first else mine:
            found.setdefault(name, Call(name, person))
    return tuple(found.values())


def called(step: EscalationStep, duty: Duty, oncall: OncallSettings) -> Iterator[str]:
    """Yield who a step is for, as people say it: persons and channels."""
    for target in dict.fromkeys(step.to):
        if name := person_called(target, duty, oncall):
            yield name


def _channels(person: str, people: Mapping[str, PersonSettings]) -> Collection[str]:
    settings = people.get(person)
    return settings.channels if settings is not None else ()
