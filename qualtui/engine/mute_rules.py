"""What a configuration mutes, as the pure stages take it."""

from qualtui.alerts.inhibition import Inhibition
from qualtui.alerts.maintenance import MaintenanceWindow
from qualtui.alerts.mutes import MuteRules
from qualtui.alerts.night import Night
from qualtui.config.hours import hours_of
from qualtui.config.values import Config
from qualtui.model.matchers import Matcher, matcher_of

LOST = "customers.lost"  # the series that counts lost customers


def mute_rules(config: Config) -> MuteRules:
    """The maintenance windows, inhibitions, night and labels of a configuration."""
    notify = config.notify
    return MuteRules(
        windows=tuple(
            MaintenanceWindow(one.cron, one.duration, one.zone, _matchers(one.match)) for one in config.maintenance
        ),
        inhibitions=tuple(
            Inhibition(_matchers(one.source), _matchers(one.target), one.equal) for one in config.inhibit
        ),
        night=Night(hours_of(notify.night), notify.night_customers, notify.zone) if notify.night else None,
        lost=frozenset(name for name, rule in config.rules.items() if rule.series == LOST),
        of_agent={name: agent.labels for name, agent in config.agents.items() if agent.labels},
        of_rule={name: rule.labels for name, rule in config.rules.items() if rule.labels},
    )


def _matchers(texts: tuple[str, ...]) -> tuple[Matcher, ...]:
    return tuple(matcher_of(text) for text in texts)
