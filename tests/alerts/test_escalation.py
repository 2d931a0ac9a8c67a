"""Who is called next while nobody owns a page: each step once, at its time, for a named reason."""

import pytest
from msgspec.structs import replace

from qualtui.alerts.escalation import (
    DEFAULT,
    EscalationPlan,
    EscalationReason,
    called,
    calls,
    escalation_verdict,
    plan_of,
)
from qualtui.alerts.oncall import Duty
from qualtui.config.values import (
    ChannelSettings,
    Config,
    EscalationStep,
    NotifySettings,
    OncallSettings,
    PersonSettings,
    Secret,
)
from qualtui.model import Escalation, Incident, Notified, Phase, Severity

PLAN = EscalationPlan(DEFAULT, rounds=2, repeat=1800.0)
PAGED = Incident(
    1,
    "down",
    "bot",
    Severity.CRITICAL,
    Phase.FIRING,
    0.0,
    0.0,
    "down",
    last=Notified("firing", Severity.CRITICAL, 0.0),
)
CHANNELS = {name: ChannelSettings(url=Secret("json://127.0.0.1")) for name in ("slack", "wa-ana", "bruno-mail")}
CHANNELS["ring-ana"] = ChannelSettings(url=Secret("json://127.0.0.1"), ringing=True)
PEOPLE = {
    "ana": PersonSettings(channels=("ring-ana", "wa-ana")),
    "bruno": PersonSettings(channels=("bruno-mail",)),
}
ONCALL = OncallSettings(order=("ana", "bruno"), owner="bruno")
DUTY = Duty("ana", None, "bruno")


@pytest.mark.parametrize(
    ("changes", "severity", "plan", "expected"),
    [
        ({}, Severity.CRITICAL, PLAN, EscalationReason.DUE),
        ({}, Severity.CRITICAL, EscalationPlan(), EscalationReason.NO_STEPS),
        ({"phase": Phase.RESOLVED}, None, PLAN, EscalationReason.RESOLVED),
        ({"last": None}, Severity.CRITICAL, PLAN, EscalationReason.NO_PAGE),
        ({"reopened_at": 5.0, "openings": 1}, Severity.CRITICAL, PLAN, EscalationReason.NO_PAGE),
        ({"severity": Severity.WARNING}, Severity.WARNING, PLAN, EscalationReason.NO_PAGE),
        ({}, None, PLAN, EscalationReason.MUTED),
        ({}, Severity.WARNING, PLAN, EscalationReason.MUTED),
        ({"owner": "ana", "covers": Severity.CRITICAL}, Severity.CRITICAL, PLAN, EscalationReason.OWNED),
        ({"owner": "ana", "covers": Severity.WARNING}, Severity.CRITICAL, PLAN, EscalationReason.DUE),
        ({"escalation": Escalation(0.0, 0.0, 1, 1)}, Severity.CRITICAL, PLAN, EscalationReason.WAITS),
        ({"escalation": Escalation(0.0, 0.0, 3, 2)}, Severity.CRITICAL, PLAN, EscalationReason.EXHAUSTED),
    ],
)
def test_why_somebody_is_called_or_nobody(
    changes: dict[str, object], severity: Severity | None, plan: EscalationPlan, expected: EscalationReason
) -> None:
    assert escalation_verdict(replace(PAGED, **changes), severity, plan, 10.0).reason is expected


def test_the_steps_of_all_rounds_stand_at_their_minutes() -> None:
    made, incident = [], PAGED
    for minute in range(120):
        now = minute * 60.0
        verdict = escalation_verdict(incident, Severity.CRITICAL, PLAN, now)
        if verdict.reason is EscalationReason.DUE:
            made.append((minute, verdict.step, verdict.round))
            incident = replace(incident, escalation=Escalation(0.0, now, verdict.step, verdict.round))
    assert made == [(0, 1, 1), (5, 2, 1), (15, 3, 1), (30, 1, 2), (35, 2, 2), (45, 3, 2)]


def test_an_engine_that_was_away_calls_one_step_and_then_waits_again() -> None:
    began = replace(PAGED, escalation=Escalation(0.0, 0.0, 1, 1))
    assert escalation_verdict(began, Severity.CRITICAL, PLAN, 3600.0).step == 2
    made = replace(PAGED, escalation=Escalation(0.0, 3600.0, 2, 1))
    verdict = escalation_verdict(made, Severity.CRITICAL, PLAN, 3601.0)
    assert (verdict.reason, verdict.at) == (EscalationReason.WAITS, 3600.0 + 600.0)


def test_a_demo_s_steps_are_as_much_earlier() -> None:
    began = replace(PAGED, escalation=Escalation(0.0, 0.0, 1, 1))
    assert escalation_verdict(began, Severity.CRITICAL, replace(PLAN, speed=60.0), 4.0).at == 5.0


def test_a_person_s_ringing_channels_come_first_and_all_of_them_later() -> None:
    def through(number: int, *to: str) -> list[str]:
        step = EscalationStep(to=to)
        return [one.channel for one in calls(step, number == 1, DUTY, ONCALL, PEOPLE, CHANNELS)]

    assert through(1, "slack", "on-call") == ["slack", "ring-ana"]
    assert through(2, "on-call") == ["ring-ana", "wa-ana"]
    assert through(1, "next", "owner", "bruno") == ["bruno-mail"]  # rings nobody, and is used all the same
    assert list(called(EscalationStep(to=("on-call", "next", "slack")), DUTY, ONCALL)) == ["ana", "bruno", "slack"]


def test_the_default_steps_need_an_order_and_rounds() -> None:
    assert plan_of(Config(agents={})).steps == ()
    assert plan_of(Config(agents={}, oncall=ONCALL)).steps == DEFAULT
    none = NotifySettings(escalation_rounds=0)
    assert plan_of(Config(agents={}, oncall=ONCALL, notify=none)).steps == ()
