"""The ledger of customers who wait: what was read, in which order it is folded, and what is still in doubt.

Rows younger than OVERLAP stay in a window and are folded again each time, because a row's time is when its
transaction began, not when it could be seen. Older ones are settled: folded for good, in the order of time.
"""

from collections.abc import Iterable

import msgspec

from qualtui.tracking import clock_steps
from qualtui.tracking.deliverability import Deliverability, GatewayAt
from qualtui.tracking.replies import DAY, Decide, ReplyRow, ReplyState, RowKind, decider, fold, news, pruned

OPEN_FOR = DAY  # s before the first look: who wrote in these and has no answer waits, older ones are backlog
OVERLAP = 60.0  # s: a transaction that takes longer to commit is seen by the re-check alone
VERSION = 3


class LedgerError(Exception):
    """The stored ledger cannot be read; the reader starts again."""


class Position(msgspec.Struct, frozen=True, array_like=True):
    """How far a stream was read. `more`: go on after (at, id); else: begin again OVERLAP before `at`."""

    at: float
    id: str = ""
    more: bool = True

    def start(self) -> tuple[float, str]:
        """From which (time, id) the next page is read, both left out when `more`."""
        return (self.at, self.id) if self.more else (self.at - OVERLAP, "")


class RowPage(msgspec.Struct, frozen=True):
    """What one question gave, in the order of (at, id). `more`: there may be rows beyond the last one.

    Not `asked`: its turn comes later in this cycle, and what it may bring must not be overtaken.
    """

    rows: tuple[ReplyRow, ...] = ()
    more: bool = False
    asked: bool = True


UNASKED = RowPage(asked=False)


class PendingCheck(msgspec.Struct, frozen=True, array_like=True):
    """What the re-check knows of a waiting customer."""

    at: float
    seen_open: bool = False
    active: bool | None = None  # the session of the newest message


class Ledger(msgspec.Struct, frozen=True):
    """Everything that is kept between two cycles, and over a restart. No phone, name or text is in it."""

    born: float  # the server's time when qualtui first looked
    start: float  # where learning began
    leads: Position
    messages: Position
    mark: float = 0.0  # the newest row seen, never beyond the server's clock
    learned: bool = False
    book: ReplyState = ReplyState()
    window: tuple[ReplyRow, ...] = ()  # in order
    checks: dict[str, PendingCheck] = {}
    dropped: dict[str, float] = {}  # leads that are gone or closed, and when that was seen
    quick: float = 0.0  # see fold
    heard: dict[str, float] = {}  # by lead that rows owe: the newest answer in the gateway's chats
    read: float = 0.0  # the server's clock at the end of the last cycle ...
    skew: float | None = None  # ... and how far it was ahead of ours
    steps: tuple[clock_steps.ClockStep, ...] = ()  # the server's clock was set back
    passed: clock_steps.Passed = {}  # what was folded before that
    closed: dict[
        str, tuple[float, float]
    ] = {}  # by lead: until when it was closed by hand, by the clock of then and now
    waited: tuple[tuple[float, float], ...] = ()  # replies in the chats: when, after how many seconds
    backlog_before: float | None = None  # None, in ledgers of older versions: `born`
    decided: float | None = (
        None  # messages that came before this are in the goals' counters; None: none were counted
    )
    version: int = VERSION

    @property
    def edge(self) -> float:
        """Who was silent since before this is backlog; who came later and before `born` was open at the start."""
        return self.born if self.backlog_before is None else self.backlog_before


class Checked(msgspec.Struct, frozen=True):
    """The answers of a re-check by key. None: that question was not answered."""

    asked: tuple[str, ...] = ()
    statuses: dict[str, str] | None = None  # of the leads that are still there
    active: dict[str, bool] | None = None  # by session
    sent: tuple[ReplyRow, ...] = ()  # newest sent row of some of them, however late it was seen
    unseen: bool = False  # a polled lead or session is not there, or not visible


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Ledger)


def begun(
    now: float, horizon: float, born: float | None = None, quick: float = 0.0, backlog_before: float | None = None
) -> Ledger:
    """An empty ledger that learns from `horizon` seconds ago.

    `born`: when qualtui really looked first; None: now, and who wrote in the day before waits.
    `backlog_before`: the edge of the backlog that was marked then, None: `born`, as in logs of older versions.
    """
    start = now - horizon
    first, edge = (now, now - OPEN_FOR) if born is None else (born, backlog_before)
    return Ledger(
        born=first,
        start=start,
        leads=Position(start),
        messages=Position(start),
        quick=quick,
        backlog_before=edge,
    )


