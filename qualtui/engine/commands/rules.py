"""Commands on rules: which of them have alerts."""

from qualtui.engine.commands.context import CommandContext
from qualtui.model import Phase
from qualtui.wire import Answer, RuleAlert, RuleAlerts, ShowRuleAlerts


async def alerts(context: CommandContext, ask: ShowRuleAlerts, who: str) -> Answer:
    """Return the alerts that are pending or fire."""
    del ask, who
    standing = (one for one in context.journal.state.alerts.values() if one.phase in {Phase.PENDING, Phase.FIRING})
    return RuleAlerts(tuple(RuleAlert(one.rule, one.agent, one.phase, one.unseen_since) for one in standing))
