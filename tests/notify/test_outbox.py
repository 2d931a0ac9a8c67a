"""Notices leave in order, and a failed one is tried again for hours, not for ever."""

import pytest

from qualtui.model import Notice, Severity
from qualtui.notify.outbox import LONGEST_ASKED, DueNotice, next_for, retry_at, wait_for


def notice(
    key: str,
    at: float,
    status: str = "queued",
    target: str = "ops",
    number: int = 1,
    next_at: float = 0.0,
    kind: str = "firing",
) -> Notice:
    return Notice(key, number, target, kind, Severity.CRITICAL, "t", "b", at, status, next_at=next_at)


def test_the_oldest_owed_notice_of_the_target_comes_first() -> None:
    notices = [notice("b", 2), notice("a", 1), notice("c", 0, target="chat"), notice("d", 0, "delivered")]
    found = next_for("ops", notices, 9.0)
    assert found is not None
    assert found.notice.key == "a"


def test_a_notice_in_doubt_is_still_owed() -> None:
    found = next_for("ops", [notice("a", 1, "sending")], 9.0)
    assert found is not None
    assert found.notice.status == "sending"


def test_nothing_owed_is_none() -> None:
    assert next_for("ops", [notice("a", 1, "failed"), notice("b", 1, "delivered")], 9.0) is None


def test_a_wait_is_spread_by_a_fifth_so_that_channels_do_not_retry_together() -> None:
    assert [retry_at(3, 0, 0, 3600, chance=chance) for chance in (0.0, 0.5, 1.0)] == pytest.approx([6.4, 8, 9.6])


def test_a_service_that_asks_for_time_gets_it_up_to_a_limit() -> None:
    assert retry_at(1, 0, 0, 86400, asked=30) == 30
    assert retry_at(40, 0, 0, 86400, asked=30) == 300
    assert retry_at(1, 0, 0, 86400, asked=7200) == LONGEST_ASKED


def test_an_end_covers_the_beginning_that_was_not_delivered() -> None:
    began, worse = notice("a", 1, next_at=50), notice("b", 2, kind="worse")
    ended, again = notice("c", 3, kind="resolved"), notice("d", 4, kind="reopened")
    found = next_for("ops", [began, worse, ended, again], 9.0)
    assert found == DueNotice(ended, (began, worse))
    assert wait_for(found.head, 9.0) == 41.0  # a refusing channel is tried no sooner because of it


def test_an_end_waits_behind_a_notice_that_may_have_arrived() -> None:
    began, ended = notice("a", 1, "sending"), notice("b", 2, kind="resolved")
    assert next_for("ops", [began, ended], 9.0) == DueNotice(began)


def test_an_end_alone_covers_nothing() -> None:
    began, ended = notice("a", 1, "delivered"), notice("b", 2, kind="resolved")
    assert next_for("ops", [began, ended], 9.0) == DueNotice(ended)


def test_waits_double_up_to_five_minutes_and_end() -> None:
    assert [retry_at(n, 0, 0, 3600) for n in (1, 2, 3)] == [2, 4, 8]
    assert retry_at(40, 0, 0, 3600) == 300
    assert retry_at(1, 0, 3599, 3600) is None


def test_a_notice_that_the_target_never_takes_holds_up_no_other_incident_s() -> None:
    poison, later, other = notice("a", 1, next_at=50), notice("b", 2), notice("c", 3, number=2)
    assert next_for("ops", [poison, later, other], 9.0) == DueNotice(other)
    assert next_for("ops", [poison, later], 9.0) == DueNotice(poison)


def test_a_clock_set_back_by_an_hour_delays_no_notice() -> None:
    assert wait_for(notice("a", 1, next_at=100.0), 98.0) == 2.0
    assert wait_for(notice("a", 1, next_at=100.0), 100.0 - LONGEST_ASKED - 1) == 0.0
