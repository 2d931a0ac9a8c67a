"""An answer that only a row claims is not delivered until the gateway's chats show it."""

import pytest

from qualtui.tracking.chat_corrections import with_chats
from qualtui.tracking.delivery import with_claims
from qualtui.tracking.figures import Limits, reply_figures
from qualtui.tracking.gateway_chats import ChatMessage, Chats, with_page
from qualtui.tracking.ledger import begun
from qualtui.tracking.replies import PendingReply, ReplyState

ANA, SENT = "551190001111", 1000.0


def theirs(at: float) -> ChatMessage:
    return ChatMessage(at, ours=False)


def ours(at: float, ack: int | None = 2) -> ChatMessage:
    return ChatMessage(at, ours=True, ack=ack)


def read(at: float, *messages: ChatMessage) -> Chats:
    """Ana's chat as it was read at `at`."""
    chats = Chats()
    for message in messages:
        chats = with_page(chats, [(f"{ANA}@c.us", message)], at)
    return chats.having({}, at)


def claims(chats: Chats, *, owed: bool = False, born: float = 0.0) -> float | None:
    """customers.claimed of Ana, whose answer has a row at SENT."""
    book = ReplyState(answered={"ana": SENT}, owed={"ana": PendingReply(SENT + 1, SENT + 1)} if owed else {})
    book = with_claims(book, chats, {"ana": ANA}, born)
    return reply_figures(begun(0.0, 0.0), book, SENT + 30, Limits())["customers.claimed"][0]


@pytest.mark.parametrize(
    ("chats", "expected"),
    [
        (read(990, theirs(970)), 1),  # read before the answer
        (read(1010, theirs(970)), 1),  # read after it, and it is not there: the gateway refused it
        (read(1010, theirs(970), ours(999)), 0),  # there, and taken
        (read(1010, theirs(970), ours(999, ack=0)), 1),  # there, not taken yet
        (read(1010, theirs(970), ours(1005), theirs(1008)), 0),  # there, and the customer wrote again
        (read(990), 1),  # no chat yet
        (read(1100), 0),  # no chat at all: nothing will tell
    ],
)
def test_an_answer_is_claimed_until_the_chats_show_it(chats: Chats, expected: float) -> None:
    assert claims(chats) == expected


def test_who_waits_or_was_answered_before_we_looked_is_not_claimed() -> None:
    assert claims(read(990, theirs(970)), owed=True) == 0
    assert claims(read(990, theirs(970)), born=SENT + 1) == 0


def test_a_claim_that_the_gateway_never_shows_makes_its_customer_wait() -> None:
    chats = read(SENT + 100, theirs(970))
    book = with_chats(ReplyState(answered={"ana": SENT}), chats, {"ana": ANA}, {ANA: None}, str, 0.0)
    assert book.owed["ana"].unheard == SENT
