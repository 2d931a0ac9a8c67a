"""Reply times by the gateway's chats: the time in the bot's queue counts, and each message once."""

from qualtui.tracking.gateway_chats import ChatMessage, Chats, with_page
from qualtui.tracking.replies import HOUR, ReplyState
from qualtui.tracking.reply_times import kept, waited, with_reply_times

ANA, CHAT = "551190001111", "5511990001111@c.us"
NOW = 10_000.0


def read(*messages: tuple[float, bool, float], acked: int = 2) -> Chats:
    """Ana's chat, read each time that something was its last message: (when, ours, when read)."""
    chats = Chats()
    for at, ours, read_at in messages:
        chats = with_page(chats, [(CHAT, ChatMessage(at, ours, acked if ours else None))], read_at)
    return chats


def replied(*answers: tuple[float, float]) -> ReplyState:
    """A book with these replies to Ana by the rows: when, and after how many seconds."""
    return ReplyState(replies=answers, replied=tuple((at, "ana") for at, _seconds in answers))


def told(book: ReplyState, chats: Chats) -> list[float]:
    known = kept((), waited(book, chats, {"ana": ANA}), NOW)
    return [seconds for _at, seconds in with_reply_times(book, known).replies]


def test_the_time_in_the_queue_counts_where_the_chat_tells_it() -> None:
    chats = read((NOW - 300, False, NOW - 290), (NOW - 100, True, NOW - 90))
    assert told(replied((NOW - 100, 9.0)), chats) == [200.0]


def test_where_the_chat_did_not_tell_of_the_message_the_rows_count() -> None:
    chats = read((NOW - 100, True, NOW - 90))
    assert told(replied((NOW - 100, 9.0)), chats) == [9.0]
    pending = read((NOW - 300, False, NOW - 290), (NOW - 100, True, NOW - 90), acked=0)
    assert told(replied((NOW - 100, 9.0)), pending) == [9.0]


def test_a_message_that_was_answered_before_counts_for_that_answer_alone() -> None:
    """Two messages with their answers between two reads look like one that waited long."""
    chats = read((NOW - 60, False, NOW - 58), (NOW - 10, True, NOW - 5))
    assert told(replied((NOW - 50, 8.0), (NOW - 10, 9.0)), chats) == [15.0, 9.0]


def test_a_persons_answer_is_no_reply_of_the_bots() -> None:
    chats = read((NOW - 900, False, NOW - 890), (NOW - 600, True, NOW - 590), (NOW - 90, False, NOW - 85))
    chats = with_page(chats, [(CHAT, ChatMessage(NOW - 80, ours=True, ack=2))], NOW - 75)
    assert told(replied((NOW - 80, 820.0)), chats) == [10.0]


def test_what_the_chats_told_is_kept_for_an_hour_though_they_are_forgotten() -> None:
    book = replied((NOW - 100, 9.0))
    before = waited(book, read((NOW - 300, False, NOW - 290), (NOW - 100, True, NOW - 90)), {"ana": ANA})
    assert kept(before, waited(book, Chats(NOW), {"ana": ANA}), NOW) == ((NOW - 100, 200.0),)
    assert kept(before, (), NOW + HOUR) == ()
