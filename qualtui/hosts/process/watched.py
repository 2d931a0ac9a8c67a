"""What happened to a process that only qualtui watches: known from one look to the next. Pure."""

import msgspec

from qualtui.hosts.host import HostEvent, HostEventKind, Instance
from qualtui.text.message import Saying, message

KEEP = 86_400.0  # s of what happened
MOST = 200  # events


class Watched(msgspec.Struct, frozen=True):
    """The process of the newest look, None while there is none; what was seen to happen; kills so far."""

    instance: Instance | None = None
    looked: bool = False
    events: tuple[HostEvent, ...] = ()
    kills: int = 0


def seen(before: Watched, found: Instance | None, kills: int, now: float) -> Watched:
    """The next state. `kills`: how many processes of its control group were killed for memory so far."""
    killed = before.looked and kills > before.kills
    events = list(before.events)
    if killed:
        events.append(_event(HostEventKind.OUT_OF_MEMORY, now, message("out of memory")))
    if found is None:
        if not killed and (before.instance is not None or not before.looked):
            text: Saying = message("ended") if before.looked else message("does not run")
            events.append(_event(HostEventKind.FAILED, now, text))
    elif before.looked and before.instance is None:
        events.append(_event(HostEventKind.AVAILABLE, max(found.since, _last(events)), "started"))
    elif before.instance is not None and before.instance != found:
        kind = HostEventKind.AVAILABLE if killed else HostEventKind.RESTARTED
        events.append(_event(kind, max(found.since, _last(events)), "started"))
    elif killed:  # a child was killed, the main process runs on
        events.append(_event(HostEventKind.AVAILABLE, now, "runs"))
    kept = tuple(one for one in events if one.at >= now - KEEP)[-MOST:]
    return Watched(found, True, kept, kills)


def _last(events: list[HostEvent]) -> float:
    return events[-1].at if events else 0.0


def _event(kind: HostEventKind, at: float, text: Saying) -> HostEvent:
    return HostEvent(f"{kind}@{at:.3f}", at, kind, text)
