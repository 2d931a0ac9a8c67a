"""The NOW box says how bad it is, why, who has it and what to press; it is calm only when that is known."""

from typing import Any

import pytest
from msgspec.structs import replace

from qualtui.diagnosis.chain import chain
from qualtui.diagnosis.diagnose import root_cause
from qualtui.diagnosis.fix_choice import TriedFixes
from qualtui.diagnosis.headline import IncidentNow, Unwitnessed, headline
from qualtui.model import Evidence, Incident, Phase, Schedule, Severity
from qualtui.wire import NowState, NowView
from tests.diagnosis.readings import NOW, readings
from tests.english import english


def incident(
    rule: str = "agent-down",
    severity: Severity = Severity.CRITICAL,
    fix: str = "",
    owner: str = "",
    number: int = 1,
    phase: Phase = Phase.FIRING,
) -> Incident:
    return Incident(
        number, rule, "bot", severity, phase, NOW - 300, NOW - 290, "Agent down: refused", "the cause then",
        owner=owner, owned_at=NOW - 120 if owner else None, fix=fix,
    )  # fmt: skip


def now(
    *incidents: Incident,
    known: tuple[str, ...] = ("session-cleanup",),
    tried: str = "",
    holds: bool = True,
    learning: float | None = None,
    unwitnessed: Unwitnessed | None = None,
    planned: Schedule | None = None,
    **changed: float | Evidence | tuple[float, str],
) -> NowView:
    found = readings(**changed)
    links = chain(found, (), NOW)
    remedies = {name: name.upper() for name in known}
    view = headline(
        found,
        links,
        root_cause(links, found, NOW),
        incidents,
        lambda one: IncidentNow(str(one.summary), holds),
        lambda _: TriedFixes(tried, frozenset({tried.partition(":")[0]} if tried else ())),
        lambda fix: remedies.get(fix, ""),
        learning,
        NOW,
        unwitnessed,
        planned,
    )
    return english(view)


def test_all_is_well_when_nobody_waits_on_fresh_evidence() -> None:
    said = now()
    assert (said.level, said.calm, said.headline, said.detail) == (
        None,
        True,
        "EVERYONE ANSWERED",
        "last reply 2m ago",
    )


def test_one_who_has_just_written_is_no_alarm_and_not_green() -> None:
    said = now(customers_waiting=1, customers_oldest=5)
    assert (said.level, said.calm, said.headline, said.detail) == (
        None,
        True,
        "WAITING FOR THE BOT'S REPLY",
        "1 waiting, 5s",
    )
    assert said.state is NowState.WAITING


SILENT: Any = {"health_up": (0, "no answer in 30s"), "health_silent": (1, "")}


def test_the_bot_is_called_replying_only_while_it_provably_works_on_a_reply() -> None:
    waits: Any = {"customers_waiting": 1, "customers_oldest": 5}
    assert now(**waits, **SILENT, customers_workable=1).headline == "THE BOT IS REPLYING"
    assert now(**waits, **SILENT).headline == "WAITING FOR THE BOT'S REPLY"  # nothing stored that it could work on
    assert now(**waits, customers_workable=1).headline == "WAITING FOR THE BOT'S REPLY"  # it idles


def test_an_incident_about_something_else_does_not_blame_the_bot_for_who_has_just_written() -> None:
    blind = replace(incident("blind", Severity.WARNING), summary="Not known for 6m: the chats", cause="")
    just: Any = {"customers_waiting": 1, "customers_oldest": 2, "sessions_bot_owes": 1}
    said = now(blind, known=("retry", "session-cleanup"), **just)
    assert (said.headline, said.why, said.fix, said.step) == ("Not known for 6m: the chats", "", "", "")
    late = now(blind, known=("retry",), **{**just, "customers_oldest": 50}, customers_overdue=1)
    assert (late.headline, late.fix) == ("1 CUSTOMER WAITING FOR THE BOT", "retry")
    assert "sent no reply" in str(late.why)


def test_a_reply_that_is_overdue_is_amber_whatever_the_bot_does() -> None:
    said = now(customers_waiting=1, customers_oldest=50, customers_overdue=1, customers_workable=1, **SILENT)
    assert (said.level, said.calm, said.headline) == (Severity.WARNING, False, "WAITING FOR THE BOT'S REPLY")
    assert said.detail == "1 waiting, 50s: later than its replies usually are"
    assert said.why


