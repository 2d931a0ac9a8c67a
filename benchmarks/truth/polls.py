"""What the probes of health, metrics, database and our own network would answer: by the simulation alone."""

from collections.abc import Iterator

import msgspec

from benchmarks.truth.faults import Kind
from benchmarks.truth.world import World
from qualtui.config.values import HealthSettings, MetricsSettings
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Sample
from qualtui.series.evidence import stale_after
from qualtui.series.seasonality import Seasonality, expected
from qualtui.tracking.counters import NAMES, Looks, counters, with_look
from qualtui.tracking.counters import sends_claimed as counted

BOT = "bot"
HEALTH = ("health.up", "health.refused", "health.seconds", "health.silent")


class Polls:
    """The answers at each tick; one that takes its time comes at a later one."""

    def __init__(
        self,
        world: World,
        health: HealthSettings,
        metrics: MetricsSettings,
        rhythm: Seasonality,
        recent: SampleCache,
        begin: float,
    ) -> None:
        """`begin`: when health and metrics are polled first."""
        self._world = world
        self._health = health
        self._metrics = metrics
        self._rhythm = rhythm
        self._recent = recent
        self._believed = stale_after(metrics.interval, metrics.timeout)
        self._next_health = self._next_metrics = begin
        self._answer: tuple[float, tuple[Sample, ...]] | None = None
        self._counting: tuple[float, float, str] | None = None  # when asked and answered, and what is wrong
        self._looks = Looks()

    def answers(self, now: float) -> Iterator[tuple[Sample, ...]]:
        """What comes now, one probe after the other: each is taken before the next one is polled."""
        network = self._world.network()
        for poll in (self._polled_health, self._polled_metrics, self._polled_database, self._polled_control):
            yield poll(now, network)

    def rhythm(self, now: float) -> tuple[Sample, ...]:
        """How many customers the rhythm would have brought since the last one."""
        newest = self._recent.newest(f"{BOT}/customers.last_inbound")
        if not self._rhythm.enough or newest is None or newest.value is None:
            return self._samples(now, {"inbound.expected": None})
        return self._samples(now, {"inbound.expected": expected(self._rhythm, newest.at - newest.value, now)})

    def _polled_health(self, now: float, network: str) -> tuple[Sample, ...]:
        if self._answer is not None and now >= self._answer[0]:
            samples, self._answer = self._answer[1], None
            return tuple(msgspec.structs.replace(sample, at=now) for sample in samples)
        if self._answer is None and now >= self._next_health:
            self._next_health += self._health.interval
            if network == "no route":
                return self._samples(now, dict.fromkeys(HEALTH), "no route from here")
            seconds, word = (30.0, "timeout") if network else self._world.bot.health()
            note = "" if word == "ok" else "no answer in 30s" if word == "timeout" else word
            told = {"up": word == "ok", "refused": word == "refused", "silent": word == "timeout"}
            values = {f"health.{name}": float(value) for name, value in told.items()}
            self._answer = (now + seconds, self._samples(now, {**values, "health.seconds": seconds}, note))
        return ()

    def _polled_metrics(self, now: float, network: str) -> tuple[Sample, ...]:
        """The probe's own arithmetic over what the worker answers, in its turn."""
        if self._counting is None:
            if now < self._next_metrics:
                return ()
            self._next_metrics += self._metrics.interval
            seconds, word = (30.0, network) if network else self._world.bot.health()
            self._counting = (now, now + seconds, word)
        asked, answered, word = self._counting
        if now < answered:
            return ()
        self._counting = None
        if word != "ok":
            return self._samples(now, dict.fromkeys(NAMES), word)
        self._looks = with_look(self._looks, counters(self._world.bot.worker.metrics()), asked, now)
        answers = counted(self._looks, now, self._believed)
        return tuple(Sample(f"{BOT}/{name}", now, *answer) for name, answer in answers.items())

    def _polled_database(self, now: float, network: str) -> tuple[Sample, ...]:
        """Whether it answers an empty question, and how fast."""
        if network or self._world.scene.on(Kind.DATABASE_DOWN):
            note = {"": "refused", "silent": "no answer in 5s"}.get(network, "no route from here")
            up = None if network == "no route" else 0.0
            silent = None if up is None else float(network == "silent")
            return self._samples(now, {"db.up": up, "db.silent": silent, "db.seconds": None}, note)
        seconds = 2.5 if self._world.scene.on(Kind.DATABASE_SLOW) else 0.002
        return self._samples(now, {"db.up": 1.0, "db.silent": 0.0, "db.seconds": seconds})

    def _polled_control(self, now: float, _network: str) -> tuple[Sample, ...]:
        return self._samples(now, {"control.up": float(self._world.control())})

    def _samples(self, now: float, values: dict[str, float | None], note: str = "") -> tuple[Sample, ...]:
        return tuple(Sample(f"{BOT}/{name}", now, value, note) for name, value in values.items())
