"""Each guardrail forbids an automatic run for one reason, and a run that none forbids goes ahead."""

import pytest
from msgspec.structs import replace

from qualtui.config.values import PolicyMode, PolicySettings, Seconds
from qualtui.eventlog.healing import POLICY
from qualtui.fixes.guardrails import GUARDRAILS, Guardrail, HealingCase, mode_of, refusal_of
from qualtui.model import Evidence, FixRun, Policies, Sample
from qualtui.series.evidence import Reading, Readings

NOW = 100_000.0
BROKEN = Reading(Evidence.FRESH, Sample("bot/gateway.working", NOW, 0.0))
FREE = HealingCase(
    fix="gateway-restart",
    agent="bot",
    policy=PolicySettings(mode=PolicyMode.AUTO, per_hour=2, per_day=3, subjects=1, cooldown=Seconds(300)),
    now=NOW,
    readings={"gateway.working": BROKEN},
)


def run(ago: float, who: str = POLICY, fix: str = "gateway-restart", outcome: str = "ok") -> FixRun:
    at = NOW - ago
    return FixRun(f"{at}", fix, "bot", who, at, finished_at=at + 10 if outcome else None, outcome=outcome)


def reads(**figures: float | None) -> Readings:
    read = {name.replace("__", "."): value for name, value in figures.items()}
    shown = {name: Reading(Evidence.FRESH, Sample(f"bot/{name}", NOW, value)) for name, value in read.items()}
    return {"gateway.working": BROKEN, **shown}


def working(evidence: Evidence, value: float | None) -> Readings:
    return {"gateway.working": Reading(evidence, Sample("bot/gateway.working", NOW, value))}


def uptime(seconds: float, ago: float) -> Readings:
    """Broken now; for how long the server was running was polled `ago` seconds ago."""
    sample = Sample("bot/gateway.uptime", NOW - ago, seconds)
    return {"gateway.working": BROKEN, "gateway.uptime": Reading(Evidence.FRESH, sample)}


def leaking(
    *, leak: float = 1.0, waiting: float | None = 0.0, heard: float = 900.0, down: float = 0.0, age: float = 9000.0
) -> HealingCase:
    """A service whose memory grows; its restart."""
    figures = {
        "host.leak": leak,
        "customers.waiting": waiting,
        "customers.last_inbound": heard,
        "health.down": down,
        "host.age": age,
    }
    shown = {name: Reading(Evidence.FRESH, Sample(f"bot/{name}", NOW, value)) for name, value in figures.items()}
    return replace(FREE, fix="service-restart", readings=shown)


