"""What a fix that does not run by itself would have done: how often, and how often it helped. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from qualtui.model import FixRun, Healing, Incident, Phase

GOOD = 3  # times in a row that it helped: from then on `auto` is proposed
_TRIED_OUT = frozenset({"suggest", "shadow"})


class AutoRecord(NamedTuple):
    """Counts over the kept incidents whose outcome is known. `good`: it helped the last GOOD times."""

    would_run: int = 0
    helped: int = 0
    good: bool = False


def auto_record(fix: str, incidents: Iterable[Incident], runs: Iterable[FixRun]) -> AutoRecord:
    """Return the record of a fix in the modes `suggest` and `shadow`.

    It would have helped where a person ran it for that incident and it was verified. Where the fault ended without
    it, it was not needed.
    """
    mine = [run for run in runs if run.fix == fix and run.outcome and not run.undoes]
    known: list[tuple[float, bool]] = []
    for incident in incidents:
        healing = decided_of(incident, fix)
        if healing is None or healing.mode not in _TRIED_OUT or healing.refused:
            continue
        tried = [run for run in mine if run.number == incident.number and run.started_at >= healing.at]
        if tried or incident.phase is Phase.RESOLVED:
            known.append((healing.at, any(run.outcome == "ok" for run in tried)))
    newest = [helped for _at, helped in sorted(known)][-GOOD:]
    return AutoRecord(len(known), sum(helped for _at, helped in known), len(newest) == GOOD and all(newest))


def decided_of(incident: Incident, fix: str) -> Healing | None:
    """What the policies decided last of a fix for an incident; None: nothing."""
    decided = (one for one in (incident.healing, *incident.healed) if one is not None)
    return next((one for one in decided if one.fix == fix), None)
