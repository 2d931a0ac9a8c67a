"""Answers customers that the bot left waiting: each at most once, in their hours, at a pace, under a claim."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from qualtui.config.values import AgentSettings, Mapping
from qualtui.config.values import RetrySettings as Settings
from qualtui.fixes.claims import Case, Claim, Claims, HeldError
from qualtui.fixes.contact_hours import ContactHours
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.gateway_session import session_status
from qualtui.fixes.reach import RetryReach, Survey
from qualtui.fixes.retry_preview import EXPLAIN, lacks, retry_plan
from qualtui.fixes.strategies import AGENT_LIMIT, Strategy, strategies_of
from qualtui.fixes.totals import RunTotals
from qualtui.gateways.gateway import Fate, Gateway, SendResult
from qualtui.gateways.registry import gateway_of
from qualtui.text.message import Saying, joined, message
from qualtui.wire import CustomerView

LOOKS_TAKE = 10.0  # s after which a round of looks at chats stops: the gateway may be slow
OVERDUE = "overdue"  # the mode that leaves out who may be answered by the bot just now
CONFIRM = 30.0  # s for the bot to answer those that it was only asked to answer

Waiting = Callable[[], Awaitable[Sequence[CustomerView]]]  # who waits now, oldest first; raises FixError


class Tools(msgspec.Struct, frozen=True):
    """What a retry works with. `gateway`: asked before each send whether it is WORKING, where there is one.

    `sure`: `waiting` of the moment before a send, which fails where it cannot be known; None: the same.
    `chat`: the id of the chat of one of these customers, empty if none is known.
    `acks_unreliable`: whether the gateway leaves acks PENDING on messages that arrived.
    `reply_within`: seconds that the bot has for its own reply, which the mode `overdue` waits for.
    """

    waiting: Waiting
    strategies: tuple[Strategy, ...]
    gateway: Gateway | None
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    sure: Waiting | None = None
    chat: Callable[[str], str] | None = None
    acks_unreliable: Callable[[], bool] = lambda: False
    reply_within: float = 180.0


class Retry:
    """Implements Fix."""

    name = "retry"
    unstoppable = ""

    def __init__(self, agent: str, claims: Claims, mapping: Mapping, settings: Settings, tools: Tools) -> None:
        self.agent = agent
        self._claims = claims
        self._reach = RetryReach(tools.strategies, (mapping.closed,), mapping.unreadable, settings.opt_out)
        self._settings = settings
        self._hours = ContactHours(settings.hours, settings.zone)
        self._tools = tools
        self.limit = settings.max_rows * (float(settings.pace) + AGENT_LIMIT) + 2 * CONFIRM

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Answer waiting customers")

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return EXPLAIN

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
        """Why a run can't be undone."""
        return message("a sent message can't be undone")

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """The ways that are configured, in the order in which they are tried."""
        return self._tools.strategies

    async def preview(self, mode: str) -> Plan:
        """Who would be written to, and how. Raises FixError."""
        if mode not in ("", OVERDUE):
            raise FixError(message("no mode '{mode}'; there is: {known}", mode=mode[:20], known=OVERDUE))
        found = await self.survey()
        if mode == OVERDUE:
            late = self._tools.clock() - self._tools.reply_within
            people = tuple(one for one in found.people if one.one.since <= late)
            found = msgspec.structs.replace(found, people=people)
        refused = lacks(found.lacking) or await self._refused(found)
        now = self._tools.clock()
        return retry_plan(found, self._tools.strategies, self._settings, self._hours, refused, now)

    async def survey(self) -> Survey:
        """Who waits and by which ways each is reached; changes nothing. Raises FixError."""
        people = await self._tools.waiting()
        lacking = await self._claims.lacking(store=any(way.stores for way in self._tools.strategies))
        if lacking:
            return Survey((), lacking)
        cases = await self._claims.cases([one.lead for one in people])
        late = self.out_of_hours()
        return Survey(tuple(self._reach.person(one, cases.get(one.lead), late) for one in people))

    async def reaches(self, lead: str) -> tuple[bool, Saying]:
        """Whether it would write to this customer now, and how, or why not. Raises FixError."""
        found = await self.survey()
        if found.lacking:
            return False, lacks(found.lacking)
        person = next((one for one in found.people if one.one.lead == lead), None)
        if person is None:
            return False, message("no longer waits")
        return bool(person.ways), message(
            "by {way}", way=person.ways[0]
        ) if person.ways else person.against or person.by_hand

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:
        """Write to each customer of the plan who still waits, one after the other. Raises FixError."""
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
        """After an interrupted run: who was answered, who may have been. Writes nothing. Raises FixError."""
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
        """There is none. Raises FixError."""
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
        """Claims a customer who still waits. Raises HeldError, FixError."""
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

    async def _refused(self, found: Survey) -> Saying:
        """Why no one may be written to at this moment; empty: they may, or there is no one."""
        if any(each.ways for each in found.people):
            return await self.gateway_trouble() or await self._unsure()
        return self.out_of_hours() if any(each.late for each in found.people) else ""

    async def _unsure(self) -> Saying:
        """Return why it is unknown who was answered by phone; empty if it is known."""
        try:
            await (self._tools.sure or self._tools.waiting)()
        except FixError as problem:
            return problem.text
        return ""

    def out_of_hours(self) -> Saying:
        """Why the hour forbids it; empty where it does not."""
        return self._hours.refusal(self._tools.clock())

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
    within = float(agent.database.reply_within)
    tools = Tools(
        waiting, ways, gateway, clock, sure=sure, chat=chat, acks_unreliable=acks_unreliable, reply_within=within
    )
    claims = Claims(name, agent.database, agent.mapping, float(settings.window))
    return Retry(name, claims, agent.mapping, settings, tools)
