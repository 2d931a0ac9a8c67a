"""Notices leave in order, and a failed one is tried again for hours, not for ever."""

from qualtui.model import Notice, Severity
from qualtui.notify.outbox import next_for, retry_at


def notice(key: str, at: float, status: str = "queued", target: str = "ops") -> Notice:
    return Notice(key, 1, target, "firing", Severity.CRITICAL, "t", "b", at, status)


def test_the_oldest_owed_notice_of_the_target_comes_first() -> None:
    notices = [notice("b", 2), notice("a", 1), notice("c", 0, target="chat"), notice("d", 0, "delivered")]
    found = next_for("ops", notices)
    assert found is not None
    assert found.key == "a"


def test_a_notice_in_doubt_is_still_owed() -> None:
    found = next_for("ops", [notice("a", 1, "sending")])
    assert found is not None
    assert found.status == "sending"


def test_nothing_owed_is_none() -> None:
    assert next_for("ops", [notice("a", 1, "failed"), notice("b", 1, "delivered")]) is None


def test_waits_double_up_to_five_minutes_and_end() -> None:
    assert [retry_at(n, 0, 0, 3600) for n in (1, 2, 3)] == [2, 4, 8]
    assert retry_at(40, 0, 0, 3600) == 300
    assert retry_at(1, 0, 3599, 3600) is None
