"""A reply is overdue by the bot's own reply times in normal running, whatever was late in the last hour."""

import pytest

from qualtui.tracking.overdue import Patience, overdue
from qualtui.tracking.replies import PendingReply, ReplyState

NOW = 100_000.0
ALLOWANCE = 180.0


def late_after(*taken: float, allowance: float = ALLOWANCE) -> float:
    """The seconds from which a reply is overdue, where the replies of the last hour took so long."""
    replies = tuple((NOW - 600 + number, seconds) for number, seconds in enumerate(taken))
    return Patience(ReplyState(replies=replies), NOW, allowance).of(PendingReply(NOW, NOW, "s"))


NORMAL = (8.0, 12.0, 14.0, 9.0, 11.0, 17.0, 13.0, 10.0)


def test_what_the_bot_takes_in_normal_running_is_not_overdue() -> None:
    assert 17 < late_after(*NORMAL) < 45


@pytest.mark.parametrize("late", [(120.0,), (90.0, 150.0, 170.0), (60.0,) * 8], ids=["1", "3", "half"])
def test_answers_that_were_late_themselves_do_not_make_the_next_late_one_usual(late: tuple[float, ...]) -> None:
    assert late_after(*NORMAL, *late) == late_after(*NORMAL)


def test_right_after_a_retry_two_who_wait_ten_times_as_long_as_usual_are_overdue() -> None:
    usual, by_retry = (0.4, 0.5, 0.6, 0.5, 0.6, 0.4), (5.0, 5.6, 4.8)
    replies = tuple((NOW - 60 + number, seconds) for number, seconds in enumerate((*usual, *by_retry)))
    wait = {name: PendingReply(NOW - 7, NOW - 7, "s") for name in ("a", "b")}
    assert overdue(wait, Patience(ReplyState(replies=replies), NOW, 12.0), NOW) == 2


def test_a_bot_that_is_slower_all_the_time_is_judged_by_its_own_time() -> None:
    slow = tuple(4 * seconds for seconds in NORMAL)
    assert max(slow) < late_after(*slow) < ALLOWANCE


def test_too_few_replies_say_nothing_of_what_is_usual() -> None:
    assert late_after(8.0, 9.0) == ALLOWANCE / 4
