"""Commands on incidents: acknowledge, note, show."""

from collections.abc import Sequence

from qualtui.engine.commands.context import CommandContext
from qualtui.engine.incident_views import activity_view, incident_alerts, incident_notices, incident_view
from qualtui.engine.journal import Entry
from qualtui.eventlog.ack_links import link_owner
from qualtui.eventlog.activity import add_line, line
from qualtui.eventlog.family import OURSELVES
from qualtui.eventlog.fold import apply
from qualtui.eventlog.incidents import Acknowledged, Noted, Released
from qualtui.eventlog.ownership import OwnershipRenewed
from qualtui.model import Activity, Event, Incident, Phase, State
from qualtui.store.errors import StoreError
from qualtui.text import clean, masked, plural
from qualtui.text.message import Text, message
from qualtui.wire import Acknowledge, AddNote, Answer, Done, IncidentDetail, Refused, ShowIncident, SnoozeIncident

LINES = 5_000  # of an incident's history, so that the answer fits into a frame ...
HEAD = 100  # ... of them the first
NOTICES = 200  # of an incident's notices, the newest


async def acknowledge(context: CommandContext, ask: Acknowledge, who: str) -> Answer:
    """Make the caller the owner of an incident, or release it. The journal decides who was first."""
    refusal: Text | None = None
    renewed = False

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal
        incident = state.incidents.get(ask.number)
        refusal = ownership_refusal(state, incident, ask, who)
        if refusal is not None:
            return ()
        if ask.release:
            return ((Released(ask.number, who), ""),)
        if incident is not None and incident.owner == who:
            nonlocal renewed
            renewed = True
            return ((OwnershipRenewed(ask.number, who), ""),)
        reason = masked(clean(ask.reason, 200))
        return ((Acknowledged(ask.number, who, reason), ""),)

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    if ask.release:
        return Done(message("#{number} has no owner now", number=str(ask.number)))
    if renewed:
        return Done(message("you still own #{number}: the time to its lapse starts again", number=str(ask.number)))
    return Done(message("you own #{number} now", number=str(ask.number)))


def ownership_refusal(
    state: State, incident: Incident | None, ask: Acknowledge | SnoozeIncident, who: str
) -> Text | None:
    """Why the owner can't be changed so; None where it can."""
    number = str(ask.number)
    if incident is None and ask.number >= state.next_number:
        return message("no incident #{number}; see them: qualtui incidents list --all", number=number)
    # Numbers only go up, and every incident that fires is in the state.
    if incident is None or incident.phase is Phase.RESOLVED:
        return message("#{number} is resolved", number=number)
    release = isinstance(ask, Acknowledge) and ask.release
    if release and incident.owner != who:
        if not incident.owner:
            return message("#{number} has no owner", number=number)
        return message("{owner} owns #{number}, not you", owner=incident.owner, number=number)
    if release or incident.owner in {who, ask.expect} or _by_link(state, incident):
        return None
    if not incident.owner:
        return message("#{number} has no owner any more; try again", number=number)
    return message(
        "{owner} already owns #{number}; take it over: qualtui incidents ack {number} --take",
        owner=incident.owner,
        number=number,
    )


def _by_link(state: State, incident: Incident) -> bool:
    """Whether only a link owns it: whoever says who he is confirms it."""
    ack = state.link_acks.get(incident.number)
    return ack is not None and incident.owner == link_owner(ack.channel, ack.who)


async def note(context: CommandContext, ask: AddNote, who: str) -> Answer:
    """Add a note to an incident; phone numbers in it are masked."""
    text, number = masked(clean(ask.text, 500)), str(ask.number)
    if not text:
        return Refused(message("the note is empty"))
    try:
        # An incident that has left the state is still in the log.
        known = ask.number in context.journal.state.incidents or bool(await context.history(ask.number))
    except StoreError as error:
        return Refused(_unreadable(number, error))
    if not known:
        return Refused(message("no incident #{number}; see them: qualtui incidents list --all", number=number))
    await context.journal.append((Noted(ask.number, who, text), ""))
    return Done(message("note added to #{number}", number=number))


async def show(context: CommandContext, ask: ShowIncident, who: str) -> Answer:
    """Return the incident and its history: from the state, else from its events, which are kept longer."""
    del who
    state = context.journal.state
    incident = state.incidents.get(ask.number)
    try:
        past, lines = replayed(await context.history(ask.number))
    except StoreError as error:
        if incident is None:
            return Refused(_unreadable(str(ask.number), error))
        unread = clean(str(message("can't read its history: {reason}", reason=error.text)))
        past, lines = State(), (Activity(context.clock(), OURSELVES, unread),)
    found = incident or past.incidents.get(ask.number)
    if found is None:
        return Refused(
            message("no incident #{number}; see them: qualtui incidents list --all", number=str(ask.number))
        )
    history = tuple(activity_view(line) for line in lines)
    known = past if incident is None else state
    row = incident_view(context.current(found), known)
    notices = incident_notices(ask.number, past) or incident_notices(ask.number, state)
    return IncidentDetail(row, history, incident_alerts(found, known), notices[-NOTICES:])


def replayed(events: Sequence[Event]) -> tuple[State, tuple[Activity, ...]]:
    """Return the fold of an incident's events alone, and all their activity lines, not only the newest."""
    state = State()
    lines: list[Activity] = []
    for event in events:
        entry = line(state, event)
        if entry is not None:
            add_line(lines, entry)
        state = apply(state, event)
    left_out = len(lines) - LINES
    if left_out > 0:
        text = plural("{n} line in between is left out", "{n} lines in between are left out", left_out)
        gap = Activity(lines[HEAD].at, OURSELVES, text.format(n=left_out))
        lines[HEAD : HEAD + left_out] = [gap]
    return state, tuple(lines)


def _unreadable(number: str, error: StoreError) -> Text:
    return message("can't look up #{number}: {reason}", number=number, reason=error.text)
