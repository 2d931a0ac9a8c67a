"""A name has its limit, all together have theirs, and time gives back."""

from qualtui.web.rate_limit import NAMES, RateLimit, RateLimits


def test_a_name_is_refused_after_its_burst_and_allowed_again_later() -> None:
    limits = RateLimits(RateLimit(2, 6.0), RateLimit(100, 1.0))
    assert [limits.allow("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limits.allow("b", 0.0)
    assert not limits.allow("a", 5.0)
    assert limits.allow("a", 12.0)


def test_many_names_are_refused_together() -> None:
    limits = RateLimits(RateLimit(2, 6.0), RateLimit(3, 1.0))
    assert [limits.allow(str(n), 0.0) for n in range(4)] == [True, True, True, False]
    assert limits.allow("9", 1.0)


def test_a_clock_that_is_set_back_refuses_nobody_for_long() -> None:
    limits = RateLimits(RateLimit(1, 6.0), RateLimit(100, 1.0))
    assert limits.allow("a", 1000.0)
    assert not limits.allow("a", 0.0)
    assert limits.allow("a", 6.0)


def test_only_the_newest_names_are_remembered() -> None:
    limits = RateLimits(RateLimit(1, 1e9), RateLimit(10**6, 1.0))
    for n in range(NAMES + 1):
        assert limits.allow(str(n), 0.0)
    assert limits.allow("0", 0.0)
    assert not limits.allow(str(NAMES), 0.0)
