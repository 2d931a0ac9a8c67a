"""Whether a fix may run by itself now, and if not, which guardrail forbids it. Pure: one function a guardrail."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from qualtui.config.values import PolicyMode, PolicySettings
from qualtui.diagnosis.root_cause import (
    DEPLOY_ROLLBACK,
    GATEWAY_RESTART,
    RETRY,
    SERVICE_RESTART,
    SESSION_CLEANUP,
)
from qualtui.eventlog.healing import BREAKS, POLICY
from qualtui.model import Evidence, FixRun, Policies
from qualtui.series.evidence import NOTHING, Readings, fresh
from qualtui.text.message import Saying, counted, message

HOUR, DAY = 3600.0, 86400.0  # s
HOLD = 90.0  # s that a page waits for the verification at most
LEAST_HOLD = 12.0  # s of it in a demo, however fast: a restart's own steps take as long as ever
IDLE = 120.0  # s without a message, after which the bot sends no reply
PROVEN = frozenset(
    {GATEWAY_RESTART}
)  # may run by themselves from the start; others as `proven` or their record says


class Guardrail(StrEnum):
    """The reason for which a fix does not run by itself."""

    STOPPED = "stopped"  # a person stopped all automatic fixes
    AUDIT = "audit"  # the lease or the log can't be relied on
    QUIET = "quiet"  # maintenance, a silence, read-only
    BREAKER = "breaker"
    PERSON = "person"  # somebody else's run is in progress
    VERIFYING = "verifying"
    WITNESS = "witness"
    OUTSIDE = "outside"  # somebody or something else restarted it just now
    COOLDOWN = "cooldown"
    BUSY = "busy"  # a restart before its time would cut off a reply
    HOUR = "per_hour"
    DAY = "per_day"
    SUBJECTS = "subjects"  # found by the preview
    PREVIEW = "preview"  # the fix itself refuses, or could not look


class Witness(NamedTuple):
    """The series that shows that a fix is needed: fresh, uncontradicted, and not `well`.

    `alone`: it is enough where no broken link is known to be the cause, or where only effects of one remain.
    """

    series: str
    well: float
    starting: str = ""  # 1: what the fix restarts is starting already
    needs_human: str = ""  # 1: only a person gets it to work
    uptime: str = ""  # s since the outside's own restart
    others: tuple[str, ...] = ()  # further series: one that is above 0 is enough
    alone: bool = False
    mode: str = ""  # of its preview, where it runs by itself


WITNESSES = {
    GATEWAY_RESTART: Witness(
        "gateway.working", 1, "gateway.session_starting", "gateway.needs_human", "gateway.uptime"
    ),
    SESSION_CLEANUP: Witness(
        "sessions.bot_owes", 0, others=("sessions.never_messaged", "sessions.unreadable"), alone=True
    ),
    RETRY: Witness("customers.waiting", 0, alone=True, mode="overdue"),
    SERVICE_RESTART: Witness(
        "health.down", 0, uptime="host.age", others=("host.failing", "host.leak"), alone=True
    ),
    DEPLOY_ROLLBACK: Witness("health.down", 0, others=("host.deploy_harm",)),
}
_URGENT = ("health.down", "host.failing")  # a service that does not run may be restarted at any moment


class HealingCase(msgspec.Struct, frozen=True):
    """All that the guardrails of a fix for an agent look at. Durations are divided by a demo's `speed`."""

    fix: str
    agent: str
    policy: PolicySettings
    now: float
    readings: Readings = {}
    runs: tuple[FixRun, ...] = ()  # of the agent, whatever the fix and whoever started them
    decided_at: float = 0.0  # when it was last decided that the fix acts for the agent; 0: never
    started_at: Callable[[], float | None] = lambda: None  # when what it restarts was last seen to be started
    policies: Policies = Policies()
    quiet: Saying = ""  # why nothing may act by itself now
    trouble: Saying = ""  # of the log
    speed: float = 1.0

    @property
    def mine(self) -> tuple[FixRun, ...]:
        """The runs of the fix."""
        return tuple(run for run in self.runs if run.fix == self.fix and not run.undoes)


class GuardrailRefusal(NamedTuple):
    """The first guardrail that forbids a run, and why."""

    guardrail: Guardrail
    reason: Saying


def set_mode(fix: str, policy: PolicySettings, policies: Policies) -> PolicyMode:
    """The mode that is set: a person's word before the configuration's."""
    try:
        return PolicyMode(policies.modes.get(fix, policy.mode))
    except ValueError:  # of another version
        return policy.mode


def mode_of(
    fix: str, policy: PolicySettings, policies: Policies, earned: Callable[[], bool] = lambda: False
) -> PolicyMode:
    """The mode that holds: `auto` only for what is proven. `earned`: whether its record proves it."""
    mode = set_mode(fix, policy, policies)
    if mode is not PolicyMode.AUTO or fix in PROVEN or policy.proven or earned():
        return mode
    return PolicyMode.SHADOW


def refusal_of(case: HealingCase) -> GuardrailRefusal | None:
    """Return the first guardrail that forbids the run, None where it may run."""
    for guardrail, check in GUARDRAILS:
        if reason := check(case):
            return GuardrailRefusal(guardrail, reason)
    return None


def stopped(case: HealingCase) -> Saying:
    """No one stopped automatic fixes."""
    left = case.policies.stopped_until - case.now
    if left <= 0:
        return ""
    return message(
        "{who} stopped automatic fixes, for {left:span} from now", who=case.policies.stopped_by, left=left
    )


