"""A flood is one sender with more messages than a person writes, and more than all others together."""

import pytest

from qualtui.tracking.chat_corrections import with_chats
from qualtui.tracking.flood import LEAST, MANY, STORED, flood_window, flooder
from qualtui.tracking.gateway_chats import ChatMessage, Chats, with_last_message, with_messages
from qualtui.tracking.identity import chat_key
from qualtui.tracking.replies import ReplyState

NOW = 10_000.0
ANA = chat_key("5511990001111")


@pytest.mark.parametrize(
    ("wrote", "found"),
    [
        ([("ana", 20, 10.0)], ("ana", 20)),
        ([("ana", 14, 10.0)], ("", 0)),  # a person who writes in short lines
        ([("ana", 20, 10.0), ("bia", 15, 10.0)], ("ana", 20)),
        ([("ana", 20, 10.0), ("bia", 19, 10.0), ("caio", 5, 10.0)], ("", 0)),  # a busy morning
        ([("ana", 40, 400.0)], ("", 0)),  # over for minutes
        ([], ("", 0)),
    ],
)
def test_who_floods(wrote: list[tuple[str, int, float]], found: tuple[str, int]) -> None:
    rows = tuple((NOW - ago, lead) for lead, count, ago in wrote for _ in range(count))
    assert flooder(ReplyState(wrote=rows), NOW) == found


@pytest.mark.parametrize(
    ("stored", "in_chat", "found"),
    [
        pytest.param(STORED, 20, ("ana", 20), id="most of it waits in the bot's queue"),
        pytest.param(STORED - 1, 20, ("", 0), id="a bot that hardly stores is not flooded: it fails"),
        pytest.param(0, 20, ("", 0), id="a bot that stores nothing"),
        pytest.param(16, 3, ("ana", 16), id="the chat was looked into before"),
        pytest.param(STORED, 14, ("", 0), id="a person who writes in short lines"),
    ],
)
def test_messages_in_the_bots_queue_count_where_it_stores_the_senders(
    stored: int, in_chat: int, found: tuple[str, int]
) -> None:
    rows = tuple((NOW - 10, "ana") for _ in range(stored))
    book = ReplyState(wrote=rows, chatted={"ana": (NOW - 20,) * in_chat})
    assert flooder(book, NOW) == found


def test_old_messages_of_others_hide_no_flood_of_a_fast_demo() -> None:
    rows = (*((NOW - 100, f"lead-{n}") for n in range(60)), *((NOW - 2, "ana") for _ in range(20)))
    assert flooder(ReplyState(wrote=rows), NOW) == ("", 0)
    assert flooder(ReplyState(wrote=rows), NOW, flood_window(100)) == ("ana", 20)
    assert (flood_window(1), flood_window(1000)) == (300, LEAST)


def test_a_flood_stays_one_when_the_bot_has_just_answered_one_of_its_messages() -> None:
    said = [ChatMessage(NOW - 40 + 2 * number, ours=False) for number in range(MANY)]
    answer = ChatMessage(NOW - 1, ours=True, ack=2)
    waits = with_messages(with_last_message(None, said[-1]), said)
    rows = tuple((one.at, "ana") for one in said[:STORED])
    for chats in (Chats(NOW, {ANA: waits}), Chats(NOW, answered={ANA: with_last_message(waits, answer)})):
        book = with_chats(ReplyState(wrote=rows), chats, {"ana": ANA}, {}, str, 0.0)
        assert flooder(book, NOW) == ("ana", MANY)


def test_what_a_chat_has_of_a_flood_stays_known_when_the_bots_answers_fill_the_newest_messages() -> None:
    said = [ChatMessage(NOW - 40 + number, ours=False) for number in range(MANY)]
    answers = [ChatMessage(NOW - 20 + number, ours=True, ack=2) for number in range(10)]
    chat = with_messages(with_last_message(None, said[-1]), said)
    later = ChatMessage(NOW - 5, ours=False)
    chat = with_messages(with_last_message(chat, later), [*said[-9:], *answers, later])
    assert chat.wrote == tuple(one.at for one in (*said, later))
