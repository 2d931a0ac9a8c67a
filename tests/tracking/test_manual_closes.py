"""Closed by hand: owed nothing for what came until then, and owed again for what comes after."""

from qualtui.tracking.manual_closes import without_closed
from qualtui.tracking.replies import PendingReply, ReplyState

BOOK = ReplyState(
    owed={"a": PendingReply(10.0, 30.0, "s", unheard=20.0), "b": PendingReply(5.0, 5.0)},
    asked={"a": (10.0, 30.0)},
)


def test_who_was_closed_is_owed_nothing() -> None:
    assert without_closed(BOOK, {"a": 30.0}).owed == {"b": BOOK.owed["b"]}


def test_who_writes_again_is_owed_since_then_alone() -> None:
    owed = without_closed(BOOK, {"a": 25.0}).owed["a"]
    assert (owed.since, owed.last, owed.unheard) == (30.0, 30.0, None)


def test_what_was_not_delivered_after_the_closing_stays_undelivered() -> None:
    owed = without_closed(BOOK, {"a": 15.0}).owed["a"]
    assert (owed.since, owed.unheard) == (30.0, 20.0)


def test_others_are_left_as_they_are() -> None:
    assert without_closed(BOOK, {"c": 99.0}) is BOOK
    assert without_closed(BOOK, {"a": 30.0}).asked is BOOK.asked
