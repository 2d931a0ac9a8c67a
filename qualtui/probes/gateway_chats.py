"""The gateway's own chats: who wrote last in each, read in pages as far back as is needed."""

import asyncio
from collections.abc import Callable, Iterable

import msgspec

from qualtui.config.values import GatewaySettings as Settings
from qualtui.gateways.gateway import ChatLine, ChatPage, GatewayError
from qualtui.gateways.registry import gateway_of
from qualtui.model import Sample
from qualtui.probes.identity import Lids
from qualtui.probes.probe import ProbeError
from qualtui.text.message import Saying, message
from qualtui.tracking.ack_trust import Acks, acknowledged, acks_believed, observed, trusting
from qualtui.tracking.gateway_chats import (
    KEPT,
    PENDING,
    SETTLE,
    Chat,
    ChatMessage,
    Chats,
    bounded,
    linked,
    with_messages,
    with_page,
    without_hidden,
)
from qualtui.tracking.gateway_witness import (
    ChatsSeen,
    RowsToday,
    Stamps,
    clock_doubt,
    date_stamped,
    in_order,
    stamped,
    witness_doubt,
)
from qualtui.tracking.identity import chat_key
from qualtui.tracking.ledger import OPEN_FOR
from qualtui.tracking.repeated_words import BUCKET, repeats

PAGE = 50  # chats a question
MOST_KEPT = 20_000  # chats of either kind; a number that talks to more people in a week is none
PAGES = 40  # a read of all takes no more
LOOKS = 5  # chats a read, of which the newest messages are read as well
MESSAGES = 20  # of these, so many
RECENT = 5.0  # s: chats that were read so shortly ago are as good as new
AGAIN = 120.0  # s: a read goes back so far behind the one before
WHOLE_EVERY = 600.0  # s between two reads that go back to the beginning
LEAST_TIMEOUT = 20.0  # s: a page is slower than a status
LEAST_BACK = 3600.0  # s that a read of all goes back at least
LAST = 5  # chats of a page, of which one must be new for the next page to be read


_UNRELIABLE = message("acks stay PENDING on messages that arrived: accepted and in the chat counts as delivered")


