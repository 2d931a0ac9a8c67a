"""Which fix is offered: one decision for the headline, notices, the command line and the pages. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from qualtui.diagnosis.root_cause import RETRY, SESSION_CLEANUP, RootCause
from qualtui.model import FixRun
from qualtui.series.evidence import Readings, fresh
from qualtui.text.message import Saying

Remedies = Callable[[str], Saying]  # a fix's title where it can be run, else empty

PARTIAL = frozenset({RETRY})  # a run helps some customers; the next one helps the rest


class TriedFixes(NamedTuple):
    """What was done for an incident: the newest run in words, and the fixes that need no second run."""

    text: Saying = ""
    fixes: frozenset[str] = frozenset()


def offered_fix(reason: RootCause | None, static: Sequence[str], tried: TriedFixes, remedies: Remedies) -> str:
    """The name of the fix to offer, empty where there is none.

    A known cause has its own fixes or none: the rule's (`static`) would fix something else. What was tried in vain
    gives way to what was not. `reason` None: the cause does not explain this incident.
    """
    wanted = reason.fixes if reason is not None and reason.text else tuple(static)
    known = [fix for fix in wanted if fix and remedies(fix)]
    return next((fix for fix in known if fix not in tried.fixes), known[0] if known else "")


def spent_fixes(runs: Iterable[FixRun]) -> frozenset[str]:
    """The fixes of which another run would not help, by the newest run of each that has ended.

    One that was stopped or interrupted has more to do, and so has a partial one that did something.
    """
    newest: dict[str, FixRun] = {}
    for run in runs:
        if not run.outcome or run.undoes or run.undone_by:
            continue
        if run.fix not in newest or run.started_at >= newest[run.fix].started_at:
            newest[run.fix] = run
    return frozenset(fix for fix, run in newest.items() if _in_vain(run))


def _in_vain(run: FixRun) -> bool:
    if run.outcome == "ok":
        return run.fix not in PARTIAL
    return run.outcome not in {"stopped", "interrupted"}


def useful_fix(fix: str, readings: Readings, limit: float) -> bool:
    """Whether a fix has anything to work on, as far as is known.

    `limit`: the seconds of a pending reply from which session-cleanup closes a session.
    """
    if fix != SESSION_CLEANUP:
        return True
    owed_for = fresh(readings, "sessions.owed_for")
    if owed_for is None:
        return True
    closable = fresh(readings, "sessions.never_messaged") or fresh(readings, "sessions.unreadable")
    return owed_for >= limit or bool(closable)
