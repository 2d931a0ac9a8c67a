"""When the gateway's session was last started by somebody, as its own statuses show. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from itertools import chain, groupby
from operator import itemgetter

from qualtui.model import Sample


class _Session(Enum):
    """What a poll showed of the session."""

    WORKING = auto()
    STARTING = auto()
    LOGGED_OUT = auto()
    DOWN = auto()  # FAILED or STOPPED: it stays so until somebody starts it
    UNKNOWN = auto()


def session_started(
    working: Sequence[Sample], starting: Sequence[Sample], needs_human: Sequence[Sample]
) -> float | None:
    """Return when a session that was down was seen to start; None: in these samples no one started it.

    A session that was WORKING goes STARTING by itself when it reconnects, some engines every half hour: that
    proves no restart. Nor does a gateway's time of the last activity: it is often left out.
    """
    polled = sorted(chain(_numbered(0, working), _numbered(1, starting), _numbered(2, needs_human)))
    values: list[float | None] = [None, None, None]
    started, before = None, _Session.UNKNOWN
    for at, answers in groupby(polled, key=itemgetter(0)):
        for _at, place, value in answers:
            values[place] = None if value < 0 else value
        session = _session(values)
        if before is _Session.DOWN and session in {_Session.WORKING, _Session.STARTING}:
            started = at
        before = before if session is _Session.UNKNOWN else session
    return started


def _numbered(place: int, samples: Iterable[Sample]) -> Iterator[tuple[float, int, float]]:
    """Samples that can be sorted; -1 is one without a value."""
    return ((one.at, place, -1.0 if one.value is None else one.value) for one in samples)


def _session(values: Iterable[float | None]) -> _Session:
    working, starting, needs_human = values
    if working is None or (not working and starting is None):  # the gateway did not say
        return _Session.UNKNOWN
    if working:
        return _Session.WORKING
    if starting:
        return _Session.STARTING
    return _Session.LOGGED_OUT if needs_human else _Session.DOWN
