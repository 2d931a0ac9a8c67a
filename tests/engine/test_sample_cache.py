"""The recent past is bounded, keeps its gaps, and never forgets the newest answer."""

from qualtui.engine.sample_cache import SampleCache
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
