"""What needs attention this week stands there in time, with its next step; what is well does not."""

import pytest

from qualtui.config.values import AgentSettings, Config, DatabaseSettings, Secret
from qualtui.engine.week.facts import DAY, WeekFacts
from qualtui.engine.week.registry import week
from qualtui.model import Evidence, Sample, Shift, State
from qualtui.series.evidence import Reading

NOW = 1_000_000.0


def lines(
    evidence: Evidence = Evidence.FRESH, limit: int = 500, shifts: tuple[Shift, ...] = (), **values: float
) -> list[str]:
    """The lines of an agent whose series have these values; `tls_days` is `tls.days`."""
    database = DatabaseSettings(dsn=Secret("postgresql://u@db.example.com/x"), size_limit=limit)
    readings = {}
    for name, value in values.items():
        series, note = name.replace("_", "."), "waha.example.com" if name == "tls_days" else ""
        readings[series] = Reading(evidence, Sample(f"bot/{series}", NOW, value, note))
    config = Config(agents={"bot": AgentSettings(database=database)})
    return [str(one) for one in week(WeekFacts("bot", readings, State(shifts=shifts), config, NOW))]


@pytest.mark.parametrize(
    ("days", "told"),
    [(12.9, ["certificate of waha.example.com ends in 12 days: renew it"]), (21.5, []), (80.0, [])],
)
def test_a_certificate_is_named_three_weeks_before_its_end(days: float, told: list[str]) -> None:
    assert lines(tls_days=days) == told


@pytest.mark.parametrize(
    ("size", "limit", "told"),
    [
        (355e6, 500, ["database at 71 % of 500 MB: clean up, or take a larger plan"]),
        (345e6, 500, []),
        (9e9, 0, []),  # the plan is not known
    ],
)
def test_a_database_is_held_against_its_plan(size: float, limit: int, told: list[str]) -> None:
    assert lines(limit=limit, db_size=size) == told


def test_what_is_not_fresh_is_no_line() -> None:
    assert lines(Evidence.NO_DATA, tls_days=1.0, db_size=499e6) == []


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (5 * DAY, ["no one is on call in 5d 0h: qualtui oncall give NAME"]),
        (2 * DAY, []),  # the banner says so
        (9 * DAY, []),
    ],
)
def test_days_without_anyone_on_call_are_named_before_the_banner(ends: float, told: list[str]) -> None:
    assert lines(shifts=(Shift("ana", NOW - DAY, NOW + ends),)) == told
