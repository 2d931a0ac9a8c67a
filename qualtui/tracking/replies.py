"""Who waits for a reply: the pure fold of leads and messages, in the order of their time."""

from collections.abc import Callable, Iterable
from enum import IntEnum

import msgspec

from qualtui.tracking.deliverability import Deliverability, GatewayAt

HOUR = 3600.0
DAY = 86_400.0
SETTLED = 20_000  # answered messages kept: a share of so many says enough
REPLIES = 4096  # reply times kept; an hour of a bot that answers one message a second
WROTE = 300.0  # s of which it is kept who wrote ...
WRITERS = 1000  # ... and so many messages at most
HEARD = 500  # unanswered messages kept of one customer: a flood must not cost more
# A send to a gateway that hangs takes 111 to 132 s, and the worker is killed at 120 s.
HUNG_FROM, HUNG_TO = 110.0, 135.0
PATIENCE = 120.0  # s after which a send that no gateway sample speaks of counts as the row says


class RowKind(IntEnum):
    """What a row is. At one instant a lead comes before its messages, a question before its answer."""

    LEAD = 0
    RECEIVED = 1
    SENT = 2


class ReplyRow(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """One row of leads or messages: no name, phone or text. For a lead, `id` and `lead` are the same."""

    at: float
    what: RowKind
    id: str
    lead: str
    session: str = ""


class PendingReply(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A customer who waits for a reply since the first message that no one answered."""

    since: float
    last: float  # the newest thing that the customer did
    session: str = ""  # of the newest message; empty: created, and never a message
    unheard: float | None = None  # a row says sent then, but the gateway was broken
    first: bool = False  # since the lead was created: the answer is the first contact
    unstored: float | None = None  # since then the gateway has a message that no row has; never in a ledger
    refused: bool = False  # WhatsApp refused what was sent last; never in a ledger

    def backlog(self, edge: float) -> bool:
        """Silent since before the edge of the backlog: never a page, and not among those who wait."""
        return self.last < edge

    def open_before(self, born: float) -> bool:
        """Open before qualtui first looked, and silent since."""
        return self.since < born


class ReplyState(msgspec.Struct, frozen=True):
    """The fold so far. `answered` holds the last delivered answer of each customer in the last hour."""

    owed: dict[str, PendingReply] = {}
    answered: dict[str, float] = {}
    replies: tuple[tuple[float, float], ...] = ()  # follow-ups: when, after how many seconds; in the last hour
    last_in: float | None = None
    last_out: float | None = None  # the newest delivered row of the bot
    last_sent: float | None = None  # its newest row, delivered or not: it lives
    firsts: tuple[tuple[float, float], ...] = ()  # likewise for first contacts
    unheard: tuple[float, ...] = ()  # rows that say sent while the gateway was broken; in the last hour
    asked: dict[str, tuple[float, ...]] = {}  # messages without a delivered answer, by lead; in the last day
    settled: tuple[float, ...] = ()  # messages with one: when they came; in the last day
    last_settled: float | None = None  # the newest of these, however old
    sent: tuple[float, ...] = ()  # rows that the bot wrote, delivered or not; in the last two hours
    hung: tuple[
        float, ...
    ] = ()  # those of sends that took as long as one to a gateway that hangs; in the last hour
    claimed: dict[str, float] = {}  # by lead: an answer that the chats don't show yet; never in a ledger
    # By lead: when the customer's newest messages came, as far as its chat was looked into; never in a ledger.
    chatted: dict[str, tuple[float, ...]] = {}
    chats_read: float | None = None  # when the chats, where they are believed, were read last; never in a ledger
    wrote: tuple[tuple[float, str], ...] = ()  # when customers wrote, and which lead; in the last WROTE seconds
    replied: tuple[tuple[float, str], ...] = ()  # of `replies` and `firsts`: when, and which lead


Decide = Callable[[float], Deliverability]


def decider(gateway: GatewayAt, now: float) -> Decide:
    """The gateway's word, LATER only for PATIENCE seconds."""

    def decide(at: float) -> Deliverability:
        word = gateway(at)
        if word is Deliverability.LATER and now - at > PATIENCE:
            return Deliverability.UNKNOWN
        return word

    return decide


def news(book: ReplyState, row: ReplyRow) -> bool:
    """Whether a row that was found apart from the stream, and may have been folded before, is new to the book.

    The book shows it: after a folded answer its customer waits no more, waits since later, or was not reached.
    Such a one is not judged again either, though the gateway's samples of its time are forgotten.
    """
    owed = book.owed.get(row.lead)
    if row.what is RowKind.SENT:
        return owed is not None and _answers(row, owed) and (owed.unheard is None or row.at > owed.unheard)
    return owed is None and row.at > book.answered.get(row.lead, 0.0)


def _answers(sent: ReplyRow, owed: PendingReply) -> bool:
    return sent.at >= owed.since or not owed.session


def _hung(sent: ReplyRow, owed: PendingReply) -> bool:
    """Whether the bot's first row since the customer's newest came as late as that of a send that hangs.

    The one worker stores a message when its turn has come, and its answer before it takes the next one: an earlier
    message is one that was skipped or given up, and its time proves nothing.
    """
    first = owed.unheard is None or owed.unheard < owed.last
    same = sent.session == owed.session or not owed.session
    return first and same and HUNG_FROM <= sent.at - owed.last <= HUNG_TO


def fold(
    book: ReplyState, rows: Iterable[ReplyRow], born: float, decide: Decide, quick: float = 0.0
) -> ReplyState:
    """The book after these rows, which are in order. An answer that is still LATER has no effect yet.

    `quick`: an answer in DOUBT that was stored sooner than this many seconds after the customer's message was
    accepted, because the bot stores a refused one only after its third try.
    """
    page = _Page(book, born, quick)
    for row in rows:
        if row.what is RowKind.SENT:
            page.sent(row, decide(row.at))
        elif row.what is RowKind.RECEIVED:
            page.received(row)
        else:
            page.created(row)
    return page.closed()


def pruned(book: ReplyState, now: float) -> ReplyState:
    """The book without what is older than its figures speak of: an hour, a day for what is unanswered."""
    hour, day = now - HOUR, now - DAY
    changes: dict[str, object] = {}
    if any(at < hour for at in book.answered.values()):
        changes["answered"] = {lead: at for lead, at in book.answered.items() if at >= hour}
    for name in ("replies", "firsts"):
        timed: tuple[tuple[float, float], ...] = getattr(book, name)
        if timed and min(timed)[0] < hour:
            changes[name] = tuple(reply for reply in timed if reply[0] >= hour)
    for name, start in (("unheard", hour), ("sent", hour - HOUR), ("hung", hour), ("settled", day)):
        times: tuple[float, ...] = getattr(book, name)
        if times and min(times) < start:
            changes[name] = tuple(at for at in times if at >= start)
    if any(at < now - WROTE for at, _lead in book.wrote):
        changes["wrote"] = tuple(one for one in book.wrote if one[0] >= now - WROTE)
    if book.replied and min(book.replied)[0] < hour:
        changes["replied"] = tuple(one for one in book.replied if one[0] >= hour)
    if any(times[0] < day for times in book.asked.values()):
        younger = {lead: tuple(at for at in times if at >= day) for lead, times in book.asked.items()}
        changes["asked"] = {lead: times for lead, times in younger.items() if times}
    return msgspec.structs.replace(book, **changes) if changes else book


class _Page:
    """A book being written: plain dicts inside one call of `fold`."""

    def __init__(self, book: ReplyState, born: float, quick: float) -> None:
        self._born = born
        self._quick = quick
        self._owed = dict(book.owed)
        self._answered = dict(book.answered)
        self._replies = list(book.replies)
        self._last_in = book.last_in
        self._last_out = book.last_out
        self._last_sent = book.last_sent
        self._firsts = list(book.firsts)
        self._unheard = list(book.unheard)
        self._asked = dict(book.asked)
        self._settled = list(book.settled)
        self._last_settled = book.last_settled
        self._sent = list(book.sent)
        self._hung = list(book.hung)
        self._wrote = list(book.wrote)
        self._replied = list(book.replied)

    def created(self, row: ReplyRow) -> None:
        if row.lead not in self._owed and row.lead not in self._answered:
            self._owed[row.lead] = PendingReply(row.at, row.at, first=True)

    def received(self, row: ReplyRow) -> None:
        self._last_in = _newer(self._last_in, row.at)
        self._wrote.append((row.at, row.lead))
        self._asked[row.lead] = (*self._asked.get(row.lead, ()), row.at)[-HEARD:]
        owed = self._owed.get(row.lead)
        if owed is None:
            self._owed[row.lead] = PendingReply(row.at, row.at, row.session)
            return
        since = min(owed.since, row.at)
        if since < self._born <= row.at and owed.last < self._born:
            self._owed[row.lead] = PendingReply(
                row.at, row.at, row.session
            )  # open before the start, and writes again
            return
        if row.at < self._born <= owed.since:  # an old row that came late: the wait since the start counts
            since = owed.since
        session = row.session if row.at >= owed.last or not owed.session else owed.session
        self._owed[row.lead] = PendingReply(since, max(owed.last, row.at), session, owed.unheard, owed.first)

    def sent(self, row: ReplyRow, word: Deliverability) -> None:
        self._last_sent = _newer(self._last_sent, row.at)
        self._sent.append(row.at)
        if word is Deliverability.LATER:
            return
        owed = self._owed.get(row.lead)
        if owed is not None and _hung(row, owed):
            self._hung.append(row.at)
        quick = owed is not None and 0 <= row.at - owed.last < self._quick
        if word is Deliverability.BROKEN or (word is Deliverability.DOUBT and not quick):
            if word is Deliverability.BROKEN:  # what is in doubt is no failure that is known
                self._unheard.append(row.at)
            if owed is not None and _answers(row, owed):
                self._owed[row.lead] = msgspec.structs.replace(owed, unheard=_newer(owed.unheard, row.at))
            return
        self._last_out = _newer(self._last_out, row.at)
        self._answered[row.lead] = max(row.at, self._answered.get(row.lead, row.at))
        self._settle(row)
        if owed is None:
            return
        if row.at >= owed.last or not owed.session:
            del self._owed[row.lead]
            # An answer to a customer that was open before the first start says nothing of today's speed.
            if row.at < self._born or not owed.open_before(self._born):
                kind = self._firsts if owed.first else self._replies
                kind.append((row.at, max(0.0, row.at - owed.since)))
                self._replied.append((row.at, row.lead))
        elif row.at >= owed.since:  # a row that came late: what was said after it is still open
            self._owed[row.lead] = PendingReply(owed.last, owed.last, owed.session, owed.unheard)

    def _settle(self, row: ReplyRow) -> None:
        """What the customer wrote up to a delivered answer has one."""
        asked = self._asked.pop(row.lead, ())
        left = tuple(at for at in asked if at > row.at)
        if left:
            self._asked[row.lead] = left
        for at in asked:
            if at <= row.at:
                self._settled.append(at)
                self._last_settled = _newer(self._last_settled, at)

    def closed(self) -> ReplyState:
        return ReplyState(
            owed=self._owed,
            answered=self._answered,
            replies=tuple(self._replies[-REPLIES:]),
            last_in=self._last_in,
            last_out=self._last_out,
            last_sent=self._last_sent,
            firsts=tuple(self._firsts[-REPLIES:]),
            unheard=tuple(self._unheard[-REPLIES:]),
            asked=self._asked,
            settled=tuple(self._settled[-SETTLED:]),
            last_settled=self._last_settled,
            sent=tuple(self._sent[-REPLIES:]),
            hung=tuple(self._hung[-REPLIES:]),
            wrote=tuple(self._wrote[-WRITERS:]),
            replied=tuple(self._replied[-2 * REPLIES :]),
        )


def _newer(known: float | None, at: float) -> float:
    return at if known is None or at > known else known
