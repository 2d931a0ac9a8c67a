"""The engine itself: starts and stops, configuration, its clock, what was lost and made again."""

from qualtui.eventlog.clock_step import stepped
from qualtui.eventlog.family import OURSELVES, EventKind, Family, safe
from qualtui.model import Activity, EventBody, Severity, State
from qualtui.text import clean
from qualtui.text.message import Saying, joined, message


class EngineStarted(EventBody, frozen=True, tag="engine.started"):
    """An engine took the lease."""

    pid: int
    host: str
    version: str


class EngineStopped(EventBody, frozen=True, tag="engine.stopped"):
    """An engine released the lease."""

    reason: Saying


class ConfigRead(EventBody, frozen=True, tag="config.read"):
    """The configuration was read again: `taken`, or refused as a whole with its first error."""

    taken: bool
    digest: str
    problem: Saying = ""


class ClockStepped(EventBody, frozen=True, tag="clock.stepped"):
    """Our clock was set back by so many seconds since the event before: what lies in the future began now."""

    by: float


class StoreRenewed(EventBody, frozen=True, tag="store.renewed"):
    """The store's file was lost under a running engine and made again: what had happened, and what was done."""

    why: Saying
    done: Saying


class Remade(EventBody, frozen=True, tag="engine.remade"):
    """Something of the engine's own was taken away and made again: its socket, its lock."""

    what: Saying


def _started(_state: State, at: float, body: EngineStarted) -> Activity:
    text = message(
        "engine {version} started on {host} (pid {pid:whole})",
        version=clean(body.version),
        host=clean(body.host),
        pid=body.pid,
    )
    return Activity(at, OURSELVES, text)


def _stopped(_state: State, at: float, body: EngineStopped) -> Activity:
    return Activity(at, OURSELVES, message("engine stopped: {reason}", reason=safe(body.reason)))


def _config_read(_state: State, at: float, body: ConfigRead) -> Activity:
    if body.taken:
        return Activity(at, OURSELVES, message("configuration read"))
    text = message("configuration refused, the old one stays: {problem}", problem=safe(body.problem))
    return Activity(at, OURSELVES, text, severity=Severity.WARNING)


def _clock_line(_state: State, at: float, body: ClockStepped) -> Activity:
    text = message("this machine's clock was set back by {time:span}", time=body.by)
    return Activity(at, OURSELVES, text, severity=Severity.WARNING)


def _renewed(_state: State, at: float, body: StoreRenewed) -> Activity:
    return Activity(at, OURSELVES, joined([safe(body.why), safe(body.done)]), severity=Severity.WARNING)


def _remade(_state: State, at: float, body: Remade) -> Activity:
    return Activity(at, OURSELVES, safe(body.what), severity=Severity.WARNING)


FAMILY = Family(
    kinds=(
        EventKind(EngineStarted, line=_started),
        EventKind(EngineStopped, line=_stopped),
        EventKind(ConfigRead, line=_config_read),
        EventKind(ClockStepped, apply=lambda state, body: stepped(state, body.by), line=_clock_line),
        EventKind(StoreRenewed, line=_renewed),
        EventKind(Remade, line=_remade),
    ),
)
