"""A flood is one sender with more messages than a person writes, and more than all others together."""

import pytest

from qualtui.tracking.flood import LEAST, STORED, flood_window, flooder
from qualtui.tracking.replies import ReplyState

NOW = 10_000.0


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
