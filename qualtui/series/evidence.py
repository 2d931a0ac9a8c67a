"""What is known of an agent at one moment: the newest answer of each series, and what it rests on."""

import msgspec

from qualtui.model import Evidence, Sample
from qualtui.text.message import Saying


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A series' newest answer. `sample` None: it was never answered."""

    evidence: Evidence
    sample: Sample | None = None

    @property
    def fresh(self) -> float | None:
        """The value where it may be believed now, else None."""
        if self.evidence is Evidence.FRESH or self.evidence is Evidence.DISAGREE:
            return None if self.sample is None else self.sample.value
        return None

    @property
    def note(self) -> Saying:
        """What the probe said with it."""
        return self.sample.note if self.sample else ""

    @property
    def code(self) -> str:
        """What a program may decide by, beside the value."""
        return self.sample.code if self.sample else ""


Readings = dict[str, Reading]  # by name without the agent

NOTHING = Reading(Evidence.NO_SOURCE)


def stale_after(interval: float, timeout: float) -> float:
    """The age in seconds from which a newest sample is old: two intervals, and the wait for an answer."""
    return 2 * interval + timeout


def evidence(newest: Sample | None, stale_after: float | None, now: float) -> Evidence:
    """What the newest sample of a series is worth. `stale_after` None: no probe answers the series."""
    if stale_after is None:
        return Evidence.NO_SOURCE
    if newest is None or newest.value is None:
        return Evidence.NO_DATA
    # One from the future is of no use either: the clock was set back since.
    return Evidence.OLD if abs(now - newest.at) > stale_after else Evidence.FRESH


def fresh(readings: Readings, name: str) -> float | None:
    """The value of a series where it may be believed now, else None."""
    return readings.get(name, NOTHING).fresh


def known(readings: Readings, name: str) -> bool:
    """Whether a source for the series is configured."""
    return readings.get(name, NOTHING).evidence is not Evidence.NO_SOURCE
