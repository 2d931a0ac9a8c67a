"""Commands about the past of series."""

from math import isfinite

from msgspec.structs import replace

from qualtui.config.errors import nearest
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.history_reader import limits
from qualtui.series.timeline import grid
from qualtui.store.errors import StoreError
from qualtui.text import clean
from qualtui.text.message import Text, message
from qualtui.wire import MOST_CELLS, MOST_SERIES, Answer, History, Refused, ShowHistory

_SHORTEST, _LONGEST = 60.0, 400 * 86400.0  # s


async def show(context: CommandContext, ask: ShowHistory, who: str) -> Answer:
    """Return the past of some series in cells, with what they are held against."""
    del who
    agent = ask.agent or (context.agents[0] if len(context.agents) == 1 else "")
    names = _names(context, ask)
    why = _refusal(context, ask, agent, names)
    if why is not None:
        return Refused(why)
    until = ask.until or context.clock()
    since, step, count = grid(ask.seconds, ask.cells, until)
    declared = context.declared(agent)
    try:
        found = await context.past(agent, names, since, step, count)
    except StoreError as error:
        return Refused(message("can't read the past: {reason}", reason=error.text))
    series = (replace(one, limits=limits(context.config, declared[one.name], ask.rule)) for one in found)
    return History(agent, since, until, step, tuple(series))


def _names(context: CommandContext, ask: ShowHistory) -> tuple[str, ...]:
    """The series, the rule's own first."""
    rule = context.config.rules.get(ask.rule)
    return ask.series if rule is None else tuple(dict.fromkeys((rule.series, *ask.series)))


def _refusal(context: CommandContext, ask: ShowHistory, agent: str, names: tuple[str, ...]) -> Text | None:
    """Why this can't be answered; None where it can."""
    if not agent:
        return message("name the agent: {known}", known=", ".join(context.agents))
    if ask.rule and ask.rule not in context.config.rules:
        expected = nearest(ask.rule, list(context.config.rules))
        return message("no rule '{name}'; expected {expected}", name=clean(ask.rule, 40), expected=expected)
    declared = context.declared(agent)
    for name in names:
        if name not in declared:
            return message(
                "no series '{name}'; expected {expected}",
                name=clean(name, 40),
                expected=nearest(name, list(declared)),
            )
    if not 0 < len(names) <= MOST_SERIES or not 0 < ask.cells <= MOST_CELLS:
        return message("1 to {series} series and 1 to {cells} cells at once", series=MOST_SERIES, cells=MOST_CELLS)
    if not (_SHORTEST <= ask.seconds <= _LONGEST and isfinite(ask.until) and 0 <= ask.until < 1e11):
        return message("a history covers 1 min to 400 days")
    return None
