"""Hundreds of agents: one frame holds a summary of each, and is built from what was touched alone."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.client import Client, ClientError
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import AgentSettings, Config, HealthSettings
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.engine.agent_evidence import AgentEvidence
from qualtui.engine.derived import FAULT, Derived, Deriver
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.faults import AgentFaults
from qualtui.engine.journal import Journal
from qualtui.engine.projector import BEAT, OLDEST, Projector
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.server import Server
from qualtui.model import Incident, Phase, Sample, Severity, State
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    DETAILS,
    VERSION,
    Answer,
    Done,
    EngineView,
    Goodbye,
    Hello,
    Overview,
    Publication,
    Request,
    Subscribe,
    Welcome,
    frame,
    length,
    read_reply,
)
from tests import snapshots
from tests.engine.test_server import raw

NOW = 1_000_000.0
ENGINE = EngineView(1, "watch-1", "0", 1, NOW, 1)


class Fleet:
    """A projector on many agents, and how often each agent's evidence was read."""

    def __init__(self, many: int) -> None:
        health = HealthSettings(url="https://bot.example.com/health")
        self.names = [f"bot-{n:03}" for n in range(many)]
        self.config = Config(agents={name: AgentSettings(health=health) for name in self.names}, rules=BUILT_IN)
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=60)
        self.view = Projector(self.recent, self.config, learning=self._learning)
        self.view.use(self.config, {f"{name}/health.up": (3600.0, 30.0) for name in self.names})
        self.state = State()
        self.built: list[str] = []

    def _learning(self, _agent: str) -> float | None:
        return None

    def say(self, agent: str, at: float, value: float = 1.0) -> None:
        self.recent.add([Sample(f"{agent}/health.up", at, value)])

    def overview(self, now: float, first: tuple[str, ...] = (), most: int = 0) -> Overview:
        before = {name: self._summary(name) for name in self.names}
        found = self.view.overview(self.state, ENGINE, lambda _agent, fix: fix, now, first, most)
        self.built = [name for name in self.names if self._summary(name) is not before[name]]
        return found

    def _summary(self, name: str) -> object:
        one = self.view.detail(name)
        return None if one is None else self.view._cache[name].summary


def test_only_agents_that_something_touched_are_built_anew() -> None:
    fleet = Fleet(5)
    fleet.overview(NOW)
    assert fleet.built == fleet.names
    fleet.overview(NOW + BEAT / 2, most=5)
    assert fleet.built == []
    fleet.say("bot-003", NOW + 0.2)
    fleet.overview(NOW + BEAT / 2, most=5)
    assert fleet.built == ["bot-003"]
    fired = Incident(7, "agent-down", "bot-001", Severity.CRITICAL, Phase.FIRING, NOW, NOW, "the bot is down")
    fleet.state = replace(fleet.state, incidents={7: fired})
    shot = fleet.overview(NOW + BEAT / 2)  # an event needs no turn
    assert fleet.built == ["bot-001"]
    assert [row.number for row in shot.incidents] == [7]


def test_what_only_time_changes_is_looked_at_in_turns_and_none_is_older_than_promised() -> None:
    fleet = Fleet(20)
    fleet.overview(NOW)
    seen: set[str] = set()
    for beat in range(1, 5):
        fleet.overview(NOW + beat, first=("bot-019",), most=5)
        assert len(fleet.built) <= 6
        assert "bot-019" in fleet.built  # it is on a screen
        seen.update(fleet.built)
    assert len(seen) == 20
    fleet.overview(NOW + 4 + OLDEST)
    assert fleet.built == fleet.names


def test_a_frame_of_500_agents_in_trouble_is_less_than_a_megabyte_and_counts_all() -> None:
    fleet = Fleet(500)
    summary, cause = "the bot refuses connections, for the 3rd time today", "the bot refused " * 8
    fleet.state = State(
        incidents={
            n: Incident(n, "agent-down", name, Severity.CRITICAL, Phase.FIRING, NOW, NOW, summary, cause)
            for n, name in enumerate(2 * fleet.names, start=1)
        }
    )
    for name in fleet.names:
        fleet.say(name, NOW, 0.0)
    overview = fleet.overview(NOW)
    data = Publication(overview, fleet.view.detail).frame(("bot-001",))
    assert len(data) < 1_000_000
    assert len(overview.agents) == 500
    assert overview.firing == {Severity.CRITICAL: 1000}  # though only some of them have a row


