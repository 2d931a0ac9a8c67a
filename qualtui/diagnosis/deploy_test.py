"""S30: whether customers show that a deploy broke the bot. Pure.

A small bot never has 20 events soon after a deploy, so distinct customers are counted, not messages.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from qualtui.text.message import Saying, message

SOON = 3600.0  # s after a deploy in which failures may be its doing
FEWEST = 3  # distinct customers who failed since
MOST_SINCE = 0.5  # of those since the deploy, more than this share failed
MOST_BEFORE = 0.1  # of those before it, less than this share
BEFORE = 20  # customers before it who are looked at ...
FEWEST_BEFORE = 5  # ... fewer than this show nothing
FAILED_AFTER = 60.0  # s without an answer: the bot's own replies take at most 45 s


class DeployCounts(NamedTuple):
    """Distinct customers around a deploy: how many wrote, and of how many the bot owes an answer."""

    before: int
    before_failed: int
    since: int
    since_failed: int

    @property
    def words(self) -> Saying:
        """Both counts in a few words."""
        return message(
            "{before_failed:whole} of {before:whole} customers failed before it, "
            "{since_failed:whole} of {since:whole} since",
            **self._asdict(),
        )


def count_around(
    at: float,
    before: Collection[str],
    since: Collection[str],
    waiting: Mapping[str, float],
    now: float,
    patience: float = FAILED_AFTER,
) -> DeployCounts:
    """Count customers around a deploy at `at`.

    `before`, `since`: who wrote. `waiting`: since when, by customer; also one whose message was never stored.
    Whoever waits for less than `patience` may be answered just now: no failure yet.
    """
    failed = {lead for lead, began in waiting.items() if began >= at and now - began >= patience}
    young = {lead for lead, began in waiting.items() if began >= at and now - began < patience}
    decided = (set(since) | failed) - young
    return DeployCounts(
        len(set(before)),
        sum(waiting.get(lead, at) < at for lead in set(before)),
        len(decided),
        len(failed),
    )


def unproven(counts: DeployCounts, age: float, speed: float = 1.0) -> Saying:
    """Why customers do not show that a deploy broke the bot, `age` seconds after it; empty where they do."""
    if age > SOON / speed:
        return message("the deploy is {age:span} old: what fails now has another cause", age=age)
    if counts.since_failed < FEWEST:
        return message(
            "{failed:whole} customers failed since the deploy: too few to prove it", failed=counts.since_failed
        )
    if counts.since_failed <= MOST_SINCE * counts.since:
        return message(
            "{failed:whole} of {all:whole} customers failed since the deploy: the others were answered",
            failed=counts.since_failed,
            all=counts.since,
        )
    if counts.before < FEWEST_BEFORE:
        return message(
            "only {count:whole} customers wrote in the day before the deploy: nothing to compare with",
            count=counts.before,
        )
    if counts.before_failed >= MOST_BEFORE * counts.before:
        return message(
            "{failed:whole} of {all:whole} customers failed before the deploy already",
            failed=counts.before_failed,
            all=counts.before,
        )
    return ""
