"""Names that were given up, each with the one that took its place: stores and configurations still hold them."""

RULES = {"waha-not-working": "gateway-not-working", "waha-deaf": "gateway-inbound-silent"}
FIXES = {"waha-restart": "gateway-restart"}

_SERIES = {"health.waha": "health.gateway", "deep.waha": "deep.gateway"}
_GROUP, _GROUP_NOW = "waha.", "gateway."


def series_now(name: str) -> str:
    """The name that a series has today, given without its agent."""
    if name.startswith(_GROUP):
        return _GROUP_NOW + name.removeprefix(_GROUP)
    return _SERIES.get(name, name)


def rule_now(name: str) -> str:
    """The name that a rule has today."""
    return RULES.get(name, name)


def fix_now(name: str) -> str:
    """The name that a fix has today."""
    return FIXES.get(name, name)
