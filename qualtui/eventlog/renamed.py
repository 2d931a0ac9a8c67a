"""Events and States of former versions under the names that rules and fixes have today."""

from typing import Any

from msgspec.structs import replace

from qualtui.model import State, alert_key
from qualtui.model.renames import FIXES, RULES, fix_now, rule_now


def renamed_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """An old event's fields: what stood under `rule` and `fix`."""
    new = dict(fields)
    if "rule" in new:
        new["rule"] = rule_now(new["rule"])
    if "fix" in new:
        new["fix"] = fix_now(new["fix"])
    return new


def renamed_state(state: State) -> State:
    """A kept State. Its lines stay as they were written."""
    alerts = {
        alert_key(rule_now(one.rule), one.agent) if one.rule in RULES else key: replace(
            one, rule=rule_now(one.rule)
        )
        for key, one in state.alerts.items()
    }
    incidents = {
        number: replace(one, rule=rule_now(one.rule), fix=fix_now(one.fix))
        if one.rule in RULES or one.fix in FIXES
        else one
        for number, one in state.incidents.items()
    }
    runs = {
        key: replace(one, fix=fix_now(one.fix)) if one.fix in FIXES else one for key, one in state.runs.items()
    }
    return replace(state, alerts=alerts, incidents=incidents, runs=runs)
