"""Runs remedies: previews with one-use tokens, the audit written before and after, interrupted runs told."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

import msgspec

from qualtui.engine.journal import Entry, Journal
from qualtui.fixes.remedy import Outcome, Plan, Remedy, RemedyError
from qualtui.model import FixFinished, FixRun, FixStarted, State
from qualtui.text import _, plural
from qualtui.wire import Answer, Done, Fixes, FixView, Preview, Refused, RunView

log = logging.getLogger(__name__)

TOKEN_LIFE = 300.0  # s between a preview and its run
UNDO_LIFE = 86400.0  # s after which a run is no longer taken back
RUN_LIMIT = 60.0  # s that a remedy may take


class _Ticket(msgspec.Struct, frozen=True):
    """A preview that may be run once."""

    remedy: Remedy
    agent: str
    plan: Plan
    number: int
    at: float


class Fixing:
    """The remedies of all agents. Actions are at most once: what is in doubt is told, never repeated."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._clock = clock
        self._remedies: dict[tuple[str, str], Remedy] = {}
        self._tickets: dict[str, _Ticket] = {}
        self._turn = asyncio.Lock()

    def use(self, remedies: dict[tuple[str, str], Remedy]) -> None:
        """Takes the remedies of a configuration, by agent and name; open previews lapse."""
        self._remedies = remedies
        self._tickets.clear()

    def available(self, agent: str, name: str) -> str:
        """The remedy's title where it can be run for the agent, else empty."""
        remedy = self._remedies.get((agent, name))
        return remedy.title if remedy is not None and not remedy.unavailable else ""

    def list(self, now: float) -> Fixes:
        """What there is, and the newest runs."""
        fixes = tuple(
            FixView(name, agent, remedy.title, remedy.explain, not remedy.unavailable, remedy.unavailable)
            for (agent, name), remedy in sorted(self._remedies.items())
        )
        runs = sorted(self._journal.state.runs.values(), key=lambda run: -run.started_at)
        return Fixes(fixes, tuple(_view(run, now) for run in runs[:50]))

    async def preview(self, agent: str, name: str, mode: str, number: int) -> Preview | Refused:
        """What a remedy would do, and the token that runs exactly this."""
        remedy = self._remedies.get((agent, name))
        if remedy is None:
            known = ", ".join(sorted({fix for _agent, fix in self._remedies})) or _("none")
            return Refused(_("no fix {!r} for {}; there is: {}").format(name, agent, known))
        if remedy.unavailable:
            return Refused(remedy.unavailable)
        try:
            plan = await remedy.preview(mode)
        except RemedyError as error:
            return Refused(_("the preview failed: {}").format(error))
        now = self._clock()
        self._tickets = {t: ticket for t, ticket in self._tickets.items() if now - ticket.at < TOKEN_LIFE}
        token = ""
        if not plan.refused and plan.subjects:
            token = secrets.token_hex(16)
            self._tickets[token] = _Ticket(remedy, agent, plan, number, now)
        trouble = self._journal.trouble
        warnings = (*plan.warnings, *((_("the audit cannot be written: {}").format(trouble),) if trouble else ()))
        return Preview(
            token, name, agent, plan.title, plan.explain, plan.items, len(plan.subjects), plan.refused, warnings
        )

    async def run(self, token: str, who: str) -> Answer:
        """Runs a preview, once."""
        ticket = self._tickets.pop(token, None)
        if ticket is None:
            return Refused(_("this preview was used already or is unknown; look at a new one"))
        if self._clock() - ticket.at >= TOKEN_LIFE:
            return Refused(
                _("this preview is older than {:.0f} minutes; look at a new one").format(TOKEN_LIFE / 60)
            )
        run = secrets.token_hex(4)
        plan = ticket.plan
        started = FixStarted(
            run, ticket.remedy.name, ticket.agent, who, plan.subjects, ticket.number, detail=plan.title
        )
        return await self._act(started, lambda: ticket.remedy.run(plan))

    async def undo(self, run: str, who: str) -> Answer:
        """Takes a run back where that is still safe."""
        old = self._journal.state.runs.get(run)
        if old is None:
            return Refused(_("no run {}; `qualtui fix list` shows the newest").format(run))
        refusal = undo_refusal(old, self._clock())
        if refusal:
            return Refused(refusal)
        remedy = self._remedies.get((old.agent, old.fix))
        if remedy is None or remedy.unavailable:
            return Refused(_("{} cannot be run with the present configuration").format(old.fix))
        started = FixStarted(
            secrets.token_hex(4), old.fix, old.agent, who, old.done, old.number, undoes=run, detail=_("undo")
        )
        return await self._act(started, lambda: remedy.undo(old.done))

    async def tell_interrupted(self) -> None:
        """After a start: closes as interrupted the runs that an earlier engine left open, telling what is true."""
        for run in [r for r in self._journal.state.runs.values() if not r.outcome]:
            remedy = self._remedies.get((run.agent, run.fix))
            found = Outcome("", _("what it did is not known"))
            if remedy is not None:
                try:
                    async with asyncio.timeout(RUN_LIMIT):
                        found = await remedy.verify(run.subjects)
                except (RemedyError, TimeoutError) as error:
                    found = Outcome("", _("what it did is not known: {}").format(error or _("no answer in time")))
            summary = _("interrupted by an engine's end; {}").format(found.summary)
            await self._journal.append((FixFinished(run.run, "interrupted", summary, found.done), ""))

    async def _act(self, started: FixStarted, action: Callable[[], Awaitable[Outcome]]) -> Answer:
        async with self._turn:
            busy = await self._claim(started)
            if busy:
                return Refused(busy)
            outcome = await self._guarded(action)
            finished = FixFinished(started.run, outcome.outcome, outcome.summary, outcome.done)
            await self._journal.append((finished, ""))
        if outcome.outcome == "failed":
            return Refused(outcome.summary)
        return Done(outcome.summary, started.run)

    async def _claim(self, started: FixStarted) -> str:
        """Writes the start of a run, unless the run it takes back was taken back meanwhile."""
        refusal = ""

        def decision(state: State) -> tuple[Entry, ...]:
            nonlocal refusal
            old = state.runs.get(started.undoes)
            if old is not None:
                refusal = undo_refusal(old, self._clock())
            return () if refusal else ((started, f"fix/{started.run}"),)

        await self._journal.decide(decision)
        return refusal

    async def _guarded(self, action: Callable[[], Awaitable[Outcome]]) -> Outcome:
        try:
            async with asyncio.timeout(RUN_LIMIT):
                return await action()
        except RemedyError as error:
            return Outcome("failed", str(error))
        except TimeoutError:
            return Outcome("failed", _("no end within {:.0f}s; look at what it changed").format(RUN_LIMIT))


def undo_refusal(run: FixRun, now: float) -> str:
    """Why a run is not taken back; empty when it may be."""
    if run.undoes:
        return _("run {} is itself an undo").format(run.run)
    if run.undone_by:
        return _("run {} was taken back already").format(run.run)
    if not run.outcome:
        return _("run {} is still under way").format(run.run)
    if not run.done:
        return _("run {} changed nothing").format(run.run)
    if now - run.started_at > UNDO_LIFE:
        return _("run {} is older than a day").format(run.run)
    return ""


def _view(run: FixRun, now: float) -> RunView:
    return RunView(
        run=run.run,
        fix=run.fix,
        agent=run.agent,
        who=run.who,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=run.outcome or _("under way"),
        summary=run.summary or plural("{} subject", "{} subjects", len(run.subjects)).format(len(run.subjects)),
        undone=bool(run.undone_by),
        can_undo=not undo_refusal(run, now),
    )
