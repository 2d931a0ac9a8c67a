"""Contact hours: which minutes are within, in whose zone, and which texts are none."""

from datetime import datetime

import pytest

from qualtui.config.hours import hours_of, local_minute, next_start


@pytest.mark.parametrize(
    ("text", "within", "outside"),
    [
        ("08:00-20:00", (480, 1199), (479, 1200, 0)),
        ("20:00-08:00", (1200, 0, 479), (480, 1199)),
        ("00:00-24:00", (0, 1439), ()),
        ("", (0, 1439), ()),
        ("09:00-09:00", (0, 540, 1439), ()),
    ],
)
def test_a_minute_is_within_or_not(text: str, within: tuple[int, ...], outside: tuple[int, ...]) -> None:
    hours = hours_of(text)
    assert all(hours.hold(minute) for minute in within)
    assert not any(hours.hold(minute) for minute in outside)


@pytest.mark.parametrize("text", ["8-20", "08:00", "25:00-26:00", "24:01-08:00", "08:00-20:60", "always"])
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hours such as"):
        hours_of(text)


def test_the_minute_is_the_customers() -> None:
    assert local_minute(1_764_028_800.0, "America/Sao_Paulo") == 21 * 60  # 00:00 UTC
    assert local_minute(1_764_028_800.0, "UTC") == 0


@pytest.mark.parametrize(
    ("at", "zone", "opens"),
    [
        ("2026-11-27T03:12:00-03:00", "America/Sao_Paulo", "2026-11-27T08:00:00-03:00"),
        ("2026-11-27T08:00:00-03:00", "America/Sao_Paulo", "2026-11-28T08:00:00-03:00"),
        ("2026-11-27T23:59:00-03:00", "America/Sao_Paulo", "2026-11-28T08:00:00-03:00"),
        ("2026-03-28T22:00:00+00:00", "Europe/Lisbon", "2026-03-29T08:00:00+01:00"),  # summer time begins
        ("2026-10-24T22:00:00+01:00", "Europe/Lisbon", "2026-10-25T08:00:00+00:00"),
    ],
)
def test_the_hours_begin_next_by_the_wall_clock_there(at: str, zone: str, opens: str) -> None:
    begins = next_start(datetime.fromisoformat(at).timestamp(), hours_of("08:00-20:00"), zone)
    assert begins == datetime.fromisoformat(opens).timestamp()
