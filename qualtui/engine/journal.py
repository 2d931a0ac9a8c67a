"""The engine's one way to change state: decide on the present state, write, fold. Survives a store that fails."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any, TypeVar

from qualtui.model import Event, EventBody, State
from qualtui.store.codec import about, number_of
from qualtui.store.errors import LeaseLost, StoreError
from qualtui.store.fold import apply
from qualtui.store.store import Store
from qualtui.text import plural

log = logging.getLogger(__name__)

PATIENCE = 5.0  # s that a write may take before the engine goes on from memory

Entry = tuple[EventBody, str]  # an event and its key; an empty key is filled in
Result = TypeVar("Result")


class Journal:
    """The log and its fold. `trouble` is empty, or one line on why events are kept in memory only."""

    def __init__(
        self, store: Store, state: State, epoch: int, clock: Callable[[], float], patience: float = PATIENCE
    ) -> None:
        self._store = store
        self._clock = clock
        self._patience = patience
        self._epoch = epoch
        self._thread = ThreadPoolExecutor(1, "store")
        self._lock = asyncio.Lock()
        self._under_way: set[asyncio.Future[tuple[Event, ...]]] = set()
        self._unsaved: list[Event] = []
        self._hung: asyncio.Future[Any] | None = None
        self._keyed = 0
        self._trouble = ""
        self.state = state

    @property
    def trouble(self) -> str:
        """Empty, or one line: why events are kept in memory only, and how many."""
        kept = plural("{n} event kept in memory", "{n} events kept in memory", len(self._unsaved))
        return f"{self._trouble}; {kept.format(n=len(self._unsaved))}" if self._trouble else ""

    def unsaved(self, number: int) -> tuple[Event, ...]:
        """The events of an incident that only memory has."""
        mine = {about(event.body) for event in self._unsaved if number_of(event.body) == number} - {""}
        return tuple(e for e in self._unsaved if number_of(e.body) == number or about(e.body) in mine)

    async def append(self, *entries: Entry) -> tuple[Event, ...]:
        """Writes events whatever the state."""
        return await self.decide(lambda _: entries)

    async def decide(self, decision: Callable[[State], Iterable[Entry]]) -> tuple[Event, ...]:
        """Writes what `decision` makes of the present state; nobody else decides in between.

        Returns the events that are new (a key that exists already is left out). When the store fails
        they are folded all the same and written later.
        """
        # Whoever asked may be cancelled meanwhile; what is being written must be folded all the same.
        work = asyncio.ensure_future(self._decide(decision))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        return await asyncio.shield(work)

    async def _decide(self, decision: Callable[[State], Iterable[Entry]]) -> tuple[Event, ...]:
        async with self._lock:
            entries = [(body, key or self._next_key()) for body, key in decision(self.state)]
            if not entries and not self._unsaved:
                return ()
            events = await self._write(entries)
            for event in events:
                if event.seq > self.state.seq:  # else the state was read anew, with these in it
                    self.state = apply(self.state, event)
            return events

    async def retry(self) -> None:
        """Writes what is kept in memory, if the store works again."""
        if self._unsaved:
            await self.decide(lambda _: ())

    async def run(self, work: Callable[[], Result], patience: float = 0.0) -> Result:
        """Other work of the store, in its thread. Raises StoreError, also when it takes too long."""
        if self._hung is not None and not self._hung.done():
            raise StoreError("the store does not answer")
        patience = patience or self._patience
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.wait_for(asyncio.shield(future), patience)
        except TimeoutError:
            self._hung = future
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise StoreError(f"the store did not answer within {patience:g}s: is the disk hanging?") from None

    async def _write(self, entries: list[Entry]) -> tuple[Event, ...]:
        now = self._clock()
        kept = tuple(self._unsaved)
        try:
            written = await self.run(lambda: self._append(kept, entries, now))
        except LeaseLost:
            raise  # another engine took the store: this one must end
        except StoreError as error:
            if not self._trouble:
                log.warning("the store fails: %s", error)
            self._trouble = str(error)
            return self._remember(entries, now)
        if self._trouble:
            log.warning("the store works again; %d events written", len(kept))
        expected = kept[0].seq if kept else self.state.seq + 1
        self._trouble, self._unsaved = "", []
        if written and written[0].seq != expected:
            await self._read_anew()
        old = {event.key for event in kept}
        return tuple(event for event in written if event.key not in old)

    def _append(self, kept: tuple[Event, ...], entries: list[Entry], now: float) -> list[Event]:
        """In the store's thread: first what was kept, each at its time; of what is there already the keys tell."""
        written: list[Event] = []
        for at, some in groupby(kept, key=lambda event: event.at):
            written += self._store.append([(event.body, event.key) for event in some], at)
        if entries:
            written += self._store.append(entries, now)
        return written

    async def _read_anew(self) -> None:
        """The log is not the one that the state was folded from: a copy was put back, or a new one was begun."""
        log.warning("the store holds another log than before: the state is read anew from it")
        try:
            self.state = await self.run(self._store.load)
        except StoreError as error:
            log.warning("the state could not be read anew: %s", error)

    def _remember(self, entries: list[Entry], now: float) -> tuple[Event, ...]:
        known = {event.key for event in self._unsaved}
        seq = self.state.seq
        events = []
        for body, key in entries:
            if key in known:
                continue
            seq += 1
            events.append(Event(seq, max(now, self.state.at), self._epoch, body, key))
        self._unsaved.extend(events)
        return tuple(events)

    def _next_key(self) -> str:
        """A key for an event that needs none: makes writing it twice impossible."""
        self._keyed += 1
        return f"~{self._epoch}.{self._keyed}"
