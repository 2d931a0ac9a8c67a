"""Runs of fixes: what is kept while one runs, how it is shown, and whether it can be stopped or undone."""

import asyncio
import contextlib

from qualtui.fixes.fix import Fix, Stop
from qualtui.model import FixRun, State
from qualtui.text.message import Saying, Text, counted, message
from qualtui.wire import Done, Refused, RunView

UNDO_LIFE = 86400.0  # s after which a run can no longer be undone


class LiveRun:
    """A run that this engine carries out. `begun`: its fix has started to act."""

    def __init__(self, remedy: Fix) -> None:
        self.remedy = remedy
        self.stop = Stop()
        self.begun = False
        self.ended = asyncio.Event()  # its end is written to the log

    async def end(self, patience: float) -> None:
        """Wait for the end, at most `patience` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self.ended.wait()


def undo_refusal(run: FixRun, now: float, final: Saying = "") -> Saying:
    """Return why a run can't be undone; empty if it can. `final`: why its fix never can."""
    if final:
        return final
    if run.undoes:
        return message("run {run} is itself an undo", run=run.run)
    if run.undone_by:
        return message("run {run} was undone already", run=run.run)
    if not run.outcome:
        return message("run {run} is still running", run=run.run)
    if not run.done:
        return message("run {run} changed nothing", run=run.run)
    if now - run.started_at > UNDO_LIFE:
        return message("run {run} is older than a day", run=run.run)
    return ""


def to_stop(state: State, run: str) -> FixRun | Done | Refused:
    """Return the run to stop; without a name, the only one that runs. If there is none, return the answer."""
    if not run:
        going = [one for one in state.runs.values() if not one.outcome]
        if len(going) == 1:
            return going[0]
        if not going:
            return Refused(message("no fix is running"))
        runs: list[Text | str] = [
            message("{run} ({fix}, {agent})", run=one.run, fix=one.fix, agent=one.agent) for one in going
        ]
        return Refused(message("several fixes are running; choose one: {runs}", runs=runs))
    meant = state.runs.get(run)
    if meant is None:
        return Refused(message("no run {run}; the newest: qualtui fix list", run=run))
    if not meant.outcome:
        return meant
    over = message("run {run} has ended: {outcome}", run=run, outcome=meant.summary)
    return Done(over) if meant.stopped_by else Refused(over)


def outcome_code(run: FixRun) -> str:
    """Return a run's outcome; `stopping` or `running` while it has none. Windows say it in words."""
    return run.outcome or ("stopping" if run.stopped_by else "running")


def run_view(run: FixRun, now: float, final: Saying) -> RunView:
    """Return a run as a row. `final`: why its fix can never be undone."""
    subjects = len(run.subjects)
    return RunView(
        run=run.run,
        fix=run.fix,
        agent=run.agent,
        who=run.who,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=outcome_code(run),
        summary=run.summary or counted("{count} subject", "{count} subjects", subjects),
        undone=bool(run.undone_by),
        can_undo=not undo_refusal(run, now, final),
    )
