"""Failures among messages: only what could have been answered by now counts, and few messages alarm nobody."""

import itertools

import pytest

from qualtui.tracking.answered_share import decided
from qualtui.tracking.deliverability import Deliverability
from qualtui.tracking.failures import failures, percent
from qualtui.tracking.replies import ReplyRow, ReplyState, RowKind, fold

BORN = 0.0
NOW = 10_000.0
WINDOW, ALLOWANCE = 600.0, 180.0


def got(age: float, who: str = "a") -> ReplyRow:
    return ReplyRow(NOW - age, RowKind.RECEIVED, f"in-{who}-{age}", who, f"s-{who}")


def sent(age: float, who: str = "a") -> ReplyRow:
    return ReplyRow(NOW - age, RowKind.SENT, f"out-{who}-{age}", who, f"s-{who}")


def told(*rows: ReplyRow, broken: bool = False) -> dict[str, float | None]:
    def word(_at: float) -> Deliverability:
        return Deliverability.BROKEN if broken else Deliverability.WORKING

    return failures(fold(ReplyState(), sorted(rows), BORN, word), BORN, NOW, WINDOW, ALLOWANCE)


@pytest.mark.parametrize(
    ("rows", "unanswered", "messages"),
    [
        ((), 0, 0),
        ((got(60),), 0, 0),  # may still be answered
        ((got(200),), 1, 1),
        ((got(700),), 0, 0),  # of an earlier window
        ((got(60), sent(50)), 0, 1),
        ((got(300), got(290), sent(280)), 0, 2),  # one answer for both
        ((got(300), sent(280), got(270)), 1, 2),
        ((sent(310), got(300)), 1, 1),  # the greeting came before the row of what it greets
        ((got(300, "a"), got(310, "b"), sent(300, "b")), 1, 2),
    ],
)
def test_which_messages_count_and_which_have_failed(
    rows: tuple[ReplyRow, ...], unanswered: float, messages: float
) -> None:
    said = told(*rows)
    assert (said["failures.unanswered"], said["failures.messages"]) == (unanswered, messages)


def test_a_rate_is_never_said_to_be_zero_where_messages_failed() -> None:
    assert told()["failures.rate"] == 0
    few = [got(300 + n, f"x{n}") for n in range(19)]
    assert told(*few)["failures.rate"] == 100  # of too few for an alarm: the rule needs twenty
    assert told(*few, got(400, "y"))["failures.rate"] == 100
    answered = [row for n in range(15) for row in (got(500 + n, f"y{n}"), sent(400, f"y{n}"))]
    assert told(*few[:5], *answered)["failures.rate"] == 25
    assert (percent(1, 19), percent(1, 20)) == (None, 5)


def test_failures_in_a_row_end_with_the_newest_answered_message() -> None:
    assert told(got(900, "a"), got(800, "b"), got(700, "b"))["failures.consecutive"] == 3
    assert told(got(900, "a"), got(800, "b"), sent(790, "b"), got(700, "c"))["failures.consecutive"] == 1
    assert told(got(900, "a"), got(300, "b"), sent(290, "b"))["failures.consecutive"] == 0


def test_failures_in_a_row_of_one_customer_are_one_customer_s() -> None:
    assert told(got(900, "a"), got(800, "b"), got(700, "b"))["failures.customers"] == 2
    assert told(*(got(900 - n, "a") for n in range(6)))["failures.customers"] == 1
    assert told(got(900, "a"), got(800, "b"), sent(790, "b"), got(700, "c"))["failures.customers"] == 1


def test_a_row_that_says_sent_while_the_gateway_was_broken_is_a_failed_send() -> None:
    said = told(got(300), sent(290), broken=True)
    assert (said["failures.sends"], said["failures.unanswered"]) == (1, 1)
    assert told(got(300), sent(290))["failures.sends"] == 0


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(("seconds", "timeouts"), [(24, 0), (111, 1), (132, 1), (400, 0)])
def test_a_send_that_took_as_long_as_the_webhook_may_live_is_a_timeout_delivered_or_not(
    seconds: float, timeouts: int, broken: bool
) -> None:
    assert told(got(100 + seconds), sent(100), broken=broken)["failures.timeouts"] == timeouts


