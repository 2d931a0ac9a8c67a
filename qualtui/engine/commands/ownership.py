"""Commands of an incident's owner: snooze it, undo the acknowledgement, close it by hand."""

from qualtui.alerts.ownership import OwnerTiming
from qualtui.alerts.transition import settle
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.commands.incidents import ownership_refusal
from qualtui.engine.journal import Entry
from qualtui.eventlog.incident_changes import IncidentResolved
from qualtui.eventlog.incident_lead import firing_members
from qualtui.eventlog.ownership import AcknowledgementUndone, Snoozed
from qualtui.model import Incident, Phase, State
from qualtui.text import clean, masked
from qualtui.text.message import Text, message
from qualtui.wire import Answer, CloseIncident, Done, Refused, SnoozeIncident, UndoAcknowledge


async def snooze(context: CommandContext, ask: SnoozeIncident, who: str) -> Answer:
    """Make the caller the owner of an incident, without reminders for a while."""
    refusal: Text | None = None
    timing = OwnerTiming().faster(context.config.demo.speed)
    until = context.clock() + timing.snooze

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal
        refusal = ownership_refusal(state, state.incidents.get(ask.number), ask, who)
        return () if refusal is not None else ((Snoozed(ask.number, who, until), ""),)

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    number = str(ask.number)
    text = message("you own #{number}, without reminders for {left:span}", number=number, left=timing.snooze)
    return Done(text)


async def undo(context: CommandContext, ask: UndoAcknowledge, who: str) -> Answer:
    """Undo the caller's own acknowledgement. The journal decides whether somebody else acted before."""
    refusal: Text | None = None
    owner = ""

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal, owner
        incident = state.incidents.get(ask.number)
        refusal = _undo_refusal(state, incident, ask.number, who)
        if refusal is not None or incident is None or incident.before is None:
            return ()
        owner = incident.before.owner
        return ((AcknowledgementUndone(ask.number, who), ""),)

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    number = str(ask.number)
    if owner:
        return Done(message("undone: {owner} owns #{number} again", owner=owner, number=number))
    return Done(message("undone: #{number} has no owner, as before", number=number))


def _undo_refusal(state: State, incident: Incident | None, asked: int, who: str) -> Text | None:
    """Why the acknowledgement of an incident can't be undone by this person; None where it can."""
    number = str(asked)
    if incident is None and asked >= state.next_number:
        return message("no incident #{number}; see them: qualtui incidents list --all", number=number)
    if incident is None or incident.phase is Phase.RESOLVED:
        return message("#{number} is resolved", number=number)
    if not incident.owner:
        return message("#{number} has no owner", number=number)
    if incident.owner != who:
        return message("{owner} owns #{number}, not you", owner=incident.owner, number=number)
    since = incident.renewed_at or 0.0
    others = [one.who for one in state.runs.values() if one.agent == incident.agent and one.started_at >= since]
    others += [one.author for one in state.silences.values() if asked in one.causes and one.created_at >= since]
    other = next((name for name in others if name != who), "")
    if other:
        return message("{who} acted on #{number} since; release it instead", who=other, number=number)
    if incident.before is None:
        return message("someone else acted on #{number} since; release it instead", number=number)
    return None


async def close(context: CommandContext, ask: CloseIncident, who: str) -> Answer:
    """End an incident with its alerts; refused while its condition holds, unless it is forced."""
    reason, number = masked(clean(ask.reason, 200)), str(ask.number)
    if not reason:
        return Refused(message("say why: --reason"))
    refusal: Text | None = None

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal
        incident = state.incidents.get(ask.number)
        if incident is None and ask.number >= state.next_number:
            refusal = message("no incident #{number}; see them: qualtui incidents list --all", number=number)
        elif incident is None or incident.phase is Phase.RESOLVED:
            refusal = message("#{number} is resolved", number=number)
        elif not ask.force and context.holds(incident):
            refusal = message(
                "#{number} still holds by fresh evidence: {what}; to close it all the same: --force",
                number=number,
                what=incident.summary,
            )
        if refusal is not None or incident is None:
            return ()
        rules = context.config.rules
        ended = message("closed by hand")
        alerts = [settle(rules.get(one.rule), one, ended) for one in firing_members(incident, state.alerts)]
        return (*((one, "") for one in alerts), (IncidentResolved(ask.number, reason, who), ""))

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    return Done(message("#{number} is closed; it opens again if its condition holds", number=number))
