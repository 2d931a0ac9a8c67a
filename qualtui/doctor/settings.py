"""The configuration: what it does not watch, and who is notified."""

from qualtui.config.values import Config
from qualtui.model import Severity
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text.message import message


def check_settings(config: Config) -> tuple[Finding, ...]:
    """Findings on a valid configuration."""
    return (_sources(config), *_routes(config))


def _sources(config: Config) -> Finding:
    check, what = "config.sources", message("configuration")
    names = ("health", "database", "gateway")
    missing = [
        f"{name}.{part}" for name, agent in config.agents.items() for part in names if getattr(agent, part) is None
    ]
    off = [name for name, rule in config.rules.items() if not rule.enabled]
    if missing:
        why = message("not watched: {parts}", parts=", ".join(missing))
        return warning(check, what, why, message("add [agents.{part}]", part=missing[0]))
    agents, number = ", ".join(config.agents), len(config.rules) - len(off)
    if off:
        why = message("valid; agents: {agents}; {rules} rules; switched off: {off}",
                      agents=agents, rules=number, off=", ".join(off))  # fmt: skip
        return ok(check, what, why)
    return ok(check, what, message("valid; agents: {agents}; {rules} rules", agents=agents, rules=number))


def _routes(config: Config) -> tuple[Finding, ...]:
    check, what = "notify.routes", message("notifications")
    routes = config.notify.routes
    found: list[Finding] = []
    unrouted = [
        name
        for name in config.agents
        if not any(
            Severity.CRITICAL in route.severities and (not route.agents or name in route.agents)
            for route in routes
        )
    ]
    if unrouted:
        why = message("No one is notified when {agents} is critical", agents=", ".join(unrouted))
        todo = message('add a [[notify.routes]] with severities = ["critical"]')
        found.append(failed(check, what, why, todo))
    else:
        used_for = sorted(
            {name for route in routes if Severity.CRITICAL in route.severities for name in route.channels}
        )
        found.append(ok(check, what, message("critical alerts go to {channels}", channels=", ".join(used_for))))
    used = {name for route in routes for name in route.channels}
    used |= {name for person in config.people.values() for name in person.channels}  # for whoever is called
    used |= {name for step in config.notify.escalation for name in step.to}
    idle = [name for name in config.notify.channels if name not in used]
    if idle:
        why = message("no route and no person uses {channels}", channels=", ".join(idle))
        todo = message("name it in the channels of a [[notify.routes]] or of a [people.NAME]")
        found.append(warning("notify.unused", what, why, todo))
    return tuple(found)
