"""The recent past is bounded, keeps its gaps, and never forgets the newest answer."""

import pytest

from qualtui.engine.sample_cache import FEWEST, SampleCache
from qualtui.model import Sample


def recent(*points: tuple[float, float | None]) -> SampleCache:
    kept = SampleCache(keep=100.0, step=10.0, steps=5)
    kept.add(Sample("a/x", at, value) for at, value in points)
    return kept


def test_old_samples_go_and_the_newest_stays() -> None:
    kept = recent((0, 1.0), (50, 2.0), (120, 3.0))
    assert [s.at for s in kept.since("a/x", 0)] == [50, 120]
    assert kept.newest("a/x") == Sample("a/x", 120, 3.0)


def test_a_window_that_ended_before_the_newest_sample_still_gives_the_newest() -> None:
    assert [s.at for s in recent((5, 1.0)).since("a/x", 90)] == [5]


def test_a_window_gives_its_samples_only() -> None:
    assert [s.at for s in recent((10, 1.0), (20, 2.0), (30, 3.0)).since("a/x", 20)] == [20, 30]


def test_a_clock_set_back_leaves_nothing_from_the_future_that_would_look_fresh() -> None:
    kept = recent((3000, 1.0), (3600, 1.0), (3605, 1.0), (10, 0.0), (15, None))
    assert [s.at for s in kept.since("a/x", 0)] == [10, 15]
    assert kept.known("a/x") == Sample("a/x", 10, 0.0)
    assert kept.past("a/x", 15, 3) == (None, None, 0.0)


def test_the_past_shows_the_greatest_of_each_step_and_gaps_as_gaps() -> None:
    assert recent((0, 1.0), (5, 4.0), (6, 2.0), (21, None), (31, 7.0)).past("a/x", 35, 5) == (
        None,
        4.0,
        None,
        None,
        7.0,
    )


def test_a_value_holds_until_it_would_be_old_or_could_not_be_told() -> None:
    slow = recent((5, 4.0), (35, None), (65, 2.0))
    assert slow.past("a/x", 95, 10, holds=25.0) == (4.0, 4.0, 4.0, None, None, None, 2.0, 2.0, 2.0, None)


def test_an_unknown_series_is_empty_not_an_error() -> None:
    kept = recent()
    assert (kept.newest("a/y"), kept.since("a/y", 0), kept.past("a/y", 10, 3)) == (None, (), ())


def test_a_rule_with_a_long_window_has_the_samples_that_it_looks_at() -> None:
    kept = SampleCache(keep=100.0, step=10.0, steps=5)
    kept.keep({"a/x": 500.0})
    for name in ("a/x", "a/y"):
        kept.add(Sample(name, float(at), 1.0) for at in range(0, 1000, 10))
    assert len(kept.since("a/x", 500)) == 50
    assert kept.since("a/y", 500)[0].at == 890


def test_a_series_that_is_asked_each_hour_costs_no_more_than_the_steps_that_are_shown() -> None:
    kept = SampleCache(keep=100.0, step=60.0, steps=60)
    kept.add(Sample("a/x", 3600.0 * hour, float(hour)) for hour in range(60))
    told = kept.past("a/x", 3600.0 * 59 + 1790, 40, holds=7200.0)
    assert told == (58.0,) * 10 + (59.0,) * 30


@pytest.mark.parametrize("interval", [0.1, 1.0])
def test_memory_is_bounded_by_the_number_of_samples_and_not_by_an_hour(interval: float) -> None:
    kept = SampleCache(keep=3600.0, step=60.0, steps=60)
    held = []
    for hour in range(3):
        kept.add(Sample("a/x", 3600 * hour + n * interval, float(n % 2)) for n in range(round(3600 / interval)))
        held.append(kept.held())
    assert max(held) <= 3601
    assert kept.past("a/x", 3 * 3600 - 1, 60) == (1.0,) * 60


def test_many_series_share_the_memory_and_each_keeps_its_newest() -> None:
    kept = SampleCache(keep=3600.0, step=60.0, steps=60, total=10_000)
    for n in range(1000):
        kept.add(Sample(f"a{agent}/x", float(n), float(n)) for agent in range(100))
    assert kept.held() <= 100 * 101
    assert [one.at for one in kept.since("a7/x", 990)] == [float(n) for n in range(990, 1000)]
    for n in range(1000):
        kept.add(Sample(f"b{agent}/x", float(n), float(n)) for agent in range(900))
    assert len(kept.since("b7/x", 0)) >= FEWEST // 2


def test_the_window_of_a_rule_stays_whole_where_others_are_thinned() -> None:
    kept = SampleCache(keep=3600.0, step=60.0, steps=60, total=100)
    kept.keep({"a/x": 600.0})
    for n in range(2000):
        kept.add([Sample("a/x", float(n), float(n)), Sample("a/y", float(n), float(n))])
    assert len(kept.since("a/x", 2000 - 600)) == 600
    assert len(kept.since("a/y", 0)) <= 100


def test_thinning_leaves_out_equal_neighbours_first_and_keeps_each_change() -> None:
    kept = SampleCache(keep=3600.0, step=60.0, steps=60, total=100)
    kept.add(Sample("a/x", float(n), 0.0 if n == 13 else 1.0) for n in range(101))
    found = kept.since("a/x", 0)
    assert len(found) < 101
    assert (found[0].at, [one.at for one in found if one.value == 0]) == (0, [13])


def test_a_version_says_whether_an_agent_has_new_samples() -> None:
    kept = recent((1, 1.0))
    before = kept.version("a")
    kept.add([Sample("b/x", 2, 1.0)])
    assert kept.version("a") == before
    kept.add([Sample("a/y", 2, None)])
    assert kept.version("a") > before
