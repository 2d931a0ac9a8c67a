"""A mute stops notices, never checks; when it ends while the alert still fires, the notice is sent."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from qualtui.config.values import (
    AgentSettings,
    ChannelSettings,
    Config,
    HealthSettings,
    Inhibit,
    Level,
    Maintenance,
    NotifySettings,
    OncallSettings,
    Operator,
    PersonSettings,
    Route,
    Rule,
    Seconds,
    Secret,
)
from qualtui.diagnosis.faults import FaultsSeen
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.incidents import Acknowledged, CauseRevised
from qualtui.eventlog.mutes import NoticeMuted
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.silences import SilenceCreated, SilenceExpired
from qualtui.model import Link, Phase, Sample, Severity
from qualtui.model.matchers import matcher_of
from qualtui.store.sqlite import SqliteStore

WAITING = Rule(
    series="customers.oldest",
    op=Operator.ABOVE,
    warning=Level(180),
    critical=Level(600),
    summary="oldest {duration}",
    link=Link.CUSTOMER,
)
DATABASE = Rule(series="db.up", op=Operator.EQUAL, critical=Level(0), summary="database down", link=Link.DATABASE)
QUEUE = Rule(series="user.queue", op=Operator.ABOVE, warning=Level(5), summary="queue long")
ALL = (Severity.CRITICAL, Severity.WARNING)
CONFIG = Config(
    agents={"bot": AgentSettings(health=HealthSettings(url="http://127.0.0.1/health"))},
    rules={"customers-waiting": WAITING, "database-down": DATABASE, "queue-long": QUEUE},
    notify=NotifySettings(
        channels={"pager": ChannelSettings(url=Secret("json://127.0.0.1"))},
        routes=(Route(channels=("pager",), severities=ALL),),
        group_wait=Seconds(0),
        group_interval=Seconds(0),
    ),
)
NOON = datetime(2026, 11, 27, 12, tzinfo=ZoneInfo("UTC")).timestamp()


class Watch:
    """An evaluator on a real store; each look gives the notices that are sent and those that are muted."""

    def __init__(self, store: SqliteStore) -> None:
        self.now = NOON
        self.waiting = 1
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.evaluator = Evaluator(
            self.journal,
            self.recent,
            lambda _: RootCause("the why"),
            lambda: self.now,
            seen=lambda _: FaultsSeen(),
            waiting=lambda _: self.waiting,
        )
        self.use(CONFIG)

    def use(self, config: Config) -> None:
        self.evaluator.use(config, {"bot/customers.oldest": 60.0, "bot/db.up": 60.0, "bot/user.queue": 60.0})

    async def oldest(self, value: float, after: float = 5.0, series: str = "customers.oldest") -> list[str]:
        self.now += after
        self.recent.add([Sample(f"bot/{series}", self.now, value)])
        events = await self.evaluator.look(("bot",))
        return [said for event in events if (said := _said(event.body))]

    async def silence(self, seconds: float, *matchers: str, causes: dict[int, int] | None = None) -> None:
        made = tuple(matcher_of(one) for one in matchers)
        body = SilenceCreated("abc", made, "Ana", "planned", self.now + seconds, causes or {})
        await self.journal.append((body, ""))


def _said(body: object) -> str:
    if isinstance(body, NoticeQueued):
        return f"{body.kind} {body.severity}"
    return f"muted {body.kind}: {body.reason}" if isinstance(body, NoticeMuted) else ""


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield Watch(opened)


async def test_a_silence_that_ends_while_the_alert_fires_sends_its_notice(watch: Watch) -> None:
    await watch.silence(60, "agent=bot")
    assert await watch.oldest(700) == ["muted firing: silenced by Ana until 12:01: planned"]
    assert await watch.oldest(705) == []  # recorded once
    assert watch.journal.state.incidents[1].phase is Phase.FIRING  # the screen keeps its colours
    assert [one.kind for one in watch.journal.state.muted] == ["firing"]
    assert await watch.oldest(760, after=55) == ["firing critical"]


async def test_a_silence_that_a_person_ends_sends_the_notice_at_once(watch: Watch) -> None:
    await watch.silence(3600, "rule=customers-waiting")
    await watch.oldest(700)
    await watch.journal.append((SilenceExpired("abc", "Bruno"), ""))
    assert await watch.oldest(705) == ["firing critical"]


async def test_what_fires_and_ends_during_a_silence_sends_nothing(watch: Watch) -> None:
    await watch.silence(60, "agent=bot")
    await watch.oldest(700)
    assert await watch.oldest(0) == []
    assert await watch.oldest(0, after=90) == []


async def test_who_got_the_firing_notice_gets_the_end_during_a_silence(watch: Watch) -> None:
    assert await watch.oldest(200) == ["firing warning"]
    await watch.silence(3600, "agent=bot")
    assert await watch.oldest(700) == ["muted worse: silenced by Ana until 13:00: planned"]
    assert await watch.oldest(0) == ["resolved warning"]


async def test_a_silence_does_not_hide_growth(watch: Watch) -> None:
    await watch.oldest(700)
    await watch.silence(3600, "agent=bot")
    watch.waiting = 2
    assert await watch.oldest(705) == []
    watch.waiting = 3
    assert await watch.oldest(710) == ["growth critical"]
    assert await watch.oldest(715) == []


async def test_a_silence_does_not_hide_a_new_cause(watch: Watch) -> None:
    await watch.oldest(700)
    await watch.silence(3600, 'incident="1"', causes={1: watch.journal.state.incidents[1].revision})
    assert await watch.oldest(705) == []
    await watch.journal.append((CauseRevised(1, "another why", "other"), ""))
    assert await watch.oldest(710) == ["update critical"]


async def test_an_incident_notifies_with_its_unmuted_alerts(watch: Watch) -> None:
    await watch.silence(3600, "severity=critical")
    assert await watch.oldest(200) == ["firing warning"]
    assert await watch.oldest(700) == ["muted worse: silenced by Ana until 13:00: planned"]


async def test_maintenance_mutes(watch: Watch) -> None:
    window = Maintenance(cron="0 12 * * *", duration=Seconds(60), zone="UTC", match=("agent=bot",))
    watch.use(replace(CONFIG, maintenance=(window,)))
    assert await watch.oldest(700) == ["muted firing: maintenance until 12:01"]
    assert await watch.oldest(760, after=60) == ["firing critical"]


async def test_an_inhibited_alert_notifies_when_its_source_ends(watch: Watch) -> None:
    rule = Inhibit(source=("rule=database-down",), target=("rule=queue-long",))
    watch.use(replace(CONFIG, inhibit=(rule,)))
    assert await watch.oldest(0, series="db.up") == ["firing critical"]
    muted = "muted firing: it is inhibited while database-down of bot fires"
    assert await watch.oldest(9, series="user.queue") == [muted]
    assert await watch.oldest(1, series="db.up") == ["resolved critical", "firing warning"]


async def test_the_night_waits_for_the_morning(watch: Watch) -> None:
    watch.use(replace(CONFIG, notify=replace(CONFIG.notify, night="00:00-12:05", zone="UTC")))
    assert await watch.oldest(700) == ["muted firing: it is night until 12:05: this waits for the morning"]
    assert await watch.oldest(1005, after=305) == ["firing critical"]


async def test_enough_customers_who_wait_wake_someone_at_night(watch: Watch) -> None:
    watch.use(replace(CONFIG, notify=replace(CONFIG.notify, night="00:00-12:05", zone="UTC")))
    watch.waiting = 2
    assert len(await watch.oldest(700)) == 1
    watch.waiting = 3
    assert await watch.oldest(705) == ["firing critical"]


async def test_a_silence_is_kept_over_a_restart(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        before = Watch(store)
        await before.silence(60, "agent=bot")
        assert len(await before.oldest(700)) == 1
    with SqliteStore.open(tmp_path / "store.db") as store:
        after = Watch(store)
        assert await after.oldest(710, after=10) == []
        assert await after.oldest(770, after=60) == ["firing critical"]


async def test_growth_passes_a_silence_as_a_page_also_where_a_milder_alert_is_heard(watch: Watch) -> None:
    rules = {**CONFIG.rules, "queue-long": replace(QUEUE, link=Link.CUSTOMER)}  # both share one incident
    watch.use(replace(CONFIG, rules=rules))
    watch.waiting = 5
    assert await watch.oldest(6, series="user.queue") == ["firing warning"]
    assert await watch.oldest(700) == ["worse critical"]
    assert list(watch.journal.state.incidents) == [1]
    await watch.silence(3600, "rule=customers-waiting")
    assert await watch.oldest(705) == []
    watch.waiting = 15
    assert await watch.oldest(710) == ["growth critical"]
    assert await watch.oldest(715) == []


def with_someone_on_call() -> Config:
    channels = {**CONFIG.notify.channels, "ring": CONFIG.notify.channels["pager"]}
    return replace(
        CONFIG,
        notify=replace(CONFIG.notify, channels=channels),
        people={"ana": PersonSettings(channels=("ring",))},
        oncall=OncallSettings(order=("ana",), owner="ana"),
    )


async def test_growth_that_passes_a_silence_calls_people_until_someone_has_it(watch: Watch) -> None:
    watch.use(with_someone_on_call())
    assert await watch.oldest(700) == ["firing critical", "escalation critical"]
    await watch.silence(7200, "agent=bot")
    assert await watch.oldest(710, after=1000) == []  # of the known trouble no one is called
    watch.waiting = 3
    assert await watch.oldest(710) == ["growth critical", "escalation critical"]
    assert await watch.oldest(710, after=900) == ["escalation critical"]
    await watch.journal.append((Acknowledged(1, "ana"), ""))
    assert await watch.oldest(710, after=900) == []


async def test_a_newer_silence_ends_the_calls_that_growth_began(watch: Watch) -> None:
    watch.use(with_someone_on_call())
    await watch.oldest(700)
    await watch.silence(7200, "agent=bot")
    watch.waiting = 3
    assert await watch.oldest(710, after=300) == ["growth critical", "escalation critical"]
    watch.now += 5
    newer = SilenceCreated("newer", (matcher_of("agent=bot"),), "Ana", "known", watch.now + 7200)
    await watch.journal.append((newer, ""))
    assert await watch.oldest(710, after=900) == []
    watch.waiting = 9
    assert await watch.oldest(710) == ["growth critical", "escalation critical"]
