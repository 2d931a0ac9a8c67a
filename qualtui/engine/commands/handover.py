"""The handover digest: what the next person on call must know."""

from msgspec.structs import replace

from qualtui.alerts.mute import MuteKind
from qualtui.alerts.mutes import mutes_of
from qualtui.alerts.oncall import duty
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.incident_views import incidents, runs_of
from qualtui.engine.mute_rules import mute_rules
from qualtui.eventlog.incident_lead import firing_members
from qualtui.model import FixRun, Incident, Phase, State
from qualtui.text.message import Saying, message
from qualtui.wire import Handover, HandoverItem, ShowHandover

MOST = 40  # incidents, the worst first
RUNS = 5  # fixes of one, the newest


async def show(context: CommandContext, ask: ShowHandover, who: str) -> Handover:
    """Return the open incidents, worst first: who owns them, what was tried, until when they are silent."""
    del ask, who
    state, now = context.journal.state, context.clock()
    held = duty(state.shifts, context.config.oncall, now)
    rows = [one for one in incidents(state) if one.phase is Phase.FIRING][:MOST]
    items = []
    for row in rows:
        incident = state.incidents[row.number]
        today = context.current(incident)
        shown = replace(row, summary=today.summary, cause=today.cause, fix=today.fix)
        tried = tuple(_run(one) for one in runs_of(state, row.number)[-RUNS:])
        items.append(HandoverItem(shown, tried, _silenced(context, state, incident, now)))
    return Handover(now, held.who, held.next, tuple(items))


def _run(run: FixRun) -> Saying:
    result = run.summary or message("running")
    return message("{fix} by {who}: {result}", fix=run.fix, who=run.who, result=result)


def _silenced(context: CommandContext, state: State, incident: Incident, now: float) -> float | None:
    """Until when all of an incident's alerts are silenced; None: they are not."""
    fire, rules = firing_members(incident, state.alerts), mute_rules(context.config)
    mutes = mutes_of(fire, incident, state.alerts.values(), state.silences.values(), rules, 0, now)
    ends = [mutes[one.key].until for one in fire if one.key in mutes and mutes[one.key].kind is MuteKind.SILENCE]
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(fire) else None
