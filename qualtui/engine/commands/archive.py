"""Commands on what was: all incidents, and all that was done, from the log where the state keeps it no longer."""

from collections.abc import Sequence

from qualtui.engine.commands.context import CommandContext
from qualtui.engine.commands.incidents import replayed
from qualtui.engine.incident_views import activity_view, incident_view
from qualtui.engine.incident_views import incidents as incident_rows
from qualtui.eventlog.activity import add_line, line
from qualtui.eventlog.fold import apply
from qualtui.model import Activity, Event, Phase, State
from qualtui.store.errors import StoreError
from qualtui.text.message import message
from qualtui.wire import (
    MOST_INCIDENTS,
    ActivityLog,
    Answer,
    IncidentList,
    IncidentView,
    ListIncidents,
    Refused,
    ShowActivity,
)

EVENTS = 1000  # of one answer
CONTEXT = 300  # events before them, so that a line knows what its event speaks of
NEWEST = 2**62  # beyond every event and incident


async def incidents(context: CommandContext, ask: ListIncidents, who: str) -> Answer:
    """Return the incidents of the state, or older ones, each from its events."""
    del who
    state = context.journal.state
    try:
        if not ask.before:
            known = incident_rows(state, context.current, most=len(state.incidents))
            numbers = await context.numbers_before(NEWEST, len(state.incidents) + 1)
            return IncidentList(known, 0 if state.incidents.keys() >= set(numbers) else NEWEST)
        numbers = await context.numbers_before(ask.before, MOST_INCIDENTS + 1)
        chosen = [number for number in numbers[:MOST_INCIDENTS] if number not in state.incidents]
        rows = [await _from_the_log(context, number) for number in chosen]
    except StoreError as error:
        return Refused(message("can't read older incidents: {reason}", reason=error.text))
    more = numbers[MOST_INCIDENTS - 1] if len(numbers) > MOST_INCIDENTS else 0
    return IncidentList(tuple(row for row in rows if row is not None), more)


async def _from_the_log(context: CommandContext, number: int) -> IncidentView | None:
    """An incident that the state no longer keeps; None where its beginning was pruned."""
    past, _lines = replayed(await context.history(number))
    found = past.incidents.get(number)
    return incident_view(found, past) if found is not None and found.phase is Phase.RESOLVED else None


async def activity(context: CommandContext, ask: ShowActivity, who: str) -> Answer:
    """Return what was done, in parts: the newest, what came since, or what was earlier."""
    del who
    try:
        events = await context.events_before(ask.before or NEWEST, EVENTS + CONTEXT)
    except StoreError as error:
        return Refused(message("can't read what was done: {reason}", reason=error.text))
    whole = len(events) < EVENTS + CONTEXT
    first = 0 if whole else CONTEXT
    lines = _lines(events, max(events[first].seq, ask.after + 1) if events else 0)
    return ActivityLog(
        tuple(activity_view(one) for one in reversed(lines)),
        0 if whole else events[first].seq,
        events[-1].seq if events else 0,
    )


def _lines(events: Sequence[Event], since: int) -> list[Activity]:
    """The lines of the events from this seq on; those before it are only folded."""
    state = State()
    lines: list[Activity] = []
    for event in events:
        entry = line(state, event) if event.seq >= since else None
        if entry is not None:
            add_line(lines, entry)
        state = apply(state, event)
    return lines
