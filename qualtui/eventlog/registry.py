"""Every family of events, one line each."""

from typing import Any

from qualtui.eventlog import (
    ack_links,
    alert_changes,
    alerts,
    backups,
    customers,
    engine,
    escalations,
    fixes,
    flapping,
    healing,
    incident_changes,
    incidents,
    mutes,
    notices,
    oncall,
    ownership,
    schedules,
    silences,
)
from qualtui.eventlog.family import EventKind, Family
from qualtui.model import EventBody

FAMILIES: tuple[Family, ...] = (
    engine.FAMILY,
    alerts.FAMILY,
    alert_changes.FAMILY,
    incident_changes.FAMILY,
    incidents.FAMILY,
    flapping.FAMILY,
    ownership.FAMILY,
    escalations.FAMILY,
    oncall.FAMILY,
    notices.FAMILY,
    ack_links.FAMILY,
    mutes.FAMILY,
    silences.FAMILY,
    fixes.FAMILY,
    healing.FAMILY,
    schedules.FAMILY,
    customers.FAMILY,
    backups.FAMILY,
)

KINDS: dict[type[EventBody], EventKind[Any]] = {kind.body: kind for family in FAMILIES for kind in family.kinds}
