"""Whether the gateway's chats may be believed: what is assumed of them is checked at each read. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from qualtui.text.message import Saying, counted, message
from qualtui.tracking.gateway_chats import CLOCKS, ChatMessage, Chats

PINNED = 3  # chats that WhatsApp lets a person pin: they stand before newer ones
SECOND = 1.0  # s: times are whole seconds
SAME = 3  # of our messages that bear the time of the answer: more than a bot sends in a second
SPAN = 3.0  # s of rows: so many whole seconds lie within SECOND of an answer
LATELY = 60.0  # s of rows that show the bot's pace
MOST_STAMPS = 5_000  # chats whose last message is compared with the next read's
TODAY = 86_400.0  # s: rows of a conversation so young must have a chat


class RowsToday(msgspec.Struct, frozen=True):
    """What the rows show of the same customers.

    `skew`: seconds that the database's clock is ahead of ours; `heard`: the newest message, by our clock; `burst`:
    the most that the bot sent lately within SPAN.
    """

    skew: float | None = None
    heard: float | None = None
    burst: int = 0


def burst(sent: Iterable[float]) -> int:
    """The most rows of the newest LATELY seconds that lie within SPAN."""
    times = sorted(sent)
    times = times[bisect_left(times, times[-1] - LATELY) :] if times else times
    return max((bisect_right(times, at + SPAN) - place for place, at in enumerate(times)), default=0)


class ChatsSeen(msgspec.Struct, frozen=True):
    """What a read of the chats showed. `chats`: those of people that have a message."""

    chats: int = 0
    hidden: int = 0  # of these, ids that no phone is known of
    nameless: bool = False  # the session says WORKING, and belongs to no one
    stamped: bool = False  # messages bear the time at which they are polled
    partial: bool = False  # a read of all could not be one: pages repeat, or are in no order and too many


class ListedChat(msgspec.Struct, frozen=True, gc=False):
    """The last message of a chat. `token` stands for its id, None where it has none."""

    chat: str
    last: ChatMessage
    token: int | None = None


class Stamps(msgspec.Struct, frozen=True):
    """What is known of the gateway's times: `wrong` once a message of ours bore two of them.

    `proved`: a message of ours bore its own time again, in the newest page that showed one.
    """

    wrong: bool = False
    proved: bool = False
    last: Mapping[str, tuple[int, float]] = {}  # by chat: token and time of our message that was its last one


def in_order(lasts: Sequence[ListedChat]) -> bool:
    """Whether a page lists its chats newest first, but for pinned ones."""
    newest, displaced = float("-inf"), 0
    for one in reversed(lasts):
        displaced += one.last.at < newest - SECOND
        newest = max(newest, one.last.at)
    return displaced <= PINNED


def date_stamped(lasts: Sequence[ListedChat], date: float | None, pace: int = 0) -> bool:
    """Whether our messages seem to bear the time of the answer, `date`, instead of when they were sent.

    Two that stand after older ones, or all where there are several. A bot that sends several within SPAN (`pace`)
    may have sent twice as many in a moment: the next read decides on these.
    """
    if date is None:
        return False
    older, behind, at_once, ours = float("inf"), 0, 0, 0
    for one in lasts:
        now = one.last.ours and abs(one.last.at - date) <= SECOND
        ours += one.last.ours
        at_once += now
        behind += now and older < one.last.at - SECOND
        older = min(older, one.last.at)
    usual = 2 * pace if pace > 1 else 0
    return at_once > usual and (behind > 1 or (at_once >= SAME and at_once == ours))


def stamped(before: Stamps, lasts: Sequence[ListedChat], suspected: bool, date: float | None = None) -> Stamps:
    """What a page shows of times: a message that is seen again proves them, wrong under another one.

    One that bears the time of the answer, `date`, proves nothing: the looks may follow within a second.
    """
    mine = {one.chat: (one.token, one.last.at) for one in lasts if one.last.ours and one.token is not None}
    known = {
        chat: before.last[chat][1] for chat, one in mine.items() if before.last.get(chat, (None, 0))[0] == one[0]
    }
    moved = {chat for chat, at in known.items() if abs(mine[chat][1] - at) > SECOND}
    unproved = {chat for chat in known if date is not None and abs(mine[chat][1] - date) <= 2 * SECOND} - moved
    again = [chat in moved for chat in known if chat not in unproved]
    wrong = any(again) or (before.wrong if not again else False) or (suspected and not again)
    new = {
        chat: one for chat, one in mine.items() if chat not in unproved
    }  # else the time of the first look stays
    kept = dict(list({**before.last, **new}.items())[-MOST_STAMPS:])
    return Stamps(wrong, bool(again) and not wrong, kept)


def witness_doubt(seen: ChatsSeen, rows: RowsToday, now: float) -> Saying:
    """Why the chats are not believed; empty where they are."""
    if seen.nameless:
        return message("the gateway says WORKING and does not know its own number (me: null)")
    if not seen.chats and rows.heard is not None and now - rows.heard < TODAY:
        age = max(0.0, now - rows.heard)
        return message("the gateway lists no chat, and the last message was stored {age:span} ago", age=age)
    if seen.stamped:
        return message("the gateway dates our messages with the time of the request")
    if seen.partial:
        return message("the gateway does not list all of its chats: pages repeat, or have no order")
    if seen.hidden:
        return counted(
            "{count} chat has a hidden id (@lid) that the gateway links to no phone",
            "{count} chats have a hidden id (@lid) that the gateway links to no phone",
            seen.hidden,
        )
    return ""


def clock_doubt(chats: Chats, skew: float) -> Saying:
    """Why the gateway's clock forbids comparing; empty where it does not.

    `skew`: seconds that the database's clock is ahead of ours.
    """
    off = chats.apart(skew) if chats.read_at else 0.0  # of a clock that was never seen nothing is known
    if abs(off) <= CLOCKS:
        return ""
    if off > 0:
        return message("the gateway's clock is {by:span} ahead of the database's", by=off)
    return message("the gateway's clock is {by:span} behind the database's", by=-off)
