"""What is kept: so many days, so many weeks, at most 35 days, and always the newest."""

from qualtui.backup.keeping import DAY, unneeded
from qualtui.backup.names import archive_name, taken_at

NOW = 1_795_831_200.0  # a Saturday


def kept(ages: list[float], daily: int = 7, weekly: int = 4) -> list[float]:
    taken = {str(age): NOW - age * DAY for age in ages}
    gone = unneeded(taken, NOW, daily, weekly)
    return [age for age in ages if str(age) not in gone]


def test_of_a_month_of_daily_archives_a_week_and_the_last_of_three_more_weeks_stay() -> None:
    # Weeks begin on Monday: the newest of each is Sunday's, 6, 13 and 20 days ago, and today's.
    assert kept([float(age) for age in range(31)]) == [0, 1, 2, 3, 4, 5, 6, 13, 20]


def test_of_several_on_a_day_the_newest_stays_and_all_of_the_last_24_hours() -> None:
    assert kept([0.0, 0.01, 0.99, 1.0, 1.01, 2.0]) == [0.0, 0.01, 0.99, 2.0]


def test_a_gap_takes_no_archive_with_it() -> None:
    assert kept([0.0, 9.0, 10.0, 30.0], daily=3, weekly=0) == [0.0, 9.0, 10.0]


def test_nothing_but_the_newest_is_older_than_35_days() -> None:
    assert kept([34.0, 36.0, 43.0], daily=35, weekly=5) == [34.0]
    assert kept([50.0, 60.0], daily=35, weekly=5) == [50.0]


def test_a_name_says_when_it_was_taken() -> None:
    assert taken_at(archive_name(NOW)) == NOW
    for name in (
        "qualtui-2026-Foo-28T02-00-00Z.tar",
        "qualtui.tar",
        ".qualtui-2026-Nov-28T02-00-00Z.tar.7.partial",
    ):
        assert taken_at(name) is None
