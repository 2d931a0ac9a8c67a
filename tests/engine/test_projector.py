"""What the recent past says of an answer: whether our network bore it, and whether it contradicts another."""

import re

import pytest
from msgspec.structs import replace

from qualtui.cli.status import exit_code, long_lines, short_line
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    Config,
    ControlSettings,
    DatabaseSettings,
    GatewaySettings,
    HealthSettings,
    Level,
    Operator,
    Rule,
    Seconds,
    Secret,
)
from qualtui.engine.projector import Projector
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import AlertState, Evidence, FixRun, Incident, Phase, Sample, Schedule, Severity, State, Topic
from qualtui.wire import EngineView, NowState, NowView, Snapshot
from tests import snapshots

NOW = 10_000.0
AGENT = AgentSettings(
    health=HealthSettings(url="https://bot.example.com/health", deep="https://bot.example.com/health/deep"),
    database=DatabaseSettings(dsn=Secret("postgresql://u@db.example.com/x")),
    gateway=GatewaySettings(url="https://waha.example.com"),
    control=ControlSettings(url="https://www.example.com"),
)


class Scene:
    """A view on samples that are given by hand."""

    def __init__(self) -> None:
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=1)
        config = Config(agents={"bot": AGENT})
        self.view = Projector(self.recent, config)
        self.view.use(config, {f"bot/{name}": (600.0, 30.0) for name in ("deep.database", "db.up")})

    def say(self, at: float, **values: float) -> None:
        self.recent.add(Sample(f"bot/{name.replace('_', '.')}", at, value) for name, value in values.items())


@pytest.mark.parametrize(("gateway", "told"), [(None, None), (NOW - 40, None), (NOW - 3, 0.0)])
def test_a_silent_database_is_down_only_where_another_answered_since(
    gateway: float | None, told: float | None
) -> None:
    scene = Scene()
    scene.say(NOW - 1, control_up=0)
    scene.say(NOW - 50, health_up=1, health_silent=0)
    if gateway is not None:
        scene.say(gateway, gateway_up=0, gateway_silent=0)
    asked = (Sample("bot/db.up", NOW, 0.0, "no answer in 5s"), Sample("bot/db.silent", NOW, 1.0))
    assert scene.view.excused(asked, NOW)[0].value == told


@pytest.mark.parametrize(
    ("ups", "evidence"),
    [
        ({NOW - 300: 1, NOW: 1}, Evidence.DISAGREE),
        ({NOW - 305: 0, NOW - 295: 1, NOW: 1}, Evidence.FRESH),  # the outage that it saw is over
        ({NOW - 100: 1, NOW: 1}, Evidence.FRESH),  # we did not ask then
        ({NOW - 300: 1, NOW: 0}, Evidence.FRESH),
    ],
)
def test_what_the_deep_check_said_is_held_against_what_we_saw_at_the_same_time(
    ups: dict[float, float], evidence: Evidence
) -> None:
    scene = Scene()
    scene.say(NOW - 300, deep_database=0)
    for at, up in ups.items():
        scene.say(at, db_up=up)
    assert scene.view.readings("bot", NOW)["deep.database"].evidence is evidence


def test_a_figure_names_the_rules_that_can_t_begin_without_its_value() -> None:
    rules = {**BUILT_IN, "off": Rule(series="db.up", op=Operator.BELOW, warning=Level(1), enabled=False)}
    rules |= {"up": Rule(series="db.up", op=Operator.BELOW, warning=Level(1))}
    config = Config(agents={"bot": AGENT}, rules=rules)
    recent = SampleCache(keep=3600.0, step=60.0, steps=1)
    view = Projector(recent, config)
    view.use(config, {"bot/db.up": (30.0, 5.0)})

    def idle(now: float) -> tuple[str, ...]:
        shot = view.snapshot(State(), snapshots.engine(), lambda _agent, _fix: "", now)
        return shot.details[0].figures["db.up"].idle

    assert idle(NOW) == ("database-down", "up")
    recent.add([Sample("bot/db.up", NOW + 1, 1.0)])
    assert idle(NOW + 2) == ()
    assert idle(NOW + 300) == ("database-down", "up")


