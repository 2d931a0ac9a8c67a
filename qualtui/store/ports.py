"""What the engine needs from a store. An adapter (SQLite today) provides all of it in one object.

Times are wall-clock seconds since 1970, as the caller read them. Every method raises StoreError, and after a
failed write the store is as it was before. Reads may run in other threads than writes, at the same time.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from qualtui.config.values import Aggregate, StoreSettings
from qualtui.model import Event, EventBody, Sample, State
from qualtui.model.cells import Cell
from qualtui.store.errors import StoreLost
from qualtui.text.message import Saying

Points = tuple[tuple[float, float | None], ...]  # (time, value); None: there was no answer
Entries = Sequence[tuple[EventBody, str]]  # bodies, each with its key; "" for none


class Pruned(msgspec.Struct, frozen=True):
    """How many rows a pruning removed. `more`: it stopped at its limit and should be called again."""

    raw: int = 0
    minutes: int = 0
    hours: int = 0
    events: int = 0
    more: bool = False


class Lease(Protocol):
    """The right to write to one store: at most one engine holds it, and it ends with the engine's process."""

    numbers: int  # the highest incident number that earlier engines gave, even if the store was replaced since

    def note(self, number: int) -> None:
        """Remember outside the store that this incident number was given."""

    def keep(self) -> bool:
        """Take the lease again where another program removed it; True if that was needed. Raises LeaseLost."""

    def release(self) -> None:
        """Give the lease back. A second call does nothing."""


class EventStore(Protocol):
    """The log of events and its fold. One writer, who holds the lease."""

    remade: Saying  # what was repaired beside the store, until the engine has reported it

    @property
    def epoch(self) -> int:
        """The number of this opening; every event carries it."""

    @property
    def numbers(self) -> int:
        """The highest incident number that the lease remembers."""

    def append(self, bodies: Entries, at: float, expect_seq: int | None = None) -> tuple[Event, ...]:
        """Write all bodies or none; on the disk when it returns. Return those whose key was new.

        Raises Conflict if the newest event is not `expect_seq`, LeaseLost, StoreLost.
        """

    def check(self) -> None:
        """Raise what a write would raise; write nothing."""

    def renew(self, state: State, lost: StoreLost, at: float) -> tuple[Event, ...]:
        """Replace a lost store and continue its log after `state`; return its first new events."""

    def load(self) -> State:
        """Return the fold of the whole log."""

    def history(self, number: int) -> tuple[Event, ...]:
        """Return the events of an incident, oldest first."""

    def events_before(self, before: int, limit: int) -> tuple[Event, ...]:
        """Return the newest events before a seq, oldest first, at most `limit`."""

    def numbers_before(self, before: int, limit: int) -> tuple[int, ...]:
        """Return the numbers of the incidents below this one, the highest first, at most `limit`."""

    def checkpoint(self, state: State) -> None:
        """Save a State that was folded from this log, so that the next start is short."""

    def close(self) -> None:
        """Close the store and release the lease. A second call does nothing."""


class SampleStore(Protocol):
    """Samples, rolled up to minutes and hours, and what probes must remember over a restart."""

    path: Path  # where it is: for texts, and to look at the room on that disk

    def add_samples(self, batch: Iterable[Sample]) -> None:
        """Write the samples; a second sample of one series and time replaces the first."""

    def window(
        self, series: str, since: float, until: float, step: float | None = None, how: Aggregate = Aggregate.AVG
    ) -> Points:
        """Return the points from `since` to `until` (both included), in bins of `step` seconds if given.

        A series that was never written has none.
        """

    def cells(self, series: str, since: float, until: float, step: float) -> tuple[Cell, ...]:
        """Return the bins of `step` seconds in which a series was polled, oldest first."""

    def roll_up(self, now: float) -> None:
        """Roll samples up to the minutes and hours that are over at `now`; safe to repeat."""

    def prune(self, now: float, keep: StoreSettings) -> Pruned:
        """Remove what is older than `keep` says, a limited number of rows a call."""

    def load_tracking(self, name: str) -> bytes | None:
        """Return what a probe saved under this name."""

    def save_tracking(self, name: str, blob: bytes) -> None:
        """Save what a probe must remember, in place of what it saved before."""


class Store(EventStore, SampleStore, Protocol):
    """All that the engine needs, from one adapter."""