def packed(ledger: Ledger) -> bytes:
    """The ledger as a blob for our own store."""
    return _encoder.encode(ledger)


def unpacked(blob: bytes) -> Ledger:
    """The ledger in a blob. Raises LedgerError."""
    try:
        ledger = _decoder.decode(blob)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise LedgerError(type(error).__name__) from None
    if ledger.version != VERSION:
        raise LedgerError(f"version {ledger.version}")
    return ledger


def advance(
    ledger: Ledger,
    messages: RowPage | None,
    leads: RowPage | None,
    now: float,
    gateway: GatewayAt,
    late: Iterable[ReplyRow] = (),
) -> Ledger:
    """The ledger after two pages. None: the stream could not be read, and holds nothing up.

    `late` are rows found by the re-check and the audit, however often. Reading a row twice changes nothing.
    """
    known = {(row.what is RowKind.LEAD, row.id) for row in ledger.window}
    given = [
        row
        for page, position in ((leads, ledger.leads), (messages, ledger.messages))
        for row in (page.rows if page is not None else ())
        # RowKind lies before the position was settled: a page that is given twice must not be folded twice.
        if row.at >= position.start()[0] and (row.what is RowKind.LEAD, row.id) not in known
    ]
    window = ledger.window
    passed = ledger.passed
    fresh = given
    if ledger.steps:
        window, fresh, passed = _of_this_clock(ledger, given, now)
    mark = min(now, max((row.at for row in fresh), default=ledger.mark))
    mark = max(ledger.mark, mark)
    lead_position = _moved(ledger.leads, leads, mark, now)
    message_position = _moved(ledger.messages, messages, mark, now)
    edge = mark - OVERLAP - 1.0  # one second more than is read again: a settled row never comes back
    for position, page in ((lead_position, leads), (message_position, messages)):
        if page is not None and (position.more or not page.asked):
            edge = min(edge, position.start()[0])
    unique = {(row.what is RowKind.LEAD, row.id): row for row in fresh}
    rows = sorted((*window, *unique.values())) if unique else window
    decide = decider(gateway, now)
    edge = min(edge, _first_undecided(rows, decide))
    settled = [row for row in rows if row.at < edge]
    book = ledger.book
    if settled:
        book = fold(book, _kept(settled, ledger.dropped), ledger.born, decide, ledger.quick)
    found = [
        row for row in sorted(_found(ledger, late)) if row.at < edge and decide(row.at) is not Deliverability.LATER
    ]
    if found := [row for row in _kept(found, ledger.dropped) if news(book, row)]:
        book = fold(book, found, ledger.born, decide, ledger.quick)
    ready = not (lead_position.more or message_position.more) and None not in (leads, messages)
    return msgspec.structs.replace(
        ledger,
        leads=lead_position,
        messages=message_position,
        mark=mark,
        learned=ledger.learned or ready,
        book=pruned(book, now),
        window=tuple(row for row in rows if row.at >= edge) if rows else (),
        dropped={lead: at for lead, at in ledger.dropped.items() if at >= edge},
        passed=passed,
    )


def _of_this_clock(
    ledger: Ledger, rows: list[ReplyRow], now: float
) -> tuple[tuple[ReplyRow, ...], list[ReplyRow], clock_steps.Passed]:
    """The window and these rows without what was folded before the clock was set back, and what that is.

    A lead whose messages were folded then was created before them.
    """
    pairs = [(row, clock_steps.followed(row, ledger.steps[-1], ledger.passed, now)) for row in rows]
    changed = {clock_steps.key(row): row.at for row, by_now in pairs if by_now is not row}
    talked = {row.lead for row, by_now in pairs if by_now is None and row.what is not RowKind.LEAD}

    def stays(row: ReplyRow) -> bool:
        return row.what is not RowKind.LEAD or row.lead not in talked or clock_steps.key(row) in ledger.passed

    window = ledger.window if all(map(stays, ledger.window)) else tuple(filter(stays, ledger.window))
    fresh = [by_now for _row, by_now in pairs if by_now is not None and stays(by_now)]
    passed = {**ledger.passed, **changed} if changed.keys() - ledger.passed.keys() else ledger.passed
    return window, fresh, passed


