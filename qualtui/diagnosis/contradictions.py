"""Two sources that disagree on one fact: neither may look green. Pure."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from qualtui.model import Evidence
from qualtui.series.evidence import NOTHING, Readings, fresh
from qualtui.text.message import Text, joined, message
from qualtui.tracking.counters import contradicted

_WORDS = {
    "health.up": message("/health is well, the database is not"),
    "health.database": message("/health calls the database broken, it answers us"),
    "health.gateway": message("/health calls the gateway broken, it says WORKING"),
    "deep.database": message("/health/deep calls the database broken, it answers us"),
    "deep.gateway": message("/health/deep calls the gateway broken, it says WORKING"),
    "customers.phantom": message("rows say sent, the gateway does not"),
    "customers.unstored": message("the gateway has messages that no row has"),
    "agent.success": message("the bot counts every send as a success"),
    "agent.claimed": message("the bot counts sends that have no row"),
}
_ASKED = {
    **{"health.database": "db.up", "health.gateway": "gateway.working"},
    **{"deep.database": "db.up", "deep.gateway": "gateway.working"},
}  # what the bot says -> our own question
_CLAIMS_ALL = 99.9  # %: a worker that calls every send a success


Well = Callable[[str, float], bool]  # whether a series was 1 around an instant


def disagreeing(readings: Readings, well: Well = lambda _name, _at: True) -> frozenset[str]:
    """The series whose figure another source contradicts.

    `well` looks back: a health check is asked seldom, and what it said of an outage that is over was true.
    """
    found = set()
    if fresh(readings, "health.up") and fresh(readings, "db.up") == 0:
        found.add("health.up")
    if fresh(readings, "customers.phantom"):
        found.add("customers.phantom")
    if fresh(readings, "customers.unstored"):
        found.add("customers.unstored")
    found.update(_denied(readings, well))
    success = fresh(readings, "agent.success")
    if success is not None and success >= _CLAIMS_ALL and fresh(readings, "failures.sends"):
        found.add("agent.success")
    claimed, rows = fresh(readings, "agent.claimed"), fresh(readings, "messages.sent_1h")
    if claimed is not None and rows is not None and contradicted(claimed, rows):
        found.add("agent.claimed")
    return frozenset(found)


def _denied(readings: Readings, well: Well) -> Iterator[str]:
    """What a health check of the bot calls broken, and our own question finds well, now and then."""
    for name, own in _ASKED.items():
        said = readings.get(name, NOTHING)
        if said.fresh == 0 and said.sample and fresh(readings, own) == 1 and well(own, said.sample.at):
            yield name


def disagreement_text(names: Iterable[str]) -> Text:
    """The contradictions in words, each once."""
    return joined(list(dict.fromkeys(_WORDS[name] for name in sorted(names) if name in _WORDS)), ", ")


def contradict(readings: Readings, well: Well = lambda _name, _at: True) -> Readings:
    """Return the readings, each contradicted one marked as such."""
    found = disagreeing(readings, well)
    if not found:
        return readings
    changed = {name: msgspec.structs.replace(readings[name], evidence=Evidence.DISAGREE) for name in found}
    return {**readings, **changed}