LEAK = leaking()
CASES = [
    ("nothing is in the way", FREE, None),
    ("a person stopped all", replace(FREE, policies=Policies(stopped_until=NOW + 60)), Guardrail.STOPPED),
    ("the stop is over", replace(FREE, policies=Policies(stopped_until=NOW)), None),
    ("no audit", replace(FREE, trouble="disk full"), Guardrail.AUDIT),
    ("maintenance", replace(FREE, quiet="maintenance until 04:00"), Guardrail.QUIET),
    ("one failure", replace(FREE, policies=Policies(failures={"gateway-restart@bot": 1})), None),
    ("two failures", replace(FREE, policies=Policies(failures={"gateway-restart@bot": 2})), Guardrail.BREAKER),
    ("another's failures", replace(FREE, policies=Policies(failures={"gateway-restart@other": 2})), None),
    ("a person at work", replace(FREE, runs=(run(5, "ana", "retry", ""),)), Guardrail.PERSON),
    ("its own run", replace(FREE, runs=(run(900, outcome=""),)), Guardrail.VERIFYING),
    ("about to begin", replace(FREE, decided_at=NOW - 5), Guardrail.VERIFYING),
    ("stale witness", replace(FREE, readings=working(Evidence.OLD, 0.0)), Guardrail.WITNESS),
    ("no witness", replace(FREE, readings={}), Guardrail.WITNESS),
    ("contradicted", replace(FREE, readings=working(Evidence.DISAGREE, 0.0)), Guardrail.WITNESS),
    ("it works", replace(FREE, readings=working(Evidence.FRESH, 1.0)), Guardrail.WITNESS),
    ("a fix without one", replace(FREE, fix="user-made"), Guardrail.WITNESS),
    ("it starts", replace(FREE, readings=reads(gateway__session_starting=1.0)), Guardrail.OUTSIDE),
    ("restarted just now", replace(FREE, readings=reads(gateway__uptime=299.0)), Guardrail.OUTSIDE),
    ("up for long", replace(FREE, readings=reads(gateway__uptime=300.0)), None),
    ("restarted before we looked a minute ago", replace(FREE, readings=uptime(250.0, 55.0)), None),
    ("restarted just before we looked", replace(FREE, readings=uptime(6.0, 55.0)), Guardrail.OUTSIDE),
    ("another engine started it", replace(FREE, started_at=lambda: NOW - 30), Guardrail.OUTSIDE),
    ("another engine started it long ago", replace(FREE, started_at=lambda: NOW - 300), None),
    ("we started it", replace(FREE, runs=(run(200),), started_at=lambda: NOW - 198), Guardrail.COOLDOWN),
    ("cooldown", replace(FREE, runs=(run(200),)), Guardrail.COOLDOWN),
    ("cooldown after a person's run", replace(FREE, runs=(run(200, "ana"),)), Guardrail.COOLDOWN),
    ("cooldown is over", replace(FREE, runs=(run(400),)), None),
    ("the preview refused", replace(FREE, decided_at=NOW - 200), Guardrail.COOLDOWN),
    ("two this hour", replace(FREE, runs=(run(3000), run(400))), Guardrail.HOUR),
    ("two, one of a person", replace(FREE, runs=(run(3000, "ana"), run(400))), None),
    ("one this hour", replace(FREE, runs=(run(3700), run(400))), None),
    ("three this day", replace(FREE, runs=(run(50_000), run(40_000), run(400))), Guardrail.DAY),
    ("a restart before a leak reaches the limit", LEAK, None),
    ("while a customer waits", leaking(waiting=1.0), Guardrail.BUSY),
    ("not known who waits", leaking(waiting=None), Guardrail.BUSY),
    ("the bot may be replying", leaking(heard=60.0), Guardrail.BUSY),
    ("a bot that is down, whoever waits", leaking(waiting=3.0, down=1.0), None),
    ("a young instance", leaking(age=200.0), Guardrail.OUTSIDE),
    ("no leak, not down", leaking(leak=0.0), Guardrail.WITNESS),
    ("the demo's hour", replace(FREE, runs=(run(3000), run(400)), speed=5.0), None),
]


@pytest.mark.parametrize(("case", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_the_first_guardrail_in_the_way_is_named(case: HealingCase, expected: Guardrail | None) -> None:
    refusal = refusal_of(case)
    assert (refusal.guardrail if refusal else None) is expected
    assert refusal is None or refusal.reason


def test_every_guardrail_of_the_list_has_a_case() -> None:
    assert {guardrail for guardrail, _check in GUARDRAILS} <= {expected for *_rest, expected in CASES}


@pytest.mark.parametrize(
    ("fix", "configured", "said", "mode"),
    [
        ("gateway-restart", PolicyMode.AUTO, {}, PolicyMode.AUTO),
        ("gateway-restart", PolicyMode.AUTO, {"gateway-restart": "suggest"}, PolicyMode.SUGGEST),
        ("gateway-restart", PolicyMode.SUGGEST, {"gateway-restart": "auto"}, PolicyMode.AUTO),
        ("gateway-restart", PolicyMode.AUTO, {"gateway-restart": "of another version"}, PolicyMode.AUTO),
        ("retry", PolicyMode.AUTO, {}, PolicyMode.SHADOW),
        ("retry", PolicyMode.OFF, {}, PolicyMode.OFF),
    ],
)
def test_a_person_s_word_counts_and_what_is_not_proven_is_only_tried_out(
    fix: str, configured: PolicyMode, said: dict[str, str], mode: PolicyMode
) -> None:
    assert mode_of(fix, PolicySettings(mode=configured), Policies(modes=said)) is mode


def test_auto_runs_what_its_configuration_or_its_record_proves() -> None:
    auto = PolicySettings(mode=PolicyMode.AUTO)
    assert mode_of("retry", replace(auto, proven=True), Policies()) is PolicyMode.AUTO
    assert mode_of("retry", auto, Policies(), lambda: True) is PolicyMode.AUTO
    assert mode_of("retry", auto, Policies(), lambda: False) is PolicyMode.SHADOW
    assert mode_of("retry", PolicySettings(proven=True), Policies()) is PolicyMode.SUGGEST
