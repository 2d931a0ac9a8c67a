"""At night a person is woken by a broken link or by enough customers who wait; all else waits for the morning."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from qualtui.alerts.mute import MuteKind
from qualtui.alerts.night import Night, at_night, night_ends
from qualtui.config.hours import hours_of
from qualtui.model import AlertState, Incident, Origin, Severity
from tests.alerts.alert import alert, incident

SAO_PAULO, LISBON = "America/Sao_Paulo", "Europe/Lisbon"
NIGHT = Night(hours_of("22:00-07:00"), 3, SAO_PAULO)
FAULT = incident(origin=Origin.FAULT, link="gateway")


def at(text: str, zone: str = SAO_PAULO) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "end"),
    [
        ("22:00-07:00", SAO_PAULO, "2026-11-27T03:10", "2026-11-27T07:00"),
        ("22:00-07:00", SAO_PAULO, "2026-11-27T22:00", "2026-11-28T07:00"),
        ("22:00-07:00", SAO_PAULO, "2026-11-27T21:59", None),
        ("22:00-07:00", SAO_PAULO, "2026-11-27T07:00", None),
        ("00:00-06:00", SAO_PAULO, "2026-11-27T05:00", "2026-11-27T06:00"),
        ("18:00-24:00", SAO_PAULO, "2026-11-27T20:00", "2026-11-28T00:00"),
        # The clocks change at 01:00: the night is an hour shorter, and an hour longer.
        ("22:00-07:00", LISBON, "2026-03-28T23:00", "2026-03-29T07:00"),
        ("22:00-07:00", LISBON, "2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_the_night_ends_by_the_zones_clock(hours: str, zone: str, moment: str, end: str | None) -> None:
    night = Night(hours_of(hours), 3, zone)
    assert night_ends(night, at(moment, zone)) == (None if end is None else at(end, zone))


@pytest.mark.parametrize(
    ("one", "of", "lost", "waiting", "wakes"),
    [
        (alert("gateway-not-working", link="gateway"), FAULT, False, 0, True),
        (alert("database-slow", link="database", severity=Severity.WARNING), incident(), False, 0, False),
        (alert(), FAULT, False, 1, True),  # the broken link is why they wait
        (alert(), replace(FAULT, cause_ended_at=150.0), False, 2, False),
        (alert(), incident(), False, 2, False),
        (alert(), incident(), False, 3, True),
        (alert("customers-lost"), FAULT, True, 9, False),
        (alert("certificate-ends", link="", severity=Severity.WARNING), incident(), False, 9, False),
        (alert("queue-long", link=""), incident(), False, 0, False),
    ],
)
def test_who_is_woken(one: AlertState, of: Incident, lost: bool, waiting: int, wakes: bool) -> None:
    assert (at_night(one, of, lost, waiting, NIGHT, at("2026-11-27T03:10")) is None) is wakes
    assert at_night(one, of, lost, waiting, NIGHT, at("2026-11-27T12:00")) is None
    assert at_night(one, of, lost, waiting, None, at("2026-11-27T03:10")) is None


def test_the_reason_names_the_morning() -> None:
    mute = at_night(alert(), incident(), False, 0, NIGHT, at("2026-11-27T03:10"))
    assert mute is not None
    assert (mute.kind, mute.until) == (MuteKind.NIGHT, at("2026-11-27T07:00"))
    assert str(mute.reason) == "it is night until 10:00: this waits for the morning"
