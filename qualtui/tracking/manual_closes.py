"""Customers that a person answered by hand: nothing that they wrote until then is pending. Pure."""

from collections.abc import Mapping

import msgspec

from qualtui.tracking.replies import PendingReply, ReplyState

Closed = Mapping[str, float]  # by lead: the newest thing, by the database's clock, that was closed


def without_closed(book: ReplyState, closed: Closed) -> ReplyState:
    """The book in which who was closed waits no more; who wrote again waits since then."""
    if not closed.keys() & book.owed.keys():
        return book
    owed: dict[str, PendingReply] = {}
    for lead, one in book.owed.items():
        upto = closed.get(lead)
        if upto is None:
            owed[lead] = one
        elif one.last > upto:
            since = min((at for at in book.asked.get(lead, ()) if at > upto), default=one.last)
            unheard = one.unheard if one.unheard is not None and one.unheard > upto else None
            owed[lead] = msgspec.structs.replace(one, since=max(one.since, since), unheard=unheard)
    return msgspec.structs.replace(book, owed=owed)
