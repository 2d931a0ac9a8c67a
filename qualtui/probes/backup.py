"""Are there backups? The archives in the folder say so, not the log."""

from collections.abc import Awaitable, Callable

import msgspec

from qualtui.model import Backups, Sample
from qualtui.text.message import message

INTERVAL = 60.0  # s
TIMEOUT = 20.0  # s: a folder on a network disk may hang


class BackupFacts(msgspec.Struct, frozen=True):
    """What is known of backups. `newest`: when the newest archive in the folder was taken; None: there is none."""

    newest: float | None
    due: float | None  # the newest time at which one was due by the schedule; None: only by hand
    began: float  # since when backups are looked after: nothing was missed before
    log: Backups


AskBackups = Callable[[], Awaitable[BackupFacts]]  # raises ProbeError where the folder can't be read


class BackupProbe:
    """backup.age, backup.overdue, backup.failures and backup.unverified."""

    def __init__(self, agent: str, facts: AskBackups) -> None:
        self.name = f"{agent}/backup"
        self.series = tuple(f"{agent}/backup.{name}" for name in ("age", "overdue", "failures", "unverified"))
        self.interval = INTERVAL
        self.timeout = TIMEOUT
        self._facts = facts

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The figures at this moment. Raises ProbeError."""
        facts = await self._facts()
        log = facts.log
        age = None if facts.newest is None else max(0.0, now - facts.newest)
        late = facts.due is not None and (facts.newest or 0.0) < facts.due
        since = log.verified or log.since
        values = (
            age,
            max(0.0, now - max(facts.due, facts.began)) if facts.due is not None and late else 0.0,
            float(log.failures),
            max(0.0, now - since) if since else 0.0,
        )
        notes = (message("there is no archive") if age is None else "", "", log.reason, "")
        return tuple(
            Sample(series, now, value, note)
            for series, value, note in zip(self.series, values, notes, strict=True)
        )

    async def close(self) -> None:
        """Holds nothing."""
