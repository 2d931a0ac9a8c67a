"""Brings a ledger up to date from the agent's rows: follows both streams, checks who waits, sees what is late."""

from collections.abc import Awaitable, Callable

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, DatabaseReader
from qualtui.probes.audit import Audit
from qualtui.probes.probe import ProbeError
from qualtui.probes.watermark import CHECKED, WatermarkReader
from qualtui.text.message import Saying, joined
from qualtui.tracking.deliverability import GatewayAt
from qualtui.tracking.ledger import (
    UNASKED,
    Checked,
    Ledger,
    RowPage,
    advance,
    behind,
    current,
    due,
    missed,
    recheck,
)
from qualtui.tracking.replies import ReplyRow

Problems = dict[str, Saying]  # by question: why it has no answer
PAGES = 8  # a cycle of both streams together, once learned
SECURITY_EVERY = 60.0  # s between two looks at row security while rows come


class LedgerReader:
    """Reads what has happened since a ledger's marks. `audit`: rows that were stored under a time long past."""

    def __init__(self, follow: WatermarkReader, mapping: Mapping, gateway: GatewayAt, audit: Audit | None) -> None:
        self._follow = follow
        self._closed = mapping.closed
        self._gateway = gateway
        self._audit = audit
        self._security_at = float("-inf")

    async def read(
        self, reader: DatabaseReader, ledger: Ledger, problems: Problems, in_time: Callable[[], bool]
    ) -> tuple[Ledger, tuple[ReplyRow, ...]]:
        """Return the ledger of now, and the rows of the audit to take when the cycle succeeds.

        What one question alone could not answer is added to `problems`. Raises ProbeError and DatabaseError.
        """
        ledger = await self._followed(reader, ledger, problems, in_time)
        ledger = await self._rechecked(reader, ledger, problems)
        return self._audited(reader, ledger)

    def succeeded(self, late: tuple[ReplyRow, ...]) -> None:
        """Only a cycle that succeeded is over: after one that failed, the next one sees these rows again."""
        if self._audit is not None:
            self._audit.taken(late)

    async def _followed(
        self, reader: DatabaseReader, ledger: Ledger, problems: Problems, in_time: Callable[[], bool]
    ) -> Ledger:
        """Read both streams, always the one that is further behind, leads first."""
        leads: RowPage | None = UNASKED
        messages: RowPage | None = UNASKED
        pages = 0
        while in_time() and (pages < PAGES or not ledger.learned):
            leads_open = leads is not None and (not leads.asked or leads.more)
            messages_open = messages is not None and (not messages.asked or messages.more)
            if leads_open and (not messages_open or ledger.leads.start() <= ledger.messages.start()):
                leads = await _page(self._follow.leads(reader, ledger.leads), reader, problems, "leads")
            elif messages_open:
                page = self._follow.messages(reader, ledger.messages)
                messages = await _page(page, reader, problems, "messages")
            else:
                break
            pages += 1
            ledger = advance(ledger, messages, leads, reader.now, self._gateway)
            leads, messages = _emptied(leads), _emptied(messages)
        return ledger

    async def _rechecked(self, reader: DatabaseReader, ledger: Ledger, problems: Problems) -> Ledger:
        book = current(ledger, reader.now, self._gateway)
        checked = Checked()
        if not behind(ledger) and book.owed:
            asked = due(ledger, book, CHECKED)
            checked, failed = await self._follow.check(reader, book, asked)
            for name, text in failed.items():
                problems.setdefault(name, text)
        if checked.unseen or not ledger.mark or not 0 <= reader.now - self._security_at < SECURITY_EVERY:
            hidden = await self._follow.hidden(reader)
            if {"leads", "messages"} & hidden.keys():
                raise ProbeError(joined([hidden[name] for name in sorted(hidden)]))
            problems.update(hidden)
            if "sessions" in hidden:  # not to be seen is not to be closed
                checked = msgspec.structs.replace(checked, active=None)
            self._security_at = float("-inf") if hidden else reader.now
        ledger = recheck(ledger, book, checked, reader.now, self._closed)
        if checked.sent:
            positions_stay = UNASKED if not behind(ledger) else None
            ledger = advance(ledger, positions_stay, positions_stay, reader.now, self._gateway, checked.sent)
        return ledger

    def _audited(self, reader: DatabaseReader, ledger: Ledger) -> tuple[Ledger, tuple[ReplyRow, ...]]:
        """Return the ledger with the customers that no watermark could see, and the audit's rows."""
        if self._audit is None or not ledger.learned or behind(ledger):
            return ledger, ()
        found = self._audit.found()
        late = missed(ledger, current(ledger, reader.now, self._gateway), found)
        if late:
            ledger = advance(ledger, UNASKED, UNASKED, reader.now, self._gateway, late)
        return ledger, found


async def _page(
    question: Awaitable[RowPage], reader: DatabaseReader, problems: Problems, name: str
) -> RowPage | None:
    try:
        return await question
    except DatabaseError as error:
        if reader.lost:
            raise
        problems[name] = error.text
        return None


def _emptied(page: RowPage | None) -> RowPage | None:
    """The page as it stays for the rest of the cycle: its rows were taken."""
    return None if page is None else RowPage((), page.more, page.asked)
