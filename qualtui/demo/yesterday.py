"""The day before a demo, as a monitor would have seen it: when, how busy, what was wrong. Pure; from a seed.

`history.py` is the past of the bot's database; this is the past of qualtui's own store.
"""

import math
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from random import Random
from typing import NamedTuple

import msgspec

from qualtui.demo.pace import HOUR
from qualtui.demo.persona import factor

LENGTH = 24 * HOUR
MINUTE = 60.0
# How old samples are at most, and the seconds between them: one a cell in charts of 24 h, 6 h, 1 h and 15 min.
GRAINS = ((LENGTH, 600), (6 * HOUR, 180), (HOUR, 30), (HOUR / 4, 10))
CLOSE = 20  # s between the samples of an episode: it must not fall between two of them


class Trouble(StrEnum):
    """What is wrong at a moment of the day."""

    NONE = "none"
    LOGGED_OUT = "logged out"  # WhatsApp dropped the session
    DATABASE_SLOW = "database slow"
    BOT_DOWN = "bot down"
    CATCHING_UP = "catching up"  # the bot is back, who wrote meanwhile still waits


UNANSWERABLE = frozenset({Trouble.LOGGED_OUT, Trouble.BOT_DOWN})


class Episode(NamedTuple):
    """A trouble: how many seconds before the demo it began, and how long it lasted."""

    trouble: Trouble
    ago: float
    lasts: float

    @property
    def ends(self) -> float:
        """How many seconds before the demo it ended."""
        return self.ago - self.lasts


# Together they leave the goal of 99.5 % for `goal.up` met. None is in the last 4 h: at speed 20 these are the 3 d
# over which an error budget may still burn.
LOGGED_OUT = Episode(Trouble.LOGGED_OUT, 19.4 * HOUR, 150.0)
DATABASE_SLOW = Episode(Trouble.DATABASE_SLOW, 11.2 * HOUR, 480.0)
BOT_DOWN = Episode(Trouble.BOT_DOWN, 5.1 * HOUR, 100.0)
CATCHING_UP = Episode(Trouble.CATCHING_UP, BOT_DOWN.ends, 170.0)
EPISODES = (LOGGED_OUT, DATABASE_SLOW, BOT_DOWN, CATCHING_UP)


class Yesterday(msgspec.Struct, frozen=True):
    """Which day: the 24 h until `now` (Unix time), then the demo begins at `start_hour` of its day."""

    seed: int
    now: float
    start_hour: float
    speed: float

    @property
    def minute(self) -> float:
        """The seconds that a sample of goal.minute stands for: a demo's time is faster."""
        return max(2.0, MINUTE / self.speed)


class Moment(NamedTuple):
    """One moment, as far as a series' value rests on it. `load`: 1 in office hours."""

    ago: float  # s before the demo
    pace: float  # s since the sample before
    load: float
    trouble: Trouble
    since: float  # s since that trouble, or the one that it follows from, began
    minute: float  # s that a sample of goal.minute stands for
    random: Random

    @property
    def known(self) -> float:
        """The minutes of goal.minute until here."""
        return (LENGTH - self.ago) / self.minute

    @property
    def bad(self) -> float:
        """Those of them in which customers could not be answered."""
        lost = (_lasted(one, self.ago) for one in EPISODES if one.trouble in UNANSWERABLE)
        return sum(lost) / self.minute

    @property
    def unanswered(self) -> int:
        """The customers who wait because of the trouble: one more each 40 s."""
        if self.trouble in {Trouble.NONE, Trouble.DATABASE_SLOW}:
            return 0
        return 1 + int(min(self.since, 120.0) // 40)


def moments(day: Yesterday) -> Iterator[Moment]:
    """Return the moments at which series are sampled, oldest first."""
    return _moments(day, _grid())


def minutes(day: Yesterday) -> Iterator[Moment]:
    """Return the moments of goal.minute, oldest first."""
    count = int(LENGTH / day.minute)
    return _moments(day, ((n * day.minute, day.minute) for n in range(count, 0, -1)))


def _grid() -> Iterator[tuple[float, float]]:
    """How long ago, and the seconds since the one before."""
    wanted = {ago for one in EPISODES for ago in range(int(one.ago), int(one.ends), -CLOSE)}
    for (oldest, pace), (newest, _pace) in zip(GRAINS, (*GRAINS[1:], (0.0, 0)), strict=True):
        wanted.update(range(int(oldest), int(newest), -pace))
    for before, ago in pairwise(sorted({*wanted, int(LENGTH) + GRAINS[0][1]}, reverse=True)):
        yield float(ago), float(before - ago)


def _moments(day: Yesterday, grid: Iterator[tuple[float, float]]) -> Iterator[Moment]:
    random = Random(day.seed + 11)  # noqa: S311 - invented figures
    for ago, pace in grid:
        trouble, since = _trouble(ago)
        yield Moment(ago, pace, _load(day, ago), trouble, since, day.minute, random)


def _trouble(ago: float) -> tuple[Trouble, float]:
    for one in EPISODES:
        if one.ago >= ago > one.ends:
            first = BOT_DOWN if one.trouble is Trouble.CATCHING_UP else one
            return one.trouble, first.ago - ago
    return Trouble.NONE, 0.0


def _load(day: Yesterday, ago: float) -> float:
    """How busy it is; without a step at full hours. At its end it is as busy as the demo at its start."""
    hour = (day.start_hour - ago / HOUR) % 24
    whole, part = math.floor(hour), hour % 1
    return factor(whole) * (1 - part) + factor((whole + 1) % 24) * part


def _lasted(one: Episode, ago: float) -> float:
    return min(one.lasts, max(0.0, one.ago - ago))
