"""Rules that can't begin, because their series has no fresh value. Pure."""

from collections.abc import Mapping

from qualtui.config.values import Rule
from qualtui.model import Evidence

MISSING = frozenset({Evidence.NO_DATA, Evidence.OLD, Evidence.NO_SOURCE})  # evidence with which no rule begins


def rules_by_series(rules: Mapping[str, Rule]) -> dict[str, tuple[str, ...]]:
    """Return by series the rules that need a value of it: none that is off, or is about missing values."""
    found: dict[str, tuple[str, ...]] = {}
    for name, rule in rules.items():
        if rule.enabled and rule.absent is None:
            found[rule.series] = (*found.get(rule.series, ()), name)
    return found