class GatewayChatsProbe:
    """gateway.chats_waiting, chats.evidence, and `chats` for the fast lane.

    `edge`: chats older than this are no one's (our clock). `rows`: what the rows show, to check the chats by.
    `speed`: a demo's time is faster. `retry_text`: what the fix `retry` sends, which the bot does not know.

    What the chats say is read in pages, newest first, as far back as the read before; every ten minutes to who
    waits longest, because an acknowledgement moves no chat to the front; at the start to `edge` or a week.
    """

    def __init__(
        self,
        agent: str,
        settings: Settings,
        edge: Callable[[], float | None],
        rows: Callable[[], RowsToday] = RowsToday,
        *,
        speed: float = 1.0,
        retry_text: str = "",
    ) -> None:
        self.name = f"{agent}/chats"
        self.series = (f"{agent}/gateway.chats_waiting", f"{agent}/chats.evidence")
        self.interval = float(settings.chats_interval)
        self.timeout = max(LEAST_TIMEOUT, float(settings.timeout))
        self.chats = Chats()
        self._tried: dict[str, float] = {}  # by number of those that wait: when their messages were polled
        self._edge = edge
        self._rows = rows
        self._bucket = BUCKET / speed
        self._speed = speed
        self._retry_text = retry_text.strip().casefold()
        self._gateway = gateway_of(settings, keep=True, timeout=self.timeout / 2)
        self._lids = Lids(self._gateway, self.timeout / 4)
        self._stamps = Stamps()
        self._acks = Acks()
        self._began: float | None = None  # the first read
        self._proved = Chats()  # as they were when their times were proved last
        self._hides = False  # the last read met hidden ids
        self._partial = False  # the last read of all could not be one
        self._whole_at = float("-inf")
        self._back = KEPT  # s that a read of all goes back
        self._turn = asyncio.Lock()
        self._asked_at = (0.0, 0.0)  # when the newest read began, by our clock and by the loop's

    @property
    def acks_unreliable(self) -> bool:
        """Whether acks stay PENDING on messages that arrived, as customers' next messages proved."""
        return self._acks.unreliable

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """Return the samples. Raises ProbeError without an answer: what was known of the chats stays."""
        async with self._turn:
            return await self._ask(now, whole=now - self._whole_at >= WHOLE_EVERY)

    async def refresh(self) -> Saying:
        """Reads what is new, for one who is about to act on it; why it is not known or not believed."""
        async with self._turn:
            began, started = self._asked_at
            now = began + asyncio.get_running_loop().time() - started
            if not self.chats.read_at or now - self.chats.read_at < RECENT / self._speed:
                return self.chats.doubt
            try:
                await self._ask(now, whole=False)
            except ProbeError as error:
                return error.text
            return self.chats.doubt

    async def _ask(self, now: float, *, whole: bool) -> tuple[Sample, ...]:
        clock = asyncio.get_running_loop().time
        started = clock()
        self._asked_at = (now, started)
        self._began = now if self._began is None else self._began
        told = self._edge()
        edge = now - OPEN_FOR if told is None else told
        if whole:
            before, self._whole_at = self._whole_at, now
            most, back = self._back, self._far(now, edge)
            self._back = max(LEAST_BACK, back / 4)  # where this is too much for the gateway, ask for less
            try:
                chats = await self._read(now, max(now - back, edge), whole=True)
            except BaseException:
                if most > LEAST_BACK:  # not done yet: the next poll asks for less
                    self._whole_at = before
                raise
            self._back = most
        else:
            # While times are wrong only that is learned: the read of all after it gives the rest.
            before = now if self.chats.untimed else self.chats.read_at
            chats = await self._read(now, before - AGAIN, whole=False)
        await self._judge(now, edge, chats, whole=whole)
        if not self.chats.doubt:
            await self._look(now, edge)
            self.chats = msgspec.structs.replace(self.chats, unlearned=self._unlearned(now))
            if self._stamps.proved:
                self._proved = self.chats
        at = now + clock() - started
        waiting = float(len(self.chats.waiting(edge)))
        note = self.chats.doubt
        return (
            Sample(self.series[0], at, None if note else waiting, note),
            Sample(self.series[1], at, float(not note), note or (_UNRELIABLE if self._acks.unreliable else "")),
        )

    async def _judge(self, now: float, edge: float, chats: int, *, whole: bool) -> None:
        """Checks what is assumed of the gateway's answers: in doubt its chats are no evidence."""
        young = max(edge, now - KEPT)
        known = (*self.chats.open.items(), *self.chats.answered.items())
        seen = ChatsSeen(
            chats=chats,
            hidden=sum(self.chats.hidden(key) for key, chat in known if chat.last.at >= young),
            nameless=await self._nameless(),
            stamped=self._stamps.wrong,
            partial=self._partial,
        )
        if seen.hidden and not (whole or self._hides or self._partial):
            self._whole_at = float("-inf")  # the gateway may list them under their numbers now: look at all
        rows = self._rows()
        why = witness_doubt(seen, rows, now) or ("" if rows.skew is None else clock_doubt(self.chats, rows.skew))
        untimed = seen.stamped
        if not untimed and self.chats.untimed and not whole:
            self._whole_at = float("-inf")
            why, untimed = why or self.chats.doubt, True
        if untimed:
            self._restore()
        self.chats = msgspec.structs.replace(self.chats, doubt=why, untimed=untimed)

    def _restore(self) -> None:
        """Forget what was learned since times were proved last: a read of all will give it again."""
        proved, _moved = linked(self._proved, self.chats.lids)
        timed = proved.read_at or self._began or 0.0
        self.chats = msgspec.structs.replace(proved, clock=self.chats.clock, timed=timed)

    def _far(self, now: float, edge: float) -> float:
        """Seconds that a read of all goes back. A gateway may fetch a picture for each chat that it lists."""
        if not self.chats.read_at:
            return self._back
        oldest = min((self.chats.open[key].last.at for key in self.chats.waiting(edge)), default=now)
        return min(self._back, max(LEAST_BACK, now - oldest + 1, now - self.chats.read_at + AGAIN))

    async def _read(self, now: float, start: float, *, whole: bool) -> int:
        """Reads pages, newest first, back to `start`; how many chats of people it met.

        What was read counts, though the rest fails. Chats that are listed in no order are read to their end.
        """
        before = self.chats.read_at
        met: set[str] = set()
        ordered, partial = True, False
        for page in range(PAGES):
            answer = await self._page(page, now)
            if not page:
                self.chats = msgspec.structs.replace(self.chats, clock=self._clock(answer))
            lasts = answer.lasts
            self._check(answer)
            self._acks = acknowledged(self._acks, (one.last for one in lasts), now)
            ordered = ordered and in_order(lasts)
            known = {one.chat for one in lasts}
            if page and known and known <= met:  # the same again: the gateway does not count pages
                partial = True
                break
            met |= known
            await self._link(now, known)
            if not whole and self.chats.untimed and self._stamps.wrong:  # nothing is learned from wrong times
                break
            self.chats = bounded(
                with_page(self.chats, ((one.chat, self._counted(one.last)) for one in lasts), before), MOST_KEPT
            )
            if len(self.chats.open) >= MOST_KEPT:
                raise ProbeError(
                    message("more than {most:whole} chats wait: that is no customer's gateway", most=MOST_KEPT)
                )
            # One old chat may stand among newer ones, such as one that is pinned.
            old = max((one.last.at for one in lasts[-LAST:]), default=0.0) < start
            if answer.listed < PAGE or (old and ordered):
                break
        else:
            partial = not ordered
        if whole or partial:
            self._partial = partial
        self._hides = any(self.chats.hidden(chat_key(one)) for one in met)
        self.chats = msgspec.structs.replace(self.chats, read_at=now, unlearned=self._unlearned(now))
        if whole and not partial and met and not self._hides:
            self.chats = without_hidden(self.chats)  # it lists people by their numbers by now
        return len(met)

    def _check(self, page: ChatPage) -> None:
        """Whether the gateway gives messages the time of the request."""
        suspected = date_stamped(page.lasts, page.date, self._rows().burst)
        self._stamps = stamped(self._stamps, page.lasts, suspected, page.date)

    async def _link(self, now: float, ids: Iterable[str]) -> None:
        """Learns which phones hidden ids stand for; chats that were read before that are read again."""
        lids = await self._lids.phones(ids, now)
        if lids.keys() - self.chats.lids.keys():
            self.chats, moved = linked(self.chats, lids)
            if moved:
                self._whole_at = float("-inf")

    def _clock(self, page: ChatPage) -> tuple[float, float]:
        """Between which seconds the gateway's clock is ahead of ours: it answered after it was asked."""
        if page.date is None:
            return 0.0, 0.0
        began, started = self._asked_at
        got = began + asyncio.get_running_loop().time() - started
        return page.date - got, page.date + 1.0 - (got - page.seconds)

    async def _look(self, now: float, edge: float) -> None:
        """Reads the newest messages of a few chats that wait: their last one may not show since when."""
        chats = self.chats
        found: dict[str, Chat] = {}
        for key in self._due(chats, now, edge)[:LOOKS]:
            self._tried[key] = now
            chat = chats.open[key]
            read: list[ChatLine] = []
            try:
                for name in chat.names:
                    read += await self._gateway.messages(name, now, MESSAGES)
            except GatewayError:  # of this chat alone: the others are read
                continue
            self._acks = observed(self._acks, chat.id, [one.said for one in read], now)
            said = [(self._counted(one.said), one.words) for one in read]
            talk = [
                (counted, words)
                for one, (counted, words) in zip(read, said, strict=True)
                if not one.said.ours or not (one.by_hand or words == self._retry_text)
            ]
            seen = with_messages(chat, [one for one, _words in said], repeats(talk, self._bucket))
            # Beside a message that has just come, an acknowledgement may be on its way.
            settled = now - chat.last.at > SETTLE
            found[key] = msgspec.structs.replace(seen, looked=seen.looked and settled)
        self._tried = {key: at for key, at in self._tried.items() if key in chats.open}
        self.chats = chats.having(found, chats.read_at)
        if self._acks.unreliable:
            self.chats = trusting(self.chats)

    def _unlearned(self, now: float) -> bool:
        """Whether PENDING may mean nothing, and chats that could show it have not been looked at yet."""
        return self._acks.unlearned and any(
            chat.last.ours and chat.last.ack == PENDING and now - chat.began > SETTLE and key not in self._tried
            for key, chat in self.chats.open.items()
        )

    def _due(self, chats: Chats, now: float, edge: float) -> list[str]:
        """The chats to look into: those that wait for long, and those of a new message, which may be a repeat."""
        wait = [(key, chats.open[key]) for key in chats.waiting(edge) if not chats.open[key].looked]
        long = [key for key, chat in wait if now - (chat.since or now) > SETTLE]
        new = [
            key
            for key, chat in wait
            if now - (chat.since or now) <= SETTLE
            and not chat.last.ours
            and self._tried.get(key, 0.0) < chat.last.at
        ]
        return [*sorted(long, key=lambda key: self._tried.get(key, 0.0)), *new]

    def _counted(self, said: ChatMessage) -> ChatMessage:
        return acks_believed(said) if self._acks.unreliable else said

    async def _page(self, page: int, now: float) -> ChatPage:
        try:
            return await self._gateway.chats(page, now, PAGE)
        except GatewayError as error:
            raise ProbeError(str(error)) from None

    async def _nameless(self) -> bool:
        """Whether the session says WORKING and belongs to no one; False where that is not known."""
        try:
            return (await self._gateway.status()).ownerless
        except GatewayError:
            return False

    async def close(self) -> None:
        """Gives back the connection."""
        await self._gateway.close()
