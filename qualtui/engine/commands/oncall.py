"""Commands on who is on call: show, take, give."""

from qualtui.alerts.oncall import person_of
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.oncall_view import oncall_view
from qualtui.eventlog.oncall import OncallAssigned
from qualtui.text import clean
from qualtui.text.message import message
from qualtui.wire import Answer, AssignOncall, Done, Oncall, Refused, ShowOncall

LONGEST = 92 * 86400.0  # s from now until which a shift may be planned
LATE = 60.0  # s that a command may be on its way


async def show(context: CommandContext, ask: ShowOncall, who: str) -> Oncall:
    """Return who is on call."""
    del ask, who
    return oncall_view(context.journal.state, context.config, context.clock())


async def assign(context: CommandContext, ask: AssignOncall, who: str) -> Answer:
    """Put a person on call, from now or from then on."""
    people, now = context.config.people, context.clock()
    if not people:
        return Refused(message("the configuration names no one: add [people.NAME]"))
    person = person_of(ask.who or who, people)
    if not person:
        name = clean(ask.who or who, 40)
        return Refused(message("no person '{name}'; there is: {known}", name=name, known=", ".join(people)))
    since, until = ask.since or now, ask.until or None
    if since < now - LATE or max(since, until or 0.0) > now + LONGEST:
        return Refused(message("a shift begins now or later, and ends within {days:whole} days", days=92))
    if until is not None and until <= max(since, now):
        return Refused(message("--until: a shift ends after it begins, and not in the past; such as 18:00 or 8h"))
    await context.journal.append((OncallAssigned(person, who, max(since, now), until), ""))
    if since > now:
        return Done(message("{person} is on call in {wait:span}", person=person, wait=since - now))
    if until is None:
        return Done(message("{person} is on call", person=person))
    return Done(message("{person} is on call for {left:span}", person=person, left=until - now))
