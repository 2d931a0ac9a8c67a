"""S30's test: a deploy is the cause only where distinct customers prove it."""

import pytest

from qualtui.diagnosis.deploy_test import DeployCounts, count_around, unproven

MINUTE = 60.0


@pytest.mark.parametrize(
    ("counts", "age", "why"),
    [
        (DeployCounts(20, 1, 6, 5), 12 * MINUTE, ""),
        (DeployCounts(20, 0, 3, 3), MINUTE, ""),
        (DeployCounts(20, 1, 6, 5), 60 * MINUTE, ""),
        (DeployCounts(20, 1, 6, 5), 61 * MINUTE, "the deploy is 1h 01m old: what fails now has another cause"),
        (DeployCounts(20, 1, 2, 2), MINUTE, "2 customers failed since the deploy: too few to prove it"),
        (DeployCounts(20, 1, 6, 3), MINUTE, "3 of 6 customers failed since the deploy: the others were answered"),
        (DeployCounts(20, 1, 7, 4), MINUTE, ""),
        (DeployCounts(20, 2, 6, 5), MINUTE, "2 of 20 customers failed before the deploy already"),
        (DeployCounts(4, 0, 6, 5), MINUTE, "only 4 customers wrote in the day before the deploy"),
        (DeployCounts(5, 0, 6, 5), MINUTE, ""),
    ],
)
def test_at_least_three_customers_more_than_half_of_those_since_and_few_before(
    counts: DeployCounts, age: float, why: str
) -> None:
    found = str(unproven(counts, age))
    assert found.startswith(why) if why else found == ""


def test_customers_are_counted_once_and_whoever_may_be_answered_just_now_not_at_all() -> None:
    waiting = {
        "old": 900.0,  # waited before the deploy at 1000
        "stored": 1010.0,
        "never-stored": 1020.0,  # only the gateway knows of the message
        "young": 1180.0,
        "both": 950.0,  # wrote again since; the deploy did not begin its wait
    }
    counts = count_around(
        1000.0, ("old", "well", "both"), ("stored", "young", "fine", "both"), waiting, 1200.0, 60.0
    )
    assert counts == DeployCounts(before=3, before_failed=2, since=4, since_failed=2)
    assert str(counts.words) == "2 of 3 customers failed before it, 2 of 4 since"


def test_a_faster_demo_shortens_the_hour() -> None:
    assert "old" in str(unproven(DeployCounts(20, 0, 5, 5), 20 * MINUTE, speed=10.0))
