"""Maintenance windows open and close by their zone's clock, over its changes too."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from qualtui.alerts.maintenance import MaintenanceWindow, in_maintenance, open_until
from qualtui.alerts.mute import MuteKind
from qualtui.model.matchers import matcher_of

SAO_PAULO, LISBON, UTC = "America/Sao_Paulo", "Europe/Lisbon", "UTC"


def at(text: str, zone: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("cron", "hours", "zone", "moment", "end"),
    [
        ("0 2 * * 0", 2, SAO_PAULO, at("2026-11-29T02:00", SAO_PAULO), at("2026-11-29T04:00", SAO_PAULO)),
        ("0 2 * * 0", 2, SAO_PAULO, at("2026-11-29T03:59:59", SAO_PAULO), at("2026-11-29T04:00", SAO_PAULO)),
        ("0 2 * * 0", 2, SAO_PAULO, at("2026-11-29T04:00", SAO_PAULO), None),
        ("0 2 * * 0", 2, SAO_PAULO, at("2026-11-29T01:59:59", SAO_PAULO), None),
        ("0 2 * * 0", 2, SAO_PAULO, at("2026-11-28T03:00", SAO_PAULO), None),  # a Saturday
        ("0 2 * * 0", 2, UTC, at("2026-11-29T02:30", SAO_PAULO), None),
        ("0 23 * * *", 3, SAO_PAULO, at("2026-11-30T01:00", SAO_PAULO), at("2026-11-30T02:00", SAO_PAULO)),
        ("0 2 * * *", 48, UTC, at("2026-11-30T01:00", UTC), at("2026-12-01T02:00", UTC)),  # they overlap
        # Lisbon skips 01:00 to 02:00 on 2026-03-29, and has it twice on 2026-10-25.
        ("30 1 * * *", 1, LISBON, at("2026-03-29T02:10", LISBON), at("2026-03-29T03:00", LISBON)),
        ("30 0 * * *", 1, LISBON, at("2026-03-29T02:10", LISBON), at("2026-03-29T02:30", LISBON)),
        ("30 1 * * *", 2, LISBON, at("2026-10-25T01:40", LISBON), at("2026-10-25T02:30", LISBON)),
        ("30 1 * * *", 2, LISBON, at("2026-10-25T01:40", LISBON, fold=1), at("2026-10-25T02:30", LISBON)),
        ("0 0 29 2 *", 24, UTC, at("2026-11-29T02:00", UTC), None),  # the newest start is years ago
    ],
)
def test_a_window_is_open_from_its_start_for_its_duration(
    cron: str, hours: float, zone: str, moment: float, end: float | None
) -> None:
    assert open_until(MaintenanceWindow(cron, hours * 3600, zone, ()), moment) == end


def test_a_window_mutes_what_it_matches_and_says_until_when() -> None:
    now = at("2026-11-29T02:30", UTC)
    short = MaintenanceWindow("0 2 * * 0", 3600, UTC, (matcher_of("agent=bot"),))
    long = MaintenanceWindow("0 2 * * 0", 7200, UTC, ())
    mute = in_maintenance({"agent": "bot"}, (long, short), now)
    assert mute is not None
    assert (mute.kind, mute.until) == (MuteKind.MAINTENANCE, at("2026-11-29T04:00", UTC))
    assert str(mute.reason) == "maintenance until 04:00"
    assert in_maintenance({"agent": "other"}, (short,), now) is None
