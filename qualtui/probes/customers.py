"""The fast lane: who waits for a reply. Follows messages and leads by watermark; the judgement is the ledger's."""

import asyncio
import re
from collections.abc import Callable, Collection

import msgspec

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, DatabaseReader
from qualtui.model import Sample
from qualtui.probes.audit import Audit
from qualtui.probes.beside import OccasionalPolls
from qualtui.probes.chat_matching import ChatMatching
from qualtui.probes.fast_lane import fast_lane_series, silenced
from qualtui.probes.ledger_reader import LedgerReader, Problems
from qualtui.probes.ledger_store import Learned, LedgerStore, Load, Save
from qualtui.probes.probe import ProbeError
from qualtui.probes.watermark import WatermarkReader
from qualtui.text import mask_phone
from qualtui.text.message import Saying, Text, message
from qualtui.tracking.answered_share import Told
from qualtui.tracking.chat_corrections import with_heard
from qualtui.tracking.clock_steps import STRIDE, Read
from qualtui.tracking.clock_sync import closings, set_back, set_forward
from qualtui.tracking.deliverability import GatewayAt, no_gateway
from qualtui.tracking.figures import Limits, backlog, reply_figures, who_waits
from qualtui.tracking.flood import flood_window, flooder
from qualtui.tracking.gateway_chats import PSEUDONYM
from qualtui.tracking.identity import address
from qualtui.tracking.ledger import (
    Ledger,
    behind,
    current,
    progress,
)
from qualtui.tracking.manual_closes import Closed, without_closed
from qualtui.tracking.minute_counts import Counts
from qualtui.tracking.replies import PendingReply, ReplyRow, ReplyState, decider
from qualtui.tracking.reply_times import kept as kept_times
from qualtui.tracking.reply_times import with_reply_times
from qualtui.tracking.timeline import stages
from qualtui.tracking.wait_cause import cause_of, cause_text
from qualtui.wire import CustomerMessage, CustomerView

EVERYBODY = 20_000  # waiting customers: a limit for memory; a list for people ends earlier and says so
LOOK_BY = 0.6  # of the timeout: the share by which the questions about chats are asked, or left out


class CustomersProbe:
    """customers.*, reply.*, sessions.bot_owes, and the failures.* that follow from messages.

    `load`, `save`, `learned`, `born`, `backlog_before`: see LedgerStore. `by_hand`: customers that a person
    answered; nothing that came before that is pending. `owed` gets all who wait without regard to that, whenever
    it is known for sure. `match` corrects the rows by the gateway's chats; without it the rows alone count.
    `audit`: finds rows that were stored under a time long past. `speed`: a demo's time is faster.
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
        self._follow = WatermarkReader(mapping)
        self._beside = OccasionalPolls(mapping, self._follow)
        self._match = match
        self._gateway = self._by_our_clock(gateway)
        self._reader = LedgerReader(self._follow, mapping, self._gateway, audit)
        self._store = LedgerStore(agent, settings, self._gateway, load, save, learned, born, backlog_before)
        self._skew = 0.0  # s, the server's clock minus ours
        self._clocks: Read | None = None  # of the last cycle that succeeded
        self._by_hand = by_hand
        self._owed = owed
        self._chat_ids: dict[str, str] = {}  # by lead of those polled last: personal, never stored

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """Run one cycle. Raises ProbeError; what one query alone could not answer is None with its note."""
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
                ledger, late = await self._reader.read(reader, ledger, problems, lambda: clock() < until)
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
        self._reader.succeeded(late)
        ledger = await self._store.keep(ledger, known)
        figures = reply_figures(ledger, book, server_now, self._limits) | beside
        self._store.look(None if behind(ledger) or problems else book, ledger.born, server_now)
        return self._samples(ledger, figures, problems, server_now, now + clock() - started)

    async def who(
        self, limit: int = EVERYBODY, *, certain: bool = False, old: bool = False
    ) -> tuple[CustomerView, ...]:
        """The waiting customers, oldest first, phones masked, by chats read just now. Raises ProbeError.

        `old`: the backlog instead. `certain`: for one who writes to them, not before it is known who was answered
        by phone.
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

    async def wrote(self, since: float, until: float, most: int = 500) -> tuple[str, ...]:
        """Return the customers who wrote in a time by our clock, the newest ones first. Raises ProbeError."""
        try:
            async with self._database.read(self.timeout) as reader:
                return tuple(await self._follow.wrote(reader, since + self._skew, until + self._skew, most))
        except DatabaseError as error:
            raise ProbeError(error.text) from None

    async def phone(self, lead: str) -> str:
        """The number of a customer who waits, digits alone, for one person; empty: none. Raises ProbeError."""
        try:
            async with self._database.read(self.timeout) as reader:
                ledger = await self._begun(reader.now)
                _ledger, book = await self._matched(reader, ledger, {}, look=False)
                phones = await self._phones(reader, [lead]) if lead in book.owed else {}
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        return re.sub(r"\D", "", phones.get(lead, ""))

    def decided(self) -> Counts | None:
        """Return the messages whose time for a reply is over since the last call, each once; None: not known."""
        return self._store.decided()

    def chat_id(self, lead: str) -> str:
        """Return the chat of a customer that `who` gave last; empty if it is in doubt."""
        return self._chat_ids.get(lead, "")

    def _address(self, lead: str, phone: str, owed: PendingReply) -> tuple[str, Saying]:
        wrote = bool(owed.session) or owed.unstored is not None
        if self._match is None:
            return address(phone, None, {}, wrote=wrote)
        return self._match.address(lead, phone, owed.last - self._skew, wrote=wrote)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._database.close()

    def _by_our_clock(self, gateway: GatewayAt) -> GatewayAt:
        """Rows carry the server's time, the gateway's samples ours."""
        return lambda at: gateway(at - self._skew)

    async def _begun(self, now: float) -> Ledger:
        ledger = await self._store.begun(now)
        self.learning = None if ledger.learned else progress(ledger, now)
        return ledger

    async def _matched(
        self, reader: DatabaseReader, ledger: Ledger, problems: Problems, *, look: bool = True
    ) -> tuple[Ledger, ReplyState]:
        """Who waits for a reply by the rows, the gateway's chats, and what people closed by hand.

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
            # Chats are forgotten, at a restart or after a week: what they showed of an answer is kept.
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
