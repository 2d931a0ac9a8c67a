"""A verdict and the notices it owes are one write; looking again owes nothing again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.alerts.correlation import IncidentChange
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    ChannelSettings,
    Config,
    HealthSettings,
    Level,
    NotifySettings,
    Operator,
    Route,
    Rule,
    Seconds,
    Secret,
)
from qualtui.diagnosis.faults import Fault, FaultsSeen
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.incident_views import incident_alerts, incident_view
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.alert_changes import AlertChanged, AlertCleared, AlertUnseen
from qualtui.eventlog.engine import ClockStepped
from qualtui.eventlog.incident_changes import IncidentNotified, WaitingCounted
from qualtui.eventlog.incidents import CauseRevised
from qualtui.eventlog.mutes import NoticeUnrouted
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import Event, Link, Phase, Sample, Severity
from qualtui.notify.render import notice_words
from qualtui.store.sqlite import SqliteStore

WAITING = Rule(
    series="customers.oldest",
    op=Operator.ABOVE,
    warning=Level(180),
    critical=Level(600),
    keep_firing_for=Seconds(30),
    summary="oldest {duration}",
    link=Link.CUSTOMER,
)
DOWN = Rule(series="gateway.down", op=Operator.ABOVE, critical=Level(0), summary="session down", link=Link.GATEWAY)


def configuration(rules: dict[str, Rule]) -> Config:
    routes = (
        Route(channels=("pager",), severities=(Severity.CRITICAL,)),
        Route(channels=("mail",), severities=(Severity.WARNING, Severity.CRITICAL)),
    )
    channels = {name: ChannelSettings(url=Secret("json://127.0.0.1")) for name in ("pager", "mail")}
    agent = AgentSettings(health=HealthSettings(url="http://127.0.0.1/health"))
    return Config(
        agents={"bot": agent},
        rules=rules,
        notify=NotifySettings(channels=channels, routes=routes, group_wait=Seconds(0)),
    )


class Scene:
    """An evaluator on a real store and a clock that is set by hand."""

    def __init__(self, store: SqliteStore, rules: dict[str, Rule], recent: SampleCache | None = None) -> None:
        self.now = 1000.0
        self.why = RootCause("the why")
        self.seen = FaultsSeen()
        self.waiting: int | None = 1
        self.recent = recent or SampleCache(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.evaluator = Evaluator(
            self.journal,
            self.recent,
            lambda _: self.why,
            lambda: self.now,
            offer=self._offered,
            seen=lambda _: self.seen,
            waiting=lambda _: self.waiting,
        )
        self.use(rules)

    def _offered(self, _agent: str, _rule: str, _number: int) -> str:
        return self.why.fixes[0] if self.why.fixes else ""

    def use(self, rules: dict[str, Rule]) -> None:
        self.evaluator.use(configuration(rules), {"bot/customers.oldest": 60.0})

    async def oldest(self, value: float | None, after: float = 5.0) -> list[str]:
        """A new sample, and a look: the transitions and the channels that are due a notice."""
        return await self.sample("customers.oldest", value, after)

    async def sample(self, series: str, value: float | None, after: float = 5.0) -> list[str]:
        self.now += after
        self.recent.add([Sample(f"bot/{series}", self.now, value)])
        return shown(await self.evaluator.look(("bot",)))


def shown(events: tuple[Event, ...]) -> list[str]:
    return [words for event in events if (words := said(event.body))]


def said(body: object) -> str:
    if isinstance(body, NoticeQueued):
        return f"{body.kind} to {body.channel}"
    if isinstance(body, CauseRevised):
        return f"cause: {body.cause}"
    if isinstance(body, AlertChanged):
        return f"{body.new.value} {body.severity.value}"
    if isinstance(body, NoticeUnrouted):
        return f"{body.kind}: {body.reason}"
    if isinstance(body, IncidentNotified | AlertCleared | AlertUnseen | ClockStepped | WaitingCounted):
        return ""
    assert isinstance(body, IncidentChange)
    return f"{type(body).__name__} #{body.number}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


async def test_an_incident_s_life_with_its_notices(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    assert await scene.oldest(100) == []
    assert await scene.oldest(200) == ["firing warning", "IncidentOpened #1", "firing to mail"]
    assert await scene.oldest(300) == []
    assert await scene.oldest(601) == ["firing critical", "worse to pager", "worse to mail"]
    assert await scene.oldest(None) == []
    assert await scene.oldest(0) == []  # kept firing for a while
    ends = ["resolved critical", "IncidentResolved #1", "resolved to pager", "resolved to mail"]
    assert await scene.oldest(0, after=31) == ends
    incident = scene.journal.state.incidents[1]
    assert (incident.phase, str(incident.summary), incident.cause) == (Phase.RESOLVED, "oldest 10m", "the why")


async def test_one_fault_is_one_incident_and_one_page(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING, "down": DOWN})
    scene.seen = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
    opens = ["firing critical", "IncidentOpened #1", "firing to pager", "firing to mail"]
    assert await scene.sample("gateway.down", 1) == opens
    assert await scene.oldest(700) == ["firing critical", "AlertsJoined #1"]
    scene.waiting = 3
    assert await scene.oldest(705) == ["growth to pager", "growth to mail"]
    scene.seen = FaultsSeen()
    assert await scene.sample("gateway.down", 0) == ["resolved critical", "CauseEnded #1"]
    assert str(scene.journal.state.incidents[1].summary) == "oldest 11m"
    await scene.oldest(0)
    ends = ["resolved critical", "IncidentResolved #1", "resolved to pager", "resolved to mail"]
    assert await scene.oldest(0, after=31) == ends
    assert list(scene.journal.state.incidents) == [1]


async def test_the_notice_of_the_end_names_what_it_was_about_and_not_the_last_alert(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING, "down": DOWN})
    scene.why, scene.waiting = RootCause(), 0
    scene.seen = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", ""),))
    await scene.sample("gateway.down", 1)
    await scene.oldest(700)
    scene.seen = FaultsSeen()
    await scene.sample("gateway.down", 0)
    await scene.oldest(0)
    await scene.oldest(0, after=31)
    *_others, last = scene.journal.state.notices.values()
    assert notice_words(last)[0] == "RESOLVED #1 bot after 46s: session down"


async def test_a_burning_budget_joins_the_incident_pages_nobody_and_does_not_keep_it_open(
    store: SqliteStore,
) -> None:
    budget = replace(BUILT_IN["budget-up"], for_=Seconds(0))
    scene = Scene(store, {"down": DOWN, "budget-up": budget})
    scene.evaluator.use(
        configuration({"down": DOWN, "budget-up": budget}), {"bot/goal.up_burn": 1e6, "bot/gateway.down": 1e6}
    )
    scene.seen = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
    await scene.sample("gateway.down", 1)
    assert await scene.sample("goal.up_burn", 1.2, after=300) == ["firing warning", "AlertsJoined #1"]
    assert scene.journal.state.incidents[1].rule == "down"
    scene.seen = FaultsSeen()
    ends = ["resolved critical", "IncidentResolved #1", "resolved to pager", "resolved to mail"]
    assert await scene.sample("gateway.down", 0) == ends
    assert await scene.sample("goal.up_burn", 1.1, after=3600) == []
    assert await scene.sample("goal.up_burn", 0.9, after=3600) == []  # kept firing for a while
    assert await scene.sample("goal.up_burn", 0.9, after=3600) == ["resolved warning"]
    alone = await scene.sample("goal.up_burn", 2.0, after=3600)
    assert alone == ["firing warning", "IncidentOpened #2", "firing to mail"]


async def test_a_warning_waits_for_its_group_and_what_ends_before_notifies_no_one(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": replace(WAITING, keep_firing_for=Seconds(0))})
    notify = replace(configuration({}).notify, group_wait=Seconds(30))
    scene.evaluator.use(
        replace(configuration({"customers-waiting": WAITING}), notify=notify), {"bot/customers.oldest": 60.0}
    )
    assert await scene.oldest(200) == ["firing warning", "IncidentOpened #1"]
    assert await scene.oldest(205, after=29) == []
    assert await scene.oldest(206, after=1) == ["firing to mail"]
    await scene.oldest(0)
    await scene.oldest(0, after=31)
    assert await scene.oldest(200, after=700) == ["firing warning", "IncidentOpened #2"]
    await scene.oldest(0, after=5)
    assert await scene.oldest(0, after=31) == ["resolved warning", "IncidentResolved #2"]


@pytest.mark.parametrize("series", ["user.queue", "tls.days", "engine.fault", "sessions.same_question"])
async def test_what_the_chain_does_not_explain_is_given_no_cause(store: SqliteStore, series: str) -> None:
    scene = Scene(store, {"own": Rule(series=series, op=Operator.ABOVE, warning=Level(5))})
    scene.recent.add([Sample(f"bot/{series}", scene.now, 9.0)])
    await scene.evaluator.look(("bot",))
    assert scene.journal.state.incidents[1].cause == ""


async def test_a_number_of_customers_that_was_not_known_is_no_zero_from_which_it_grew(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        scene = Scene(store, {"customers-waiting": WAITING})
        scene.waiting = None
        await scene.oldest(700)
        assert scene.journal.state.incidents[1].last is not None
        assert scene.journal.state.incidents[1].last.waiting is None
        scene.waiting = 12
        assert await scene.oldest(705) == []  # the first number: nothing says that it grew
    with SqliteStore.open(tmp_path / "store.db") as store:
        again = Scene(store, {"customers-waiting": WAITING})
        again.now, again.waiting = scene.now, 21
        assert await again.oldest(710) == []
        again.waiting = None
        assert await again.oldest(715) == []
        again.waiting = 22
        assert await again.oldest(720) == ["growth to pager", "growth to mail"]


async def test_a_notice_that_no_route_takes_is_recorded_with_the_reason(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    config = configuration({"customers-waiting": WAITING})
    critical = replace(config.notify, routes=config.notify.routes[:1])
    scene.evaluator.use(replace(config, notify=critical), {"bot/customers.oldest": 60.0})
    opens = ["firing warning", "IncidentOpened #1", "firing: no route takes WARNING notices of bot"]
    assert await scene.oldest(200) == opens
    assert await scene.oldest(205) == []  # recorded once
    (unsent,) = scene.journal.state.muted
    assert (unsent.number, unsent.kind, unsent.status) == (1, "firing", "unrouted")
    assert "no notice is sent: no route takes WARNING notices of bot" in [
        str(line.text) for line in scene.journal.state.activity
    ]
    await scene.oldest(0)
    assert await scene.oldest(0, after=31) == ["resolved warning", "IncidentResolved #1"]  # nobody waits for it


async def test_without_any_channel_the_decision_says_so(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    silent = replace(configuration({"customers-waiting": WAITING}), notify=NotifySettings())
    scene.evaluator.use(silent, {"bot/customers.oldest": 60.0})
    assert (await scene.oldest(700))[-1] == "firing: no channel is configured"


async def test_an_info_that_becomes_a_warning_and_back_is_one_incident_with_its_notices(
    store: SqliteStore,
) -> None:
    timeouts = Rule(series="customers.oldest", op=Operator.AT_LEAST, info=Level(1), warning=Level(3))
    scene = Scene(store, {"timeouts": timeouts})
    assert await scene.oldest(1) == ["firing info"]
    assert await scene.oldest(3, after=7200) == ["firing warning", "IncidentOpened #1", "firing to mail"]
    assert scene.journal.state.incidents[1].since == scene.now  # not when it began to be only to be known
    assert await scene.oldest(1) == ["firing info", "IncidentResolved #1", "resolved to mail"]
    assert await scene.oldest(4, after=599) == ["firing warning", "IncidentReopened #1", "reopened to mail"]
    assert await scene.oldest(0) == ["resolved warning", "IncidentResolved #1", "resolved to mail"]
    assert await scene.oldest(3, after=601) == ["firing warning", "IncidentOpened #2", "firing to mail"]


async def test_after_a_restart_it_is_the_same_incident_and_nobody_is_told_again(store: SqliteStore) -> None:
    before = Scene(store, {"customers-waiting": WAITING})
    await before.oldest(700)
    after = Scene(store, {"customers-waiting": WAITING})
    after.now = before.now
    assert await after.oldest(705) == []
    assert after.journal.state.incidents == before.journal.state.incidents


@pytest.mark.parametrize(
    ("pause", "fires_after"), [(1.0, 10.0), (3599.0, 0.0)], ids=["a prompt start", "just under an hour"]
)
async def test_for_goes_on_counting_over_a_restart(tmp_path: Path, pause: float, fires_after: float) -> None:
    rules = {"customers-waiting": replace(WAITING, for_=Seconds(30))}
    with SqliteStore.open(tmp_path / "store.db") as store:
        before = Scene(store, rules)
        assert await before.oldest(700) == ["pending critical"]
        assert await before.oldest(719, after=19) == []
    with SqliteStore.open(tmp_path / "store.db") as store:
        after = Scene(store, rules, before.recent)  # as the store gives back the last hour
        after.now = before.now + pause
        assert await after.evaluator.resume() == ()
        if fires_after:
            assert await after.oldest(729, after=9) == []
        assert "firing critical" in await after.oldest(730, after=1)


async def test_for_starts_anew_where_nobody_looked_for_more_than_an_hour(tmp_path: Path) -> None:
    rules = {"customers-waiting": replace(WAITING, for_=Seconds(30))}
    with SqliteStore.open(tmp_path / "store.db") as store:
        before = Scene(store, rules)
        assert await before.oldest(700) == ["pending critical"]
    with SqliteStore.open(tmp_path / "store.db") as store:
        after = Scene(store, rules)  # the last hour has no sample
        after.now = before.now + 3601
        assert shown(await after.evaluator.resume()) == ["inactive critical"]
        assert await after.oldest(4300) == ["pending critical"]
        assert await after.oldest(4329, after=29) == []
        assert "firing critical" in await after.oldest(4330, after=1)


async def test_an_alert_without_data_says_so_until_it_has_data_again(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    await scene.oldest(700)
    await scene.oldest(None)
    (alert,) = scene.journal.state.alerts.values()
    assert (alert.phase, alert.unseen_since) == (Phase.FIRING, scene.now)
    await scene.oldest(None)
    await scene.oldest(705)
    (alert,) = scene.journal.state.alerts.values()
    assert (alert.phase, alert.unseen_since) == (Phase.FIRING, None)


async def test_an_alert_of_a_series_that_nothing_polls_any_more_has_no_data(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        before = Scene(store, {"customers-waiting": WAITING})
        await before.oldest(700)
    with SqliteStore.open(tmp_path / "store.db") as store:
        after = Scene(store, {"customers-waiting": WAITING})
        after.now = before.now + 86_400
        await after.evaluator.look(("bot",))
        state = after.journal.state
        (alert,) = state.alerts.values()
        assert (alert.phase, alert.unseen_since) == (Phase.FIRING, after.now)
        assert incident_view(state.incidents[1], state).unseen_since == after.now
        assert [one.unseen_since for one in incident_alerts(state.incidents[1], state)] == [after.now]
        assert await after.oldest(0) == []  # and it goes on where it was


async def test_counts_that_stay_away_are_reported_and_their_return_ends_it(store: SqliteStore) -> None:
    scene = Scene(store, {"loops-unseen": BUILT_IN["loops-unseen"]})
    scene.evaluator.use(
        configuration({"loops-unseen": BUILT_IN["loops-unseen"]}), {"bot/sessions.looping": 1230.0}
    )
    assert await scene.sample("sessions.looping", 0.0) == []
    assert await scene.sample("sessions.looping", None, after=600) == ["pending warning"]
    assert await scene.sample("sessions.looping", None, after=1799) == []
    opens = ["firing warning", "IncidentOpened #1", "firing to mail"]
    assert await scene.sample("sessions.looping", None, after=1) == opens
    assert await scene.sample("sessions.looping", 0.0) == []
    ends = ["resolved warning", "IncidentResolved #1", "resolved to mail"]
    assert await scene.sample("sessions.looping", 0.0, after=60) == ends


async def test_a_clock_that_was_set_back_a_little_repeats_no_notice(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    notify = replace(configuration({}).notify, group_wait=Seconds(30))
    scene.evaluator.use(
        replace(configuration({"customers-waiting": WAITING}), notify=notify), {"bot/customers.oldest": 60.0}
    )
    await scene.oldest(200)
    got = [await scene.oldest(200, after=step) for step in (-8.0, 1.0, 1.0, 1.0, 30.0)]
    assert got == [["firing to mail"], [], [], [], []]


async def test_what_is_back_after_the_clock_was_set_back_pages_again(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": replace(WAITING, keep_firing_for=Seconds(0))})
    await scene.oldest(700)
    await scene.oldest(0)
    opens = ["firing critical", "IncidentReopened #1", "reopened to pager", "reopened to mail"]
    assert await scene.oldest(700, after=-300) == opens
    assert await scene.oldest(700) == []


async def test_an_alert_that_is_clear_ends_soon_although_the_clock_was_set_back(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    await scene.oldest(700)
    await scene.oldest(0)
    await scene.oldest(0, after=-600)
    ends = ["resolved critical", "IncidentResolved #1", "resolved to pager", "resolved to mail"]
    assert await scene.oldest(0, after=31) == ends


async def test_what_is_back_soon_keeps_its_number_however_many_agents_recovered(store: SqliteStore) -> None:
    names = tuple(f"bot{n}" for n in range(150))
    down = Rule(series="gateway.down", op=Operator.ABOVE, critical=Level(0), summary="session down")
    scene = Scene(store, {"down": down})
    for value in (1.0, 0.0, 1.0):
        scene.now += 5
        scene.recent.add([Sample(f"{name}/gateway.down", scene.now, value) for name in names])
        await scene.evaluator.look(names)
    assert scene.journal.state.next_number == 151


async def test_nothing_is_computed_for_an_agent_whose_incidents_are_long_over(store: SqliteStore) -> None:
    looks: list[str] = []
    scene = Scene(store, {"customers-waiting": replace(WAITING, keep_firing_for=Seconds(0))})

    def seen(agent: str) -> FaultsSeen:
        looks.append(agent)
        return FaultsSeen()

    scene.evaluator = Evaluator(scene.journal, scene.recent, lambda _: scene.why, lambda: scene.now, seen=seen)
    scene.use({"customers-waiting": replace(WAITING, keep_firing_for=Seconds(0))})
    await scene.oldest(700)
    await scene.oldest(0)
    looks.clear()
    await scene.oldest(0, after=700)
    assert looks == []


async def test_numbers_are_given_once_and_in_order(store: SqliteStore) -> None:
    always = Rule(series="customers.oldest", critical=Level(0))
    scene = Scene(store, {"one": always, "two": always})
    await scene.oldest(1)
    assert sorted(scene.journal.state.incidents) == [1, 2]
    assert scene.journal.state.next_number == 3


async def test_a_rule_that_the_configuration_no_longer_has_ends_its_incident_and_says_so(
    store: SqliteStore,
) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    await scene.oldest(700)
    scene.use({})
    events = await scene.evaluator.settle()
    ends = ["resolved critical", "IncidentResolved #1", "resolved to pager", "resolved to mail"]
    assert shown(events) == ends
    assert await scene.evaluator.settle() == ()


async def test_an_incident_ends_though_the_data_has_gaps(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    await scene.oldest(200)
    for _ in range(3):
        assert await scene.oldest(0) == []
        assert await scene.oldest(None) == []
    assert await scene.oldest(0) == ["resolved warning", "IncidentResolved #1", "resolved to mail"]


async def test_a_notice_to_a_target_that_the_configuration_lost_is_owed_no_more(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    await scene.oldest(200)
    scene.evaluator.use(replace(configuration({"customers-waiting": WAITING}), notify=NotifySettings()), {})
    await scene.evaluator.settle()
    await scene.evaluator.settle()
    (notice,) = scene.journal.state.notices.values()
    assert (notice.status, str(notice.reason)) == ("failed", "the configuration no longer has this channel")


STARTING = RootCause("WhatsApp session STARTING", fixes=("gateway-restart",), root=CauseKind.GATEWAY_STARTING)
WEBHOOK = RootCause("The webhook fails", fixes=("retry",), root=CauseKind.WEBHOOK)


async def test_a_cause_that_did_not_last_is_revised_and_later_notices_follow(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    scene.why = STARTING
    await scene.oldest(200)
    scene.why = WEBHOOK
    assert await scene.oldest(205) == []
    await scene.oldest(210)
    assert await scene.oldest(215) == []
    assert await scene.oldest(220) == ["cause: The webhook fails"]
    incident = scene.journal.state.incidents[1]
    assert (incident.cause, incident.fix) == ("The webhook fails", "retry")
    assert await scene.oldest(225) == []
    scene.why = RootCause("Nothing is broken that we can see", root=CauseKind.NOTHING_SEEN)
    await scene.oldest(601)
    worse = [one for one in scene.journal.state.notices.values() if one.kind == "worse"]
    assert all("The webhook fails" in notice_words(one)[1] for one in worse)
    assert len(worse) == 2


async def test_an_incident_without_a_cause_gets_that_of_the_customers_who_join_it(store: SqliteStore) -> None:
    # What the rows of sessions show has no root cause; half an hour later customers wait, too.
    loops = Rule(series="sessions.looping", warning=Level(0), summary="loops", link=Link.CUSTOMER)
    scene = Scene(store, {"loops": loops, "customers-waiting": WAITING})
    await scene.sample("sessions.looping", 3)
    assert scene.journal.state.incidents[1].cause == ""
    scene.why = WEBHOOK
    await scene.oldest(181, after=1800)
    incident = scene.journal.state.incidents[1]
    assert (incident.cause, incident.fix) == ("The webhook fails", "retry")
    scene.why = RootCause("another one", root=CauseKind.BOT_OWES)
    await scene.oldest(190)
    assert scene.journal.state.incidents[1].cause == "The webhook fails"


async def test_what_fires_again_after_its_fault_ended_names_the_cause_of_today(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING, "down": DOWN})
    scene.seen = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
    await scene.sample("gateway.down", 1)
    await scene.oldest(700)
    scene.seen = FaultsSeen()
    await scene.sample("gateway.down", 0)
    await scene.oldest(0)
    await scene.oldest(0, after=31)
    scene.why = WEBHOOK
    again = ["firing critical", "IncidentReopened #1", "CauseEnded #1", "cause: The webhook fails"]
    assert await scene.oldest(700, after=100) == [*again, "reopened to pager", "reopened to mail"]
    notices = [notice_words(one) for one in scene.journal.state.notices.values() if one.kind == "reopened"]
    assert len(notices) == 2
    assert all("The webhook fails" in title and "FAILED" not in title + body for title, body in notices)
    incident = scene.journal.state.incidents[1]
    assert (incident.cause, incident.fix, incident.link) == ("The webhook fails", "retry", "")


async def test_what_fires_again_with_its_fault_names_the_fault_as_it_is_now(store: SqliteStore) -> None:
    scene = Scene(store, {"down": DOWN})
    scene.seen = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
    await scene.sample("gateway.down", 1)
    await scene.sample("gateway.down", 0)
    scene.seen = FaultsSeen((Fault(Link.GATEWAY, 1100.0, "gateway broken", "the session is STOPPED"),))
    again = await scene.sample("gateway.down", 1, after=100)
    assert again[1:3] == ["IncidentReopened #1", "cause: the session is STOPPED"]


async def test_the_notice_offers_the_fix_of_the_cause_and_not_the_rule_s(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": replace(WAITING, fix="session-cleanup")})
    scene.why = WEBHOOK
    await scene.oldest(700)
    bodies = [notice_words(one)[1] for one in scene.journal.state.notices.values()]
    assert all("qualtui fix preview retry" in body and "session-cleanup" not in body for body in bodies)
    assert scene.journal.state.incidents[1].fix == "retry"


async def test_a_notice_reports_the_figures_of_its_moment_and_its_end_what_was_known(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    scene.recent.add([Sample("bot/customers.waiting", scene.now, 1.0)])
    await scene.oldest(700)
    scene.waiting = 12
    scene.recent.add([Sample("bot/customers.waiting", scene.now + 50, 12.0)])
    await scene.oldest(760, after=50)
    growth = [one for one in scene.journal.state.notices.values() if one.kind == "growth"]
    assert len(growth) == 2
    assert all("Alert: CRITICAL oldest 12m, for 50s" in notice_words(one)[1].split("\n") for one in growth)
    assert all("12 customers wait now; the last notice said 1." in notice_words(one)[1] for one in growth)
    scene.waiting = 0
    await scene.oldest(0)
    scene.recent.add([Sample("bot/customers.waiting", scene.now + 31, 0.0)])
    await scene.oldest(0, after=31)
    (over, _other) = (one for one in scene.journal.state.notices.values() if one.kind == "resolved")
    title, body = notice_words(over)
    assert title == "RESOLVED #1 bot after 1m: the why"
    assert "At most 12 customers waited at the same time." in body
    assert "No fix was run here: it ended by itself or by other means." in body


async def test_a_fault_of_ours_in_looking_up_facts_keeps_no_notice_back(store: SqliteStore) -> None:
    scene = Scene(store, {"customers-waiting": WAITING})
    await scene.oldest(200)

    def broken(_agent: str) -> float | None:
        raise RuntimeError("ours")

    scene.evaluator = Evaluator(
        scene.journal, scene.recent, lambda _: scene.why, lambda: scene.now, waiting=lambda _: 1, oldest=broken
    )
    scene.use({"customers-waiting": WAITING})
    assert await scene.oldest(601) == ["firing critical", "worse to pager", "worse to mail"]


async def test_a_page_goes_out_though_its_words_fail(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise KeyError("a fault of our own")

    monkeypatch.setattr("qualtui.engine.incident_notices.notice_text", broken)
    scene = Scene(store, {"customers-waiting": WAITING})
    opens = ["firing critical", "IncidentOpened #1", "firing to pager", "firing to mail"]
    assert await scene.oldest(700) == opens
    assert {str(one.title) for one in scene.journal.state.notices.values()} == {"CRITICAL #1 bot"}
    assert await scene.oldest(705) == []  # once
