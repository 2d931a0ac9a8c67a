"""What the recent past says of an answer: whether our network bore it, and whether it contradicts another."""

import pytest
from msgspec.structs import replace

from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    Agent,
    Config,
    ControlProbe,
    DatabaseProbe,
    HealthProbe,
    Level,
    Operator,
    Rule,
    Secret,
    WahaProbe,
)
from qualtui.engine.recent import Recent
from qualtui.engine.view import View
from qualtui.model import Evidence, FixRun, Incident, Phase, Sample, Severity, State
from qualtui.wire import EngineView

NOW = 10_000.0
AGENT = Agent(
    health=HealthProbe(url="https://bot.example.com/health", deep="https://bot.example.com/health/deep"),
    database=DatabaseProbe(dsn=Secret("postgresql://u@db.example.com/x")),
    waha=WahaProbe(url="https://waha.example.com"),
    control=ControlProbe(url="https://www.example.com"),
)


class Scene:
    """A view on samples that are given by hand."""

    def __init__(self) -> None:
        self.recent = Recent(keep=3600.0, step=60.0, steps=1)
        config = Config(agents={"bot": AGENT})
        self.view = View(self.recent, config)
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
        scene.say(gateway, waha_up=0, waha_silent=0)
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


def waiting(rule: str = "customers-waiting", number: int = 1) -> Incident:
    return Incident(number, rule, "bot", Severity.CRITICAL, Phase.FIRING, NOW - 300, NOW - 290, "s", fix="old-fix")


def test_headline_list_and_page_offer_the_same_fix_and_an_unrelated_incident_its_own() -> None:
    recent = Recent(keep=3600.0, step=60.0, steps=1)
    tls = Rule(series="tls.days", op=Operator.BELOW, warning=Level(14), fix="renew")
    config = Config(agents={"bot": AGENT}, rules={**BUILT_IN, "certificate-ends": tls})
    view = View(recent, config)
    view.use(config, {f"bot/{name}": (600.0, 30.0) for name in ("waha.up", "waha.working", "db.up", "health.up")})
    values = {"waha.up": 1.0, "waha.working": 0.0, "db.up": 1.0, "health.up": 1.0}
    recent.add(Sample(f"bot/{name}", NOW, value, "FAILED") for name, value in values.items())
    state = State(incidents={1: waiting(), 2: waiting("certificate-ends", 2)})
    engine = EngineView(0, "", "", 0, NOW, 0)
    shot = view.snapshot(state, engine, lambda _agent, fix: fix, NOW)
    page = view.current(state.incidents[1], state, lambda _agent, fix: fix, NOW)
    rows = {row.number: row.fix for row in shot.incidents}
    assert (shot.agents[0].now.fix, rows, page.fix) == (
        "waha-restart",
        {1: "waha-restart", 2: "renew"},
        "waha-restart",
    )
    tried = FixRun("x", "waha-restart", "bot", "ana", NOW - 60, number=1, outcome="ok")
    after = view.snapshot(
        replace(state, runs={"x": tried}), EngineView(0, "", "", 0, NOW, 0), lambda _a, fix: fix, NOW
    )
    assert after.agents[0].now.fix == after.incidents[0].fix
