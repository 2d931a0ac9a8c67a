"""Contact hours: by the customers' clock, whatever this machine's is."""

from datetime import UTC, datetime

import pytest

from qualtui.fixes.contact_hours import ContactHours

HOURS = ContactHours("08:00-20:00", "America/Sao_Paulo")


def utc(day: int, hour: int, minute: int = 0) -> float:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "refusal"),
    [
        (utc(27, 10, 59), "not at 07:59: contact hours are 08:00-20:00"),
        (utc(27, 11), ""),
        (utc(27, 22, 59), ""),
        (utc(27, 23), "not at 20:00: contact hours are 08:00-20:00"),
    ],
)
def test_the_hour_is_the_customers(now: float, refusal: str) -> None:
    assert str(HOURS.refusal(now)) == refusal


def test_they_open_again_on_the_next_morning_of_the_customers() -> None:
    assert HOURS.opens(utc(27, 23)) == utc(28, 11)
    assert HOURS.opens(utc(28, 2)) == utc(28, 11)


def test_a_zone_that_this_machine_does_not_know_forbids_to_write() -> None:
    refusal = ContactHours("08:00-20:00", "Mars/Olympus").refusal(utc(27, 12))
    assert str(refusal) == "the zone 'Mars/Olympus' is not known here"
