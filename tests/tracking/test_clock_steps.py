"""All that the book knows moves with the clock: a field that is added later is not forgotten."""

import msgspec

from qualtui.tracking.clock_steps import earlier
from qualtui.tracking.replies import PendingReply, ReplyState

AT, BY = 10_000.0, 3600.0
OWED = PendingReply(since=AT, last=AT, session="s", unheard=AT, first=True)
FULL = ReplyState(
    owed={"ana": OWED}, answered={"bia": AT}, replies=((AT, 7.0),), last_in=AT, last_out=AT, last_sent=AT,
    firsts=((AT, 9.0),), unheard=(AT,), asked={"ana": (AT,)}, settled=(AT,), last_settled=AT, sent=(AT,),
    hung=(AT,), claimed={"ana": AT}, chatted={"ana": (AT,)}, chats_read=AT, wrote=((AT, "ana"),),
    replied=((AT, "ana"),),
)  # fmt: skip


def test_every_time_in_the_book_is_earlier_and_nothing_is_lost() -> None:
    empty = ReplyState()
    told = [name for name in ReplyState.__struct_fields__ if getattr(FULL, name) != getattr(empty, name)]
    assert told == list(ReplyState.__struct_fields__)  # the sample above has all of it
    moved = msgspec.to_builtins(earlier(FULL, BY))
    assert moved == _moved(msgspec.to_builtins(FULL))


def _moved(value: object) -> object:
    """The same with each time BY earlier."""
    if isinstance(value, dict):
        return {key: _moved(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_moved(one) for one in value)
    return AT - BY if value == AT else value
