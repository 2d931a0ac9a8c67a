"""Runs of remedies: what is kept of one while it is under way, how it is told, and what may be done with it."""

import asyncio
import contextlib

from qualtui.fixes.fix import Fix, Stop
from qualtui.model import FixRun, State
from qualtui.text import _, plural
from qualtui.wire import Done, Refused, RunView

UNDO_LIFE = 86400.0  # s after which a run is no longer taken back


class LiveRun:
    """A run that this engine carries out. `begun`: its remedy acts."""

    def __init__(self, remedy: Fix) -> None:
        self.remedy = remedy
        self.stop = Stop()
        self.begun = False
        self.ended = asyncio.Event()  # and its end stands in the log

    async def end(self, patience: float) -> None:
        """Waits for the end, but no longer than so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self.ended.wait()


def undo_refusal(run: FixRun, now: float, final: str = "") -> str:
    """Why a run is not taken back; empty when it may be. `final`: why its remedy never is."""
    if final:
        return final
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


def to_stop(state: State, run: str) -> FixRun | Done | Refused:
    """The run under way that is meant, where none is named the only one; else the answer."""
    if not run:
        going = [one for one in state.runs.values() if not one.outcome]
        if len(going) == 1:
            return going[0]
        told = ", ".join(f"{one.run} ({one.fix}, {one.agent})" for one in going)
        return Refused(
            _("several are under way, say which: {}").format(told) if going else _("no fix is under way")
        )
    meant = state.runs.get(run)
    if meant is None:
        return Refused(_("no run {}; `qualtui fix list` shows the newest").format(run))
    if not meant.outcome:
        return meant
    over = _("run {} is over: {}").format(run, meant.summary)
    return Done(over) if meant.stopped_by else Refused(over)


def outcome_word(run: FixRun) -> str:
    """What became of a run, or how it stands."""
    return run.outcome or (_("stopping") if run.stopped_by else _("under way"))


def run_view(run: FixRun, now: float, final: str) -> RunView:
    """A run as a row. `final`: why its remedy is never taken back."""
    subjects = len(run.subjects)
    return RunView(
        run=run.run,
        fix=run.fix,
        agent=run.agent,
        who=run.who,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=outcome_word(run),
        summary=str(run.summary) or plural("{} subject", "{} subjects", subjects).format(subjects),
        undone=bool(run.undone_by),
        can_undo=not undo_refusal(run, now, final),
    )
