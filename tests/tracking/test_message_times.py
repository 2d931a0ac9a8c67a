"""The times of our messages are checked at each read, however short the pause between two of them."""

from qualtui.tracking.gateway_chats import ChatMessage
from qualtui.tracking.gateway_witness import ListedChat, Stamps, stamped

AT = 10_000.0


def after(stamps: Stamps, at: float, date: float, *, suspected: bool = False) -> Stamps:
    """After a read in which a message of ours bears the time `at`, in an answer of `date`."""
    last = ListedChat("5511900000001@c.us", ChatMessage(at, True, 2), 7)
    return stamped(stamps, [last], suspected, date)


def test_times_of_the_request_are_known_where_reads_follow_each_other_within_a_second() -> None:
    stamps, found = Stamps(), []
    for number in range(8):
        stamps = after(stamps, AT + number, AT + number)
        found.append(stamps.wrong)
    assert found == [False, False, *[True] * 6]


def test_a_time_that_stays_is_believed_also_after_wrong_ones() -> None:
    stamps = after(Stamps(wrong=True, last={"5511900000001@c.us": (7, AT + 50)}), AT, AT + 60)
    assert stamps.wrong
    assert not after(stamps, AT, AT + 61).wrong


def test_a_suspicion_ends_with_a_message_that_keeps_its_time() -> None:
    stamps = Stamps()
    for number in range(5):
        stamps = after(stamps, AT, AT + number, suspected=number < 2)
    assert not stamps.wrong
