"""Commands on rules: which of them have alerts."""

from qualtui.alerts.idle import MISSING
from qualtui.engine.commands.context import CommandContext
from qualtui.model import Evidence, Phase
from qualtui.wire import Answer, IdleRule, RuleAlert, RuleAlerts, ShowRuleAlerts


async def alerts(context: CommandContext, ask: ShowRuleAlerts, who: str) -> Answer:
    """Return the alerts that are pending or fire, and the rules that have no data to begin with."""
    del ask, who
    every = context.journal.state.alerts.values()
    standing = [one for one in every if one.phase in {Phase.PENDING, Phase.FIRING}]
    alerts = tuple(RuleAlert(one.rule, one.agent, one.phase, one.unseen_since) for one in standing)
    idle = _idle(context, {(one.rule, one.agent) for one in standing})
    return RuleAlerts(alerts, tuple(IdleRule(name, *counts) for name, counts in idle.items()))


def _idle(context: CommandContext, standing: set[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """By rule: for how many agents its series has no fresh value, and for how many nothing answers it."""
    found: dict[str, tuple[int, int]] = {}
    rules = [(name, rule) for name, rule in context.config.rules.items() if rule.enabled and rule.absent is None]
    for view in context.details(context.agents, tuple({rule.series for _name, rule in rules})):
        for name, rule in rules:
            figure = view.figures.get(rule.series)
            evidence = Evidence.NO_SOURCE if figure is None else figure.evidence
            if evidence not in MISSING or (name, view.name) in standing:
                continue
            no_data, no_source = found.get(name, (0, 0))
            none = evidence is Evidence.NO_SOURCE
            found[name] = (no_data + (not none), no_source + none)
    return found
