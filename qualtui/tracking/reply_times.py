"""How long customers waited who were answered, by the gateway's chats where these have it. Pure.

A row is stored when the bot's one worker comes to a message: the time in its queue stands in the chats alone.
"""

from collections.abc import Iterable, Mapping

import msgspec

from qualtui.tracking.gateway_chats import CLOCKS, Chats
from qualtui.tracking.replies import HOUR, ReplyState

Waited = tuple[tuple[float, float], ...]  # when the row of the answer was stored, and after how many seconds


def waited(book: ReplyState, chats: Chats, numbers: Mapping[str, str]) -> Waited:
    """Return the book's replies whose chat has both the message and the answer. `numbers`: by lead."""
    by_number: dict[str, list[tuple[float, float]]] = {}
    for number, since, heard in chats.replies:
        by_number.setdefault(number, []).append((since, heard))
    found: list[tuple[float, float]] = []
    before: dict[str, float] = {}  # by lead: its reply before this one
    for at, lead in sorted(book.replied) if by_number else ():
        last, before[lead] = before.get(lead, 0.0), at
        for since, heard in by_number.get(numbers.get(lead, ""), ()):
            # What the chat showed first may be the answer to a message before that.
            if last - CLOCKS <= since <= at + CLOCKS and at - CLOCKS <= heard:
                found.append((at, max(0.0, min(heard, at + CLOCKS) - since)))
                break
    return tuple(found)


def kept(before: Waited, found: Waited, now: float) -> Waited:
    """Both, of the last hour: chats are forgotten at a restart."""
    return tuple(
        sorted((at, seconds) for at, seconds in {**dict(before), **dict(found)}.items() if at >= now - HOUR)
    )


def with_reply_times(book: ReplyState, known: Waited) -> ReplyState:
    """The book whose replies took as long as the chats say."""
    seconds = dict(known)
    if not seconds:
        return book

    def told(replies: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
        return tuple((at, seconds.get(at, by_rows)) for at, by_rows in replies)

    return msgspec.structs.replace(book, replies=told(book.replies), firsts=told(book.firsts))
