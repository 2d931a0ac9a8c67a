"""The engine's one way to change state: decide on the present state, write, fold. Survives a store that fails."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from itertools import groupby
from typing import Any, TypeVar

from msgspec.structs import replace

from qualtui.engine.store_thread import StoreThread
from qualtui.eventlog.clock_step import stepped
from qualtui.eventlog.codec import about, number_of
from qualtui.eventlog.engine import ClockStepped, Remade, StoreRenewed
from qualtui.eventlog.fold import apply
from qualtui.model import Event, EventBody, State
from qualtui.store.errors import LeaseLost, StoreError, StoreLost
from qualtui.store.ports import Store
from qualtui.text.message import Saying, counted, joined

log = logging.getLogger(__name__)

PATIENCE = 5.0  # s that a write may take before the engine goes on from memory
STEP = 10.0  # s by which our clock is set back before it is reported; less is normal correction
REMARK = 3600.0  # s for which a repair is shown
REMARKS = 3

Entry = tuple[EventBody, str]  # an event and its key; an empty key is filled in
Result = TypeVar("Result")


class Journal:
    """The log and its fold. `trouble` is empty, or one line on why events are kept in memory only."""

    def __init__(
        self, store: Store, state: State, epoch: int, clock: Callable[[], float], patience: float = PATIENCE
    ) -> None:
        self._store = store
        self._clock = clock
        self._epoch = epoch
        self.writes = StoreThread("store", patience)
        self.reads = StoreThread("store-reads", patience)
        self._upkeep = StoreThread("store-upkeep", patience)
        self._lock = asyncio.Lock()
        self._under_way: set[asyncio.Future[tuple[Event, ...]]] = set()
        self._unsaved: list[Event] = []
        self._keyed = 0
        self._trouble: Saying = ""
        self._remarks: list[tuple[float, Saying]] = []
        self._renewed: list[Saying] = []  # what became of lost stores, not yet among the remarks
        self._saved = state  # the fold of what is written
        self.state = state
        self._remark(store.remade)
        store.remade = ""

    @property
    def trouble(self) -> Saying:
        """Empty, or one line: why events are kept in memory only, and how many."""
        if not self._trouble or not self._unsaved:
            return self._trouble
        kept = counted("{count} event kept in memory", "{count} events kept in memory", len(self._unsaved))
        return joined([self._trouble, kept])

    @property
    def remarks(self) -> tuple[Saying, ...]:
        """What happened to the store within the last hour and was set right: a person must know of it."""
        now = self._clock()
        self._remarks = [one for one in self._remarks if abs(now - one[0]) < REMARK]
        return tuple(text for _at, text in self._remarks)

    def _remark(self, text: Saying) -> None:
        if text:
            log.warning("%s", text)
            self._remarks = [*self._remarks, (self._clock(), text)][-REMARKS:]

    def unsaved(self, number: int) -> tuple[Event, ...]:
        """The events of an incident that only memory has."""
        mine = {about(event.body) for event in self._unsaved if number_of(event.body) == number} - {""}
        return tuple(e for e in self._unsaved if number_of(e.body) == number or about(e.body) in mine)

    async def append(self, *entries: Entry) -> tuple[Event, ...]:
        """Writes events whatever the state."""
        return await self.decide(lambda _: entries)

    async def decide(self, decision: Callable[[State], Iterable[Entry]]) -> tuple[Event, ...]:
        """Write what `decision` makes of the present state; no other decision comes in between.

        Returns the events that are new (a key that exists already is left out). When the store fails
        they are folded all the same and written later.
        """
        # The caller may be cancelled meanwhile; what is being written must be folded all the same.
        return await asyncio.shield(self._tracked(self._decide(decision)))

    def _tracked(self, deciding: Coroutine[Any, Any, tuple[Event, ...]]) -> "asyncio.Future[tuple[Event, ...]]":
        work = asyncio.ensure_future(deciding)
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        return work

    async def _decide(
        self, decision: Callable[[State], Iterable[Entry]], *, look: bool = False
    ) -> tuple[Event, ...]:
        async with self._lock:
            now = self._clock()
            set_back = self.state.at - now
            if set_back > STEP:  # what is decided now must not rest on times that are still to come
                state = stepped(replace(self.state, at=now), set_back)
                decided = [(ClockStepped(set_back), ""), *decision(state)]
            else:
                decided = list(decision(self.state))
            entries = [(body, key or self._next_key()) for body, key in decided]
            if not entries and not self._unsaved and not look:
                return ()
            events = await self._write(entries, now)
            for event in events:
                if event.seq > self.state.seq:  # else the state was read again, with these in it
                    self.state = apply(self.state, event)
            if not self._unsaved:
                self._saved = self.state
            return events

    async def retry(self) -> None:
        """Looks whether the store is still there and ours, and writes what is kept in memory."""

        def made_again(_state: State) -> Iterable[Entry]:
            text, self._store.remade = self._store.remade, ""
            self._remark(text)
            return ((Remade(text), ""),) if text else ()

        await asyncio.shield(self._tracked(self._decide(made_again, look=True)))

    async def run(self, work: Callable[[], Result], patience: float = 0.0) -> Result:
        """Another write of the store, in the thread of the appends. Raises StoreError, also after `patience` s."""
        return await self.writes.run(work, patience)

    async def read(self, work: Callable[[], Result], patience: float = 0.0) -> Result:
        """A read, beside the appends, however long it takes. Raises StoreError, also after `patience` s."""
        return await self.reads.run(work, patience)

    async def keep_up(self, work: Callable[[], Result], patience: float) -> Result:
        """A roll-up or pruning, beside the appends and the reads. Raises StoreError, also after `patience` s."""
        return await self._upkeep.run(work, patience)

    async def _write(self, entries: list[Entry], now: float) -> tuple[Event, ...]:
        kept = tuple(self._unsaved)
        try:
            written = await self.run(lambda: self._append(kept, entries, now))
        except LeaseLost:
            raise  # another engine took the store: this one must end
        except StoreError as error:
            if not self._trouble:
                log.warning("the store fails: %s", error)
            elif self._trouble != error.text:
                log.warning("the store fails otherwise: %s", error)
            self._trouble = error.text
            return self._remember(entries, now)
        if self._trouble:
            log.warning("the store works again; %d events written", len(kept))
        expected = kept[0].seq if kept else self.state.seq + 1
        self._trouble, self._unsaved = "", []
        renewed = any(isinstance(event.body, StoreRenewed) for event in written)
        if written and (written[0].seq != expected or (kept and renewed)):
            await self._read_anew()
        while self._renewed:
            self._remark(self._renewed.pop(0))
        old = {event.key for event in kept}
        return tuple(event for event in written if event.key not in old)

    def _append(self, kept: tuple[Event, ...], entries: list[Entry], now: float) -> list[Event]:
        """In the store's thread. A store that was lost is made again first: its own event stands before all."""
        try:
            return self._appended(kept, entries, now)
        except StoreLost as lost:
            renewed = self._store.renew(self._saved, lost, now)
        # Copying a large store takes long: the result is reported later then.
        bodies = [event.body for event in renewed if isinstance(event.body, StoreRenewed)]
        self._renewed += [joined([body.why, body.done]) for body in bodies]
        return [*renewed, *self._appended(kept, entries, now)]

    def _appended(self, kept: tuple[Event, ...], entries: list[Entry], now: float) -> list[Event]:
        """First what was kept, each at its time; keys show what is there already."""
        written: list[Event] = []
        for at, some in groupby(kept, key=lambda event: event.at):
            written += self._store.append([(event.body, event.key) for event in some], at)
        if entries:
            written += self._store.append(entries, now)
        if not kept and not entries:
            self._store.check()
        return written

    async def _read_anew(self) -> None:
        """The log is not the one that the state was folded from: a copy was put back, or a new one was begun."""
        log.warning("the store holds another log than before: the state is read again from it")
        try:
            loaded = await self.run(self._store.load)
            # Numbers that people have seen stay given, whatever the other log says.
            self.state = replace(loaded, next_number=max(loaded.next_number, self.state.next_number))
        except StoreError as error:
            log.warning("the state could not be read again: %s", error)

    def _remember(self, entries: list[Entry], now: float) -> tuple[Event, ...]:
        known = {event.key for event in self._unsaved}
        seq = self.state.seq
        events = []
        for body, key in entries:
            if key in known:
                continue
            seq += 1
            events.append(Event(seq, now, self._epoch, body, key))
        self._unsaved.extend(events)
        return tuple(events)

    def _next_key(self) -> str:
        """A key for an event that needs none: makes writing it twice impossible."""
        self._keyed += 1
        return f"~{self._epoch}.{self._keyed}"
