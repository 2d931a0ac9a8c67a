"""A time of this week in which no one is on call."""

from qualtui.alerts.oncall import SOON, duty
from qualtui.engine.week.facts import DAY, WeekFacts
from qualtui.text.message import Text, message

WEEK = 7 * DAY


def uncovered(facts: WeekFacts) -> Text | None:
    """Return in how long no one is on call. From three days before it on a banner says so."""
    gap = duty(facts.state.shifts, facts.config.oncall, facts.now).gap
    if gap is None or not SOON < gap - facts.now <= WEEK:
        return None
    return message("no one is on call in {left:span}: qualtui oncall give NAME", left=gap - facts.now)
