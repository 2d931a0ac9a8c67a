"""An owner who gives no sign is reminded, then nobody owns the incident; a snooze holds the reminder back."""

import pytest
from msgspec.structs import replace

from qualtui.alerts.ownership import OwnerTiming, OwnerVerdict, covered, lapses_at, owner_verdict
from qualtui.model import Incident, Phase, Severity

TIMING = OwnerTiming()
MINUTE = 60.0
OWNED = Incident(
    1, "down", "bot", Severity.CRITICAL, Phase.FIRING, 0.0, 0.0, "down", owner="ana", owned_at=0.0, renewed_at=0.0
)


@pytest.mark.parametrize(
    ("changes", "acted", "minute", "expected"),
    [
        ({}, None, 19, OwnerVerdict.ACTIVE),
        ({}, None, 20, OwnerVerdict.REMIND),
        ({"reminded_at": 20 * MINUTE}, None, 25, OwnerVerdict.REMINDED),
        ({"reminded_at": 20 * MINUTE}, None, 30, OwnerVerdict.LAPSE),
        ({"renewed_at": 15 * MINUTE}, None, 34, OwnerVerdict.ACTIVE),
        ({"renewed_at": 15 * MINUTE}, None, 45, OwnerVerdict.LAPSE),
        ({"renewed_at": 25 * MINUTE, "reminded_at": 20 * MINUTE}, None, 45, OwnerVerdict.REMIND),
        ({}, 18 * MINUTE, 37, OwnerVerdict.ACTIVE),
        ({}, 18 * MINUTE, 38, OwnerVerdict.REMIND),
        ({"snoozed_until": 30 * MINUTE}, None, 29, OwnerVerdict.SNOOZED),
        ({"snoozed_until": 30 * MINUTE}, None, 30, OwnerVerdict.REMIND),
        ({"snoozed_until": 30 * MINUTE, "reminded_at": 30 * MINUTE}, None, 39, OwnerVerdict.REMINDED),
        ({"snoozed_until": 30 * MINUTE}, None, 40, OwnerVerdict.LAPSE),
        ({"overdue_at": 300 * MINUTE}, None, 299, OwnerVerdict.SCHEDULED),  # nobody is woken for what is planned
        ({"overdue_at": 300 * MINUTE}, None, 300, OwnerVerdict.LAPSE),
        ({"owner": ""}, None, 99, OwnerVerdict.NO_OWNER),
        ({"phase": Phase.RESOLVED}, None, 99, OwnerVerdict.NO_OWNER),
        ({"owned_at": 90 * MINUTE, "renewed_at": 90 * MINUTE}, None, 0, OwnerVerdict.LAPSE),
    ],
)
def test_what_an_owned_incident_is_due(
    changes: dict[str, object], acted: float | None, minute: float, expected: OwnerVerdict
) -> None:
    incident = replace(OWNED, **changes)
    assert owner_verdict(incident, acted, TIMING, minute * MINUTE) is expected


@pytest.mark.parametrize(
    ("changes", "acted", "minute"),
    [
        ({}, None, 30),
        ({}, 18 * MINUTE, 48),
        ({"snoozed_until": 30 * MINUTE}, None, 40),
        ({"overdue_at": 300 * MINUTE}, None, 300),
    ],
)
def test_the_lapse_that_is_shown_is_the_lapse_that_happens(
    changes: dict[str, object], acted: float | None, minute: float
) -> None:
    incident = replace(OWNED, **changes)
    assert lapses_at(incident, acted, TIMING) == minute * MINUTE
    assert owner_verdict(incident, acted, TIMING, minute * MINUTE) is OwnerVerdict.LAPSE
    assert owner_verdict(incident, acted, TIMING, minute * MINUTE - 1) is not OwnerVerdict.LAPSE


def test_an_owner_covers_what_the_incident_had_reached_and_nothing_worse() -> None:
    taken = replace(OWNED, covers=Severity.WARNING)
    assert covered(taken, Severity.WARNING)
    assert not covered(taken, Severity.CRITICAL)
    assert not covered(replace(taken, owner=""), Severity.WARNING)


def test_a_demo_s_owner_has_as_much_less_time() -> None:
    assert owner_verdict(OWNED, None, TIMING.faster(60), 20.0) is OwnerVerdict.REMIND
