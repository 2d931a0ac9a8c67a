"""The fast lane: who is owed an answer. Follows messages and leads by watermark; the judgement is the ledger's."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection

import msgspec

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, DatabaseReader
from qualtui.eventlog.customers import BacklogMarked
from qualtui.model import Sample
from qualtui.probes.audit import Audit
from qualtui.probes.beside import OccasionalPolls
from qualtui.probes.chat_matching import ChatMatching
from qualtui.probes.fast_lane import fast_lane_series, silenced
from qualtui.probes.probe import ProbeError
from qualtui.probes.watermark import CHECKED, WatermarkReader
from qualtui.text import mask_phone
from qualtui.text.message import Saying, Text, joined, message
from qualtui.tracking.answered_share import Told, decided
from qualtui.tracking.chat_corrections import with_heard
from qualtui.tracking.clock_steps import STRIDE, Read
from qualtui.tracking.clock_sync import closings, set_back, set_forward
from qualtui.tracking.deliverability import GatewayAt, no_gateway
from qualtui.tracking.figures import Limits, backlog, reply_figures, who_waits
from qualtui.tracking.flood import flood_window, flooder
from qualtui.tracking.gateway_chats import PSEUDONYM
from qualtui.tracking.identity import address
from qualtui.tracking.ledger import (
    UNASKED,
    Checked,
    Ledger,
    LedgerError,
    RowPage,
    advance,
    begun,
    behind,
    current,
    due,
    missed,
    packed,
    progress,
    recheck,
    unpacked,
)
from qualtui.tracking.manual_closes import Closed, without_closed
from qualtui.tracking.minute_counts import Counts
from qualtui.tracking.replies import PendingReply, ReplyRow, ReplyState, decider
from qualtui.tracking.reply_times import kept as kept_times
from qualtui.tracking.reply_times import with_reply_times
from qualtui.tracking.timeline import stages
from qualtui.tracking.wait_cause import cause_of, cause_text
from qualtui.wire import CustomerMessage, CustomerView

Load = Callable[[], Awaitable[bytes | None]]
Save = Callable[[bytes], Awaitable[None]]
Learned = Callable[[BacklogMarked], None]

EVERYBODY = 20_000  # waiting customers: a limit for memory; a list for people ends earlier and says so
PAGES = 8  # a cycle of both streams together, once learned
SMALL = 64 * 1024  # bytes of a ledger that is saved with every change; a bigger one ...
SAVE_EVERY = 30.0  # ... when its newest row is so many seconds further
LOOK_BY = 0.6  # of the timeout: the share by which the questions about chats are asked, or left out
Problems = dict[str, Saying]  # by question: why it has no answer
SECURITY_EVERY = 60.0  # s between two looks at row security while rows come


class CustomersProbe:
    """customers.*, reply.*, sessions.bot_owes, and what failures.* the messages tell.

    `load` and `save` keep the ledger's blob in our own store and must not raise; `learned` is called once,
    when the first backfill ends. `born`: when qualtui looked first, and `backlog_before`: the
    edge of the backlog, if an earlier log tells. `by_hand`: whom
    a person answered, and is owed nothing for what came until then; `owed` is given all who are owed something
    without that, whenever it is surely known. `match` corrects the rows by the gateway's
    chats; without one the rows alone count. `audit`: tells of rows stored under a time long past.
    `speed`: a demo's time is faster.
    """

    def __init__(
        self,
        agent: str,
        database: Database,
        settings: DatabaseSettings,
        mapping: Mapping,
        *,
        gateway: GatewayAt,
        load: Load,
        save: Save,
        learned: Learned,
        born: float | None = None,
        backlog_before: float | None = None,
        by_hand: Callable[[], Closed] = dict,
        owed: Callable[[Collection[str]], None] = lambda _leads: None,
        match: ChatMatching | None = None,
        audit: Audit | None = None,
        speed: float = 1.0,
    ) -> None:
        self.name = f"{agent}/customers"
        self._told = fast_lane_series(gateway=gateway is not no_gateway, chats=match is not None)
        self.series = tuple(f"{agent}/{name}" for name in self._told)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self.learning: float | None = 0.0  # 0..1 while the first backfill runs, then None
        self._agent = agent
        self._database = database
        self._settings = settings
        self._limits = Limits(
            grace=float(settings.grace),
            lost_after=float(settings.lost_after),
            error_window=float(settings.error_window),
            reply_within=float(settings.reply_within),
            flood_window=flood_window(speed),
        )
        self._closed = mapping.closed
        self._follow = WatermarkReader(mapping)
        self._beside = OccasionalPolls(mapping, self._follow)
        self._match = match
        self._audit = audit
        self._gateway = self._by_our_clock(gateway)
        self._skew = 0.0  # s, the server's clock minus ours
        self._clocks: Read | None = None  # of the last cycle that succeeded
        self._load, self._save, self._learned = load, save, learned
        self._born, self._backlog_before = born, backlog_before
        self._by_hand = by_hand
        self._owed = owed
        self._ledger: Ledger | None = None
        self._saved: Ledger | None = None
        self._chat_ids: dict[str, str] = {}  # by lead of those who were asked for last: personal, never stored
        self._size = 0  # bytes of the blob that was saved last
        self._security_at = float("-inf")
        self._seen: tuple[ReplyState, float, float] | None = None  # of the newest whole look: book, born, its time
        self._counted = False  # messages were counted since the ledger was saved

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """One cycle. Raises ProbeError; what one question alone could not tell is None with its note."""
        clock = asyncio.get_running_loop().time
        started = clock()
        problems: Problems = {}
        late: tuple[ReplyRow, ...] = ()
        try:
            async with self._database.read(self.timeout) as reader:
                self._skew = reader.now - (now + reader.read_at - started)
                clocks = Read(reader.now, reader.read_at, now)
                known = ledger = await self._begun(reader.now)
                horizon = float(self._settings.horizon)
                ledger = set_back(ledger, reader.now, self._skew, horizon, self._by_hand())
                if (by := clocks.stride(self._clocks)) > STRIDE:
                    ledger = set_forward(ledger, by, self._by_hand())
                until = started + self.timeout / 2
                ledger = await self._read(reader, ledger, problems, lambda: clock() < until)
                ledger = await self._rechecked(reader, ledger, problems)
                ledger, late = self._audited(reader, ledger)
                server_now = reader.now
                in_time = clock() < started + LOOK_BY * self.timeout
                ledger, book = await self._matched(reader, ledger, problems, look=in_time)
                ledger = msgspec.structs.replace(ledger, read=server_now, skew=self._skew)
                wait = who_waits(ledger, book, server_now, self._limits.grace)
                beside = await self._beside.look(
                    reader, wait, flooder(book, server_now, self._limits.flood_window)
                )
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        # Only a cycle that succeeded is over: after one that failed, the next one sees all this again.
        self._clocks = clocks
        if self._audit is not None:
            self._audit.taken(late)
        ledger = self._with_decided(ledger, known)
        await self._keep(ledger)
        figures = reply_figures(ledger, book, server_now, self._limits) | beside
        self._seen = None if behind(ledger) or problems else (book, ledger.born, server_now)
        return self._samples(ledger, figures, problems, server_now, now + clock() - started)

    async def who(
        self, limit: int = EVERYBODY, *, certain: bool = False, old: bool = False
    ) -> tuple[CustomerView, ...]:
        """The waiting customers, oldest first, phones masked, by chats read just now. Raises ProbeError.

        `old`: the backlog instead. `certain`: for one who writes to them, not before it is known whom a person
        answered by phone.
        """
        problem = "" if self._match is None else await self._match.refresh()
        if problem and certain:
            raise ProbeError(_unsure(problem))
        try:
            async with self._database.read(self.timeout) as reader:
                ledger = await self._begun(reader.now)
                problems: Problems = {}
                _ledger, book = await self._matched(reader, ledger, problems)
                if certain and "chats" in problems:
                    raise ProbeError(_unsure(problems["chats"]))
                # A step of the server's clock is the next cycle's to follow.
                steady = self._clocks.steady(reader.now, reader.read_at) if self._clocks else reader.now
                grace = float(self._settings.grace)
                wait = backlog(ledger, book) if old else who_waits(ledger, book, steady, grace)
                oldest = sorted(wait, key=lambda lead: wait[lead].since)[:limit]
                phones = await self._phones(reader, oldest)
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        addresses = {lead: self._address(lead, phones.get(lead, ""), wait[lead]) for lead in oldest}
        self._chat_ids = {lead: chat for lead, (chat, _why) in addresses.items() if chat}
        skew = self._skew if ledger.skew is None else ledger.skew
        return tuple(
            CustomerView(
                lead,
                mask_phone(phones.get(lead, "")),
                wait[lead].since - skew,
                cause_text(cause_of(wait[lead])),
                wait[lead].unheard,
                wait[lead].last,
                addresses[lead][1],
                cause_of(wait[lead]).value,
                wait[lead].open_before(ledger.born),
            )
            for lead in oldest
        )

    async def messages(self, lead: str) -> tuple[CustomerMessage, ...]:
        """The newest messages of a customer without their text, the newest first. Raises ProbeError."""
        try:
            async with self._database.read(self.timeout) as reader:
                ledger = await self._begun(reader.now)
                ledger, book = await self._matched(reader, ledger, {}, look=False)
                rows = () if lead.startswith(PSEUDONYM) else await self._follow.timeline(reader, lead)
                decide = decider(self._gateway, reader.now)
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        skew = self._skew if ledger.skew is None else ledger.skew
        found = stages(rows, book.owed.get(lead), ledger.heard.get(lead), decide)
        return tuple(CustomerMessage(at - skew, sent, stage.value) for at, sent, stage in found)

    def decided(self) -> Counts | None:
        """Return the messages whose time for a reply is over since the last call, each once; None: not known.

        The first call of all only begins to count; the first one after a restart goes on where the last one ended.
        """
        if self._seen is None or self._ledger is None:
            return None
        book, born, now = self._seen
        until = now - self._limits.reply_within
        since = self._ledger.decided
        self._ledger = msgspec.structs.replace(self._ledger, decided=until)
        # A clock that was set back: those of the time that comes again were counted.
        counts = None if since is None else decided(book, born, min(since, until), until)
        self._counted |= counts is None or counts.total > 0
        return counts

    def _with_decided(self, ledger: Ledger, known: Ledger) -> Ledger:
        """The ledger of a cycle that began with `known`; meanwhile messages may have been counted."""
        new = None if self._ledger is None else self._ledger.decided
        if new is None or new == known.decided:
            return ledger
        step = ledger.decided - known.decided if ledger.decided is not None and known.decided is not None else 0.0
        return msgspec.structs.replace(ledger, decided=new + step)

    def chat_id(self, lead: str) -> str:
        """The chat of one of those whom `who` gave last; empty where it is in doubt."""
        return self._chat_ids.get(lead, "")

    def _address(self, lead: str, phone: str, owed: PendingReply) -> tuple[str, Saying]:
        wrote = bool(owed.session) or owed.unstored is not None
        if self._match is None:
            return address(phone, None, {}, wrote=wrote)
        return self._match.address(lead, phone, wrote=wrote)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._database.close()

    def _by_our_clock(self, gateway: GatewayAt) -> GatewayAt:
        """Rows carry the server's time, the gateway's samples ours."""
        return lambda at: gateway(at - self._skew)

    async def _begun(self, now: float) -> Ledger:
        if self._ledger is not None:
            return self._ledger
        blob = await self._load()
        if blob is not None:
            with contextlib.suppress(LedgerError):  # unreadable: learn anew; `born` keeps the backlog's edge
                self._ledger = self._saved = unpacked(blob)
        quick = float(self._settings.refused_takes)
        if self._ledger is None:
            self._ledger = begun(now, float(self._settings.horizon), self._born, quick, self._backlog_before)
        elif self._ledger.quick != quick:
            self._ledger = msgspec.structs.replace(self._ledger, quick=quick)
        self.learning = None if self._ledger.learned else progress(self._ledger, now)
        return self._ledger

    async def _read(
        self, reader: DatabaseReader, ledger: Ledger, problems: Problems, in_time: Callable[[], bool]
    ) -> Ledger:
        """Reads both streams, always the one that is further behind, leads first."""
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
        """The ledger, with those whom no watermark could see, and the rows of the audit that it looked at."""
        if self._audit is None or not ledger.learned or behind(ledger):
            return ledger, ()
        found = self._audit.found()
        late = missed(ledger, current(ledger, reader.now, self._gateway), found)
        if late:
            ledger = advance(ledger, UNASKED, UNASKED, reader.now, self._gateway, late)
        return ledger, found

    async def _matched(
        self, reader: DatabaseReader, ledger: Ledger, problems: Problems, *, look: bool = True
    ) -> tuple[Ledger, ReplyState]:
        """Who is owed an answer by the rows, the gateway's chats, and what people closed by hand.

        Not `look`: what was asked about the chats in an earlier cycle must do, where there is no time for more.
        """
        book = current(ledger, reader.now, self._gateway)
        if self._match is not None and ledger.learned and not behind(ledger):
            ours = reader.now - self._skew
            problem = (
                await self._match.look(reader, book, ledger.edge, self._skew)
                if look
                else self._match.apart(self._skew)
            )
            # Chats are forgotten, at a restart or after a week: what they told of an answer is kept.
            kept = self._match.sure(ledger.heard, self._skew)
            heard = {lead: at for lead, at in kept.items() if lead in book.owed}
            newer = self._match.heard(book, self._skew)
            heard |= {lead: max(at, heard.get(lead, at)) for lead, at in newer.items()}
            found = self._match.waited(book)
            ledger = msgspec.structs.replace(
                ledger, heard=heard, waited=kept_times(ledger.waited, found, reader.now)
            )
            book = with_reply_times(with_heard(book, heard), ledger.waited)
            book = self._match.told(book, ledger.born, ours, self._skew, ledger.edge)
            if problem := problem or self._match.old(ours):
                problems["chats"] = problem
        if ledger.learned and not behind(ledger) and not problems:
            self._owed(book.owed.keys())
        return ledger, without_closed(book, closings(ledger, self._by_hand()))

    async def _phones(self, reader: DatabaseReader, leads: list[str]) -> dict[str, str]:
        """Phones by lead; of a chat that is no lead's, its number."""
        stored = [lead for lead in leads if not lead.startswith(PSEUDONYM)]
        found = await self._follow.phones(reader, stored) if stored else {}
        if self._match is not None:
            found |= self._match.phones(lead for lead in leads if lead.startswith(PSEUDONYM))
        return found

    async def _keep(self, ledger: Ledger) -> None:
        before, self._ledger = self._ledger, ledger
        if ledger.learned and not (before is not None and before.learned):
            book = current(ledger, ledger.mark, self._gateway)
            count = len(backlog(ledger, book))
            self._learned(BacklogMarked(self._agent, count, ledger.born, ledger.edge))
        if self._worth_saving(ledger):
            blob = packed(ledger)
            self._counted = False
            await self._save(blob)
            self._saved, self._size = ledger, len(blob)

    def _worth_saving(self, ledger: Ledger) -> bool:
        """A kill costs only reading again, so a big ledger and mere re-checks are written less often."""
        saved = self._saved
        if saved is None or ledger.learned != saved.learned or ledger.passed is not saved.passed:
            return True
        if self._counted:
            return True  # the next engine would count these messages again
        parts = ((one.book, one.window, one.dropped, one.heard, one.waited) for one in (ledger, saved))
        if next(parts) == next(parts):
            return behind(ledger) and ledger != saved
        return self._size < SMALL or ledger.mark - saved.mark >= SAVE_EVERY

    def _samples(
        self, ledger: Ledger, figures: Told, problems: Problems, server_now: float, at: float
    ) -> tuple[Sample, ...]:
        self.learning = None if ledger.learned else progress(ledger, server_now)
        silent = silenced(problems)
        if behind(ledger) and not problems:
            share = progress(ledger, server_now)
            word = message("catching up, {share:percent}", share=share)
            silent = dict.fromkeys(
                figures, word if ledger.learned else message("learning, {share:percent}", share=share)
            )
        samples = []
        for name in self._told:
            value, note, *code = (None, silent[name]) if name in silent else figures[name]
            note = note or ("" if value is not None else message("none so far"))
            samples.append(Sample(f"{self._agent}/{name}", at, value, note, *code))
        return tuple(samples)


def _unsure(problem: Saying) -> Text:
    return message("it is unknown who was answered by phone: {problem}", problem=problem)


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
