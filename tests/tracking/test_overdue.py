"""When a reply is overdue: by the bot's own replies of the last hour, and never later than is allowed."""

import pytest

from qualtui.tracking.overdue import Patience
from qualtui.tracking.replies import PendingReply, ReplyState

NOW = 100_000.0
ALLOWED = 180.0  # s: reply_within
QUEUE = (30.0, 45.0, 60.0, 90.0, 120.0, 150.0, 180.0, 210.0, 230.0, 250.0)  # 14 customers at once, one worker


@pytest.mark.parametrize(
    ("seconds", "ago", "after"),
    [
        ((), 60.0, 45.0),  # nothing is known: a first contact's figure
        ((9.0, 10.0, 11.0), 60.0, 45.0),  # too little
        ((9.0, 10.0, 11.0, 12.0, 20.0), 60.0, 35.0),  # half as long again as the slowest, and 5 s
        ((9.0, 10.0, 11.0, 12.0, 20.0), 3700.0, 45.0),  # of another hour
        ((9.0, 10.0, 11.0, 12.0, 20.0, 900.0), 60.0, 35.0),  # one failure is not the bot's pace
        ((30.0, 45.0, 60.0, 70.0, 80.0), 60.0, 125.0),  # a short queue
        (QUEUE, 60.0, 180.0),  # a long one: until it is a failure
        ((185.0, 200.0, 220.0, 240.0, 250.0), 60.0, 180.0),  # whose replies were all slower than allowed
        ((30.0, 185.0, 200.0, 220.0, 240.0, 250.0), 60.0, 180.0),
        ((9.0,) * 5 + (100.0,) + (9.0,) * 20, 60.0, 18.5),  # the newest 20 count
    ],
)
def test_a_reply_is_overdue_by_the_bot_s_own_recent_replies(
    seconds: tuple[float, ...], ago: float, after: float
) -> None:
    replies = tuple((NOW - ago, one) for one in seconds)
    owed = PendingReply(since=NOW, last=NOW, session="s", first=False)
    assert Patience(ReplyState(replies=replies), NOW, ALLOWED).of(owed) == after


def test_a_first_contact_has_its_own_pace() -> None:
    book = ReplyState(replies=((NOW, 9.0),) * 5, firsts=((NOW, 30.0),) * 5)
    patience = Patience(book, NOW, ALLOWED)
    owed = PendingReply(since=NOW, last=NOW, session="s", first=True)
    assert patience.of(owed) == 50.0


@pytest.mark.parametrize(
    ("wrote", "read", "session", "after"),
    [
        (NOW, None, "s", 18.5),  # no chats that are believed
        (NOW - 30, NOW - 10, "s", 18.5),  # read since
        (NOW - 10, NOW - 30, "s", 45.0),  # not yet: words that were answered already may have been repeated
        (NOW - 10, NOW - 30, "", 18.5),  # created, and never a message
    ],
)
def test_who_may_only_have_repeated_answered_words_is_not_overdue_before_the_chats_are_read(
    wrote: float, read: float | None, session: str, after: float
) -> None:
    book = ReplyState(replies=((NOW, 9.0),) * 5, chats_read=read)
    assert Patience(book, NOW, ALLOWED).of(PendingReply(since=wrote, last=wrote, session=session)) == after


def test_chats_not_read_since_lengthen_no_longer_patience() -> None:
    book = ReplyState(replies=((NOW, 60.0),) * 5, chats_read=NOW - 30)
    assert Patience(book, NOW, ALLOWED).of(PendingReply(since=NOW, last=NOW, session="s")) == 95.0
