"""The registry of what needs attention this week: a provider is a file of this folder and a line here."""

from qualtui.engine.week.certificates import certificate
from qualtui.engine.week.database_size import database_size
from qualtui.engine.week.duty import uncovered
from qualtui.engine.week.facts import Provider, WeekFacts
from qualtui.text.message import Text

PROVIDERS: tuple[Provider, ...] = (database_size, certificate, uncovered)


def week(facts: WeekFacts) -> tuple[Text, ...]:
    """Return the lines of all providers, in the order of the registry."""
    lines = (provider(facts) for provider in PROVIDERS)
    return tuple(line for line in lines if line is not None)
