"""The series of an agent: those that qualtui knows, and the user's own. Pure."""

from collections.abc import Mapping

from qualtui.config.values import AgentSettings
from qualtui.series.catalogue import BY_NAME, OWN
from qualtui.series.declaration import Series


def declared(agent: AgentSettings) -> Mapping[str, Series]:
    """By name; that of one of the user's own begins with OWN."""
    if not agent.series:
        return BY_NAME
    own = {
        f"{OWN}{name}": Series(
            f"{OWN}{name}", one.unit, one.worse, "HTTP JSON" if one.url else "SQL", "the user's own"
        )
        for name, one in agent.series.items()
    }
    return {**BY_NAME, **own}