def _found(ledger: Ledger, rows: Iterable[ReplyRow]) -> Iterable[ReplyRow]:
    """Rows that were found apart from the streams, by today's clock."""
    by_now = (clock_steps.found(row, ledger.steps, ledger.passed) for row in rows)
    return (row for row in by_now if row is not None)


def _moved(position: Position, page: RowPage | None, mark: float, now: float) -> Position:
    if page is None or not page.asked:
        return position
    if not page.more:
        # There may be a page of rows from the future: they must not push it.
        return Position(max(mark, min(position.at, now)) if mark else position.at, "", more=False)
    if not page.rows:
        return position
    return Position(page.rows[-1].at, page.rows[-1].id, more=True)


def _first_undecided(rows: Iterable[ReplyRow], decide: Decide) -> float:
    for row in rows:
        if row.what is RowKind.SENT and decide(row.at) is Deliverability.LATER:
            return row.at
    return float("inf")


def _kept(rows: Iterable[ReplyRow], dropped: dict[str, float]) -> Iterable[ReplyRow]:
    return (row for row in rows if row.at > dropped.get(row.lead, float("-inf")))


def current(ledger: Ledger, now: float, gateway: GatewayAt) -> ReplyState:
    """The book as it stands: what is settled, and the window on top of it."""
    rows = _kept(ledger.window, ledger.dropped)
    return pruned(fold(ledger.book, rows, ledger.born, decider(gateway, now), ledger.quick), now)


def due(ledger: Ledger, book: ReplyState, count: int) -> tuple[str, ...]:
    """The waiting customers to check again now: those never checked, then those checked longest ago."""

    def checked(lead: str) -> float:
        check = ledger.checks.get(lead)
        return check.at if check is not None else 0.0

    return tuple(sorted(book.owed, key=lambda lead: (checked(lead), lead))[:count])


def recheck(ledger: Ledger, book: ReplyState, checked: Checked, now: float, closed: str) -> Ledger:
    """The ledger after a re-check: who is gone is dropped, and who was closed while we looked on.

    A lead that was closed before it wrote still waits: closing says nothing of a later message.
    """
    checks = {lead: check for lead, check in ledger.checks.items() if lead in book.owed}
    gone: set[str] = set()
    for lead in checked.asked:
        owed = book.owed.get(lead)
        if owed is None:
            continue
        before = checks.get(lead, PendingCheck(now))
        is_open = before.seen_open
        if checked.statuses is not None:
            status = checked.statuses.get(lead)
            if status is None or (status == closed and before.seen_open):
                gone.add(lead)
                checks.pop(lead, None)
                continue
            is_open = is_open or status != closed
        active = before.active if checked.active is None else checked.active.get(owed.session, False)
        checks[lead] = PendingCheck(now, is_open, active)
    book_left = ledger.book
    if gone:
        left = {lead: owed for lead, owed in ledger.book.owed.items() if lead not in gone}
        asked = {lead: times for lead, times in ledger.book.asked.items() if lead not in gone}
        book_left = msgspec.structs.replace(ledger.book, owed=left, asked=asked)
    dropped = {**ledger.dropped, **dict.fromkeys(gone, now)} if gone else ledger.dropped
    return msgspec.structs.replace(ledger, checks=checks, book=book_left, dropped=dropped)


def missed(ledger: Ledger, book: ReplyState, rows: Iterable[ReplyRow]) -> tuple[ReplyRow, ...]:
    """Return the messages without an answer whose customers do not wait in the book, as found.

    The backlog is not among them, nor what a person closed or the bot answered since.
    """
    return tuple(
        row
        for row in rows
        if (by_now := clock_steps.found(row, ledger.steps, ledger.passed)) is not None
        and by_now.at >= ledger.edge
        and by_now.at > ledger.dropped.get(row.lead, 0.0)
        and news(book, by_now)
    )


def progress(ledger: Ledger, now: float) -> float:
    """How far the reading has come from its start to now, 0..1."""
    reached = min(p.at if p.more else now for p in (ledger.leads, ledger.messages))
    return min(1.0, max(0.0, (reached - ledger.start) / max(1.0, now - ledger.start)))


def behind(ledger: Ledger) -> bool:
    """There are rows that were not read yet: the book is not of now."""
    return ledger.leads.more or ledger.messages.more
