"""Which customer is whose chat: the fast lane's questions that bring the gateway's chats and the rows together."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, Reader, moment, sql
from qualtui.signals.book import Book
from qualtui.signals.chats import CLOCKS, PSEUDONYM, Chats, Known, number, phones, with_chats
from qualtui.text import _, span

MOST = 100  # chats that wait, and owed leads, asked about in a cycle
KEY = 16  # bytes

Load = Callable[[], Awaitable[bytes | None]]
Save = Callable[[bytes], Awaitable[None]]


class Match:
    """Corrects a book by the gateway's chats. Phones live in its memory alone, and only of who is owed an answer.

    `chats`: as they were read last, believed for `fresh_for` seconds; `refresh` reads what is new. `load` and
    `save` keep the key, in our own store, that makes pseudonyms of numbers that are no lead's; neither raises.
    """

    def __init__(
        self,
        mapping: Mapping,
        chats: Callable[[], Chats],
        refresh: Callable[[], Awaitable[None]],
        fresh_for: float,
        load: Load,
        save: Save,
    ) -> None:
        self.refresh = refresh
        self._mapping = mapping
        self._phones = sql("qualtui.probes", "customers_phones", mapping)
        self._known = sql("qualtui.probes", "customers_chats", mapping)
        self._chats = chats
        self._fresh_for = fresh_for
        self._load, self._save = load, save
        self._key = b""
        self._numbers: dict[str, str] = {}  # by owed lead
        self._leads: dict[str, Known] = {}  # by number of those chats that wait

    async def look(self, reader: Reader, book: Book, born: float) -> str:
        """Asks for what is not known yet; why that failed, else empty. Raises DatabaseError: no connection."""
        chats = self._chats()
        if not chats.read_at:
            return ""
        if not self._key:
            await self._remember()
        self._numbers = {lead: one for lead, one in self._numbers.items() if lead in book.owed}
        try:
            unknown = [lead for lead in book.owed if lead not in self._numbers][:MOST]
            if unknown:
                rows = await reader.ask("leads", self._phones, unknown)
                self._numbers |= {row["id"]: number(row["phone"] or "") for row in rows}
            self._leads = await self._stored(reader, chats, chats.waiting(born)[:MOST])
        except DatabaseError as error:
            if reader.lost:
                raise
            return error.text
        return ""

    def old(self, now: float) -> str:
        """How old the chats are (`now`: our clock), where that is too old to say that nobody is missing."""
        read_at = self._chats().read_at
        if now - read_at <= self._fresh_for:
            return ""
        return _("the gateway's chats were not read") + (
            _(" for {}").format(span(now - read_at)) if read_at else ""
        )

    async def _remember(self) -> None:
        """Pseudonyms stay the same after a restart: by them people are closed by hand."""
        key = await self._load()
        self._key = key if key is not None and len(key) == KEY else secrets.token_bytes(KEY)
        if self._key != key:
            await self._save(self._key)

    async def _stored(self, reader: Reader, chats: Chats, waiting: list[str]) -> dict[str, Known]:
        """What the database has of those who wait; of two leads with one number, the one with the newest row."""
        if not waiting:
            return {}
        forms = [(key, form) for key in waiting for form in phones(key)]
        since = [moment(chats.open[key].last.at - CLOCKS) for key, _form in forms]
        words = self._mapping.sent, self._mapping.received
        keys, stored = [key for key, _form in forms], [form for _key, form in forms]
        found: dict[str, Known] = {}
        for row in await reader.ask("chats", self._known, keys, stored, since, *words):
            one = Known(row["lead"], row["received"], row["sent"])
            before = found.get(row["number"])
            found[row["number"]] = one if before is None else max(before, one, key=_newest)
        return found

    def told(self, book: Book, born: float) -> Book:
        """The book, corrected."""
        chats = self._chats()
        return (
            with_chats(book, chats, self._numbers, self._leads, self._pseudonym, born) if chats.read_at else book
        )

    def phone(self, name: str) -> str:
        """The number that a pseudonym stands for; empty where it is none of a chat that waits."""
        return next((key for key in self._chats().open if self._pseudonym(key) == name), "")

    def _pseudonym(self, key: str) -> str:
        return PSEUDONYM + hmac.new(self._key, key.encode(), hashlib.sha256).hexdigest()[:16]


def _newest(known: Known) -> float:
    return max(known.received or 0.0, known.sent or 0.0)