@pytest.mark.parametrize(
    ("rows", "timeouts"),
    [
        ((got(320), got(208), sent(200)), 0),  # the first was skipped: same text within five minutes
        ((got(440), got(320), sent(205)), 1),  # the first was killed, the second hung
        ((got(320), sent(205), sent(195)), 1),  # one webhook, two messages
        ((got(320), sent(312), sent(200)), 0),
        ((got(400, "a"), sent(285, "a"), got(280, "b"), sent(165, "b")), 2),
        ((got(440), sent(325), got(320), sent(205)), 2),  # the customer wrote again while the first one hung
        ((got(320),), 0),  # killed, skipped, or given up: no row tells which
        ((got(820), sent(700)), 0),  # of an earlier window
    ],
)
@pytest.mark.parametrize("broken", [False, True])
def test_the_time_of_a_send_is_from_the_newest_message_before_it(
    rows: tuple[ReplyRow, ...], timeouts: int, broken: bool
) -> None:
    assert told(*rows, broken=broken)["failures.timeouts"] == timeouts


def test_an_answer_in_another_session_tells_nothing_of_a_webhooks_time() -> None:
    other = ReplyRow(NOW - 200, RowKind.SENT, "out", "a", "s-other")
    assert told(got(320), other)["failures.timeouts"] == 0


def test_a_flood_of_one_customer_is_kept_in_bounds() -> None:
    book = fold(ReplyState(), (got(500 - n / 100) for n in range(5000)), BORN, lambda _at: Deliverability.UNKNOWN)
    assert len(book.asked["a"]) == 500


def flooded(every: float, *others: ReplyRow) -> dict[str, float | None]:
    """A phone that wrote so often for ten minutes and got its last answer five minutes ago."""
    return told(*(got(600 - n * every, "f") for n in range(int(600 / every))), sent(298, "f"), *others)


@pytest.mark.parametrize("every", [2.0, 4.0, 6.0, 15.0])
def test_a_flood_of_one_phone_makes_no_alarm_of_many(every: float) -> None:
    said = flooded(every)
    assert (said["failures.unanswered"], said["failures.consecutive"]) == (1, 1)
    assert (said["failures.rate"] or 0) <= 5


def test_a_flood_hides_no_failures_of_others() -> None:
    others = [got(297 - n, f"x{n}") for n in range(40)]
    said = flooded(6.0, *others)
    assert (said["failures.unanswered"], said["failures.consecutive"]) == (41, 41)
    assert (said["failures.rate"] or 0) > 25


def test_one_persons_failures_make_no_critical_rate() -> None:
    mine = [got(400 + n, "a") for n in range(12)]
    answered = [row for n in range(16) for row in (got(500 + n, f"y{n}"), sent(480, f"y{n}"))]
    said = told(*mine, *answered)
    assert (said["failures.rate"], said["failures.unanswered"]) == (20, 4)
    assert said["failures.consecutive"] == 12


def test_each_message_is_decided_once_when_its_time_for_a_reply_is_over() -> None:
    rows = [got(400, "a"), got(390, "a"), got(300, "b"), sent(290, "b"), got(250, "c"), got(100, "d")]
    book = fold(ReplyState(), sorted(rows), BORN, lambda _at: Deliverability.WORKING)
    whole = decided(book, BORN, NOW - 1000, NOW - ALLOWANCE)
    assert (whole.good, whole.total) == (1, 3)  # one of a customer's two; d may still be answered
    edges = [NOW - 1000, NOW - 395, NOW - 300, NOW - 250, NOW - ALLOWANCE]
    parts = [decided(book, BORN, since, until) for since, until in itertools.pairwise(edges)]
    assert [(one.good, one.total) for one in parts] == [(0, 1), (0, 1), (1, 1), (0, 1)]
    assert (
        decided(book, NOW - 260, NOW - 1000, NOW - ALLOWANCE).bad == 1
    )  # open before the first start: no failure
