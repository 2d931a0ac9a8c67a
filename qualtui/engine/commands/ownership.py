"""Commands of an incident's owner: snooze it, close it by hand."""

from qualtui.alerts.ownership import OwnerTiming
from qualtui.alerts.transition import settle
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.commands.incidents import ownership_refusal
from qualtui.engine.journal import Entry
from qualtui.eventlog.incident_changes import IncidentResolved
from qualtui.eventlog.incident_lead import firing_members
from qualtui.eventlog.ownership import Snoozed
from qualtui.model import Phase, State
from qualtui.text import clean, masked
from qualtui.text.message import Text, message
from qualtui.wire import Answer, CloseIncident, Done, Refused, SnoozeIncident


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
            refusal = message("no incident #{number}", number=number)
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
