"""Runs fixes: previews with one-use tokens, an audit before and after, interrupted runs reported.

A run belongs to the engine: it continues when the window that started it goes away.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from qualtui.engine.journal import Entry, Journal
from qualtui.engine.runs import LiveRun, run_view, to_stop, undo_refusal
from qualtui.eventlog.fixes import FixFinished, FixStarted, FixStopped
from qualtui.fixes.fix import AnswersCustomers, Fix, FixError, Outcome, Plan, Stop
from qualtui.model import FixRun, State
from qualtui.text.message import Saying, message
from qualtui.wire import Answer, CustomerFix, Done, Fixes, FixView, Preview, Refused, RunningView

log = logging.getLogger(__name__)

TOKEN_LIFE = 300.0  # s between a preview and its run
LOOK_LIMIT = 60.0  # s to find out what an interrupted run did
ANSWER_LIMIT = 45.0  # s after which the answer is that the run continues
STOP_LIMIT = 5.0  # s after which the answer is that it has not ended yet

Action = Callable[[Stop], Awaitable[Outcome]]


class _Ticket(msgspec.Struct, frozen=True):
    """A preview that may be run once."""

    remedy: Fix
    agent: str
    plan: Plan
    number: int
    at: float


class FixRunner:
    """The fixes of all agents. A run acts at most once: what is in doubt is reported, never repeated."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._clock = clock
        self._remedies: dict[tuple[str, str], Fix] = {}
        self._tickets: dict[str, _Ticket] = {}
        self._live: dict[str, LiveRun] = {}  # by run
        self._tasks: asyncio.TaskGroup | None = None
        self._uses: Counter[int] = Counter()  # by a fix's identity: how many calls use it now
        self._released = asyncio.Event()
        self.offered: Callable[[str], bool] = lambda _fix: True  # whether a fix's policy allows to offer it

    async def work(self) -> None:
        """Own the running fixes until cancelled; first report the runs that an earlier engine left open."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await self.report_interrupted()
            await asyncio.Event().wait()

    def use(self, remedies: dict[tuple[str, str], Fix]) -> None:
        """Takes the remedies of a configuration, by agent and name; open previews lapse."""
        self._remedies = remedies
        self._tickets.clear()

    @contextmanager
    def _using(self, remedy: Fix | None) -> Iterator[None]:
        self._uses[id(remedy)] += 1
        try:
            yield
        finally:
            self._uses[id(remedy)] -= 1
            self._released.set()

    def busy(self, remedies: Mapping[tuple[str, str], Fix]) -> frozenset[str]:
        """The agents of which a preview or a run uses one of these remedies now."""
        running = {id(live.remedy) for live in self._live.values()}
        return frozenset(
            agent for (agent, _name), one in remedies.items() if self._uses[id(one)] or id(one) in running
        )

    async def released(self, remedies: Mapping[tuple[str, str], Fix]) -> None:
        """Waits until no preview and no run uses any of these remedies."""
        while self.busy(remedies):
            self._released.clear()
            await self._released.wait()

    def available(self, agent: str, name: str) -> Saying:
        """The remedy's title where it is offered and can be run for the agent now, else empty."""
        if not self.offered(name):
            return ""
        remedy = self._remedies.get((agent, name))
        return remedy.title if remedy is not None and not (remedy.unavailable or remedy.not_now) else ""

    def list(self, now: float) -> Fixes:
        """What there is, and the newest runs."""
        fixes = tuple(
            FixView(name, agent, remedy.title, remedy.explain, not why, why)
            for (agent, name), remedy in sorted(self._remedies.items())
            for why in (remedy.unavailable or remedy.not_now,)
        )
        runs = sorted(self._journal.state.runs.values(), key=lambda run: -run.started_at)
        return Fixes(fixes, tuple(run_view(run, now, self._final(run)) for run in runs[:50]))

    async def for_customer(self, agent: str, lead: str) -> tuple[CustomerFix, ...]:
        """What each fix can do for one customer now; one that answers no one says what it does."""
        found = []
        for (owner, _name), remedy in sorted(self._remedies.items()):
            if owner != agent:
                continue
            helps, why = False, remedy.unavailable or remedy.not_now
            if not why and isinstance(remedy, AnswersCustomers):
                try:
                    with self._using(remedy):
                        helps, why = await remedy.reaches(lead)
                except FixError as error:
                    why = error.text
            found.append(CustomerFix(remedy.title, helps, why or remedy.explain))
        return tuple(found)

    def running(self) -> tuple[RunningView, ...]:
        """Return the running fixes, oldest first."""
        return tuple(
            RunningView(
                run.run, run.fix, run.agent, run.who, run.started_at, len(run.subjects),
                stoppable=run.run in self._live and not self._live[run.run].remedy.unstoppable,
                stopped_by=run.stopped_by,
            )
            for run in self._journal.state.runs.values() if not run.outcome
        )  # fmt: skip

    async def preview(self, agent: str, name: str, mode: str, number: int) -> Preview | Refused:
        """Return what a fix would do, and the token that runs exactly this."""
        remedy = self._remedies.get((agent, name))
        if remedy is None:
            known = ", ".join(sorted({fix for _agent, fix in self._remedies}))
            if not known:
                return Refused(message("no fix is configured"))
            return Refused(
                message("{agent} has no fix '{name}'; there is: {known}", agent=agent, name=name, known=known)
            )
        if remedy.unavailable:
            return Refused(remedy.unavailable)
        if number and number not in self._journal.state.incidents:
            return Refused(
                message("no incident #{number:whole}; see them: qualtui incidents list --all", number=number)
            )
        try:
            with self._using(remedy):
                plan = await remedy.preview(mode)
        except FixError as error:
            return Refused(message("the preview failed: {reason}", reason=error.text))
        now = self._clock()
        self._tickets = {t: ticket for t, ticket in self._tickets.items() if now - ticket.at < TOKEN_LIFE}
        token = ""
        if not plan.refused and plan.subjects:
            token = secrets.token_hex(16)
            self._tickets[token] = _Ticket(remedy, agent, plan, number, now)
        trouble = self._journal.trouble
        warnings = plan.warnings
        if trouble:
            warnings = (*warnings, message("the audit can't be written: {trouble}", trouble=trouble))
        return Preview(
            token, name, agent, plan.title, plan.explain, plan.items, len(plan.subjects), plan.refused, warnings,
            plan.later, plan.later_at, weigh=plan.weigh and bool(plan.warnings),
        )  # fmt: skip

    async def run(self, token: str, who: str) -> Answer:
        """Run a preview, once."""
        ticket = self._tickets.pop(token, None)
        if ticket is None:
            return Refused(message("this preview is unknown or was used already; open a new one"))
        if self._clock() - ticket.at >= TOKEN_LIFE:
            return Refused(message("this preview is older than {limit:span}; open a new one", limit=TOKEN_LIFE))
        run = secrets.token_hex(4)
        plan = msgspec.structs.replace(ticket.plan, run=run)
        started = FixStarted(
            run, ticket.remedy.name, ticket.agent, who, plan.subjects, ticket.number, detail=plan.title
        )
        return await self._act(ticket.remedy, started, lambda stop: ticket.remedy.run(plan, stop))

    async def undo(self, run: str, who: str) -> Answer:
        """Undo a run, if that is still safe."""
        old = self._journal.state.runs.get(run)
        if old is None:
            return Refused(message("no run {run}; the newest: qualtui fix list", run=run))
        remedy = self._remedies.get((old.agent, old.fix))
        refusal = undo_refusal(old, self._clock(), self._final(old))
        if refusal:
            return Refused(refusal)
        if remedy is None or remedy.unavailable:
            return Refused(message("{fix} can't run with the present configuration", fix=old.fix))
        started = FixStarted(
            secrets.token_hex(4), old.fix, old.agent, who, old.done, old.number, undoes=run, detail=message("undo")
        )
        return await self._act(remedy, started, lambda _stop: remedy.undo(old.done))

    async def stop(self, run: str, who: str) -> Answer:
        """Stop a run before its next step; without a name, the only one that runs."""
        meant: FixRun | Done | Refused = Refused("")

        def decision(state: State) -> tuple[Entry, ...]:
            nonlocal meant
            meant = to_stop(state, run)
            if not isinstance(meant, FixRun):
                return ()
            live = self._live.get(meant.run)
            if live is None:
                meant = Refused(message("{fix} belongs to an earlier engine and no longer runs", fix=meant.fix))
                return ()
            if live.begun and live.remedy.unstoppable:
                why = live.remedy.unstoppable
                meant = Refused(message("{fix} can no longer be stopped: {reason}", fix=meant.fix, reason=why))
                return ()
            live.stop.say(who)  # at once, or it may begin while this is being written
            return () if meant.stopped_by else ((FixStopped(meant.run, who), f"fix/{meant.run}/stop"),)

        await self._journal.decide(decision)
        return await self._stopped(meant) if isinstance(meant, FixRun) else meant

    async def _stopped(self, run: FixRun) -> Answer:
        """Return the result of a run that was requested to stop."""
        live = self._live.get(run.run)
        if live is not None:
            await live.end(STOP_LIMIT)
        now = self._journal.state.runs.get(run.run, run)
        if now.outcome:
            return Done(message("{fix}: {outcome}", fix=now.fix, outcome=now.summary))
        return Done(message("{fix} finishes its current step, then stops; the activity shows when", fix=now.fix))

    async def report_interrupted(self) -> None:
        """After a start, close the runs that an earlier engine left open as interrupted, with what is true now."""
        for run in [r for r in self._journal.state.runs.values() if not r.outcome]:
            remedy = self._remedies.get((run.agent, run.fix))
            with self._using(remedy):
                found = await _found(remedy, run.subjects)
            summary = message("interrupted by an engine's end; {found}", found=found.summary)
            await self._journal.append((FixFinished(run.run, "interrupted", summary, found.done), ""))

    async def _act(self, remedy: Fix, started: FixStarted, action: Action) -> Answer:
        if self._tasks is None:
            return Refused(message("the engine has only just started; try again"))
        live = self._live[started.run] = LiveRun(remedy)
        busy = await self._claim(started)
        if busy:
            self._end(started)
            return Refused(busy)
        task = self._tasks.create_task(self._carried_out(live, started, action), name=f"fix {started.run}")
        await asyncio.wait({task}, timeout=ANSWER_LIMIT)
        if not task.done():
            if remedy.unstoppable:
                return Done(message("{fix} is still running; the activity shows when it ends", fix=started.fix))
            return Done(
                message(
                    "{fix} is still running; the activity shows when it ends. To stop it: qualtui fix stop {run}",
                    fix=started.fix,
                    run=started.run,
                )
            )
        outcome = task.result()
        if outcome.outcome == "failed":
            return Refused(outcome.summary)
        return Done(outcome.summary, "" if remedy.final else started.run)

    async def _carried_out(self, live: LiveRun, started: FixStarted, action: Action) -> Outcome:
        """Carry out a run and write its end to the log. If cancelled, the next engine reports what it did."""
        try:
            if live.stop.why:
                outcome = Outcome(
                    "stopped", message("{stopped} before it began: nothing was done", stopped=live.stop.why)
                )
            else:
                live.begun = True
                outcome = await _guarded(live.remedy, started, lambda: action(live.stop))
            finished = FixFinished(started.run, outcome.outcome, outcome.summary, outcome.done)
            await self._journal.append((finished, ""))
        finally:
            live.ended.set()
            self._end(started)
        return outcome

    def _end(self, started: FixStarted) -> None:
        del self._live[started.run]
        self._released.set()

    def _final(self, run: FixRun) -> Saying:
        """Return why a run can never be undone; empty if it can."""
        remedy = self._remedies.get((run.agent, run.fix))
        return remedy.final if remedy is not None else ""

    async def _claim(self, started: FixStarted) -> Saying:
        """Write the start of a run, unless the same fix runs already or the run was undone. Return the refusal."""
        refusal: Saying = ""

        def decision(state: State) -> tuple[Entry, ...]:
            nonlocal refusal
            old = state.runs.get(started.undoes)
            other = next((run for run in state.runs.values() if _same(run, started) and not run.outcome), None)
            if old is not None:
                refusal = undo_refusal(old, self._clock())
            if not refusal and other is not None:
                refusal = message("{fix} is running already, started by {who}", fix=started.fix, who=other.who)
            return () if refusal else ((started, f"fix/{started.run}"),)

        await self._journal.decide(decision)
        return refusal


