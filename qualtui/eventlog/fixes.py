"""Runs of fixes: started, stopped, finished, undone."""

from msgspec.structs import replace

from qualtui.eventlog.family import EventKind, Family, Kept, safe
from qualtui.eventlog.healing import counted_verification
from qualtui.eventlog.renamed import renamed_fields
from qualtui.model import Activity, EventBody, FixRun, Severity, State
from qualtui.text import clean
from qualtui.text.message import Saying, message

RUNS_KEPT = 100  # with those that decide something
RUN_DECIDES = 86400.0  # s for which a run may be undone


class FixStarted(EventBody, frozen=True, tag="fix.started"):
    """Written before a fix acts. `subjects` are the ids it may touch (no personal data)."""

    run: str
    fix: str
    agent: str
    who: str
    subjects: tuple[str, ...] = ()
    number: int = 0
    undoes: str = ""  # the run that this run undoes
    detail: Saying = ""  # the figures of the preview, in one line


class FixFinished(EventBody, frozen=True, tag="fix.finished"):
    """What a fix did. `done` are the ids it really changed."""

    run: str
    outcome: str  # ok, nothing, stopped, failed, interrupted
    summary: Saying
    done: tuple[str, ...] = ()


class FixStopped(EventBody, frozen=True, tag="fix.stopped"):
    """A person stopped a run; it may have been at its end already."""

    run: str
    who: str


def _start(state: State, body: FixStarted) -> State:
    if body.run in state.runs:
        return state
    run = FixRun(
        body.run,
        body.fix,
        body.agent,
        body.who,
        state.at,
        subjects=body.subjects,
        number=body.number,
        undoes=body.undoes,
    )
    return replace(state, runs=RUNS.of({**state.runs, body.run: run}, state.at))


def _idle(runs: dict[str, FixRun], now: float) -> list[str]:
    """Runs that are finished, can't be undone any more, and are not the newest of their fix and agent.

    The newest ones say what an incident has seen tried, however long it fires.
    """
    newest = set({(one.agent, one.fix): key for key, one in runs.items()}.values())
    return [
        key
        for key, one in runs.items()
        if key not in newest and one.finished_at is not None and now - one.started_at > RUN_DECIDES
    ]


def _finish(state: State, body: FixFinished) -> State:
    old = state.runs.get(body.run)
    if old is None:
        return state
    new = replace(old, finished_at=state.at, outcome=body.outcome, summary=body.summary, done=body.done)
    runs = {**state.runs, body.run: new}
    undone = runs.get(new.undoes)
    if undone is not None and new.outcome == "ok":
        runs[new.undoes] = replace(undone, undone_by=new.run)
    return replace(state, runs=runs, policies=counted_verification(state.policies, new))


def _stop(state: State, body: FixStopped) -> State:
    old = state.runs.get(body.run)
    if old is None or old.stopped_by:
        return state
    return replace(state, runs={**state.runs, body.run: replace(old, stopped_by=body.who)})


def _started_line(_state: State, at: float, body: FixStarted) -> Activity:
    fix, agent = clean(body.fix), clean(body.agent)
    if body.undoes:
        text = message("undoes {fix} on {agent}", fix=fix, agent=agent)
    else:
        text = message("starts {fix} on {agent}", fix=fix, agent=agent)
    return Activity(at, clean(body.who), text, body.number)


def _finished_line(state: State, at: float, body: FixFinished) -> Activity | None:
    run = state.runs.get(body.run)
    if run is None:
        return None
    text = message("{fix}: {outcome}", fix=clean(run.fix), outcome=safe(body.summary or body.outcome))
    severity = Severity.INFO if body.outcome in {"ok", "nothing", "stopped"} else Severity.WARNING
    return Activity(at, clean(run.who), text, run.number, severity)


def _stopped_line(state: State, at: float, body: FixStopped) -> Activity | None:
    run = state.runs.get(body.run)
    if run is None:
        return None
    text = message("stops {fix} on {agent}", fix=clean(run.fix), agent=clean(run.agent))
    return Activity(at, clean(body.who), text, run.number)


def _about(body: FixStarted | FixFinished | FixStopped) -> str:
    return f"run:{body.run}"


RUNS: Kept[str, FixRun] = Kept(
    "runs", "a run is active, can be undone, or was the last try of its fix", RUNS_KEPT, _idle, of_all=True
)

FAMILY = Family(
    kinds=(
        EventKind(
            FixStarted, apply=_start, line=_started_line, number=lambda body: body.number, about=_about, version=2
        ),
        EventKind(FixFinished, apply=_finish, line=_finished_line, about=_about),
        EventKind(FixStopped, apply=_stop, line=_stopped_line, about=_about),
    ),
    kept=(RUNS,),
    upcasts={("fix.started", 1): renamed_fields},
)
