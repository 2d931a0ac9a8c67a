"""Readings that are given again are those that a look at everything would give."""

from hypothesis import given
from hypothesis import strategies as some

from qualtui.config.values import AgentSettings, Config, HealthSettings
from qualtui.engine.agent_readings import AgentReadings
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Evidence, Sample

CONFIG = Config(agents={"bot": AgentSettings(health=HealthSettings(url="https://bot.example.com/health"))})
STALE = {"bot/health.up": 20.0, "bot/db.up": 5.0, "bot/health.database": 20.0}
NAMES = some.sampled_from(["health.up", "db.up", "health.database", "waha.up"])
STEP = some.floats(-30, 30, allow_nan=False).map(lambda seconds: round(seconds, 1))


@given(some.lists(some.tuples(STEP, some.none() | some.tuples(NAMES, some.sampled_from([None, 0.0, 1.0])))))
def test_a_remembered_look_equals_a_first_look(steps: list[tuple[float, tuple[str, float | None] | None]]) -> None:
    recent = SampleCache(3600.0, 60.0, 60)
    kept = AgentReadings(recent, CONFIG)
    kept.use(CONFIG, STALE)
    now = 1000.0
    for seconds, answer in steps:
        now += seconds
        if answer is not None:
            recent.add([Sample(f"bot/{answer[0]}", now, answer[1])])
        first = AgentReadings(recent, CONFIG)
        first.use(CONFIG, STALE)
        assert kept.of("bot", now) == first.of("bot", now)


def test_an_answer_gets_old_while_no_other_comes() -> None:
    recent = SampleCache(3600.0, 60.0, 60)
    kept = AgentReadings(recent, CONFIG)
    kept.use(CONFIG, STALE)
    recent.add([Sample("bot/health.up", 1000.0, 1.0)])
    looks = [kept.of("bot", now)["health.up"].evidence for now in (1000.0, 1020.0, 1020.1, 1010.0, 979.0)]
    assert looks == [Evidence.FRESH, Evidence.FRESH, Evidence.OLD, Evidence.FRESH, Evidence.OLD]


def test_a_new_configuration_forgets_what_was_remembered() -> None:
    recent = SampleCache(3600.0, 60.0, 60)
    kept = AgentReadings(recent, CONFIG)
    kept.use(CONFIG, STALE)
    recent.add([Sample("bot/health.up", 1000.0, 1.0)])
    assert kept.of("bot", 1000.0)["health.up"].evidence is Evidence.FRESH
    kept.use(CONFIG, {})
    assert kept.of("bot", 1000.0)["health.up"].evidence is Evidence.NO_SOURCE
