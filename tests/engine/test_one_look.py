"""Of one moment the root cause of an agent is computed once, and a notice is worded once for all channels."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    ChannelSettings,
    Config,
    HealthSettings,
    NotifySettings,
    Route,
    Secret,
)
from qualtui.diagnosis.diagnose import root_cause
from qualtui.engine import agent_evidence, incident_notices
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.held_clock import HeldClock
from qualtui.engine.journal import Journal
from qualtui.engine.projector import Projector
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Sample, Severity
from qualtui.notify.render import notice_text, notice_words
from qualtui.store.sqlite import SqliteStore

CHANNELS = ("pager", "mail", "chat")
AGENTS = ("bot-1", "bot-2")


class Ticking:
    """A clock that goes on with every look at it, as a real one does."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        self.at += 0.001
        return self.at


class Counted:
    """A function, and how often it was called."""

    def __init__(self, function: object) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *args: object) -> object:
        self.calls += 1
        assert callable(self.function)
        return self.function(*args)


class Scene:
    """Evaluator and projector on one clock, as the engine has them."""

    def __init__(self, store: SqliteStore) -> None:
        url = ChannelSettings(url=Secret("json://127.0.0.1"))
        notify = NotifySettings(
            channels=dict.fromkeys(CHANNELS, url), routes=(Route(channels=CHANNELS, severities=tuple(Severity)),)
        )
        health = AgentSettings(health=HealthSettings(url="http://127.0.0.1/health"))
        config = Config(agents=dict.fromkeys(AGENTS, health), rules=BUILT_IN, notify=notify)
        self.recent, self.time = SampleCache(keep=3600.0, step=60.0, steps=60), Ticking()
        now = HeldClock(self.time)
        self.journal = Journal(store, store.load(), store.epoch, now)
        self.view = Projector(self.recent, config)
        stale = self.view.use(config, {f"{agent}/health.{one}": (60.0, 5.0) for agent in AGENTS for one in SERIES})
        self.evaluator = Evaluator(
            self.journal,
            self.recent,
            lambda agent: self.view.reason(agent, now()),
            now,
            offer=self._offered,
            seen=lambda agent: self.view.faults(agent, now()),
        )
        self.evaluator.use(config, stale)
        self._now = now

    def _offered(self, agent: str, rule: str, number: int) -> str:
        return self.view.live.offer(agent, rule, number, self.journal.state, lambda _agent, fix: fix, self._now())

    async def refuses(self) -> None:
        """Each agent refuses connections, and is looked at."""
        at = self.time()
        values = {"up": 0.0, "refused": 1.0, "down": 1.0}
        self.recent.add([Sample(f"{agent}/health.{one}", at, values[one]) for agent in AGENTS for one in SERIES])
        await self.evaluator.look(AGENTS)


SERIES = ("up", "refused", "down")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with SqliteStore.open(tmp_path / "store.db") as store:
        yield Scene(store)


async def test_an_outage_of_agents_computes_each_root_cause_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(root_cause)
    monkeypatch.setattr(agent_evidence, "root_cause", counted)
    for _look in range(3):
        before = counted.calls
        await scene.refuses()
        assert counted.calls - before == len(AGENTS)
        scene.time.at += 60.0
    assert [one.agent for one in scene.journal.state.incidents.values()] == list(AGENTS)


async def test_a_notice_is_worded_once_and_each_channel_has_its_key(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(notice_text)
    monkeypatch.setattr(incident_notices, "notice_text", counted)
    await scene.refuses()
    notices = scene.journal.state.notices.values()
    assert (counted.calls, len(notices)) == (len(AGENTS), len(AGENTS) * len(CHANNELS))
    assert all(notice_words(one)[1].endswith(f"\nkey {one.key}") for one in notices)
