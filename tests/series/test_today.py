"""The day begins at midnight where the screen's clock is, and is held against the same weekday."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from qualtui.series.today import midnight, spans, usual, weekday

SAO_PAULO, BERLIN = ZoneInfo("America/Sao_Paulo"), ZoneInfo("Europe/Berlin")


def at(zone: ZoneInfo, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    return datetime(2026, month, day, hour, minute, tzinfo=zone).timestamp()


@pytest.mark.parametrize("hour", [0, 1, 23])
def test_today_begins_at_midnight_of_the_display(hour: int) -> None:
    now = at(SAO_PAULO, 11, 27, hour, 30)
    today, *before = spans(now, SAO_PAULO)
    assert today == (at(SAO_PAULO, 11, 27), now)
    assert [begin for begin, _end in before] == [at(SAO_PAULO, 11, day) for day in (20, 13, 6)] + [
        at(SAO_PAULO, 10, 30)
    ]
    assert {end - begin for begin, end in before} == {hour * 3600 + 1800}
    assert weekday(now, SAO_PAULO) == 4


def test_a_weekday_before_the_clocks_changed_begins_at_its_own_midnight() -> None:
    now = at(BERLIN, 10, 30, 9)  # winter time began on the 25th
    assert midnight(now, BERLIN, 1) == at(BERLIN, 10, 23)
    assert midnight(now, BERLIN) - midnight(now, BERLIN, 1) == 7 * 86_400 + 3600


def test_usual_is_the_median_of_two_known_days_at_least() -> None:
    assert usual([None, 180.0, 900.0, 176.0]) == 180
    assert usual([180.0, None, None, None]) is None
