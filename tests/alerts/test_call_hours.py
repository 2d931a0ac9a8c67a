"""A step calls in its hours, in the zone of who is called; hours that no one covers are found."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from qualtui.alerts.call_hours import Callers, holds
from qualtui.alerts.escalation import EscalationPlan, EscalationReason, escalation_verdict, next_call
from qualtui.config.values import Day, EscalationStep, OncallSettings, PersonSettings, Seconds
from qualtui.model import Escalation, Incident, Notified, Phase, Severity, Shift

SAO_PAULO, LISBON = "America/Sao_Paulo", "Europe/Lisbon"
WORK = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)
PEOPLE = {"ana": PersonSettings(zone=SAO_PAULO), "bruno": PersonSettings(zone=LISBON)}
CALLERS = Callers((), OncallSettings(order=("ana", "bruno")), PEOPLE, SAO_PAULO)
CRITICAL = Severity.CRITICAL


def at(text: str, zone: str = SAO_PAULO) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def step(hours: str, *to: str, days: tuple[Day, ...] = (), after: float = 0.0, zone: str = "") -> EscalationStep:
    return EscalationStep(after=Seconds(after), to=to or ("on-call",), hours=hours, days=days, zone=zone)


def paged(now: float) -> Incident:
    last = Notified("firing", CRITICAL, now)
    return Incident(1, "down", "bot", CRITICAL, Phase.FIRING, now, now, "down", last=last)


@pytest.mark.parametrize(
    ("hours", "days", "moment", "expected"),
    [
        ("08:00-18:00", (), "2026-11-27T08:00", True),
        ("08:00-18:00", (), "2026-11-27T07:59", False),
        ("08:00-18:00", (), "2026-11-27T18:00", False),
        ("08:00-18:00", WORK, "2026-11-27T12:00", True),  # a Friday
        ("08:00-18:00", WORK, "2026-11-28T12:00", False),
        ("", WORK, "2026-11-27T23:59", True),
        ("", WORK, "2026-11-28T00:00", False),
        # A night belongs to the day on which it begins.
        ("22:00-06:00", (Day.FRI,), "2026-11-28T05:59", True),
        ("22:00-06:00", (Day.FRI,), "2026-11-27T05:59", False),
        ("22:00-06:00", (Day.FRI,), "2026-11-28T22:00", False),
        ("18:00-24:00", (), "2026-11-27T23:59", True),
        ("08:00-08:00", (Day.FRI,), "2026-11-28T07:59", True),
    ],
)
def test_hours_hold_on_their_days(hours: str, days: tuple[Day, ...], moment: str, expected: bool) -> None:
    assert holds(step(hours, days=days), SAO_PAULO, at(moment)) is expected


def test_the_zone_is_the_nths_else_the_person_s_else_that_of_the_notices() -> None:
    both = step("08:00-18:00", "ana", "bruno", "slack")
    early = at("2026-11-27T08:30", LISBON)  # 05:30 in São Paulo
    assert CALLERS.step(both, early).to == ("bruno",)
    assert CALLERS.step(both, at("2026-11-27T17:00")).to == ("ana", "slack")
    assert CALLERS.step(replace(both, zone=LISBON), early).to == ("ana", "bruno", "slack")


def test_who_is_on_call_gives_the_zone() -> None:
    taken = replace(CALLERS, shifts=(Shift("bruno", 0.0, None),))
    early = at("2026-11-27T08:30", LISBON)
    assert (CALLERS.silent(step("08:00-18:00"), early), taken.silent(step("08:00-18:00"), early)) == (True, False)


def test_hours_begin_by_the_wall_over_a_change_of_the_clocks() -> None:
    lisbon = Callers(zone=LISBON)
    for moment, begins in (("2026-03-28T20:00", "2026-03-29T08:00"), ("2026-10-24T20:00", "2026-10-25T08:00")):
        assert lisbon.opens([step("08:00-18:00", "slack")], at(moment, LISBON)) == at(begins, LISBON)
    assert lisbon.opens([step("", "slack")], 1000.0 * 86400) is not None


DAY_AND_NIGHT = EscalationPlan((step("08:00-18:00", "ana"), step("18:00-08:00", "bruno", zone=SAO_PAULO)))


def test_a_nthout_of_its_hours_is_passed_over_and_the_other_one_calls() -> None:
    now = at("2026-11-27T03:00")
    incident = paged(now)
    verdict = escalation_verdict(incident, CRITICAL, DAY_AND_NIGHT, now, CALLERS)
    assert (verdict.reason, verdict.step, verdict.passed) == (EscalationReason.DUE, 1, True)
    incident = replace(incident, escalation=Escalation(now, now, 1, 1))
    verdict = escalation_verdict(incident, CRITICAL, DAY_AND_NIGHT, now, CALLERS)
    assert (verdict.reason, verdict.step, verdict.passed) == (EscalationReason.DUE, 2, False)


def test_where_no_step_calls_now_the_escalation_waits_for_the_first_hours_and_uses_up_no_round() -> None:
    plan = EscalationPlan((step("08:00-18:00", "ana", days=WORK), step("08:00-18:00", "ana", after=300.0)))
    now = at("2026-11-28T03:00")  # a Saturday
    incident = replace(paged(now), escalation=Escalation(now, now))
    verdict = escalation_verdict(incident, CRITICAL, plan, now, CALLERS)
    assert (verdict.reason, verdict.step) == (EscalationReason.OUT_OF_HOURS, 1)
    assert verdict.at == at("2026-11-28T08:00")  # the second step's; the first one is passed over then
    nth, when = next_call(incident, CRITICAL, plan, now, CALLERS) or (0, 0.0)
    assert (nth, round(when)) == (2, at("2026-11-28T08:05"))
    on_monday = at("2026-11-30T08:00")
    assert escalation_verdict(incident, CRITICAL, plan, on_monday, CALLERS).reason is EscalationReason.DUE


def test_after_all_rounds_a_page_calls_the_first_nththat_is_in_its_hours() -> None:
    done = replace(paged(0.0), escalation=Escalation(0.0, 0.0, 2, 3))
    day, night = at("2026-11-27T12:00"), at("2026-11-27T03:00")
    steps = [escalation_verdict(done, CRITICAL, DAY_AND_NIGHT, now, CALLERS).step for now in (day, night)]
    assert steps == [1, 2]
    office = EscalationPlan((step("08:00-18:00", "ana"),))
    assert escalation_verdict(done, CRITICAL, office, night, CALLERS).step == 0


@pytest.mark.parametrize(
    ("steps", "begin"),
    [
        ((step("08:00-18:00", "ana"), step("", "bruno")), ""),
        ((step("08:00-18:00", "ana"), step("18:00-08:00", "ana")), ""),
        ((step("08:00-18:00", "ana"), step("18:00-07:30", "ana")), "Mon 07:30"),
        ((step("08:00-18:00", "ana", days=WORK), step("18:00-08:00", "ana", days=WORK)), "Sat 08:00"),
        ((step("", "ana", days=WORK), step("", "ana", days=(Day.SAT, Day.SUN))), ""),
        # In Lisbon it is three or four hours later, by the season.
        ((step("08:00-18:00", "ana"), step("21:00-11:00", "bruno")), "Mon 07:00"),
        ((step("08:00-18:00", "ana"), step("21:00-12:00", "bruno")), ""),
        # Whoever of the two is on call.
        ((step("08:00-20:00"), step("20:00-08:00")), ""),
        ((step("08:00-20:00"), step("20:00-08:00", zone=SAO_PAULO)), "Mon 17:00"),  # Bruno's day ends in Lisbon
        ((step("08:00-20:00", zone=SAO_PAULO), step("20:00-08:00", zone=SAO_PAULO)), ""),
    ],
)
def test_hours_in_which_no_one_is_called_are_found(steps: tuple[EscalationStep, ...], begin: str) -> None:
    found = CALLERS.gap(steps)
    said = "" if found is None else f"{datetime.fromtimestamp(found[0], ZoneInfo(SAO_PAULO)):%a %H:%M}"
    assert said == begin
