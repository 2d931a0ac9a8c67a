"""Lookups: what commands read on a person's behalf, from the log and from the bots' databases."""

from collections.abc import Callable

from qualtui.engine.customer_list import customer_messages, customer_phone, listed_customers
from qualtui.engine.journal import Journal
from qualtui.engine.session_reader import read_sessions
from qualtui.engine.setup import Setup
from qualtui.model import Event
from qualtui.store.ports import Store
from qualtui.wire import CustomerMessage, Customers, ListCustomers, ListSessions, Refused, Sessions


class Lookups:
    """`setup`: the present one, whose probes have the connections."""

    def __init__(self, store: Store, journal: Journal, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._journal = journal
        self._setup = setup

    async def history(self, number: int) -> tuple[Event, ...]:
        """All events of an incident, those that only memory has last. Raises StoreError."""
        stored = await self._journal.read(lambda: self._store.history(number))
        return (*stored, *self._journal.unsaved(number))

    async def events_before(self, seq: int, most: int) -> tuple[Event, ...]:
        """At most so many events before this one. Raises StoreError."""
        return await self._journal.read(lambda: self._store.events_before(seq, most))

    async def numbers_before(self, number: int, most: int) -> tuple[int, ...]:
        """At most so many numbers of incidents before this one. Raises StoreError."""
        return await self._journal.read(lambda: self._store.numbers_before(number, most))

    async def sessions(self, ask: ListSessions) -> Sessions | Refused:
        """The active sessions of an agent."""
        setup = self._setup()
        return await read_sessions(setup.probes, ask, float(setup.config.fixes.session_cleanup.limit))

    async def customers(self, ask: ListCustomers, limit: int) -> Customers | Refused:
        """At most so many of the customers who wait."""
        return await listed_customers(self._setup().probes, ask, limit)

    async def messages(self, agent: str, lead: str) -> tuple[CustomerMessage, ...] | Refused:
        """The messages of one customer."""
        return await customer_messages(self._setup().probes, agent, lead)

    async def phone(self, agent: str, lead: str) -> str | Refused:
        """The phone number of one customer who waits, for a person who asked."""
        return await customer_phone(self._setup().probes, agent, lead)