def test_who_was_open_before_the_first_start_is_stated_from_the_first_screen_on() -> None:
    before: Any = {"customers_open_before_start": 8, "customers_open_oldest": 2400}
    said = now(customers_waiting=8, customers_overdue=8, **before)
    assert (said.level, said.headline, said.state) == (
        Severity.WARNING,
        "8 CUSTOMERS WAITING SINCE BEFORE THE FIRST START",
        NowState.OPEN_BEFORE_START,
    )
    assert str(said.detail).startswith("8 waiting, the oldest 40m")
    fired = now(incident("open-before-start", Severity.WARNING), customers_waiting=8, **before)
    assert (fired.headline, fired.detail) == ("8 CUSTOMERS WAITING SINCE BEFORE THE FIRST START", "oldest 40m")
    mixed = now(incident("customers-waiting"), customers_waiting=9, customers_oldest=700, **before)
    assert (mixed.headline, mixed.detail) == (
        "9 CUSTOMERS WAITING FOR THE BOT",
        "oldest 11m; 8 of them since before the first start, the oldest 40m",
    )


def test_everyone_is_answered_only_where_the_backlog_is_known_and_it_stands_beside() -> None:
    assert now(customers_backlog=12).detail == "last reply 2m ago, backlog 12"
    assert now(customers_backlog=Evidence.NO_DATA).headline == "CANNOT TELL"


def test_an_answer_whose_delivery_is_not_confirmed_is_calm_and_not_green() -> None:
    said = now(customers_claimed=2)
    assert (said.level, said.calm, said.headline, said.state) == (
        None,
        True,
        "CHECKING DELIVERY",
        NowState.CHECKING,
    )
    assert "2 answers" in str(said.detail)


def test_with_one_of_two_witnesses_missing_nobody_says_that_everyone_is_answered() -> None:
    said = now(unwitnessed=Unwitnessed(90, "HTTP 500"))
    assert (said.calm, said.headline) == (False, "CANNOT TELL")
    assert said.detail == "by the rows no one waits; the gateway's chats do not confirm it for 1m: HTTP 500"
    assert not now(unwitnessed=Unwitnessed(90), customers_waiting=1, customers_oldest=5).calm
    assert now(unwitnessed=Unwitnessed(90), customers_waiting=1, customers_overdue=1).level is Severity.WARNING


@pytest.mark.parametrize("evidence", [Evidence.OLD, Evidence.NO_DATA, Evidence.NO_SOURCE])
def test_without_fresh_evidence_of_the_customers_nothing_is_calm(evidence: Evidence) -> None:
    said = now(customers_waiting=evidence)
    assert (said.calm, said.headline) == (False, "CANNOT TELL")
    assert said.detail


def test_learning_is_not_calm() -> None:
    assert (now(learning=0.4).calm, now(learning=0.4).headline) == (False, "LEARNING 40 %")


def test_a_broken_link_is_told_before_any_rule_fires() -> None:
    said = now(gateway_working=(0, "FAILED"))
    assert (said.level, said.calm, said.headline) == (Severity.WARNING, False, "TROUBLE BEGINS")
    assert "WhatsApp session FAILED" in str(said.why)


def test_a_send_that_the_bot_only_claims_is_never_calm_however_short_the_wait() -> None:
    said = now(customers_waiting=1, customers_oldest=70, customers_phantom=1)
    assert (said.level, said.calm, said.headline, said.detail) == (
        Severity.WARNING,
        False,
        "TROUBLE BEGINS",
        "1 waiting, 1m",
    )
    assert "not delivered" in str(said.why)


def test_customers_come_before_machines_and_a_resolved_incident_does_not_count() -> None:
    machine, people = incident(number=1), incident("customers-waiting", number=2)
    said = now(machine, people, customers_waiting=3, customers_oldest=300)
    assert (said.level, said.headline, said.detail, said.number) == (
        Severity.CRITICAL,
        "3 CUSTOMERS WAITING FOR THE BOT",
        "oldest 5m",
        2,
    )
    assert now(incident(phase=Phase.RESOLVED)).calm


def test_the_worst_severity_leads_and_the_oldest_of_equals() -> None:
    said = now(incident("customers-waiting", Severity.WARNING, number=1), incident(number=2))
    assert (said.level, said.number) == (Severity.CRITICAL, 2)


def test_who_has_it_since_when_and_what_was_tried() -> None:
    said = now(incident(owner="ana"), tried="session-cleanup: closed 3")
    assert (said.who, said.tried) == ("ana for 2m", "session-cleanup: closed 3")
    assert (now(incident()).who, now(incident()).tried) == ("no one", "nothing")


def test_the_cause_s_own_remedy_is_offered_and_only_where_it_can_be_run() -> None:
    waiting = incident("customers-waiting", fix="session-cleanup")
    said = now(waiting, customers_waiting=3, customers_oldest=700, sessions_bot_owes=3)
    assert (said.fix, said.fix_title) == ("session-cleanup", "SESSION-CLEANUP")
    assert now(waiting, known=(), customers_waiting=3, customers_oldest=700, sessions_bot_owes=3).fix == ""
    # The gateway is the cause: closing sessions would mend nothing, and its own remedy is not there.
    assert now(waiting, customers_waiting=3, gateway_working=(0, "FAILED")).fix == ""


