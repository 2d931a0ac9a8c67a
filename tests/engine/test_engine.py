"""The engine's loops together: every agent is looked at, a new configuration loses nothing."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from qualtui.alerts import judge as evaluation
from qualtui.alerts.judge import RuleVerdict
from qualtui.cli.common import CommandError
from qualtui.cli.notify import outcome, try_targets
from qualtui.client import Client
from qualtui.config.errors import ConfigErrors, Problem
from qualtui.config.values import (
    AgentSettings,
    Config,
    HealthSettings,
    HttpSettings,
    Level,
    NotifySettings,
    Operator,
    Route,
    Rule,
    Seconds,
    Secret,
)
from qualtui.config.values import ChannelSettings as TargetValues
from qualtui.diagnosis import contradictions
from qualtui.engine.engine import Engine
from qualtui.engine.setup import Setup
from qualtui.eventlog.alerts import RuleChanged
from qualtui.eventlog.customers import BacklogMarked
from qualtui.fixes.fix import Fix
from qualtui.model import Link, Phase, Sample, Severity, State
from qualtui.notify.channels.channel import Channel, ChannelLimits, ChannelMessage, Delivery
from qualtui.probes.build import Deps
from qualtui.probes.probe import Probe
from qualtui.series.evidence import Readings
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.deferred import DeferredStore, begin_deferred
from qualtui.text import masked
from qualtui.wire import (
    Acknowledge,
    AddNote,
    CloseCustomer,
    Done,
    LinkView,
    ListCustomers,
    Preview,
    PreviewFix,
    Refused,
    RunFix,
    TestNotice,
)
from tests.engine.test_fix_runner import Scripted
from tests.screens.stand_in import until
from tests.store.remains import torn


class Constant:
    """Answers the same on its interval; `parting`: seconds that its close takes."""

    def __init__(self, series: str, value: float | None, interval: float, parting: float = 0.0) -> None:
        self.name = series
        self.series = (series,)
        self.interval = interval
        self.timeout = 5.0
        self.asked = 0
        self.closed = False
        self._value = value
        self._parting = parting

    async def ask(self, now: float) -> tuple[Sample, ...]:
        self.asked += 1
        return (Sample(self.series[0], now, self._value),)

    async def close(self) -> None:
        await asyncio.sleep(self._parting)
        self.closed = True


class SlowTarget:
    """Takes a notice only when the test lets it."""

    name = "ops"
    limits = ChannelLimits(5.0, 1)

    def __init__(self, refusal: Delivery | None = None) -> None:
        self.refusal = refusal
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.sent: list[str] = []

    async def send(self, note: ChannelMessage) -> Delivery:
        self.sent.append(note.body)
        self.begun.set()
        await self.may_end.wait()
        return self.refusal or Delivery()

    def close(self) -> None:
        pass


class Made:
    """What `build` gives: the same probes for each configuration, and what the engine handed in."""

    def __init__(self, *probes: Probe, target: Channel | None = None, remedy: Fix | None = None) -> None:
        self.probes = probes
        self.remedies = {} if remedy is None else {("bot", remedy.name): remedy}
        self.targets = () if target is None else (target,)
        self.built = 0
        self.deps: Deps

    def __call__(self, config: Config, deps: Deps) -> Setup:
        self.built += 1
        self.deps = deps
        return Setup(config, self.probes, self.remedies, self.targets)


def config(*agents: str, note: str = "", **rules: Rule) -> Config:
    health = HealthSettings(url=f"http://bot.example.com/{note}")
    return Config(agents={name: AgentSettings(health=health) for name in agents or ("bot",)}, rules=dict(rules))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


@asynccontextmanager
async def running(
    store: SqliteStore | DeferredStore,
    made: Callable[[Config, Deps], Setup],
    first: Config,
    reread: Callable[[], Config] | None = None,
    state: State | None = None,
) -> AsyncIterator[Engine]:
    reread = reread or (lambda: first)
    engine = Engine(store, state or store.load(), store.path.with_name("s"), first, made, reread, time.time)
    ready = asyncio.Event()
    task = asyncio.ensure_future(engine.run(ready))
    try:
        async with asyncio.timeout(5):
            await ready.wait()
        yield engine
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_an_agent_whose_probes_are_slow_is_judged_in_time_beside_one_whose_probes_are_fast(
    store: SqliteStore,
) -> None:
    rule = Rule(series="db.up", op=Operator.EQUAL, critical=Level(0), for_=Seconds(0.5))
    made = Made(Constant("fast/db.up", 1.0, 0.05), Constant("slow/db.up", 0.0, 60.0))
    async with running(store, made, config("fast", "slow", down=rule)) as engine:
        await until(lambda: any(i.agent == "slow" for i in engine.journal.state.incidents.values()), 6.0)


async def test_a_restart_does_not_begin_the_why_s_clock_anew(tmp_path: Path) -> None:
    rule = Rule(series="db.up", op=Operator.EQUAL, critical=Level(0), for_=Seconds(0))
    made = Made(Constant("bot/db.up", 0.0, 0.05))
    began = time.time() - 50
    with SqliteStore.open(tmp_path / "store.db") as before:  # only what is in the store outlives a kill
        before.add_samples([Sample("bot/db.up", began - 5, 1.0), Sample("bot/db.up", began, 0.0)])
    for _again in range(2):
        with SqliteStore.open(tmp_path / "store.db") as store:
            async with running(store, made, config(down=rule)) as engine:
                await until(lambda: link(engine, Link.DATABASE).status == "bad")
                assert link(engine, Link.DATABASE).since == pytest.approx(began, abs=0.01)
                assert "for 5" in str(engine.snapshot().agents[0].now.why)


async def test_a_break_whose_samples_a_kill_lost_began_when_its_rule_s_condition_did(store: SqliteStore) -> None:
    rule = Rule(series="db.up", op=Operator.EQUAL, critical=Level(0), for_=Seconds(3600))
    made = Made(Constant("bot/db.up", 0.0, 0.05))
    began = time.time() - 50
    change = RuleChanged(
        "down", "bot", Phase.INACTIVE, Phase.PENDING, Severity.CRITICAL, "the condition began to hold", began
    )
    store.append([(change, "")], began)
    async with running(store, made, config(down=rule)) as engine:
        await until(lambda: link(engine, Link.DATABASE).status == "bad")
        assert link(engine, Link.DATABASE).since == pytest.approx(began, abs=0.01)


def link(engine: Engine, wanted: Link) -> LinkView:
    return next(view for view in engine.snapshot().details[0].chain if view.link is wanted)


async def test_each_backlog_that_a_probe_learned_is_in_the_log_whenever_it_comes(store: SqliteStore) -> None:
    made = Made()
    async with running(store, made, config("one", "two")) as engine:
        for agent in ("one", "two"):
            made.deps.learned(BacklogMarked(agent, 3, 100.0))
            await until(lambda agent=agent: agent in engine.journal.state.backlog)  # type: ignore[misc]
        assert made.deps.born("one") == 100.0


async def test_a_new_configuration_is_watched_at_once_however_long_the_old_one_s_connections_take_to_close(
    store: SqliteStore,
) -> None:
    made = Made(*(Constant(f"bot/x{n}", 1.0, 60.0, parting=0.5) for n in range(8)))
    async with running(store, made, config(), lambda: config(note="new")):
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: made.built == 2, 2.0)


async def test_a_new_configuration_closes_nothing_that_a_running_fix_uses(store: SqliteStore) -> None:
    remedy = Scripted()
    mine, others = Constant("bot/x", 1.0, 60.0), Constant("other/x", 1.0, 60.0)
    first = Made(mine, others, remedy=remedy)
    later = Made()

    def build(values: Config, deps: Deps) -> Setup:
        return (first if not first.built else later)(values, deps)

    async with running(store, build, config("bot", "other"), lambda: config(note="new")) as engine:
        async with Client(store.path.with_name("s"), who="ana") as client:
            preview = await client.ask(PreviewFix("script", "bot"))
            assert isinstance(preview, Preview)
            run = asyncio.ensure_future(client.ask(RunFix(preview.token)))
            await remedy.begun.wait()
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: others.closed)
            assert (remedy.closed, mine.closed) == (False, False)
            remedy.go.set()
            assert isinstance(await run, Done)
        await until(lambda: remedy.closed and mine.closed)
        assert [one.outcome for one in engine.journal.state.runs.values()] == ["ok"]


async def test_a_configuration_that_cannot_be_built_leaves_the_old_one(store: SqliteStore) -> None:
    made = Made(Constant("bot/health.up", 1.0, 60.0))

    def build(values: Config, deps: Deps) -> Setup:
        if made.built:
            raise ValueError("no such thing")
        return made(values, deps)

    async with running(store, build, config(), lambda: config(note="new")) as engine:
        os.kill(os.getpid(), signal.SIGHUP)
        await until(
            lambda: any("configuration refused" in str(text) for text in engine.snapshot().engine.troubles)
        )
        assert not made.probes[0].closed  # type: ignore[attr-defined]


async def test_an_internal_error_of_one_agent_stops_no_other_agent_s_watch(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contradict(found: Readings, well: Callable[[str, float], bool]) -> Readings:
        sample = found["health.up"].sample
        if sample is not None and sample.series.startswith("broken/"):
            raise KeyError("a fault of our own")
        return contradictions.contradict(found, well)

    def evaluate(
        rule: Rule, samples: Sequence[Sample], now: float, stale: float, *, fires: bool = False
    ) -> RuleVerdict:
        if samples and samples[-1].series.startswith("broken/"):
            raise KeyError("a fault of our own")
        return evaluation.judge(rule, samples, now, stale, fires=fires)

    monkeypatch.setattr("qualtui.engine.agent_readings.contradict", contradict)
    monkeypatch.setattr("qualtui.alerts.look.judge", evaluate)
    rule = Rule(series="health.up", op=Operator.EQUAL, critical=Level(0), for_=Seconds(0))
    made = Made(Constant("broken/health.up", 0.0, 0.1), Constant("other/health.up", 0.0, 0.1))
    async with running(store, made, config("broken", "other", down=rule)) as engine:
        await until(lambda: any(i.agent == "other" for i in engine.journal.state.incidents.values()), 6.0)
        shot = engine.snapshot()
        assert str(shot.agents[0].now.headline) == "CANNOT TELL"
        assert shot.agents[1].now.level is Severity.CRITICAL
        assert any("broken is not fully watched" in str(text) for text in shot.engine.troubles)


async def test_reading_the_same_configuration_again_asks_the_bot_nothing(store: SqliteStore) -> None:
    probe = Constant("bot/health.up", 1.0, 60.0)
    made = Made(probe)
    async with running(store, made, config(), config) as engine:
        await until(lambda: probe.asked == 1)
        for _ in range(5):
            seq = engine.journal.state.seq
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: engine.journal.state.seq > seq)  # noqa: B023 - awaited in the loop
        assert (probe.asked, made.built) == (1, 1)


async def test_what_became_of_a_configuration_that_was_read_again_is_in_the_log(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = ConfigErrors(
        (Problem("q.toml", "rules.x.for", "5", "a duration"), Problem("q.toml", "", "y", "z")),
    )
    coming: list[Config | ConfigErrors] = [wrong, config(), config(note="new")]

    def reread() -> Config:
        now = coming.pop(0)
        if isinstance(now, ConfigErrors):
            raise now
        return now

    caplog.set_level("INFO", "qualtui.engine.config_reload")
    async with running(store, Made(), config(), reread):
        for count in (2, 3, 4):
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: len(caplog.messages) == count)  # noqa: B023 - awaited in the loop
    assert caplog.messages == [
        "configuration refused, the old one stays: q.toml: rules.x.for: found 5, expected a duration",
        "configuration refused, the old one stays: q.toml: found y, expected z",
        "configuration read again: nothing differs",
        "configuration taken: watching bot",
    ]


async def test_a_notice_that_is_being_sent_while_the_configuration_changes_is_sent_once(
    store: SqliteStore,
) -> None:
    target = SlowTarget()
    made = Made(target=target)
    notify = NotifySettings(
        channels={"ops": TargetValues(url=Secret("json://127.0.0.1:9"))}, routes=(Route(channels=("ops",)),)
    )

    def values(note: str = "") -> Config:
        return Config(
            agents={"bot": AgentSettings(health=HealthSettings(url=f"http://bot/{note}"))}, notify=notify
        )

    async with running(store, made, values(), lambda: values("new")) as engine:
        async with Client(store.path.with_name("s"), who="ana") as client:
            assert isinstance(await client.ask(TestNotice("ops")), Done)
        await target.begun.wait()
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: made.built == 2)
        target.may_end.set()
        await until(lambda: [n.status for n in engine.journal.state.notices.values()] == ["delivered"])
        assert len(target.sent) == 1


async def test_after_a_restart_nothing_is_called_learning_that_was_learned_before(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = {"bot": 0.0}
    monkeypatch.setattr("qualtui.engine.engine.learning_of", lambda _probes, agent: shares[agent])
    made = Made()
    async with running(store, made, config()) as engine:
        assert engine.snapshot().agents[0].learning == 0.0
        made.deps.learned(BacklogMarked("bot", 3, 100.0))
        await until(lambda: "bot" in engine.journal.state.backlog)
        assert engine.snapshot().agents[0].learning is None
        shares["bot"] = 0.4  # what was kept could not be read: it says so itself
        assert engine.snapshot().agents[0].learning == 0.4


async def test_an_agent_that_is_none_is_answered_with_those_there_are(store: SqliteStore) -> None:
    async with (
        running(store, Made(), config("one", "two")),
        Client(store.path.with_name("s"), who="ana") as client,
    ):
        for ask in (
            PreviewFix("retry", "nope"),
            ListCustomers("nope"),
            CloseCustomer("nope", "1a2b", "called", 0.0),
        ):
            answer = await client.ask(ask)
            assert isinstance(answer, Refused)
            assert str(answer.text) == "no agent 'nope'; there is: one, two"


async def test_who_comes_second_to_an_incident_is_told_how_to_take_it(store: SqliteStore) -> None:
    rule = Rule(series="db.up", op=Operator.EQUAL, critical=Level(0), for_=Seconds(0))
    made = Made(Constant("bot/db.up", 0.0, 60.0))
    async with running(store, made, config(down=rule)) as engine:
        await until(lambda: bool(engine.journal.state.incidents))
        (number,) = engine.journal.state.incidents
        async with Client(store.path.with_name("s"), who="ana") as ana:
            assert isinstance(await ana.ask(Acknowledge(number)), Done)
        async with Client(store.path.with_name("s"), who="ben") as ben:
            told = await ben.ask(Acknowledge(number))
        assert isinstance(told, Refused)
        assert str(told.text) == f"ana already owns #{number}; take it over: qualtui incidents ack {number} --take"


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (None, "delivered"),
        (Delivery("HTTP 404"), "not delivered: HTTP 404 (a test is tried once)"),
        (Delivery("no such address", final=True), "not delivered: no such address (a test is tried once)"),
    ],
)
async def test_a_test_notice_tells_what_became_of_it_and_its_key_is_no_phone(
    store: SqliteStore, refusal: Delivery | None, told: str
) -> None:
    target = SlowTarget(refusal)
    target.may_end.set()
    notify = NotifySettings(channels={"ops": TargetValues(url=Secret("json://127.0.0.1:9"))})
    first = Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://bot.example.com/"))}, notify=notify
    )
    async with (
        running(store, Made(target=target), first),
        Client(store.path.with_name("s"), who="ana", watch=True) as client,
    ):
        (notice,) = await try_targets(client, "ops", 10.0)
        assert outcome(notice) == told
        assert masked(notice.key) == notice.key
        with pytest.raises(CommandError, match="no channel 'none'; there is: ops"):
            await try_targets(client, "none", 10.0)


async def test_a_channel_that_fails_is_named_with_its_time_until_it_delivers(store: SqliteStore) -> None:
    target = SlowTarget(Delivery("HTTP 404"))
    target.may_end.set()
    notify = NotifySettings(channels={"ops": TargetValues(url=Secret("json://127.0.0.1:9"))})
    first = Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://bot.example.com/"))}, notify=notify
    )
    async with (
        running(store, Made(target=target), first) as engine,
        Client(store.path.with_name("s"), who="ana", watch=True) as client,
    ):
        assert engine.snapshot().engine.channels == ()
        await try_targets(client, "ops", 10.0)
        (failing,) = engine.snapshot().engine.channels
        assert (failing.name, failing.reason) == ("ops", "HTTP 404")
        assert len(target.sent) == 1
        assert not any(notice.status == "queued" for notice in engine.journal.state.notices.values())
        await try_targets(client, "ops", 10.0)
        assert engine.snapshot().engine.channels == (failing,)  # since the first failure
        assert store.load().failing["ops"].since == failing.since
        target.refusal = None
        await try_targets(client, "ops", 10.0)
        assert engine.snapshot().engine.channels == ()


async def test_a_test_whose_outcome_takes_long_says_where_it_will_be_told(store: SqliteStore) -> None:
    notify = NotifySettings(channels={"ops": TargetValues(url=Secret("json://127.0.0.1:9"))})
    first = Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://bot.example.com/"))}, notify=notify
    )
    async with (
        running(store, Made(target=SlowTarget()), first),
        Client(store.path.with_name("s"), who="ana", watch=True) as client,
    ):
        (notice,) = await try_targets(client, "", 0.5)
        assert "qualtui notify log" in outcome(notice)


async def test_an_engine_on_a_torn_store_watches_tells_and_goes_over_to_a_new_one_by_itself(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state" / "store.db"
    half = torn(path)
    rule = Rule(series="db.up", op=Operator.EQUAL, critical=Level(0), for_=Seconds(0))
    target = SlowTarget()
    target.may_end.set()
    first = Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://bot.example.com/"))},
        rules={"down": rule},
        notify=NotifySettings(
            channels={"ops": TargetValues(url=Secret("json://127.0.0.1:9"))}, routes=(Route(channels=("ops",)),)
        ),
    )
    store, begun = begin_deferred(path, time.time())
    with store:
        made = Made(Constant("bot/db.up", 0.0, 60.0), target=target)
        async with running(store, made, first, state=begun) as engine:
            await target.begun.wait()
            [number] = engine.journal.state.incidents
            assert number == begun.next_number
            assert "damaged" in str(engine.snapshot().engine.troubles[0])
            assert path.read_bytes() == half
            path.rename(path.with_suffix(".torn"))
            async with Client(path.with_name("s"), who="ana") as client:
                assert isinstance(await client.ask(AddNote(number, "looking")), Done)
            assert engine.snapshot().engine.troubles == ()
            assert list(store.load().incidents) == [number]


async def test_the_engine_answers_over_http_and_pings_once_a_probe_answered(store: SqliteStore) -> None:
    pinged = asyncio.Event()

    async def take(_request: web.Request) -> web.Response:
        pinged.set()
        return web.Response()

    app = web.Application()
    app.router.add_get("/ping", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    key = "a-key-of-the-test-only"
    values = Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://bot.example.com/"))},
        http=HttpSettings(listen=address, key=Secret(key)),
        notify=NotifySettings(ping=Secret(f"http://127.0.0.1:{runner.addresses[0][1]}/ping")),
    )
    made = Made(Constant("bot/db.up", 1.0, 60.0))
    try:
        async with running(store, made, values), aiohttp.ClientSession() as session:
            async with asyncio.timeout(10):
                await pinged.wait()
            async with session.get(f"http://{address}/health") as answer:
                assert (answer.status, (await answer.json())["status"]) == (200, "ok")
            known = {"Authorization": f"Bearer {key}"}
            async with session.get(f"http://{address}/health/deep", headers=known) as answer:
                services = (await answer.json())["services"]
            assert services["bot/database"]["status"] == "ok"
            assert services["bot/gateway"]["status"] == "no_source"
    finally:
        await runner.cleanup()