async def refusing(_request: Request) -> Answer:
    return Done("")


def several(many: int = 30) -> Publication:
    """Agents of which bot-2 is worst off."""
    calm, bad = snapshots.calm().details[0], snapshots.trouble().details[0]
    agents = [replace(bad if n == 2 else calm, name=f"bot-{n}") for n in range(many)]
    shot = snapshots.showing(snapshots.calm(), *agents)
    return Publication(shot, shot.detail)


async def test_a_window_gets_the_details_that_it_subscribed_to_and_no_others(tmp_path: Path) -> None:
    publication = several()

    async def latest() -> Publication:
        return publication

    ready = asyncio.Event()
    server = Server(tmp_path / "s", 1, refusing, latest)
    serves = asyncio.ensure_future(server.serve(ready))
    await ready.wait()
    try:
        async with (
            Client(tmp_path / "s", who="ana", watch=True, window=True) as one,
            Client(tmp_path / "s", who="ben", watch=True, wanted=Subscribe(("bot-7",))) as other,
        ):
            first, second = one.snapshots(), other.snapshots()
            shot = await anext(first)
            assert ([agent.name for agent in shot.details], len(shot.agents)) == (["bot-2"], 30)  # the worst
            assert [agent.name for agent in (await anext(second)).details] == ["bot-7"]
            one.subscribe(Subscribe(("bot-3", "gone", "bot-2"), worst=1))
            assert [agent.name for agent in (await anext(first)).details] == ["bot-3", "bot-2"]
            server.publish(publication)
            assert [agent.name for agent in (await anext(first)).details] == ["bot-3", "bot-2"]
            assert server.details == {"bot-3", "gone", "bot-2", "bot-7"}
            one.subscribe(Subscribe(tuple(f"bot-{n}" for n in range(30)), worst=30))
            assert len((await anext(first)).details) == DETAILS
    finally:
        serves.cancel()
        await asyncio.wait({serves})


@pytest.mark.parametrize(("version", "older"), [(VERSION - 1, "window"), (VERSION + 1, "engine")])
async def test_a_window_of_another_version_gets_one_line_though_its_frames_are_not_ours(
    version: int, older: str, tmp_path: Path
) -> None:
    async def latest() -> Publication:
        return several()

    ready = asyncio.Event()
    serves = asyncio.ensure_future(Server(tmp_path / "s", 1, refusing, latest).serve(ready))
    await ready.wait()
    try:
        async with raw(tmp_path / "s") as (reader, writer):
            ours = frame(Request(0, Hello(version, watch=True, window=True)))
            payload = ours[4:].replace(b"\xa5watch\xc3", b"\xa5watch\xa1?")  # a Hello that we could not read
            assert len(payload) == len(ours) - 4 + 1
            writer.write(len(payload).to_bytes(4, "big") + payload)
            head = await reader.readexactly(4)
            said = read_reply(await reader.readexactly(length(head)))
        assert isinstance(said, Goodbye)
        assert f"version {VERSION}, you speak {version}: restart the older one, the {older}" in said.reason
    finally:
        serves.cancel()
        await asyncio.wait({serves})


@pytest.mark.parametrize(("version", "older"), [(VERSION - 1, "the engine"), (VERSION + 1, "this program")])
async def test_an_engine_of_another_version_is_one_line(version: int, older: str, tmp_path: Path) -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(Welcome(version, 1, 1)))
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(talk, str(tmp_path / "s")):
        with pytest.raises(ClientError, match=f"speaks version {version}.*restart the older one, {older}$"):
            await Client(tmp_path / "s", who="ana", watch=True).__aenter__()