def _same(run: FixRun, started: FixStarted) -> bool:
    return (run.agent, run.fix) == (started.agent, started.fix)


async def _guarded(remedy: Fix, started: FixStarted, action: Callable[[], Awaitable[Outcome]]) -> Outcome:
    try:
        async with asyncio.timeout(remedy.limit):
            return await action()
    except FixError as error:
        return Outcome("failed", error.text)
    except TimeoutError:
        found = await _found(remedy, started.subjects)
        text = message("no end within {limit:span}; {found}", limit=remedy.limit, found=found.summary)
        return Outcome("failed", text, found.done)
    except Exception as error:  # the boundary of a run: it must have an end in the log
        log.exception("a remedy failed: %s", started.fix)
        found = await _found(remedy, started.subjects)
        text = message("it failed ({error}); {found}", error=type(error).__name__, found=found.summary)
        return Outcome("failed", text, found.done)


async def _found(remedy: Fix | None, subjects: tuple[str, ...]) -> Outcome:
    """Check what is true now for the subjects of a run without a known end."""
    unknown = message("what it did is not known")
    if remedy is None:
        return Outcome("", unknown)
    try:
        async with asyncio.timeout(LOOK_LIMIT):
            return await remedy.verify(subjects)
    except (FixError, TimeoutError) as error:
        reason = error.text if isinstance(error, FixError) else message("no answer in time")
        return Outcome("", message("{unknown}: {reason}", unknown=unknown, reason=reason))
    except Exception as error:  # the boundary of a check: a fix's fault must not end the engine at each start
        log.exception("a fix could not check what it did")
        return Outcome("", message("{unknown} ({error})", unknown=unknown, error=type(error).__name__))
