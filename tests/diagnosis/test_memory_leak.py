"""S31 on 61 curves: leaks are found before the limit, and what only looks like one is none."""

import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from qualtui.config.values import AgentSettings
from qualtui.diagnosis.derivations import Subject, leaking
from qualtui.diagnosis.memory_leak import LIFE, Leak, leak_of, theil_sen, urgency
from qualtui.model import Sample

HOUR, MINUTE = 3600.0, 60.0
FOR = 5 * MINUTE  # as the rule memory-leak, whose looks are closer
SOON = 24 * HOUR


class Curve(NamedTuple):
    """Memory in % of the limit by the seconds since the instance started."""

    name: str
    at: Callable[[float], float]
    hours: float  # how long it is watched at most
    noise: float


def saw(period: float, height: float, base: float = 40.0, rise: float = 0.0) -> Callable[[float], float]:
    return lambda t: base + height * (t % period) / period + rise * t / HOUR


def step(at: float, height: float, base: float = 40.0) -> Callable[[float], float]:
    return lambda t: base + (height if t > at else 0.0)


def fills(tau: float, height: float, base: float = 35.0) -> Callable[[float], float]:
    return lambda t: base + height * (1 - math.exp(-t / tau))


def wave(period: float, height: float, base: float = 50.0) -> Callable[[float], float]:
    return lambda t: base + height * math.sin(2 * math.pi * t / period)


def grows(rate: float, base: float = 40.0, begins: float = 0.0) -> Callable[[float], float]:
    """Percentage points an hour."""
    return lambda t: base + rate * max(0.0, t - begins) / HOUR


