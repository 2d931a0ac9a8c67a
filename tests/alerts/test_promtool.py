"""Alerts fire at the moments at which Prometheus fires them, and where it has another meaning, as the table says.

`make faults ARGS="--only rules"` does the same with 10,000 series.
"""

import pytest

from benchmarks.promtool import by_the_table, cases, disagreements, fired, promtool
from benchmarks.trial import Skip


@pytest.fixture
def installed() -> None:
    try:
        promtool()
    except Skip as why:
        pytest.skip(str(why))


@pytest.mark.usefixtures("installed")
def test_two_hundred_random_series_fire_as_in_promtool() -> None:
    assert disagreements(cases(seed=3, count=200)) == ""


@pytest.mark.usefixtures("installed")
def test_promtool_refuses_a_single_moment_that_differs() -> None:
    batch = cases(seed=3, count=20)
    moments = [fired(case, asked=False) for case in batch]
    moments[7][30] = not moments[7][30]
    assert "x7" in disagreements(batch, moments)


@pytest.mark.parametrize("seed", range(4))
def test_polls_without_an_answer_change_nothing(seed: int) -> None:
    for case in cases(seed, 250):
        assert fired(case, asked=True) == by_the_table(case), case