def waiting(rule: str = "customers-waiting", number: int = 1) -> Incident:
    return Incident(number, rule, "bot", Severity.CRITICAL, Phase.FIRING, NOW - 300, NOW - 290, "s", fix="old-fix")


def test_headline_list_and_page_offer_the_same_fix_and_an_unrelated_incident_its_own() -> None:
    recent = SampleCache(keep=3600.0, step=60.0, steps=1)
    tls = Rule(series="tls.days", op=Operator.BELOW, warning=Level(14), fix="renew")
    config = Config(agents={"bot": AGENT}, rules={**BUILT_IN, "certificate-ends": tls})
    view = Projector(recent, config)
    view.use(
        config, {f"bot/{name}": (600.0, 30.0) for name in ("gateway.up", "gateway.working", "db.up", "health.up")}
    )
    values = {"gateway.up": 1.0, "gateway.working": 0.0, "db.up": 1.0, "health.up": 1.0}
    recent.add(Sample(f"bot/{name}", NOW, value, "FAILED") for name, value in values.items())
    state = State(incidents={1: waiting(), 2: waiting("certificate-ends", 2)})
    engine = EngineView(0, "", "", 0, NOW, 0)
    shot = view.snapshot(state, engine, lambda _agent, fix: fix, NOW)
    page = view.live.current(state.incidents[1], state, lambda _agent, fix: fix, NOW)
    rows = {row.number: row.fix for row in shot.incidents}
    assert (shot.agents[0].now.fix, rows, page.fix) == (
        "gateway-restart",
        {1: "gateway-restart", 2: "renew"},
        "gateway-restart",
    )
    tried = FixRun("x", "gateway-restart", "bot", "ana", NOW - 60, number=1, outcome="ok")
    after = view.snapshot(
        replace(state, runs={"x": tried}), EngineView(0, "", "", 0, NOW, 0), lambda _a, fix: fix, NOW
    )
    assert after.agents[0].now.fix == after.incidents[0].fix


@pytest.mark.parametrize(
    ("outcome", "owed_for", "fix"),
    [
        *(
            (outcome, 700.0, "retry") for outcome in ("ok", "stopped", "interrupted", "failed")
        ),  # none can be closed
        *((outcome, 2400.0, "retry") for outcome in ("ok", "stopped", "interrupted")),
        ("failed", 2400.0, "session-cleanup"),
    ],
)
def test_after_a_retry_that_left_customers_the_offered_fix_is_the_rest(
    outcome: str, owed_for: float, fix: str
) -> None:
    config = Config(agents={"bot": AGENT}, rules=BUILT_IN)
    view, recent = witness((NOW - 1, 1.0))
    names = (
        "customers.waiting",
        "customers.oldest",
        "sessions.bot_owes",
        "sessions.owed_for",
        "health.up",
        "db.up",
    )
    view.use(config, {f"bot/{name}": (30.0, 5.0) for name in (*names, "gateway.up", "gateway.working")})
    values = (10.0, owed_for, 10.0, owed_for, 1.0, 1.0)
    recent.add(Sample(f"bot/{name}", NOW, value) for name, value in zip(names, values, strict=True))
    run = FixRun("x", "retry", "bot", "ana", NOW - 60, number=1, outcome=outcome)
    state = State(incidents={1: waiting()}, runs={"x": run})
    shot = view.snapshot(state, snapshots.engine(), lambda _agent, fix: fix, NOW)
    page = view.live.current(state.incidents[1], state, lambda _agent, fix: fix, NOW)
    assert (shot.agents[0].now.fix, shot.incidents[0].fix, page.fix) == (fix, fix, fix)


