"""Answers customers whom the bot left waiting: each at most once, in their hours, at a pace, under a claim."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from qualtui.config.hours import hours_of, local_minute, next_start
from qualtui.config.values import AgentSettings, Mapping
from qualtui.config.values import RetrySettings as Settings
from qualtui.fixes.claims import Case, Claim, Claims, HeldError
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.gateway_session import session_status
from qualtui.fixes.reach import Person, RetryReach, Survey
from qualtui.fixes.strategies import AGENT_LIMIT, Strategy, strategies_of
from qualtui.fixes.totals import RunTotals
from qualtui.gateways.gateway import Fate, Gateway, SendResult
from qualtui.gateways.registry import gateway_of
from qualtui.text import span
from qualtui.text.message import Saying, Text, counted, joined, message
from qualtui.wire import CustomerView, PreviewItem

SHOWN = 50  # items of a preview
LOOKS_TAKE = 10.0  # s after which a round of looks at chats stops: the gateway may be slow
CONFIRM = 30.0  # s for the bot to answer those that it was only asked to answer

Waiting = Callable[[], Awaitable[Sequence[CustomerView]]]  # who waits now, oldest first; raises FixError


class Tools(msgspec.Struct, frozen=True):
    """What a retry works with. `gateway`: asked before each send whether it is WORKING, where there is one.

    `sure`: `waiting` of the moment before a send, which fails where it cannot be known; None: the same.
    `chat`: the chat's own id of a customer whom that gave, empty where none is known.
    `acks_unreliable`: whether the gateway leaves acks PENDING on messages that arrived.
    """

    waiting: Waiting
    strategies: tuple[Strategy, ...]
    gateway: Gateway | None
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    sure: Waiting | None = None
    chat: Callable[[str], str] | None = None
    acks_unreliable: Callable[[], bool] = lambda: False


class Retry:
    """Implements Fix."""

    name = "retry"
    unstoppable = ""

    def __init__(self, agent: str, claims: Claims, mapping: Mapping, settings: Settings, tools: Tools) -> None:
        self.agent = agent
        self._claims = claims
        self._reach = RetryReach(tools.strategies, (mapping.closed,), mapping.unreadable, settings.opt_out)
        self._settings = settings
        self._tools = tools
        self.limit = settings.max_rows * (float(settings.pace) + AGENT_LIMIT) + 2 * CONFIRM

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Answer waiting customers")

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return message("Writes to each customer at most once; what may have been sent is never sent again.")

    @property
    def unavailable(self) -> Saying:
        """Why it can't be run with this configuration; empty when it can."""
        if not self._tools.strategies:
            return message("no way to answer: set http, text, sql or watcher in [fixes.retry]")
        return self._claims.unavailable

    @property
    def not_now(self) -> Saying:
        """Nothing: whoever wrote just now is answered at any hour, and a preview knows who that is."""
        return ""

    @property
    def final(self) -> Saying:
        """Why a run is not taken back."""
        return message("a sent message can't be undone")

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """The ways that are configured, in the order in which they are tried."""
        return self._tools.strategies

    async def preview(self, mode: str) -> Plan:
        """Who would be written to, and how. Raises RemedyError."""
        if mode:
            raise FixError(message("no mode '{mode}'; this fix has none", mode=mode[:20]))
        found = await self.survey()
        reached = [(each.one, _by_way(each)) for each in found.people if each.ways]
        left = [(each.one, each.against or each.by_hand) for each in found.people if not each.ways]
        now_reached = reached[: self._settings.max_rows]
        total, later = len(now_reached), sum(each.late for each in found.people)
        title = counted("Sends WhatsApp to {count} person", "Sends WhatsApp to {count} people", total)
        return Plan(
            title=title if total else message("Reaches no waiting customer"),
            explain=self._explain(),
            items=tuple(self._item(*each) for each in (*now_reached, *left)[:SHOWN]),
            subjects=tuple(one.lead for one, _why in now_reached),
            mode="",
            warnings=self._warnings(len(reached) - total, [why for _one, why in left]),
            refused=lacks(found.lacking) or await self._refused(found, bool(reached)),
            later=later,
            later_at=self._opens() if later else 0.0,
        )

    async def survey(self) -> Survey:
        """Who waits and by which ways each is reached; changes nothing. Raises RemedyError."""
        people = await self._tools.waiting()
        lacking = await self._claims.lacking(store=any(way.stores for way in self._tools.strategies))
        if lacking:
            return Survey((), lacking)
        cases = await self._claims.cases([one.lead for one in people])
        late = self.out_of_hours()
        return Survey(tuple(self._reach.person(one, cases.get(one.lead), late) for one in people))

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:
        """Writes to whom the plan names and who still waits, one after the other. Raises RemedyError."""
        stop = stop or Stop()
        if plan.refused:
            raise FixError(plan.refused)
        tally = RunTotals()
        sent_at = float("-inf")
        for place, lead in enumerate(plan.subjects):
            await self._pause(sent_at, stop)
            await self._see_delivered(tally)
            against = stop.why or await self.gateway_trouble()
            if against:
                tally.stopped = bool(stop.why)
                tally.left[against] += len(plan.subjects) - place
                break
            try:
                claim = await self._claimed(lead, plan.run, stop)
            except HeldError as held:
                tally.stopped = tally.stopped or held.stopped
                tally.left[held.text] += 1
                continue
            except FixError as problem:
                if not place:
                    raise
                tally.left[problem.text] += len(plan.subjects) - place
                break
            sent_at = self._tools.clock()
            await self._answer(claim, tally)
            await self._see_delivered(tally)
        await self._confirm(tally, stop)
        return tally.outcome(len(plan.subjects))

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """After an interrupted run: who was answered, who may have been. Writes nothing. Raises RemedyError."""
        cases = (await self._claims.cases(subjects)).values()
        answered = {case.lead for case in cases if case.answered}
        doubt = sum(case.doubt for case in cases)
        accepted = sum(case.accepted for case in cases)
        parts = [message("{part:whole} of {all:whole} were answered", part=len(answered), all=len(subjects))]
        if accepted:
            parts.append(message("{number:whole} accepted, not yet delivered", number=accepted))
        if doubt:
            parts.append(message("{number:whole} may have been, is never sent again", number=doubt))
        done = tuple(lead for lead in subjects if lead in answered)
        return Outcome("ok" if done else "nothing", joined(parts), done)

    async def undo(self, done: tuple[str, ...]) -> Outcome:  # noqa: ARG002
        """There is none. Raises RemedyError."""
        raise FixError(self.final)

    async def close(self) -> None:
        """Gives back connections."""
        for way in self._tools.strategies:
            await way.close()
        if self._tools.gateway is not None:
            await self._tools.gateway.close()
        await self._claims.close()

    # --- one customer ---

    async def _claimed(self, lead: str, run: str, stop: Stop) -> Claim:
        """Claims a customer who still waits. Raises HeldError, RemedyError."""
        waiting = {one.lead: one for one in await (self._tools.sure or self._tools.waiting)()}
        if lead not in waiting:
            raise HeldError(message("answered meanwhile"))
        chat = "" if self._tools.chat is None else self._tools.chat(lead)  # of the same moment
        if not chat and self._tools.chat is not None and not waiting[lead].by_hand:
            raise HeldError(message("answer by hand"))

        def barrier(case: Case | None) -> Saying:
            if stop.why:  # its last moment: a claim is carried out
                raise HeldError(stop.why, stopped=True)
            person = self._reach.person(waiting[lead], case, self.out_of_hours())
            return person.against or person.by_hand

        claim = await self._claims.claim(lead, run, barrier)
        return msgspec.structs.replace(claim, chat=chat)

    async def _answer(self, claim: Claim, tally: RunTotals) -> None:
        """Tries the ways that reach a customer until one may have sent something; writes its outcome down."""
        sent, used, stores = SendResult(Fate.REFUSED), "", ""
        for way in self._reach.ways(claim.case):
            sent, used, stores = await way.send(claim), way.name, way.stores
            if sent.fate is not Fate.REFUSED:
                break
        written = sent.fate in {Fate.ACCEPTED, Fate.DELIVERED}
        await self._record(claim, sent.fate, used, stores if written else "", tally)
        lead = claim.case.lead
        match sent.fate:
            case Fate.DELIVERED:
                tally.delivered.append(lead)
            case Fate.ACCEPTED:
                tally.accepted[lead] = (claim, sent.message)
            case Fate.ASKED:
                tally.asked.append(lead)
            case Fate.DOUBT:
                tally.doubt.append(lead)
            case Fate.REFUSED:
                tally.left[message("refused by {way}: {note}", way=used, note=sent.note)] += 1

    async def _record(self, claim: Claim, fate: Fate, used: str, text: str, tally: RunTotals) -> None:
        """Writes an outcome down; that something was accepted even where its row can't be stored."""
        for stored in (text, text, "") if text else ("", ""):
            try:
                await self._claims.record(claim, fate, used, stored)
            except FixError:
                continue
            tally.unstored += stored != text
            return
        tally.unrecorded += fate is not Fate.DOUBT

    # --- the whole run ---

    async def _refused(self, found: Survey, reached: bool) -> Saying:
        """Why nobody may be written to at this moment; empty: they may, or there is nobody."""
        if reached:
            return await self.gateway_trouble() or await self._unsure()
        return self.out_of_hours() if any(each.late for each in found.people) else ""

    async def _unsure(self) -> Saying:
        """Why it is not known whom a person answered by phone; empty where it is."""
        try:
            await (self._tools.sure or self._tools.waiting)()
        except FixError as problem:
            return problem.text
        return ""

    def out_of_hours(self) -> Saying:
        """Why the hour forbids it; empty where it does not."""
        try:
            minute = local_minute(self._tools.clock(), self._settings.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return message("the zone '{zone}' is not known here", zone=self._settings.zone)
        if hours_of(self._settings.hours).hold(minute):
            return ""
        now = f"{minute // 60:02d}:{minute % 60:02d}"
        return message("not at {now}: contact hours are {hours}", now=now, hours=self._settings.hours)

    def _opens(self) -> float:
        """When contact hours begin next."""
        return next_start(self._tools.clock(), hours_of(self._settings.hours), self._settings.zone)

    async def gateway_trouble(self) -> Saying:
        """Why the gateway would deliver nothing; empty where it would, or there is none."""
        if self._tools.gateway is None:
            return ""
        try:
            status = await session_status(self._tools.gateway)
        except FixError as problem:
            return problem.text
        return "" if status.can_send else message("the gateway is {state}: fix it first", state=status.note)

    async def _pause(self, sent_at: float, stop: Stop) -> None:
        """Waits until a pace after the last message; a clock that jumps costs one pace at most."""
        left = sent_at + self._settings.pace - self._tools.clock()
        if left > 0:
            await stop.cuts(self._tools.sleep(min(left, float(self._settings.pace))))

    async def _confirm(self, tally: RunTotals, stop: Stop) -> None:
        """Who was handed to the bot is answered when the ledger says so, who was written to when the chat does."""
        until = self._tools.clock() + CONFIRM
        while (tally.asked or tally.accepted) and self._tools.clock() < until:
            if tally.asked:
                with contextlib.suppress(FixError):
                    open_leads = {one.lead for one in await self._tools.waiting()}
                    tally.delivered += [lead for lead in tally.asked if lead not in open_leads]
                    tally.asked = [lead for lead in tally.asked if lead in open_leads]
            await self._see_delivered(tally)
            if stop.why:
                return
            if tally.asked or tally.accepted:
                await stop.cuts(self._tools.sleep(1.0))

    async def _see_delivered(self, tally: RunTotals) -> None:
        """Looks in the chats of those who were written to, and writes down what was delivered."""
        gateway, until = self._tools.gateway, self._tools.clock() + LOOKS_TAKE
        for lead, (claim, sent) in list(tally.accepted.items()):
            if gateway is None or self._tools.clock() >= until:
                return
            seen = await gateway.find(claim.place, sent)
            if seen is None or not seen.delivered(acks_unreliable=self._tools.acks_unreliable()):
                continue
            del tally.accepted[lead]
            tally.delivered.append(lead)
            with contextlib.suppress(FixError):  # it stays known as accepted, and is not sent again either
                await self._claims.delivered(claim)

    # --- words ---

    def _explain(self) -> tuple[Saying, ...]:
        ways = ", ".join(way.name for way in self._tools.strategies)
        pace = float(self._settings.pace)
        told = message("By {ways}; one every {pace}", ways=ways, pace=span(pace) if pace >= 1 else f"{pace:g}s")
        stop = message("Can be stopped between two customers: fix stop.")
        texts = [way.stores for way in self._tools.strategies if way.stores]
        sends = [message('Sends "{text}"', text=text) for text in texts[:1]]
        if texts:
            sends.append(
                message(
                    "The bot does not know this text: it stores the reply as the answer to its pending question."
                )
            )
        return self.explain, told, *sends, message("A sent message can't be undone."), stop

    def _item(self, one: CustomerView, why: Saying) -> PreviewItem:
        return PreviewItem(one.lead[:8], one.phone, why, self._tools.clock() - one.since)

    def _warnings(self, later: int, left: list[Saying]) -> tuple[Saying, ...]:
        warnings: list[Saying] = []
        if later:
            warnings.append(counted("{count} more waits: run it again", "{count} more wait: run it again", later))
        if left:
            number = len(left)
            warnings.append(
                counted("{count} is not reached: see the list", "{count} are not reached: see the list", number)
            )
        return tuple(warnings)


def retry_of(
    name: str,
    agent: AgentSettings,
    settings: Settings,
    waiting: Waiting,
    clock: Callable[[], float],
    sure: Waiting | None = None,
    chat: Callable[[str], str] | None = None,
    acks_unreliable: Callable[[], bool] = lambda: False,
) -> Retry | None:
    """The fix of an agent; None without a database, which alone can say who was claimed."""
    if agent.database is None:
        return None
    gateway = gateway_of(agent.gateway) if agent.gateway is not None else None
    ways = strategies_of(agent, settings, gateway)
    tools = Tools(waiting, ways, gateway, clock, sure=sure, chat=chat, acks_unreliable=acks_unreliable)
    claims = Claims(name, agent.database, agent.mapping, float(settings.window))
    return Retry(name, claims, agent.mapping, settings, tools)


def _by_way(person: Person) -> Text:
    """The way that reaches somebody, and why there is no answer yet."""
    return message("{way}: {cause}", way=person.ways[0], cause=person.one.cause)


def lacks(rights: Sequence[str]) -> Saying:
    """The rights that the writing role lacks, in one line; empty where it lacks none."""
    if not rights:
        return ""
    told = ", ".join(rights[:4]) + (" ..." if len(rights) > 4 else "")
    return message("the role of write_dsn lacks {rights}: see docs/roles.sql", rights=told)
