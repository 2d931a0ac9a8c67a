"""The bot's database beside what its plan allows."""

from qualtui.engine.week.facts import WeekFacts
from qualtui.text.message import Text, message

MEGABYTE = 1e6
FULL = 70.0  # % of `size_limit` from which it is worth a look


def database_size(facts: WeekFacts) -> Text | None:
    """Return how full the plan is."""
    settings = facts.config.agents[facts.agent].database
    size = facts.fresh("db.size")
    if settings is None or not settings.size_limit or size is None:
        return None
    share = 100.0 * size / (settings.size_limit * MEGABYTE)
    if share < FULL:
        return None
    return message(
        "database at {share:whole} % of {limit:whole} MB: clean up, or take a larger plan",
        share=share // 1,
        limit=float(settings.size_limit),
    )