LEAKS = [
    *(Curve(f"{rate:g} points an hour, noise {noise:g}", grows(rate), 8.0, noise)
      for rate in (3, 6, 12, 30, 60, 120) for noise in (0.3, 1.0)),
    *(Curve(f"{rate:g} points an hour from {late:g} h on", grows(rate, begins=late * HOUR), 8.0, 0.5)
      for rate in (10, 25) for late in (1.0, 3.0)),
    *(Curve(f"leaking sawtooth, {rate:g} points an hour", saw(10 * MINUTE, 4.0, rise=rate), 8.0, 0.3)
      for rate in (8, 15, 30)),
    *(Curve(f"leak from {base:g} %", grows(10, base), 8.0, 0.5) for base in (20.0, 60.0, 75.0)),
    Curve("leak in steps of one point", lambda t: 40.0 + math.floor(15 * t / HOUR), 8.0, 0.2),
    Curve("leak that grows faster and faster", lambda t: 40.0 + 5 * t / HOUR + (t / HOUR) ** 2, 8.0, 0.5),
]  # fmt: skip
NONE = [
    *(Curve(f"steady, noise {noise:g}", grows(0), 8.0, noise) for noise in (0.1, 0.5, 1.0, 2.0, 3.0)),
    *(Curve(f"sawtooth of {period:g} min, {height:g} points", saw(period * MINUTE, height), 8.0, 0.5)
      for period in (3, 10, 30, 45) for height in (5.0, 8.0, 25.0)),
    *(Curve(f"step of {height:g} points after {at:g} h", step(at * HOUR, height), 8.0, 0.5)
      for at in (0.1, 0.5, 2.0) for height in (10.0, 30.0)),
    Curve("two steps", lambda t: 30 + 10 * min(2, int(t // (2 * HOUR))), 8.0, 0.5),
    *(Curve(f"cache of {height:g} points, filled in {tau:g} min", fills(tau * MINUTE, height), 8.0, 0.3)
      for tau in (5, 15, 40) for height in (10.0, 25.0)),
    *(Curve(f"wave of {height:g} points in {period:g} h", wave(period * HOUR, height), 16.0, 0.5)
      for period in (1.0, 24.0) for height in (3.0, 6.0)),
    Curve("falls", grows(-4, 70.0), 8.0, 0.5),
    Curve("slower than it matters", grows(0.4), 8.0, 0.3),
    Curve("a random walk within bounds", lambda t: 45 + 2 * math.sin(t / 900) + math.sin(t / 217), 8.0, 0.8),
]  # fmt: skip


class Verdict(NamedTuple):
    """When the rule fired first, at which level, and what was forecast then; None: never."""

    at: float
    level: float
    leak: Leak


def watched(curve: Curve, *, after: float = 0.0) -> Verdict | None:
    """As the engine: a measurement a minute, a look each 5 to 10 min; it fires where two in a row show it."""
    rng = random.Random(curve.name)
    points: list[tuple[float, float]] = []
    since: float | None = None
    t = 2 * MINUTE
    while t <= curve.hours * HOUR:
        level = curve.at(t)
        if level >= 100:
            return None
        points.append((t, level + rng.gauss(0, curve.noise)))
        points = [one for one in points if one[0] > t - LIFE]
        if round(t) % (300 if t < 2 * HOUR else 600) == 0 and t >= after:
            found = leak_of(points)
            if found is None or found.left > SOON:
                since = None
            elif since is None:
                since = t
            elif t - since >= FOR:
                return Verdict(t, level, found)
        t += MINUTE
    return None


def test_leaks_are_found_before_the_limit_and_nothing_else_is_called_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len(LEAKS) + len(NONE) >= 40
    missed = [one.name for one in LEAKS if watched(one) is None]
    # The first tooth of a sawtooth is growth like any other: two must have been seen.
    false = [one.name for one in NONE if watched(one, after=1.5 * HOUR if "sawtooth" in one.name else 0.0)]
    with capsys.disabled():
        print(
            f"\nmemory curves: recall {len(LEAKS) - len(missed)} of {len(LEAKS)}, "
            f"false alarms {len(false)} of {len(NONE)}"
        )
    assert missed == []
    assert false == []


@pytest.mark.parametrize("rate", [6.0, 8.0, 30.0])
def test_the_forecast_s_interval_holds_the_moment_at_which_the_limit_is_reached(rate: float) -> None:
    seen = watched(Curve(f"forecast {rate}", grows(rate), 8.0, 0.5))
    assert seen is not None
    truly = (100 - seen.level) / rate * HOUR
    assert seen.leak.soonest <= truly <= seen.leak.latest
    assert seen.leak.left == pytest.approx(truly, rel=0.15)
    assert seen.leak.latest - seen.leak.soonest > 0


def test_too_few_measurements_or_too_short_a_life_say_nothing() -> None:
    assert leak_of([]) is None
    assert leak_of([(60.0 * n, 40.0 + n) for n in range(9)]) is None
    assert leak_of([(10.0 * n, 40.0 + n) for n in range(30)]) is None  # 5 min


def test_a_faster_demo_needs_less_time() -> None:
    assert leak_of([(1.0 * n, 40.0 + n) for n in range(40)], speed=20.0) is not None


def test_the_slope_is_not_moved_by_a_few_wild_values() -> None:
    points = [(float(n), 2.0 * n) for n in range(30)]
    points[5], points[20] = (5.0, 900.0), (20.0, -900.0)
    assert theil_sen(points).rate == pytest.approx(2.0)
    assert theil_sen([(1.0, 5.0)]).rate == 0.0


class Past:
    """Recent samples by name, oldest first."""

    def __init__(self, **series: Sequence[tuple[float, float | None]]) -> None:
        self.series = {
            f"host.{name}": [Sample(f"bot/host.{name}", at, value) for at, value in points]
            for name, points in series.items()
        }

    def newest(self, name: str) -> Sample | None:
        return next(iter(self.series[name][-1:]), None)

    def known(self, name: str) -> Sample | None:
        return next((one for one in reversed(self.series[name]) if one.value is not None), None)

    def since(self, name: str, at: float) -> list[Sample]:
        return [one for one in self.series[name] if one.at >= at] or self.series[name][-1:]


def said(past: Past, now: float) -> dict[str, Sample]:
    subject = Subject("bot", AgentSettings(), past, now, 60.0, 0.0, frozenset(), None, lambda: {}, lambda: ())
    return {one.series.removeprefix("bot/host."): one for one in leaking(subject)}


def test_only_the_life_of_the_instance_that_runs_now_counts() -> None:
    steep = [(60.0 * n, 20.0 + n / 2) for n in range(70)]
    after = [(4200.0 + 60.0 * n, 30.0) for n in range(5)]  # restarted at 4200
    found = said(Past(memory=steep, age=[(4140.0, 4140.0)]), 4140.0)
    assert found["leak"].value == 1
    assert found["leak_rate"].value == pytest.approx(30.0)
    note = "grows by 30 points an hour, reaches its limit in 1h 32m (1h 32m to 1h 32m)"
    assert str(found["leak"].note) == note
    found = said(Past(memory=[*steep, *after], age=[(4440.0, 240.0)]), 4440.0)
    assert (found["leak"].value, found["leak_rate"].value) == (0, 0)


def test_without_memory_or_age_nothing_is_claimed() -> None:
    assert said(Past(memory=[(60.0, None)], age=[(60.0, 60.0)]), 60.0)["leak"].value is None
    assert said(Past(memory=[(60.0, 40.0)], age=[]), 60.0)["leak"].value is None


def test_half_an_hour_before_the_limit_it_is_urgent() -> None:
    assert [urgency(Leak(1.0, left, 0.0, 0.0)) for left in (1800.0, 1801.0, 86_400.0, 86_401.0)] == [2, 1, 1, 0]
    assert urgency(Leak(1.0, 1800.0, 0.0, 0.0), speed=20.0) == 1
