"""Whether the page of an incident waits for an automatic fix, or the fix was verified. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from qualtui.eventlog.healing import AUTO, POLICY, WELL
from qualtui.model import FixRun, Healing, Incident, Phase


class HealingStep(StrEnum):
    """What the notices of an incident do because of an automatic fix."""

    NONE = "none"  # notify as ever
    HOLD = "waits for the verification"
    FIXED = "fixed itself"  # verified, and the fault is gone by fresh evidence
    SETTLED = "fixed itself, and reported"


def healing_step(incident: Incident, runs: Iterable[FixRun], now: float) -> HealingStep:
    """Return what an incident's notices do now. A page that is out already is never held."""
    healing = _running(incident)
    if healing is None:
        return HealingStep.NONE
    waits = healing.at <= now < healing.hold_until
    if healing.at < incident.began_at:
        return HealingStep.NONE  # decided before it was open again
    if incident.reported is not None:
        if incident.reported.kind != FIXED:
            return HealingStep.NONE
        return HealingStep.HOLD if waits else HealingStep.SETTLED
    mine = [one for one in runs if _of(one, incident) and one.started_at >= healing.at]
    run = max(mine, key=lambda one: one.started_at, default=None)
    if run is not None and run.outcome and run.outcome not in WELL:
        return HealingStep.NONE
    over = incident.phase is Phase.RESOLVED or incident.cause_ended_at is not None
    if run is not None and run.outcome in WELL and over:
        return HealingStep.FIXED
    return HealingStep.HOLD if waits else HealingStep.NONE


def _running(incident: Incident) -> Healing | None:
    """The newest decision by which a fix runs by itself; what is only proposed does not replace it."""
    decided = (*incident.healed, *((incident.healing,) if incident.healing is not None else ()))
    runs = [one for one in decided if one.mode == AUTO and not one.refused and one.hold_until]
    return max(runs, key=lambda one: one.at, default=None)


FIXED = "fixed"  # as NoticeKind has it


def _of(run: FixRun, incident: Incident) -> bool:
    return run.number == incident.number and run.who == POLICY and not run.undoes
