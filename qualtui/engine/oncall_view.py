"""Who is on call, as windows and commands show it."""

from qualtui.alerts.oncall import SOON, duty
from qualtui.config.values import Config
from qualtui.model import State
from qualtui.text.message import EMPTY, Text, message
from qualtui.wire import Oncall, PersonView, ShiftView


def oncall_view(state: State, config: Config, now: float) -> Oncall:
    """Return who is on call, who is next, and who can be."""
    held, order = duty(state.shifts, config.oncall, now), config.oncall.order
    people = tuple(
        PersonView(
            name,
            person.channels,
            any(config.notify.channels[one].ringing for one in person.channels if one in config.notify.channels),
            order.index(name) + 1 if name in order else 0,
        )
        for name, person in config.people.items()
    )
    planned = tuple(ShiftView(one.who, one.since, one.until) for one in state.shifts if one.since > now)
    return Oncall(held.who, held.next, held.taken, held.until, held.gap, planned, people)


def oncall_banner(state: State, config: Config, now: float) -> Text:
    """Return the line that no one is on call, or soon will not be; empty where that is not so."""
    held = duty(state.shifts, config.oncall, now)
    if held.gap is None or held.gap - now > SOON:
        return EMPTY
    if held.gap > now:
        left, after = held.gap - now, held.next
        if after:
            return message("no one is on call in {left:span}, {next} is next: qualtui oncall give {next}",
                           left=left, next=after)  # fmt: skip
        return message("no one is on call in {left:span}: qualtui oncall take", left=left)
    if held.who:
        return message("no one has taken the call, {who} is called: qualtui oncall take", who=held.who)
    return message("no one is on call: qualtui oncall take")