def witness(
    *values: tuple[float, float | None], interval: float = 30.0, patient: bool = True
) -> tuple[Projector, SampleCache]:
    """A view of an agent whose rows say that no one waits, and whose chats said that at these times."""
    recent = SampleCache(keep=3600.0, step=60.0, steps=1)
    view = Projector(recent, Config(agents={"bot": AGENT}), patient=patient)
    names = ("chats.evidence", "customers.waiting", "customers.backlog", "gateway.up", "gateway.working")
    view.use(Config(agents={"bot": AGENT}), {f"bot/{name}": (interval, 5.0) for name in names})
    for name, value in {
        "customers.waiting": 0,
        "customers.backlog": 0,
        "gateway.up": 1,
        "gateway.working": 1,
    }.items():
        recent.add([Sample(f"bot/{name}", NOW - 1, value)])
    recent.add(
        Sample("bot/chats.evidence", at, value, "HTTP 500" if value is None else "") for at, value in values
    )
    return view, recent


def shown(view: Projector) -> NowView:
    return view.snapshot(State(), snapshots.engine(), lambda _agent, _fix: "", NOW).agents[0].now


@pytest.mark.parametrize(
    ("values", "headline"),
    [
        (((NOW - 20, 1.0),), "EVERYONE ANSWERED"),
        (((NOW - 50, 1.0), (NOW - 20, None)), "EVERYONE ANSWERED"),  # not longer than two intervals
        (((NOW - 90, 1.0), (NOW - 60, None), (NOW - 30, None)), "CANNOT TELL"),
        (((NOW - 90, 1.0), (NOW - 60, 0.0), (NOW - 30, 0.0)), "CANNOT TELL"),  # read, and not believed
        (((NOW - 90, None),), "CANNOT TELL"),  # never
        ((), "EVERYONE ANSWERED"),  # the first question is under way
    ],
)
def test_without_the_second_witness_nobody_says_that_everyone_is_answered(
    values: tuple[tuple[float, float | None], ...], headline: str
) -> None:
    view, _recent = witness(*values)
    assert str(shown(view).headline) == headline


def test_the_blind_count_the_second_witness_unless_its_gateway_is_known_to_be_down() -> None:
    view, recent = witness((NOW - 400, 1.0), (NOW - 30, 0.0))
    view.derive("bot", NOW - 500)  # when we began to ask
    (said,) = (one for one in view.derive("bot", NOW) if one.series == "bot/sight.blind")
    assert (said.value, str(said.note)) == (400, "who waits, by the gateway's chats")
    recent.add([Sample("bot/gateway.working", NOW, 0.0, "FAILED")])
    (said,) = (one for one in view.derive("bot", NOW) if one.series == "bot/sight.blind")
    assert str(said.note) != "who waits, by the gateway's chats"


def test_an_incident_that_is_over_is_recovering_wherever_it_is_shown() -> None:
    rule = Rule(series="customers.waiting", op=Operator.ABOVE, critical=Level(0), keep_firing_for=Seconds(60))
    config = Config(agents={"bot": AGENT}, rules={"r": rule})
    view, _recent = witness((NOW - 1, 1.0))
    view.use(config, {f"bot/{name}": (30.0, 5.0) for name in ("customers.waiting", "customers.backlog")})
    about = Topic("session", "session is FAILED", on_link=True, rank=3)  # long over: only its effect is left
    fired = Incident(1, "r", "bot", Severity.CRITICAL, Phase.FIRING, NOW - 90, NOW - 90, "7 wait", about=about)
    alert = AlertState("r", "bot", Phase.FIRING, Severity.CRITICAL, NOW - 90, 1)
    shot = view.snapshot(
        State(incidents={1: fired}, alerts={alert.key: alert}), snapshots.engine(), lambda _agent, _fix: "", NOW
    )
    (row,) = shot.incidents
    assert (row.recovering, row.urgency, str(row.summary)) == (True, Severity.WARNING, "over: session is FAILED")
    assert (shot.firing, shot.recovering) == ({}, 1)
    assert shot.agents[0].now.state is NowState.RECOVERING
    assert shot.details[0].figures["customers.waiting"].severity is Severity.WARNING
    assert exit_code(shot) == 1


