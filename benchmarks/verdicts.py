"""What a log and a catcher say of an engine that was killed: how far it was, and which promise it broke."""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from benchmarks.engine import Log
from benchmarks.small import AGENT, Catcher, Caught
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.notices import NoticeDelivered, NoticeQueued, NoticeSending
from qualtui.model import Event, Phase
from qualtui.store.sqlite import SqliteReader

RULES = 2  # that fire for the one fault, each with a notice
_KEY = re.compile(r"^key (\S+)$", re.MULTILINE)
_AGAIN = "Sent again:"


def _keys(events: Sequence[Event], kind: type[NoticeQueued | NoticeSending | NoticeDelivered]) -> list[str]:
    return [event.body.key for event in events if isinstance(event.body, kind)]


def _owed(events: Sequence[Event]) -> list[str]:
    """The keys of the incidents' notices; not those of tests."""
    return [event.body.key for event in events if isinstance(event.body, NoticeQueued) and event.body.number]


def _changes(events: Sequence[Event]) -> list[AlertChanged]:
    return [event.body for event in events if isinstance(event.body, AlertChanged)]


def reached(events: Sequence[Event]) -> str:
    """How far the log has come with the incidents' notices."""
    owed = set(_owed(events))
    sending = owed & set(_keys(events, NoticeSending))
    delivered = owed & set(_keys(events, NoticeDelivered))
    if len(owed) == RULES == len(delivered):
        return "delivered"
    if delivered:
        return "half delivered"
    if sending:
        return "sending"
    if owed:
        return "queued" if len(owed) == RULES else "half queued"
    pending = {change.rule for change in _changes(events) if change.new is Phase.PENDING}
    return ("nothing yet", "half pending", "pending")[len(pending)]


def all_delivered(events: Sequence[Event]) -> bool:
    """Whether nothing is owed any more."""
    queued, delivered = _keys(events, NoticeQueued), _keys(events, NoticeDelivered)
    return reached(events) == "delivered" and set(queued) == set(delivered)


def _key(text: str) -> str:
    found = _KEY.search(text)
    return found.group(1) if found else "no key"


class Scene(msgspec.Struct, frozen=True):
    """How it was at the kill."""

    hit: str
    owner: str
    doubtful: frozenset[str]  # keys of notices that were being sent
    arrived: int
    problems: tuple[str, ...]

    @classmethod
    def taken(cls, events: Sequence[Event], catcher: Catcher, owner: str) -> "Scene":
        """From the log and the catcher, after the engine's end."""
        hit = reached(events)
        doubtful = frozenset(_keys(events, NoticeSending)) - frozenset(_keys(events, NoticeDelivered))
        if hit == "sending":
            if doubtful & {_key(text) for text in catcher.answered}:
                hit = "answered"
            elif doubtful & {_key(one.text) for one in catcher.caught}:
                hit = "arrived"
        fired = sum(change.new is Phase.FIRING for change in _changes(events))
        apart = () if fired == len(_owed(events)) else ("an incident was written without its notice",)
        return cls(hit, owner, doubtful, len(catcher.caught), apart)


def judged(scene: Scene, caught: Sequence[Caught], log: Log) -> tuple[int, tuple[str, ...]]:
    """How many notices came twice with the mark, and every broken promise."""
    events = log.events()
    problems = list(scene.problems)
    queued = Counter(_keys(events, NoticeQueued))
    arrived: dict[str, list[bool]] = {}
    for place, one in enumerate(caught):
        key, marked = _key(one.text), _AGAIN in one.text
        arrived.setdefault(key, []).append(marked)
        doubtful = place >= scene.arrived and key in scene.doubtful
        if marked != doubtful:
            problems.append(f"{key} came {'with' if marked else 'without'} the mark of doubt")
    for key, times in queued.items():
        marks = arrived.get(key, [])
        if times > 1:
            problems.append(f"{key} was queued {times} times")
        if not marks:
            problems.append(f"{key} never arrived")
        if marks.count(False) > 1:
            problems.append(f"{key} arrived {marks.count(False)} times without a mark")
    problems += [f"{key} arrived, the log does not know it" for key in arrived.keys() - queued.keys()]
    problems += _incidents(log, events, scene.owner)
    return sum(len(marks) > 1 for marks in arrived.values()), tuple(problems)


def _incidents(log: Log, events: Sequence[Event], owner: str) -> list[str]:
    problems = []
    changes = _changes(events)
    fired = Counter(change.rule for change in changes if change.new is Phase.FIRING)
    began = {change.rule: change.since for change in changes if change.new is Phase.PENDING}
    with SqliteReader.look(log.path) as reader:
        incidents = reader.load().incidents
    for incident in incidents.values():
        if fired[incident.rule] != 1 or incident.agent != AGENT:
            problems.append(f"#{incident.number} fired {fired[incident.rule]} times")
        if incident.since != began.get(incident.rule):
            problems.append(f"#{incident.number} lost its beginning")
        if incident.number == 1 and incident.owner != owner:
            problems.append(f"#1 lost its owner {owner!r}: {incident.owner!r}")
    if sorted(incidents) != list(range(1, RULES + 1)):
        problems.append(f"the incidents' numbers are {sorted(incidents)}")
    if not log.whole():
        problems.append("the log's chain is broken")
    return problems
