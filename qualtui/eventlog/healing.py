"""Automatic fixes: what the policies decided for an incident, and how people stop, start and set them."""

from msgspec.structs import replace

from qualtui.eventlog.auto_record import GOOD, auto_record
from qualtui.eventlog.family import OURSELVES, EventKind, Family, safe
from qualtui.model import Activity, EventBody, FixRun, Healing, Policies, Severity, State
from qualtui.text import clean
from qualtui.text.message import Saying, message

POLICY = "policy"  # who, where a fix runs by itself
WELL = frozenset({"ok", "nothing"})  # outcomes of a run after which the fault is verified to be gone
AUTO = "auto"
BREAKS = 2  # runs in a row that were not verified: no third one before a person looked


class PolicyDecided(EventBody, frozen=True, tag="policy.decided"):
    """A fix runs by itself for an incident, or would in mode auto, or a guardrail (`refused`) forbids it."""

    number: int
    fix: str
    agent: str
    mode: str
    refused: str = ""
    reason: Saying = ""
    hold_until: float = 0.0  # the page waits for the verification until then; 0: it does not


class PoliciesStopped(EventBody, frozen=True, tag="policy.stopped"):
    """A person stopped all automatic fixes until a time."""

    who: str
    until: float


class PoliciesStarted(EventBody, frozen=True, tag="policy.started"):
    """A person started automatic fixes again, and closed the circuit breakers that were open."""

    who: str


class PolicySet(EventBody, frozen=True, tag="policy.set"):
    """A person set the mode of a fix, instead of the configuration's."""

    who: str
    fix: str
    mode: str


def _decided(state: State, body: PolicyDecided) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    healing = Healing(body.fix, body.mode, state.at, body.refused, body.reason, body.hold_until)
    before = [one for one in (*old.healed, old.healing) if one is not None and one.fix != body.fix]
    incident = replace(old, healing=healing, healed=tuple(before))
    return replace(state, incidents={**state.incidents, body.number: incident})


def _stopped(state: State, body: PoliciesStopped) -> State:
    policies = replace(state.policies, stopped_until=body.until, stopped_by=body.who)
    return replace(state, policies=policies)


def _started(state: State, _body: PoliciesStarted) -> State:
    return replace(state, policies=Policies(modes=state.policies.modes))


def _set(state: State, body: PolicySet) -> State:
    modes = {**state.policies.modes, body.fix: body.mode}
    return replace(state, policies=replace(state.policies, modes=modes))


def counted_verification(policies: Policies, run: FixRun) -> Policies:
    """The policies after a run has ended: automatic runs in a row that failed are counted."""
    if run.who != POLICY or run.undoes:
        return policies
    key = f"{run.fix}@{run.agent}"
    failed = 0 if run.outcome in WELL else policies.failures.get(key, 0) + 1
    if failed == policies.failures.get(key, 0):
        return policies
    failures = {name: count for name, count in {**policies.failures, key: failed}.items() if count}
    return replace(policies, failures=failures)


def broken_fixes(policies: Policies) -> tuple[str, ...]:
    """The fixes whose circuit breaker is open on any agent."""
    return tuple(sorted({key.partition("@")[0] for key, failed in policies.failures.items() if failed >= BREAKS}))


def _decided_line(state: State, at: float, body: PolicyDecided) -> Activity:
    fix, reason = clean(body.fix), safe(body.reason)
    severity = Severity.INFO
    if body.mode == AUTO and body.refused:
        text = message("{fix} does not run by itself: {reason}", fix=fix, reason=reason)
        severity = Severity.WARNING
    elif body.mode == AUTO:
        text = message("{fix} runs by itself", fix=fix)
    elif body.refused:
        text = message("{fix} would not run by itself: {reason}", fix=fix, reason=reason)
    elif auto_record(body.fix, state.incidents.values(), state.runs.values()).good:
        text = message(
            "{fix} would run by itself in mode auto; it helped the last {times:whole} times: "
            "see qualtui fix policy show",
            fix=fix,
            times=GOOD,
        )
    else:
        text = message("{fix} would run by itself in mode auto", fix=fix)
    return Activity(at, OURSELVES, text, body.number, severity)


def _stopped_line(_state: State, at: float, body: PoliciesStopped) -> Activity:
    text = message("stops all automatic fixes for {time:span}", time=max(0.0, body.until - at))
    return Activity(at, clean(body.who), text, severity=Severity.WARNING)


def _started_line(_state: State, at: float, body: PoliciesStarted) -> Activity:
    return Activity(at, clean(body.who), message("starts automatic fixes again"))


def _set_line(_state: State, at: float, body: PolicySet) -> Activity:
    text = message("sets the policy of {fix} to {mode}", fix=clean(body.fix), mode=clean(body.mode))
    return Activity(at, clean(body.who), text)


FAMILY = Family(
    kinds=(
        EventKind(PolicyDecided, apply=_decided, line=_decided_line, number=lambda body: body.number),
        EventKind(PoliciesStopped, apply=_stopped, line=_stopped_line),
        EventKind(PoliciesStarted, apply=_started, line=_started_line),
        EventKind(PolicySet, apply=_set, line=_set_line),
    ),
)
