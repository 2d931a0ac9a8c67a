"""A whole night on a fake clock: page, steps, owner, reminder, lapse, steps again, the end for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.config.values import (
    AgentSettings,
    ChannelSettings,
    Config,
    DemoSettings,
    EscalationStep,
    HealthSettings,
    Level,
    NotifySettings,
    OncallSettings,
    PersonSettings,
    Route,
    Rule,
    Seconds,
    Secret,
)
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.ack_links import AckLinkLapsed, AckLinkUsed
from qualtui.eventlog.escalations import EscalationCalled
from qualtui.eventlog.incidents import Acknowledged, Noted
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.ownership import OwnershipLapsed, Snoozed
from qualtui.eventlog.schedules import FixScheduled
from qualtui.model import EventBody, Link, Sample, Severity
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import NextCall

MINUTE = 60.0
RULE = Rule(series="user.depth", warning=Level(0), critical=Level(10), summary="down", link=Link.GATEWAY)


def settings(speed: float = 1.0) -> Config:
    names = {"slack": False, "ana-ring": True, "ana-wa": False, "bruno-ring": True}
    channels = {
        name: ChannelSettings(url=Secret("json://127.0.0.1"), ringing=rings) for name, rings in names.items()
    }
    people = {
        "ana": PersonSettings(channels=("ana-ring", "ana-wa")),
        "bruno": PersonSettings(channels=("bruno-ring",)),
    }
    return Config(
        agents={"bot": AgentSettings(health=HealthSettings(url="http://127.0.0.1/health"))},
        rules={"down": RULE},
        notify=NotifySettings(channels=channels, routes=(Route(channels=("slack",)),)),
        people=people,
        oncall=OncallSettings(order=("ana", "bruno")),
        demo=DemoSettings(speed=speed),
    )


class Night:
    """An evaluator on a real store; `until` looks every half minute and says what was sent in which minute."""

    def __init__(self, store: SqliteStore, speed: float = 1.0, config: Config | None = None) -> None:
        self.now, self.depth, self.began = 1000.0, 20.0, 1000.0
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.evaluator = Evaluator(self.journal, self.recent, lambda _: RootCause(), lambda: self.now)
        self.evaluator.use(config or settings(speed), {})

    async def until(self, minute: float) -> list[str]:
        said = []
        while (self.now - self.began) / MINUTE <= minute:
            self.recent.add([Sample("bot/user.depth", self.now, self.depth)])
            for event in await self.evaluator.look(("bot",)):
                if words := self._words(event.body):
                    said.append(f"{(self.now - self.began) / MINUTE:g} {words}")
            self.now += 30.0
        return said

    def _words(self, body: EventBody) -> str:
        if isinstance(body, NoticeQueued):
            return f"{body.kind} to {body.channel}"
        return "lapsed" if isinstance(body, OwnershipLapsed) else ""

    async def add(self, body: EventBody) -> None:
        await self.journal.append((body, ""))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


async def test_a_night_from_the_page_to_the_end(store: SqliteStore) -> None:
    night = Night(store)
    assert await night.until(6) == [
        "0 firing to slack",
        "0 escalation to ana-ring",
        "5 escalation to ana-ring",
        "5 escalation to ana-wa",
    ]
    await night.add(Acknowledged(1, "Ana"))  # minute 6.5
    assert await night.until(26) == []
    assert await night.until(27) == ["26.5 reminder to ana-ring", "26.5 reminder to ana-wa"]
    assert await night.until(37) == ["36.5 lapsed", "36.5 repeat to slack", "36.5 escalation to ana-ring"]
    assert await night.until(52) == [
        "41.5 escalation to ana-ring",
        "41.5 escalation to ana-wa",
        "51.5 escalation to bruno-ring",
    ]
    night.depth = 0.0
    ends = ["slack", "ana-ring", "ana-wa", "bruno-ring"]
    assert await night.until(52.5) == [f"52.5 resolved to {name}" for name in ends]
    keys = list(night.journal.state.notices)
    assert len(keys) == len(set(keys)) == 15  # none was left out because of its key


async def test_a_note_of_the_owner_renews_and_a_snooze_holds_the_reminder_back(store: SqliteStore) -> None:
    night = Night(store)
    await night.until(1)
    await night.add(Acknowledged(1, "bruno"))  # minute 1.5
    await night.until(15)
    await night.add(Noted(1, "bruno", "restarting"))  # minute 15.5
    assert await night.until(35) == []
    await night.add(Snoozed(1, "bruno", night.now + 30 * MINUTE))  # minute 35.5
    assert await night.until(65) == []
    assert await night.until(66) == ["65.5 reminder to bruno-ring"]
    assert (await night.until(76))[0] == "75.5 lapsed"


async def test_who_took_a_warning_is_called_when_it_becomes_critical(store: SqliteStore) -> None:
    night = Night(store)
    night.depth = 5.0
    assert await night.until(2) == []  # WARNING: no route, no call
    await night.add(Acknowledged(1, "bruno"))
    assert night.journal.state.incidents[1].covers is Severity.WARNING
    night.depth = 20.0
    assert (await night.until(2.5))[:2] == ["2.5 worse to slack", "2.5 escalation to ana-ring"]


async def test_calls_end_after_the_last_round(store: SqliteStore) -> None:
    night = Night(store)
    said = await night.until(239)
    assert sum(line.endswith("to bruno-ring") for line in said) == 3
    assert said[-1] == "75 escalation to bruno-ring"
    calls = [one for event in store.history(1) if isinstance(one := event.body, EscalationCalled)]
    assert [(one.step, one.round) for one in calls] == [(s, r) for r in (1, 2, 3) for s in (1, 2, 3)]


async def test_what_no_one_owns_is_never_quiet_for_ever(store: SqliteStore) -> None:
    night = Night(store)
    await night.until(239)  # all rounds are done at 75
    assert await night.until(600) == [
        "240 repeat to slack",
        "240 escalation to ana-ring",
        "480 repeat to slack",
        "480 escalation to ana-ring",
    ]
    await night.add(Acknowledged(1, "Ana"))
    assert await night.until(615) == []
    keys = list(night.journal.state.notices)
    assert len(keys) == len(set(keys)) == 1 + 4 * 3 + 4


async def test_a_warning_is_not_repeated_unless_that_is_set(store: SqliteStore) -> None:
    config = settings()
    routes = (Route(channels=("slack",), severities=(Severity.WARNING,)),)
    night = Night(store, config=replace(config, notify=replace(config.notify, routes=routes)))
    night.depth = 5.0
    assert await night.until(600) == ["0.5 firing to slack"]


async def test_repeats_that_are_set_go_on_after_the_last_round(store: SqliteStore) -> None:
    config = settings()
    config = replace(config, notify=replace(config.notify, repeat_interval=Seconds(3600)))
    night = Night(store, config=config)
    await night.until(119)
    assert await night.until(121) == ["120 repeat to slack", "120 escalation to ana-ring"]


async def test_a_demo_is_as_much_faster(store: SqliteStore) -> None:
    night = Night(store, speed=10.0)
    assert (await night.until(0.5))[-1] == "0.5 escalation to ana-wa"


async def test_everyone_notified_hears_that_no_one_owns_it_any_more(store: SqliteStore) -> None:
    config = replace(settings(), oncall=OncallSettings())  # nobody is called: else it would stay quiet for ever
    night = Night(store, config=config)
    assert await night.until(1) == ["0 firing to slack"]
    await night.add(Acknowledged(1, "Ana"))  # minute 1.5
    assert (await night.until(240))[2:] == ["31.5 lapsed", "31.5 repeat to slack"]


async def test_a_claim_by_a_link_that_lapses_is_a_notice_too(store: SqliteStore) -> None:
    night = Night(store, config=replace(settings(), oncall=OncallSettings()))
    await night.until(1)
    await night.add(AckLinkUsed(1, "slack", "1/1/firing/0.0/slack", night.now + 900.0))
    assert await night.until(10) == []
    await night.add(AckLinkLapsed(1))
    assert await night.until(12) == ["10.5 repeat to slack"]


async def test_who_took_a_warning_by_a_link_covers_no_worse(store: SqliteStore) -> None:
    night = Night(store)
    night.depth = 5.0
    await night.until(2)
    await night.add(AckLinkUsed(1, "slack", "", night.now + 900.0))
    night.depth = 20.0
    assert await night.until(2.5) == ["2.5 worse to slack", "2.5 escalation to ana-ring"]


def scheduled(night: Night) -> FixScheduled:
    due = night.now + 8 * 60 * MINUTE
    return FixScheduled("abcd", "lead-retry", "bot", "ana", due, due + 10 * MINUTE, 2, 1)


async def test_what_gets_worse_than_was_scheduled_calls_people(store: SqliteStore) -> None:
    night = Night(store)
    night.depth = 5.0
    await night.until(1)
    await night.add(scheduled(night))
    assert await night.until(5) == []
    night.depth = 20.0
    assert await night.until(6) == ["5.5 worse to slack", "5.5 escalation to ana-ring"]


async def test_what_was_scheduled_for_an_incident_that_is_over_keeps_nobody_from_being_called(
    store: SqliteStore,
) -> None:
    night = Night(store)
    await night.until(1)
    await night.add(scheduled(night))
    night.depth = 0.0
    assert await night.until(5) == ["1.5 resolved to slack", "1.5 resolved to ana-ring"]
    night.depth = 20.0
    assert await night.until(6) == ["5.5 reopened to slack", "5.5 escalation to ana-ring"]


async def test_who_was_called_before_it_opened_again_gets_one_end(store: SqliteStore) -> None:
    night = Night(store)
    await night.until(6)
    night.depth = 0.0
    assert len(await night.until(7)) == 3
    night.depth = 20.0
    assert await night.until(8) == ["7.5 reopened to slack", "7.5 escalation to ana-ring"]
    night.depth = 0.0
    assert await night.until(9) == ["8.5 resolved to slack", "8.5 resolved to ana-ring"]


def with_steps(*steps: EscalationStep) -> Config:
    config = settings()
    return replace(config, notify=replace(config.notify, escalation=steps, zone="UTC"))


async def test_the_night_s_step_calls_at_once_where_the_day_s_is_out_of_its_hours(store: SqliteStore) -> None:
    day = EscalationStep(to=("ana",), hours="08:00-18:00")
    dark = EscalationStep(to=("bruno",), hours="18:00-08:00")
    night = Night(store, config=with_steps(day, dark))  # it is 00:16
    assert await night.until(1) == ["0 firing to slack", "0 escalation to bruno-ring"]
    calls = [one for event in store.history(1) if isinstance(one := event.body, EscalationCalled)]
    assert [(one.step, one.passed, one.people) for one in calls] == [(1, True, ()), (2, False, ("bruno",))]


async def test_who_is_called_in_the_morning_is_called_then_and_shown_all_night(store: SqliteStore) -> None:
    office = (EscalationStep(to=("ana",), hours="08:00-18:00"),
              EscalationStep(to=("bruno",), hours="08:00-18:00", after=Seconds(600)))  # fmt: skip
    night = Night(store, config=with_steps(*office))
    assert await night.until(1) == ["0 firing to slack"]
    assert night.evaluator.calls[1] == NextCall(("ana",), 8 * 3600.0)
    assert await night.until(463) == ["240 repeat to slack"]
    assert await night.until(479) == ["463.5 escalation to ana-ring", "473.5 escalation to bruno-ring"]
