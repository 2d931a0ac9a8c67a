"""Two sources that tell different things of one fact: neither may look green. Pure."""

from collections.abc import Iterable

import msgspec

from qualtui.model import Evidence
from qualtui.signals.counters import contradicted
from qualtui.signals.reading import Readings, fresh
from qualtui.text import _

_WORDS = {
    "health.up": _("/health is well, the database is not"),
    "customers.phantom": _("rows say sent, the gateway does not"),
    "customers.unstored": _("the gateway has messages that no row has"),
    "agent.success": _("the bot counts every send as a success"),
    "agent.sent_1h": _("the bot counts sends that have no row"),
}
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


def told(names: Iterable[str]) -> str:
    """The contradictions in words, each once."""
    return ", ".join(dict.fromkeys(_WORDS[name] for name in sorted(names) if name in _WORDS))


def contradict(readings: Readings) -> Readings:
    """The readings, each contradicted one told as such."""
    changed = {
        name: msgspec.structs.replace(readings[name], evidence=Evidence.DISAGREE) for name in disagreeing(readings)
    }
    return {**readings, **changed}
