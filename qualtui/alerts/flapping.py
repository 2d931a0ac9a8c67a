"""Whether an incident flaps: it, or its cause, ends and returns again and again. Pure."""

from enum import StrEnum

import msgspec

from qualtui.model import Incident, Phase


class FlapTiming(msgspec.Struct, frozen=True):
    """An incident flaps that returned `returns` times within `window` s, until nothing changes for `quiet` s.

    `returns` 0: nothing ever counts as flapping.
    """

    returns: int = 3
    window: float = 1800.0
    quiet: float = 900.0


class FlapStep(StrEnum):
    """What becomes of an incident's flapping now."""

    NONE = "none"
    BEGINS = "begins"
    ENDS = "ends"


class FlapCount(msgspec.Struct, frozen=True):
    """So many times an incident, or its cause, began within `span` s."""

    times: int
    span: float


def flap_step(incident: Incident, timing: FlapTiming, now: float) -> FlapStep:
    """Return whether an incident begins to flap, or is steady again; a flapping one may be resolved."""
    if incident.flaps:
        quiet = abs(now - _changed_at(incident)) >= timing.quiet  # also where the clock was set back
        return FlapStep.ENDS if quiet or not timing.returns else FlapStep.NONE
    if incident.phase is not Phase.FIRING or not timing.returns:
        return FlapStep.NONE
    returns = [at for at in incident.beginnings[1:] if abs(now - at) <= timing.window]
    return FlapStep.BEGINS if len(returns) >= timing.returns else FlapStep.NONE


def flap_count(incident: Incident, window: float) -> FlapCount:
    """Return how often an incident began within the window that ends with its newest beginning."""
    newest = incident.beginnings[-1] if incident.beginnings else incident.fired_at
    recent = [at for at in incident.beginnings if abs(newest - at) <= window]
    return FlapCount(len(recent), max((abs(newest - at) for at in recent), default=0.0))


def _changed_at(incident: Incident) -> float:
    """When it, or its cause, last began or ended."""
    times = (incident.began_at, incident.resolved_at, incident.cause_ended_at, *incident.beginnings[-1:])
    return max(at for at in times if at is not None)
