"""The NOW box says how bad it is, why, who has it and what to press; it is calm only when that is known."""

import pytest

from qualtui.model import Evidence, Incident, Phase, Severity
from qualtui.signals.chain import chain
from qualtui.signals.headline import Live, headline
from qualtui.signals.remedy import Tried
from qualtui.signals.why import why
from qualtui.wire import Now
from tests.signals.readings import NOW, readings


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
    **changed: float | Evidence | tuple[float, str],
) -> Now:
    found = readings(**changed)
    links = chain(found, (), NOW)
    remedies = {name: name.upper() for name in known}
    return headline(
        found,
        links,
        why(links, found, NOW),
        incidents,
        lambda one: Live(one.summary, holds),
        lambda _: Tried(tried, frozenset({tried.partition(":")[0]} if tried else ())),
        lambda fix: remedies.get(fix, ""),
        learning,
        NOW,
    )


def test_all_is_well_when_nobody_waits_on_fresh_evidence() -> None:
    said = now()
    assert (said.level, said.calm, said.headline, said.detail) == (
        None,
        True,
        "EVERYONE ANSWERED",
        "last reply 2m ago",
    )


def test_one_who_has_just_written_is_no_alarm() -> None:
    said = now(customers_waiting=1, customers_oldest=5)
    assert (said.calm, said.headline, said.detail) == (True, "THE BOT IS REPLYING", "1 waiting, 5s")


@pytest.mark.parametrize("evidence", [Evidence.OLD, Evidence.NO_DATA, Evidence.NO_SOURCE])
def test_without_fresh_evidence_of_the_customers_nothing_is_calm(evidence: Evidence) -> None:
    said = now(customers_waiting=evidence)
    assert (said.calm, said.headline) == (False, "CANNOT TELL")
    assert said.detail


def test_learning_is_not_calm() -> None:
    assert (now(learning=0.4).calm, now(learning=0.4).headline) == (False, "LEARNING 40%")


def test_a_broken_link_is_told_before_any_rule_fires() -> None:
    said = now(waha_working=(0, "FAILED"))
    assert (said.level, said.calm, said.headline) == (Severity.WARNING, False, "TROUBLE BEGINS")
    assert "WAHA FAILED" in said.why


def test_a_send_that_the_bot_only_claims_is_never_calm_however_short_the_wait() -> None:
    said = now(customers_waiting=1, customers_oldest=70, customers_phantom=1)
    assert (said.level, said.calm, said.headline, said.detail) == (
        Severity.WARNING,
        False,
        "TROUBLE BEGINS",
        "1 waiting, 1m",
    )
    assert "not delivered" in said.why


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
    assert (now(incident()).who, now(incident()).tried) == ("nobody", "nothing")


def test_the_cause_s_own_remedy_is_offered_and_only_where_it_can_be_run() -> None:
    waiting = incident("customers-waiting", fix="session-cleanup")
    said = now(waiting, customers_waiting=3, customers_oldest=700, sessions_bot_owes=3)
    assert (said.fix, said.fix_title) == ("session-cleanup", "SESSION-CLEANUP")
    assert now(waiting, known=(), customers_waiting=3, customers_oldest=700, sessions_bot_owes=3).fix == ""
    # The gateway is the cause: closing sessions would mend nothing, and its own remedy is not there.
    assert now(waiting, customers_waiting=3, waha_working=(0, "FAILED")).fix == ""


def test_the_why_of_now_comes_first_and_that_of_the_beginning_where_nothing_is_seen_any_more() -> None:
    said = now(incident(), holds=False)
    assert (said.why, said.detail) == (
        "when it began: the cause then",
        "after 5m nothing of it is seen; watching that it stays so",
    )
    assert now(incident(), health_up=(0, "refused"), health_refused=1, health_down=1).why.startswith(
        "The bot refuses"
    )


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
    assert "nothing of it is seen" in now(incident("queue-long", Severity.WARNING), holds=False).detail
