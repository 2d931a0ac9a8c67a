"""Two sources that tell different things of one fact: neither may look green. Pure."""

import msgspec

from qualtui.model import Evidence
from qualtui.signals.counters import contradicted
from qualtui.signals.reading import Readings, fresh

_CLAIMS_ALL = 99.9  # %: a worker that calls every send a success


def disagreeing(readings: Readings) -> frozenset[str]:
    """The series whose figure another source contradicts."""
    found = set()
    if fresh(readings, "health.up") and fresh(readings, "db.up") == 0:
        found.add("health.up")
    if fresh(readings, "customers.phantom"):
        found.add("customers.phantom")
    if fresh(readings, "customers.unstored"):
        found.add("customers.unstored")
    success = fresh(readings, "agent.success")
    if success is not None and success >= _CLAIMS_ALL and fresh(readings, "failures.sends"):
        found.add("agent.success")
    claimed, rows = fresh(readings, "agent.sent_1h"), fresh(readings, "messages.sent_1h")
    if claimed is not None and rows is not None and contradicted(claimed, rows):
        found.add("agent.sent_1h")
    return frozenset(found)


def contradict(readings: Readings) -> Readings:
    """The readings, each contradicted one told as such."""
    changed = {
        name: msgspec.structs.replace(readings[name], evidence=Evidence.DISAGREE) for name in disagreeing(readings)
    }
    return {**readings, **changed}
