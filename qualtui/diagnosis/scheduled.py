"""Whether what is left of a fault is planned: its cause is fixed, and answers to those who wait are scheduled."""

from collections.abc import Sequence

from qualtui.diagnosis.chain import BAD
from qualtui.model import Incident, Link, Schedule, Severity
from qualtui.series.evidence import Readings, fresh
from qualtui.wire import LinkView


def scheduled(
    planned: Schedule | None,
    holding: Sequence[Incident],
    readings: Readings,
    links: Sequence[LinkView],
    now: float,
) -> bool:
    """Return whether a schedule covers all that holds.

    Not where a link is broken, where more customers wait than it answers, where something else is CRITICAL, or
    where it is overdue.
    """
    waiting = fresh(readings, "customers.waiting")
    if planned is None or not waiting or waiting > planned.count or now >= planned.overdue_at:
        return False
    if any(view.status == BAD and view.link is not Link.CUSTOMER for view in links):
        return False
    return all(one.overdue_at > now or one.severity is not Severity.CRITICAL for one in holding)
