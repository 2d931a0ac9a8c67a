"""Which customer is whose chat: the fast lane's questions that bring the gateway's chats and the rows together."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from qualtui.config.values import Mapping as Names
from qualtui.database import DatabaseError, DatabaseReader, moment, sql
from qualtui.text.message import Saying, message
from qualtui.tracking.chat_corrections import Known, heard_until, with_chats
from qualtui.tracking.delivery import with_claims
from qualtui.tracking.gateway_chats import CLOCKS, PSEUDONYM, Chats
from qualtui.tracking.gateway_witness import RowsToday, burst, clock_doubt
from qualtui.tracking.identity import COUNTRY, HIDDEN, address, chat_key, stored_forms
from qualtui.tracking.replies import ReplyState
from qualtui.tracking.reply_times import Waited, waited

MOST = 100  # chats that wait, and leads with a pending reply, looked up in a cycle
KEY = 16  # bytes
_UNLEARNED = message("it is not known yet whether the gateway reports deliveries: its chats are being checked")
LATELY = 600.0  # s: whoever was answered since is looked for in the chats

Load = Callable[[], Awaitable[bytes | None]]
Save = Callable[[bytes], Awaitable[None]]


class ChatMatching:
    """Corrects a book by the gateway's chats.

    Phones live in its memory alone, and only of who waits for a reply, or did within an hour.

    `chats`: as they were read last, believed for `fresh_for` seconds; `refresh` reads what is new, or says why it
    can't. `load` and `save` keep the key, in our own store, that makes pseudonyms of numbers that are no lead's;
    neither raises.
    """

    def __init__(
        self,
        mapping: Names,
        chats: Callable[[], Chats],
        refresh: Callable[[], Awaitable[Saying]],
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
        self._trusted = Chats()  # as they were when they were believed last
        self.rows = RowsToday()  # what the rows show of the same customers
        self._numbers: dict[str, str] = {}  # by lead that waits or waited
        self._leads: dict[str, Known | None] = {}  # by number of those chats that wait; None: no lead's
        self._over: dict[
            str, float
        ] = {}  # by number: until when a person ended it, by closing its lead or deleting it

    async def look(self, reader: DatabaseReader, book: ReplyState, edge: float, skew: float) -> Saying:
        """Asks for what is not known yet. Why that failed, or chats and rows can't be compared; else empty.

        `edge`: chats older than that are no one's; `skew`: seconds that the database's clock is ahead of ours.
        Raises DatabaseError: no connection.
        """
        self.rows = RowsToday(skew, None if book.last_in is None else book.last_in - skew, burst(book.sent))
        if not self._chats().read_at and not self._chats().doubt:
            return ""
        trouble, chats = self.apart(skew), self._trusted
        if not chats.read_at:
            return trouble
        if not self._key:
            await self._remember()
        lately = book.owed.keys() | book.answered.keys()
        self._numbers = {lead: one for lead, one in self._numbers.items() if lead in lately}
        try:
            just = (lead for lead, at in book.answered.items() if at > reader.now - LATELY)
            unknown = [lead for lead in (*book.owed, *just) if lead not in self._numbers][:MOST]
            if unknown:
                rows = await reader.ask("leads", self._phones, unknown)
                found = {row["id"]: _named(row["phone"] or "", chats.lids) for row in rows}
                self._numbers |= {lead: found.get(lead, "") for lead in unknown}
            await self._ask(reader, chats, chats.waiting(edge))
        except DatabaseError as error:
            if reader.lost:
                raise
            return trouble or error.text
        return trouble

    def apart(self, skew: float) -> Saying:
        """Why the chats are no witness beside the rows; empty where they are. `skew`: as for `look`.

        What they showed before they were doubted stays, as where they can't be read: a doubt is no recovery. Where
        times are wrong, that is what they showed when these were proved last.
        """
        chats = self._chats()
        doubt = chats.doubt or clock_doubt(chats, skew)
        if not doubt:
            self._trusted = chats
        elif chats.untimed and self._trusted.read_at != chats.timed:  # else they may be in the middle of a read
            self._trusted = chats if chats.read_at == chats.timed else Chats()
        return doubt

    def sure(self, heard: Mapping[str, float], skew: float) -> dict[str, float]:
        """Of the answers that were heard before, by lead, those that are known still.

        Where the gateway's times are wrong, what was heard since they were proved last is not.
        """
        chats = self._chats()
        return {lead: at for lead, at in heard.items() if not chats.untimed or at <= chats.timed + skew}

    def old(self, now: float) -> Saying:
        """Return why the chats may not list every customer (`now`: our clock); empty if they do."""
        chats = self._trusted
        if now - chats.read_at <= self._fresh_for:
            return _UNLEARNED if chats.unlearned else ""
        if not chats.read_at:
            return message("the gateway's chats were not read")
        return message("the gateway's chats were not read for {age:span}", age=now - chats.read_at)

    async def _remember(self) -> None:
        """Pseudonyms stay the same after a restart: by them people are closed by hand."""
        key = await self._load()
        self._key = key if key is not None and len(key) == KEY else secrets.token_bytes(KEY)
        if self._key != key:
            await self._save(self._key)

    async def _ask(self, reader: DatabaseReader, chats: Chats, waiting: list[str]) -> None:
        """Asks about those who were never asked about, the longest wait first, then who was asked longest ago."""
        wait = set(waiting)
        before = {key: one for key, one in self._leads.items() if key in wait}
        turn = [*(key for key in waiting if key not in before), *before][:MOST]
        found = await self._stored(reader, chats, turn) if turn else {}
        # Who was asked about goes to the end: a dict keeps the order.
        left = {key: one for key, one in before.items() if key not in found}
        over = {key: chats.open[key].last.at for key in found if _ended(before.get(key), found[key])}
        self._over = {key: at for key, at in self._over.items() if key in chats.open} | over
        self._leads = left | found

    async def _stored(self, reader: DatabaseReader, chats: Chats, waiting: list[str]) -> dict[str, Known | None]:
        """What the database has of those who wait; of two leads with one number, the one with the newest row."""
        hidden: dict[str, list[str]] = {}
        for lid, key in chats.lids.items():
            hidden.setdefault(key, []).append(lid)
        forms = [(key, form) for key in waiting for form in stored_forms(key, hidden.get(key, ()))]
        since = [moment(chats.open[key].began - CLOCKS) for key, _form in forms]
        words = self._mapping.sent, self._mapping.received
        keys, stored = [key for key, _form in forms], [form for _key, form in forms]
        found: dict[str, Known | None] = dict.fromkeys(waiting)
        for row in await reader.ask("chats", self._known, keys, stored, since, *words):
            one = Known(row["lead"], row["received"], row["sent"], row["status"] == self._mapping.closed)
            before = found[row["number"]]
            found[row["number"]] = one if before is None else max(before, one, key=_newest)
        return found

    def told(
        self, book: ReplyState, born: float, now: float, skew: float, edge: float | None = None
    ) -> ReplyState:
        """The book, corrected. `now`: our clock; `skew`: seconds that the database's is ahead of it.

        `born` and `edge`: as for `with_chats`.
        """
        chats = self._by(skew)
        if not chats.read_at:
            return book
        leads = {
            key: one
            for key, one in self._leads.items()
            if (chat := chats.open.get(key)) is not None and chat.last.at > self._over.get(key, 0.0)
        }
        fresh = now - chats.read_at <= self._fresh_for
        corrected = with_chats(book, chats, self._numbers, leads, self._pseudonym, born, fresh=fresh, edge=edge)
        return with_claims(corrected, chats, self._numbers, born)

    def address(self, lead: str, phone: str, last: float, *, wrote: bool) -> tuple[str, Saying]:
        """As the function of that name, for a lead that waits.

        `last`: when he did the last thing, by our clock. Chats that were read before it can't show that there is
        none of his: a session that is not working refuses to list them.
        """
        chats = self._chats()
        chat = chats.get(self._numbers.get(lead) or _named(phone, chats.lids))
        none = "" if chats.read_at > last else None
        return address(phone, none if chat is None else chat.id, chats.lids, wrote=wrote)

    def heard(self, book: ReplyState, skew: float) -> dict[str, float]:
        """By waiting lead the newest answer that was heard."""
        return heard_until(book, self._by(skew), self._numbers)

    def waited(self, book: ReplyState) -> Waited:
        """Return the book's replies whose chat shows how long they took."""
        return waited(book, self._trusted, self._numbers)

    def phones(self, names: Iterable[str]) -> dict[str, str]:
        """The numbers that these pseudonyms stand for, where they are of chats that wait."""
        wanted = set(names)
        told = {self._pseudonym(key): key for key in self._chats().open} if wanted else {}
        return {name: told[name] for name in wanted & told.keys()}

    def _by(self, skew: float) -> Chats:
        """The chats, read at a time of the database's clock."""
        chats = self._trusted
        return msgspec.structs.replace(chats, read_at=chats.read_at + skew) if chats.read_at else chats

    def _pseudonym(self, key: str) -> str:
        return PSEUDONYM + hmac.new(self._key, key.encode(), hashlib.sha256).hexdigest()[:16]


def _named(phone: str, lids: Mapping[str, str]) -> str:
    """The number of a lead; one that the bot made of a hidden id is that of the person behind it."""
    key = chat_key(phone)
    hidden = (f"{key}{HIDDEN}", f"{key.removeprefix(COUNTRY)}{HIDDEN}")
    return next((lids[lid] for lid in hidden if lid in lids), lids.get(key, key))


def _newest(known: Known) -> float:
    return max(known.received or 0.0, known.sent or 0.0)


def _ended(before: Known | None, now: Known | None) -> bool:
    """Whether a person closed or deleted the lead while its chat waited."""
    return before is not None and not before.closed and (now is None or now.closed)
