"""Silences that people made, and the notices that something kept from being sent."""

import msgspec

from qualtui.model.matchers import Matcher
from qualtui.model.values import Severity
from qualtui.text.message import Saying


class Silence(msgspec.Struct, frozen=True):
    """While it runs, alerts that fulfil all its matchers send no notice.

    `causes`: incident -> revision of its cause, of those that were open and matched when it was made: a newer
    cause is news, and not silenced.
    """

    id: str
    matchers: tuple[Matcher, ...]
    author: str
    reason: str
    created_at: float
    until: float
    causes: dict[int, int] = {}
    ended_by: str = ""  # who ended it before its time

    def runs(self, now: float) -> bool:
        """Whether it silences at this moment."""
        return now < self.until


class MutedNotice(msgspec.Struct, frozen=True):
    """A notice that was due and was not sent. `key` is its reason's: recorded once. `status`: muted, unrouted."""

    key: str
    number: int
    agent: str
    kind: str
    severity: Severity
    title: Saying
    reason: Saying
    at: float
    waiting: int | None = 0  # customers waiting at that moment; None: not known, nor is it since
    status: str = "muted"
