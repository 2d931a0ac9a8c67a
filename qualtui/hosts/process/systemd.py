"""What systemctl and journalctl say of a unit: its state, what happened to it, its log. Pure.

The ids of messages are systemd's own (sd-messages.h): the words beside them change with its version.
"""

from collections.abc import Sequence

import msgspec

from qualtui.hosts.host import HostEvent, HostEventKind, LogLine
from qualtui.text import clean
from qualtui.text.message import Saying, message

MOST = 500  # lines of the journal that are read at once
_STARTED = "39f53479d3a045ac8e11786248231fbf"
_STOPPED = "9d1aaa27d60140bd96365438aad20286"
_FAILURE = "d9b373ed55a64feb8242e02dbe79a49c"
_OUT_OF_MEMORY = "fe6faa94e7774663a0da52717891d8ef"
_OOMD = "d989611b15e44c9dbf31e3c81256e4ed"
_PROPERTIES = ("LoadState", "ActiveState", "MainPID", "InactiveEnterTimestampMonotonic", "Description")
_RESULTS: dict[str, Saying] = {
    "exit-code": message("exited with an error"),
    "signal": message("was killed"),
    "core-dump": message("crashed"),
    "timeout": message("did not start or stop in time"),
    "watchdog": message("missed its watchdog"),
    "start-limit-hit": message("failed too often: systemd starts it no more"),
}


class Unit(msgspec.Struct, frozen=True):
    """A unit as it is. `stopped`: s of the monotonic clock at which it last ended."""

    known: bool
    active: bool
    failed: bool
    pid: int
    stopped: float = 0.0
    name: str = ""


class JournalEntry(msgspec.Struct, frozen=True):
    """An entry of the journal, as far as it is read."""

    cursor: str = msgspec.field(name="__CURSOR", default="")
    at: str = msgspec.field(name="__REALTIME_TIMESTAMP", default="0")  # µs
    text: str | list[int] | None = msgspec.field(name="MESSAGE", default=None)  # bytes where it is no text
    id: str = msgspec.field(name="MESSAGE_ID", default="")
    result: str = msgspec.field(name="UNIT_RESULT", default="")

    def when(self) -> float:
        """Unix time."""
        return int(self.at) / 1e6 if self.at.isdecimal() else 0.0

    def words(self) -> str:
        """The message as text."""
        if isinstance(self.text, list):
            return bytes(byte & 255 for byte in self.text).decode(errors="replace")
        return self.text or ""


def show(unit: str) -> tuple[str, ...]:
    """The command for a unit's state."""
    return ("systemctl", "show", f"--property={','.join(_PROPERTIES)}", "--", unit)


def restart(unit: str) -> tuple[str, ...]:
    """The command that restarts it; it returns before the unit runs again."""
    return ("systemctl", "restart", "--no-block", "--no-ask-password", "--", unit)


def happened(unit: str, since: float) -> tuple[str, ...]:
    """The command for what systemd did with a unit."""
    ids = (_STARTED, _STOPPED, _FAILURE, _OUT_OF_MEMORY, _OOMD)
    return (*_journal(since), "_PID=1", f"UNIT={unit}", *(f"MESSAGE_ID={one}" for one in ids))


def written(unit: str, since: float) -> tuple[str, ...]:
    """The command for what a unit wrote."""
    return (*_journal(since), f"_SYSTEMD_UNIT={unit}")


def _journal(since: float) -> tuple[str, ...]:
    fields = "--output-fields=MESSAGE,MESSAGE_ID,UNIT_RESULT"
    return ("journalctl", "--quiet", "--no-pager", "--output=json", fields, f"--lines={MOST}",
            f"--since=@{since:.0f}")  # fmt: skip


def unit_of(answer: bytes) -> Unit:
    """The state that `show` printed."""
    pairs = (line.partition("=") for line in answer.decode(errors="replace").splitlines())
    found = {name: value for name, _equal, value in pairs}

    def number(name: str) -> int:
        return int(found[name]) if found.get(name, "").isdecimal() else 0

    state = found.get("ActiveState", "")
    return Unit(
        found.get("LoadState") == "loaded",
        state in ("active", "reloading"),
        state == "failed",
        number("MainPID"),
        number("InactiveEnterTimestampMonotonic") / 1e6,
        clean(found.get("Description", ""), 60),
    )


def entries_of(answer: bytes) -> list[JournalEntry]:
    """The entries that journalctl printed, oldest first; a line that is none is left out."""
    found: list[JournalEntry] = []
    for line in answer.splitlines():
        try:
            found.append(msgspec.json.decode(line, type=JournalEntry))
        except (msgspec.MsgspecError, UnicodeError):
            continue
    return sorted(found, key=JournalEntry.when)


def events_of(entries: Sequence[JournalEntry]) -> list[HostEvent]:
    """What happened. A start after a stop without a failure is a restart that somebody wanted."""
    found: list[HostEvent] = []
    failed = stopped = killed = False
    for one in entries:
        kind, text = HostEventKind.OTHER, "stopped"  # type: tuple[HostEventKind, Saying]
        if one.id in (_OUT_OF_MEMORY, _OOMD):
            kind, text = HostEventKind.OUT_OF_MEMORY, message("out of memory")
        elif one.id == _FAILURE and one.result == "oom-kill":
            if killed:  # said already by the entry above
                continue
            kind, text = HostEventKind.OUT_OF_MEMORY, message("out of memory")
        elif one.id == _FAILURE:
            other = message("failed: {result}", result=clean(one.result, 40) or "?")
            kind, text = HostEventKind.FAILED, _RESULTS.get(one.result, other)
        elif one.id == _STARTED:
            wanted = stopped and not failed
            kind = HostEventKind.RESTARTED if wanted else HostEventKind.AVAILABLE
            text = "started"
        elif one.id != _STOPPED:
            continue
        killed = kind is HostEventKind.OUT_OF_MEMORY
        started = one.id == _STARTED
        failed = not started and (failed or kind in (HostEventKind.FAILED, HostEventKind.OUT_OF_MEMORY))
        stopped = not started and (stopped or one.id == _STOPPED)
        found.append(HostEvent(one.cursor, one.when(), kind, text))
    return found


def lines_of(entries: Sequence[JournalEntry]) -> tuple[LogLine, ...]:
    """What the unit wrote."""
    return tuple(LogLine(one.cursor, one.when(), clean(one.words(), 500)) for one in entries if one.words())