def test_who_waits_and_how_long_has_one_value_in_all_that_a_snapshot_shows() -> None:
    config = Config(agents={"bot": AGENT}, rules=BUILT_IN)
    view, recent = witness((NOW - 1, 1.0))
    names = (
        "customers.waiting",
        "customers.oldest",
        "customers.phantom",
        "sessions.bot_owes",
        "health.up",
        "db.up",
    )
    view.use(config, {f"bot/{name}": (30.0, 5.0) for name in (*names, "gateway.up", "gateway.working")})
    values = (6.0, 424.6, 6.0, 6.0, 1.0, 1.0)
    recent.add(Sample(f"bot/{name}", NOW, value) for name, value in zip(names, values, strict=True))
    then = "Customers wait for the bot, the oldest 3m"  # when it fired
    fired = Incident(1, "customers-waiting", "bot", Severity.WARNING, Phase.FIRING, NOW - 244, NOW - 244, then)
    alert = AlertState("customers-waiting", "bot", Phase.FIRING, Severity.WARNING, NOW - 244, 1)
    state = State(incidents={1: fired}, alerts={alert.key: alert})
    shot = view.snapshot(state, snapshots.engine(), lambda _agent, _fix: "", NOW)
    now, (row,) = shot.agents[0].now, shot.incidents
    page = view.live.current(fired, state, lambda _agent, _fix: "", NOW)
    said = [*(now.headline, now.detail, now.why, row.summary, row.cause, page.summary, *now.proof)]
    said += [link.text for link in shot.details[0].chain]
    said += [part for line in long_lines(shot, 1) for part in line.split(", ") if "reply" not in part]
    said.append(short_line(shot, 1))
    counts = re.findall(
        r"\b(\d+) (?:customer|owed)|waiting (\d+)|bot owes (\d+)", " ".join(map(str, said)).lower()
    )
    waits = re.findall(r"oldest (\w+(?: \w+s)?)", " ".join(map(str, said)))
    assert {number for found in counts for number in found if number} == {"6"}, said
    assert set(waits) == {"7m"}, said
    assert (len(counts), len(waits)) >= (6, 5), said


def test_an_incident_whose_rest_is_planned_is_a_warning_until_a_customer_more_waits() -> None:
    rule = Rule(series="customers.waiting", op=Operator.ABOVE, critical=Level(0))
    config = Config(agents={"bot": AGENT}, rules={"r": rule})
    view, recent = witness((NOW - 1, 1.0))
    view.use(config, {f"bot/{name}": (30.0, 5.0) for name in ("customers.waiting", "customers.backlog")})
    recent.add([Sample("bot/customers.waiting", NOW, 3.0)])
    fired = Incident(1, "r", "bot", Severity.CRITICAL, Phase.FIRING, NOW - 90, NOW - 90, "3 wait")
    fired = replace(fired, overdue_at=NOW + 1600)
    alert = AlertState("r", "bot", Phase.FIRING, Severity.CRITICAL, NOW - 90, 1)
    plan = Schedule("s1", "retry", "bot", "ana", NOW + 1000, 3, 1, NOW + 1600)

    def shot(state: State, at: float) -> Snapshot:
        return view.snapshot(state, snapshots.engine(), lambda _agent, _fix: "", at)

    state = State(incidents={1: fired}, alerts={alert.key: alert})
    assert shot(state, NOW).firing == {Severity.CRITICAL: 1}
    state = replace(state, schedules={"s1": plan})
    planned = shot(state, NOW + 0.1)  # the projection is built anew for the schedule, not for its age
    (row,) = planned.incidents
    assert (row.scheduled, row.urgency, planned.firing) == (True, Severity.WARNING, {Severity.WARNING: 1})
    assert planned.agents[0].now.state is NowState.SCHEDULED
    assert exit_code(planned) == 1
    recent.add([Sample("bot/customers.waiting", NOW + 0.2, 4.0)])
    more = shot(state, NOW + 0.2)
    assert (more.incidents[0].scheduled, more.firing, exit_code(more)) == (False, {Severity.CRITICAL: 1}, 2)


@pytest.mark.parametrize(("value", "headline"), [(1.0, "EVERYONE ANSWERED"), (None, "CANNOT TELL")])
def test_one_who_looks_only_once_does_not_wait_for_the_second_witness(value: float | None, headline: str) -> None:
    view, _recent = witness((NOW - 1, value), patient=False)
    assert str(shown(view).headline) == headline
