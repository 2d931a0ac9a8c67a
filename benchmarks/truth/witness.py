"""The gateway's chats as the probe reads them, and rows and chats brought together as the fast lane does."""

import msgspec

from benchmarks.truth.faults import DAY
from benchmarks.truth.world import World
from qualtui.probes.chats import LOOKS
from qualtui.signals.book import Book, Row, What
from qualtui.signals.chats import (
    CLOCKS,
    SETTLE,
    Chats,
    Known,
    Said,
    heard_until,
    looked,
    taken,
    with_chats,
    with_heard,
)
from qualtui.signals.identity import number, phones
from qualtui.signals.ledger import Ledger

EPOCH = 1_790_000_000.0 - 1_790_000_000.0 % DAY  # the week's start, some midnight


class Witness:
    """What is known of a world's chats, and of the rows of whoever they are of."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chats = Chats()
        self._newest: dict[str, Known] = {}  # by number, of the rows that were read
        self._numbers: dict[str, str] = {}  # by lead
        self._unfound: set[str] = set()  # numbers that are stored in a form that the question does not find

    def read(self, now: float) -> None:
        """The last messages, and a few chats looked into."""
        page = [(one.chat, _seen(one.said[-1])) for one in self._world.chats()]
        chats = taken(self._chats, page, now)
        due = [
            key
            for key in chats.waiting(EPOCH)
            if not chats.open[key].looked and now - (chats.open[key].since or now) > SETTLE
        ]
        by = {number(one.chat): one for one in self._world.customers.values()} if due else {}
        found = {}
        for key in due[:LOOKS]:
            chat = chats.open[key]
            seen = looked(chat, map(_seen, by[key].said))
            settled = now - chat.last.at > SETTLE
            found[key] = msgspec.structs.replace(seen, looked=seen.looked and settled)
        self._chats = chats.having(found, now)

    def take_in(self, row: Row) -> None:
        """A row was read."""
        key = self._numbers.get(row.lead)
        if key is None:
            mine = self._world.customers[row.lead.removeprefix("old-")]
            key = self._numbers[row.lead] = number(mine.phone)
            if row.lead == mine.lead and mine.phone not in phones(key):
                self._unfound.add(key)
        known = self._newest.get(key, Known(row.lead))
        known = known if known.lead == row.lead else Known(row.lead)  # of two leads the one with the newest row
        if row.what is What.RECEIVED:
            known = Known(row.lead, row.at, known.sent)
        elif row.what is What.SENT:
            known = Known(row.lead, known.received, row.at)
        self._newest[key] = known

    def matched(self, ledger: Ledger, book: Book) -> tuple[Ledger, Book]:
        """The rows, corrected by the chats."""
        leads: dict[str, Known | None] = {}
        for key in self._chats.waiting(ledger.born):
            chat, known = self._chats.open[key], self._newest.get(key)
            since = chat.began - CLOCKS
            leads[key] = None
            if known is not None and key not in self._unfound:
                received = known.received if (known.received or 0.0) >= since else None
                sent = known.sent if (known.sent or 0.0) >= since else None
                leads[key] = Known(known.lead, received, sent)
        heard = {lead: at for lead, at in ledger.heard.items() if lead in book.owed}
        heard |= heard_until(book, self._chats, self._numbers)
        merged = with_chats(
            with_heard(book, heard), self._chats, self._numbers, leads, "chat-{}".format, ledger.born
        )
        return msgspec.structs.replace(ledger, heard=heard), merged


def _seen(said: Said) -> Said:
    return msgspec.structs.replace(said, at=EPOCH + said.at)