def audited(case: HealingCase) -> Saying:
    """What it does can be written to a log that is ours."""
    return message("the audit can't be written: {trouble}", trouble=case.trouble) if case.trouble else ""


def not_quiet(case: HealingCase) -> Saying:
    """No maintenance, silence or read-only mode holds."""
    return case.quiet


def breaker_closed(case: HealingCase) -> Saying:
    """Its last two automatic runs did not both fail."""
    failed = case.policies.failures.get(f"{case.fix}@{case.agent}", 0)
    if failed < BREAKS:
        return ""
    return message(
        "{failed:whole} automatic runs in a row failed: a person must look. Then: qualtui fix policy start",
        failed=failed,
    )


def no_person_at_work(case: HealingCase) -> Saying:
    """No person's run on the agent is in progress."""
    other = next((run for run in case.runs if not run.outcome and run.who != POLICY), None)
    return "" if other is None else message("{who} is running {fix}", who=other.who, fix=other.fix)


def verified(case: HealingCase) -> Saying:
    """The last automatic run has ended, its verification included."""
    if any(not run.outcome for run in case.runs):
        return message("the last run is not finished")
    begun = any(run.started_at >= case.decided_at for run in case.mine if run.who == POLICY)
    if case.decided_at and not begun and abs(case.now - case.decided_at) < HOLD / case.speed:
        return message("a run is about to begin")
    return ""


def witnessed(case: HealingCase) -> Saying:
    """Fresh evidence that nothing contradicts shows what the fix repairs."""
    witness = WITNESSES.get(case.fix)
    if witness is None:
        return message("the fix declares no witness")
    if any((fresh(case.readings, name) or 0.0) > 0 for name in witness.others):
        return ""
    reading = case.readings.get(witness.series, NOTHING)
    if reading.evidence is Evidence.DISAGREE:
        return message("the sources of {series} disagree", series=witness.series)
    if reading.evidence is not Evidence.FRESH or reading.fresh is None:
        return message("{series} is not known now", series=witness.series)
    if reading.fresh == witness.well:
        return message("{series} shows no trouble", series=witness.series)
    return ""


def nobody_else_acted(case: HealingCase) -> Saying:
    """The outside was not restarted just now by somebody else: another engine, its host, a person.

    Two things prove that: its process began to run, by its own uptime, or it was down and was seen to start.
    """
    witness = WITNESSES.get(case.fix)
    if witness is None:
        return ""
    if witness.starting and fresh(case.readings, witness.starting) == 1:
        return message("it is starting already")
    uptime = _age(case, witness.uptime) if witness.uptime else None
    if uptime is not None and uptime < case.policy.cooldown:
        return message("it was restarted {ago:span} ago", ago=uptime)
    started = case.started_at()
    if started is not None and abs(case.now - started) < case.policy.cooldown:
        return message("somebody else started it {ago:span} ago", ago=abs(case.now - started))
    return ""


def quiet_moment(case: HealingCase) -> Saying:
    """A service that still works is restarted only while no one waits and the bot replies to no one."""
    if case.fix != SERVICE_RESTART or any(fresh(case.readings, name) for name in _URGENT):
        return ""
    waiting = fresh(case.readings, "customers.waiting")
    if waiting is None:
        return message("it is not known whether anybody waits")
    if waiting:
        return counted("{count} customer waits", "{count} customers wait", waiting)
    heard = _age(case, "customers.last_inbound")
    if heard is not None and heard < IDLE / case.speed:
        return message("a customer wrote {ago:span} ago: the bot may be replying", ago=heard)
    return ""


def _age(case: HealingCase, series: str) -> float | None:
    """An age, or a time that something runs, by now: it is polled seldom, so the answer may be a minute old."""
    reading = case.readings.get(series, NOTHING)
    if reading.fresh is None or reading.sample is None:
        return None
    return reading.fresh + max(0.0, case.now - reading.sample.at)


def cooled_down(case: HealingCase) -> Saying:
    """The fix's last run, whoever started it, is long enough ago."""
    acted = max((run.finished_at or run.started_at for run in case.mine), default=0.0)
    acted = max(acted, case.decided_at)
    ago = abs(case.now - acted)
    if not acted or ago >= case.policy.cooldown:
        return ""
    return message("its last run was {ago:span} ago", ago=ago)


def within_the_hour(case: HealingCase) -> Saying:
    """At most so many automatic runs an hour."""
    return _at_most(case, HOUR, case.policy.per_hour)


def within_the_day(case: HealingCase) -> Saying:
    """At most so many automatic runs a day."""
    return _at_most(case, DAY, case.policy.per_day)


def _at_most(case: HealingCase, window: float, most: int) -> Saying:
    since = case.now - window / case.speed
    count = sum(run.who == POLICY and run.started_at > since for run in case.mine)
    if count < most:
        return ""
    return message("it ran {count:whole} times within {window:span}", count=count, window=window)


GUARDRAILS: tuple[tuple[Guardrail, Callable[[HealingCase], Saying]], ...] = (
    (Guardrail.STOPPED, stopped),
    (Guardrail.AUDIT, audited),
    (Guardrail.QUIET, not_quiet),
    (Guardrail.BREAKER, breaker_closed),
    (Guardrail.PERSON, no_person_at_work),
    (Guardrail.VERIFYING, verified),
    (Guardrail.WITNESS, witnessed),
    (Guardrail.BUSY, quiet_moment),
    (Guardrail.COOLDOWN, cooled_down),  # before the next: a start that was seen may be its last run's
    (Guardrail.OUTSIDE, nobody_else_acted),
    (Guardrail.HOUR, within_the_hour),
    (Guardrail.DAY, within_the_day),
)
