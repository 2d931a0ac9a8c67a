"""A certificate that ends in the weeks to come. Below three days a rule speaks of it."""

from qualtui.engine.week.facts import WeekFacts
from qualtui.text.message import Text, message, outside

SOON = 21.0  # days: a renewal that is due at 30 days has failed for more than a week


def certificate(facts: WeekFacts) -> Text | None:
    """Return which certificate ends, and in how many days."""
    days = facts.fresh("tls.days")
    if days is None or days > SOON:
        return None
    host = facts.readings["tls.days"].note
    if not host:
        return message("a certificate ends in {days:whole} days: renew it", days=max(0.0, days // 1))
    return message(
        "certificate of {host} ends in {days:whole} days: renew it",
        host=outside(host, 80),
        days=max(0.0, days // 1),
    )
