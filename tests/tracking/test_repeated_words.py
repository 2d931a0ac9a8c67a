"""A customer's words said again are owed no second answer in the bot's five minutes; anything else is."""

import pytest

from qualtui.tracking.chat_corrections import heard_until
from qualtui.tracking.gateway_chats import ChatMessage, Chats, with_last_message, with_messages
from qualtui.tracking.repeated_words import BUCKET, MOST, repeats
from qualtui.tracking.replies import PendingReply, ReplyState

START = 1000 * BUCKET
ANA = "551190001111"
Said = tuple[ChatMessage, str]


def theirs(after: float, words: str = "bom dia") -> Said:
    return ChatMessage(START + after, ours=False), words


def ours(after: float, ack: int | None = 2) -> Said:
    return ChatMessage(START + after, ours=True, ack=ack), "answer"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param([theirs(10), ours(20), theirs(30)], [30], id="once more"),
        pytest.param([theirs(30), ours(20), theirs(10)], [30], id="newest first, as the gateway lists them"),
        pytest.param([theirs(10), ours(20), theirs(30), theirs(40)], [30, 40], id="and again"),
        pytest.param([theirs(10), ours(20), theirs(30, "quero")], [], id="other words"),
        pytest.param([theirs(10), theirs(30)], [], id="never answered"),
        pytest.param([theirs(10), ours(20, 0), theirs(30)], [], id="an answer that did not arrive"),
        pytest.param([theirs(10), ours(20), theirs(20 + BUCKET)], [], id="in another bucket"),
        pytest.param([theirs(-10), ours(-5), theirs(20)], [], id="an answer of the bucket before"),
        pytest.param([theirs(270), ours(280), theirs(302)], [302], id="the clocks differ a little"),
        pytest.param([theirs(10), ours(20), theirs(25, "quero"), theirs(30)], [], id="other words between"),
        pytest.param([theirs(10, ""), ours(20), theirs(30, "")], [], id="pictures have no words"),
        pytest.param([theirs(10, "2"), ours(20), theirs(30, "2")], [], id="a choice answers another question"),
        pytest.param([theirs(10, "não sei!"), ours(20), theirs(30, "não sei!")], [], id="so does that"),
        pytest.param([theirs(10), ours(20), theirs(30), theirs(30, "quero")], [], id="two in one second"),
        pytest.param(
            [theirs(10), ours(20), *(theirs(30 + n) for n in range(MOST + 2))],
            [30 + n for n in range(MOST)],
            id="a flood",
        ),
    ],
)
def test_only_words_that_were_answered_in_the_same_bucket_are_repeats(
    said: list[Said], found: list[float]
) -> None:
    assert repeats(said) == {START + at for at in found}


def look(*said: Said) -> Chats:
    """Ana's chat after a look at its messages, read a minute after the last one."""
    messages = [one for one, _words in said]
    chat = with_messages(with_last_message(None, messages[-1]), messages, repeats(said))
    return Chats().having({ANA: chat}, messages[-1].at + 60)


def test_who_repeats_his_words_does_not_wait_until_he_says_something_else() -> None:
    said = theirs(10), ours(20), theirs(30)
    chats = look(*said)
    assert chats.waiting(0) == []
    kept = chats.answered[ANA]
    assert with_last_message(kept, said[-1][0]) is kept  # read again
    other = with_last_message(kept, theirs(90, "quero")[0])
    assert other.since == START + 90
    seen = with_messages(
        other, [one for one, _words in said] + [other.last], repeats([*said, theirs(90, "quero")])
    )
    assert seen.since == START + 90


def test_the_row_of_a_repeat_is_owed_nothing_and_that_of_other_words_is() -> None:
    book = ReplyState(owed={"ana": PendingReply(START + 45, START + 45, "session")})  # stored in its turn
    said = theirs(10), ours(20), theirs(30)
    assert heard_until(book, look(*said), {"ana": ANA})["ana"] >= START + 45
    later = look(*said, theirs(50, "quero"))
    assert heard_until(book, later, {"ana": ANA})["ana"] < START + 50


def test_the_bucket_of_a_fast_demo_is_shorter() -> None:
    said = [theirs(10), ours(11), theirs(14)]
    assert repeats(said) == {START + 14}
    assert repeats(said, BUCKET / 100) == frozenset()