def test_the_why_of_now_comes_first_and_that_of_the_beginning_where_nothing_is_seen_any_more() -> None:
    said = now(incident(), holds=False)
    assert (said.why, said.detail) == (
        "when it began: the cause then",
        "no one waits; watching that it stays so, after 5m",
    )
    assert str(now(incident(), health_up=(0, "refused"), health_refused=1, health_down=1).why).startswith(
        "The bot refuses"
    )


def test_the_next_step_is_the_cause_s_or_else_the_rule_s_runbook() -> None:
    lost = incident("customers-waiting")
    assert "the host's log" in str(now(lost, customers_waiting=3, customers_oldest=700, customers_unstored=3).step)
    loop = replace(incident("conversations-loop", Severity.WARNING), runbook="qualtui doctor: the SQL")
    assert now(loop).step == "qualtui doctor: the SQL"


def test_what_is_only_to_be_known_leaves_the_screen_calm() -> None:
    told = now(incident("reply-as-written", Severity.INFO))
    assert (told.level, told.calm, told.number) == (None, True, 0)


def test_what_was_tried_and_did_not_end_it_gives_way_to_the_next_remedy() -> None:
    both = ("session-cleanup", "retry")

    def offered(tried: str, known: tuple[str, ...] = both) -> str:
        waiting = incident("customers-waiting")
        said = now(
            waiting, known=known, tried=tried, customers_waiting=3, customers_oldest=700, sessions_bot_owes=3
        )
        return said.fix

    assert offered("") == "retry"
    assert offered("", ("session-cleanup",)) == "session-cleanup"  # nobody may be written to at night
    assert offered("retry: Answered 2 of 3 (ana)") == "session-cleanup"
    assert offered("retry: Answered 2 of 3 (ana)", ("retry",)) == "retry"


def test_a_rule_whose_condition_holds_is_never_told_as_over() -> None:
    assert now(incident("queue-long", Severity.WARNING)).detail == "for 5m"


def test_what_is_over_is_recovering_and_no_alarm_however_bad_it_was() -> None:
    said = now(incident(severity=Severity.CRITICAL), holds=False)
    assert (said.level, said.headline, said.state) == (Severity.WARNING, "RECOVERING", NowState.RECOVERING)
    assert (said.number, said.fix) == (1, "")
    begins = now(incident(), holds=False, gateway_working=(0, "FAILED"))
    assert begins.headline == "TROUBLE BEGINS"  # another link broke meanwhile
    assert now(incident(), holds=False, customers_waiting=Evidence.NO_DATA).headline == "CANNOT TELL"


def test_a_line_that_says_how_long_is_followed_by_no_other_time() -> None:
    blind = replace(incident("blind", Severity.WARNING), summary="Not known for 6m: who waits, by the bot's rows")
    found = readings()
    links = chain(found, (), NOW)
    lives = IncidentNow(str(blind.summary), timed=True)
    reason = root_cause(links, found, NOW)
    said = headline(
        found, links, reason, (blind,), lambda _one: lives, lambda _: TriedFixes(), lambda _fix: "", None, NOW
    )
    assert (said.headline, str(said.detail)) == ("Not known for 6m: who waits, by the bot's rows", "")


NIGHT = Schedule("s1", "retry", "bot", "ana", NOW + 17_280, 3, 1, overdue_at=NOW + 17_880)
WAITING: dict[str, Any] = {"customers_waiting": 3.0, "customers_oldest": 7200.0}


def left() -> Incident:
    """The incident whose rest is planned."""
    return replace(incident("customers-waiting"), overdue_at=NIGHT.overdue_at)


def test_what_is_planned_is_amber_and_says_when_and_by_whom() -> None:
    view = now(left(), planned=NIGHT, **WAITING)
    assert (view.state, view.level, view.number, view.fix) == (NowState.SCHEDULED, Severity.WARNING, 1, "")
    assert str(view.headline).startswith("3 CUSTOMERS ARE ANSWERED AT ")
    assert str(view.detail).startswith("in 4h 48m; oldest 2h 00m")
    assert str(view.why).startswith("ana scheduled it")


@pytest.mark.parametrize(
    ("incidents", "planned", "changed"),
    [
        ([left()], None, {}),
        ([left()], NIGHT, {"customers_waiting": 4.0}),  # one more than it answers
        ([left()], replace(NIGHT, overdue_at=NOW), {}),
        ([left()], NIGHT, {"gateway_working": 0.0}),  # the cause is back
        ([left(), incident("agent-down", number=2)], NIGHT, {}),
    ],
    ids=["nothing planned", "one more waits", "overdue", "a broken link", "another trouble"],
)
def test_what_is_planned_hides_nothing_else(
    incidents: list[Incident], planned: Schedule | None, changed: dict[str, float]
) -> None:
    view = now(*incidents, planned=planned, **(WAITING | changed))
    assert (view.state, view.level) == (NowState.PLAIN, Severity.CRITICAL)
