"""The configuration: what it leaves out, and who would be told."""

from qualtui.config.values import Config
from qualtui.model import Severity
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text import _


def check_settings(config: Config) -> tuple[Finding, ...]:
    """Findings on a configuration that is valid."""
    return (_sources(config), *_routes(config))


def _sources(config: Config) -> Finding:
    check, what = "config.sources", _("configuration")
    names = ("health", "database", "waha")
    missing = [
        f"{name}.{part}" for name, agent in config.agents.items() for part in names if getattr(agent, part) is None
    ]
    off = [name for name, rule in config.rules.items() if not rule.enabled]
    if missing:
        why = _("not watched: {}").format(", ".join(missing))
        return warning(check, what, why, _("add [agents.{}]").format(missing[0]))
    told = _("valid; agents: {}; {} rules").format(", ".join(config.agents), len(config.rules) - len(off))
    return ok(check, what, told + (_("; switched off: {}").format(", ".join(off)) if off else ""))


def _routes(config: Config) -> tuple[Finding, ...]:
    check, what = "notify.routes", _("who is told")
    routes = config.notify.routes
    found: list[Finding] = []
    deaf = [
        name
        for name in config.agents
        if not any(
            Severity.CRITICAL in route.severities and (not route.agents or name in route.agents)
            for route in routes
        )
    ]
    if deaf:
        why = _("nobody, when {} is critical").format(", ".join(deaf))
        found.append(failed(check, what, why, _('add a [[notify.routes]] with severities = ["critical"]')))
    else:
        told = sorted(
            {name for route in routes if Severity.CRITICAL in route.severities for name in route.targets}
        )
        found.append(ok(check, what, _("of critical: {}").format(", ".join(told))))
    used = {name for route in routes for name in route.targets}
    idle = [name for name in config.notify.targets if name not in used]
    if idle:
        why = _("no route leads to {}").format(", ".join(idle))
        found.append(warning("notify.unused", what, why, _("name it in the targets of a [[notify.routes]]")))
    return tuple(found)