def test_a_derivation_that_fails_is_that_agent_s_fault_series_and_nobody_else_s() -> None:
    fleet, faults = Fleet(2), AgentFaults()
    evidence = AgentEvidence(fleet.recent, fleet.config, lambda _agent: (), patient=True)
    evidence.use(fleet.config, {})
    broken = {"bot-000"}

    def compute(subject: object) -> tuple[Sample, ...]:
        agent = getattr(subject, "agent", "")
        if agent in broken:
            raise KeyError("a fault of our own")
        return (Sample(f"{agent}/sight.disagree", NOW, 0.0),)

    rows = (
        Derived(("sight.disagree",), compute, every=5),
        Derived(("sight.blind",), lambda s: (s.sample("sight.blind", 0.0),), every=5),
    )
    deriver = Deriver(fleet.recent, faults, evidence.subject, rows)

    def derived(agent: str, now: float) -> dict[str, tuple[float | None, str]]:
        found = deriver.derive(agent, now)
        fleet.recent.add(found)
        return {one.series.partition("/")[2]: (one.value, str(one.note)) for one in found}

    assert derived("bot-000", NOW) == {"sight.blind": (0.0, ""), FAULT: (1.0, "sight.disagree: KeyError")}
    assert derived("bot-001", NOW) == {"sight.disagree": (0.0, ""), "sight.blind": (0.0, ""), FAULT: (0.0, "")}
    assert FAULT not in derived("bot-000", NOW + 1)  # said once, not at each look
    broken.clear()
    assert derived("bot-000", NOW + 2)[FAULT] == (0.0, "")


def test_one_incident_that_can_t_be_notified_keeps_no_other_quiet() -> None:
    faults, done = AgentFaults(), []

    def notify(number: int) -> None:
        if number == 2:
            raise KeyError("a fault of our own")
        done.append(number)

    faults.each("bot", "notices", (1, 2, 3), notify)
    assert done == [1, 3]
    assert faults.of("bot") == ("notices: KeyError",)
    faults.each("bot", "notices", (1, 3), notify)
    assert faults.of("bot") == ()


async def test_a_fault_of_our_own_is_a_warning_that_blames_no_bot_and_no_other_agent(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        await _a_fault_of_our_own(store)


async def _a_fault_of_our_own(store: SqliteStore) -> None:
    fleet, now = Fleet(2), [NOW]
    journal = Journal(store, State(), store.epoch, lambda: now[0])
    broken = RootCause("the bot refuses connections", root=CauseKind.BOT_DOWN)
    evaluator = Evaluator(journal, fleet.recent, lambda _agent: broken, lambda: now[0])
    evaluator.use(fleet.config, {f"{name}/{FAULT}": 180.0 for name in fleet.names})
    for after in (0.0, 30.0, 31.0):
        now[0] += after
        fleet.recent.add(
            [
                Sample(f"bot-000/{FAULT}", now[0], 1.0, "sight.blind: KeyError"),
                Sample(f"bot-001/{FAULT}", now[0], 0.0),
            ]
        )
        await evaluator.look(fleet.names)
        incidents = [*journal.state.incidents.values()]
        assert len(incidents) == (after == 31.0)  # a fault of one look rings nobody
    (fault,) = incidents
    assert (fault.agent, fault.severity, str(fault.cause), fault.fix) == ("bot-000", Severity.WARNING, "", "")
    assert (
        str(fault.summary) == "qualtui itself has a fault and does not fully watch bot-000: sight.blind: KeyError"
    )
    assert "the bot is not its cause" in str(fault.runbook)


async def test_agents_that_break_in_one_tick_are_decided_as_if_each_were_looked_at_alone(tmp_path: Path) -> None:
    states = []
    for name, batch in (("all", 6), ("each", 1)):
        with SqliteStore.open(tmp_path / f"{name}.db") as store:
            fleet, now = Fleet(6), [NOW]
            journal = Journal(store, State(), store.epoch, lambda now=now: now[0])  # type: ignore[misc]
            evaluator = Evaluator(journal, fleet.recent, lambda _: RootCause("it is"), lambda now=now: now[0])  # type: ignore[misc]
            evaluator.use(fleet.config, {f"{agent}/health.down": 600.0 for agent in fleet.names})
            for after, down in ((0.0, 200.0), (200.0, 400.0), (400.0, 0.0), (600.0, 0.0)):
                now[0] = NOW + after
                fleet.recent.add(Sample(f"{agent}/health.down", now[0], down) for agent in fleet.names)
                for first in range(0, 6, batch):
                    await evaluator.look(fleet.names[first : first + batch])
            states.append(journal.state)
    together, alone = states
    assert together.alerts == alone.alerts
    assert together.incidents == alone.incidents
    assert [(n, one.agent, one.phase) for n, one in together.incidents.items()] == [
        (n, agent, Phase.RESOLVED) for n, agent in enumerate(fleet.names, start=1)
    ]
