"""Every family of events, one line each."""

from typing import Any

from qualtui.eventlog import alerts, customers, engine, fixes, incidents, notices
from qualtui.eventlog.family import EventKind, Family
from qualtui.model import EventBody

FAMILIES: tuple[Family, ...] = (
    engine.FAMILY,
    alerts.FAMILY,
    incidents.FAMILY,
    notices.FAMILY,
    fixes.FAMILY,
    customers.FAMILY,
)

KINDS: dict[type[EventBody], EventKind[Any]] = {kind.body: kind for family in FAMILIES for kind in family.kinds}
