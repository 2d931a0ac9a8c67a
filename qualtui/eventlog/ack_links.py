"""Incidents that were acknowledged by a link or a button in a notice: who held it is not known, so it lapses."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, Kept, without
from qualtui.eventlog.ownership import reached
from qualtui.model import Activity, EventBody, LinkAck, Phase, State
from qualtui.text import clean
from qualtui.text.message import message


class AckLinkUsed(EventBody, frozen=True, tag="ack_link.used"):
    """Someone used the link that was sent to a channel. The event's key is the token's mark: once forever."""

    number: int
    channel: str
    notice: str
    until: float
    who: str = ""  # the person that the channel belongs to, if no one else can have used it


class AckLinkLapsed(EventBody, frozen=True, tag="ack_link.lapsed"):
    """No person confirmed it in time, or there is nothing left to confirm."""

    number: int


class AckRepliesRead(EventBody, frozen=True, tag="ack_replies.read"):
    """A reply that came back through a channel was looked at: it does not count again after a restart."""

    reader: str
    place: str  # where the reader goes on: a time and an id, no token


def link_owner(channel: str, who: str = "") -> str:
    """The owner of an incident that was taken by a link or a button: often the channel is all that is known."""
    return f"{who}, link sent to {channel}" if who else f"link sent to {channel}"


def _read(state: State, body: AckRepliesRead) -> State:
    return replace(state, replies_read={**state.replies_read, body.reader: body.place})


def _use(state: State, body: AckLinkUsed) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.phase is Phase.RESOLVED or old.owner:
        return state
    new = replace(
        old, owner=link_owner(body.channel, body.who), owned_at=state.at, covers=reached(old), lapsed=False
    )
    acks = {**state.link_acks, body.number: LinkAck(body.channel, body.until, body.who)}
    return replace(state, incidents={**state.incidents, body.number: new}, link_acks=acks)


def _lapse(state: State, body: AckLinkLapsed) -> State:
    ack, old = state.link_acks.get(body.number), state.incidents.get(body.number)
    state = replace(state, link_acks=without(state.link_acks, body.number))
    if ack is None or old is None or old.phase is Phase.RESOLVED or old.owner != link_owner(ack.channel, ack.who):
        return state
    released = replace(old, owner="", owned_at=None, covers=None, lapsed=True)
    return replace(state, incidents={**state.incidents, body.number: released})


def _used_line(_state: State, at: float, body: AckLinkUsed) -> Activity:
    channel = clean(body.channel)
    if body.who:
        text = message(
            "taken by {who}, by the link sent to {channel}; to be confirmed", who=body.who, channel=channel
        )
    else:
        text = message("taken by the link sent to {channel}; a person must confirm", channel=channel)
    return Activity(at, OURSELVES, text, body.number)


def _lapsed_line(state: State, at: float, body: AckLinkLapsed) -> Activity | None:
    ack, incident = state.link_acks.get(body.number), state.incidents.get(body.number)
    if ack is None or incident is None or incident.owner != link_owner(ack.channel, ack.who):
        return None
    return Activity(at, OURSELVES, message("no person confirmed the link: no one owns it now"), body.number)


FAMILY = Family(
    kinds=(
        EventKind(AckLinkUsed, apply=_use, line=_used_line, number=lambda body: body.number),
        EventKind(AckLinkLapsed, apply=_lapse, line=_lapsed_line, number=lambda body: body.number),
        EventKind(AckRepliesRead, apply=_read),
    ),
    kept=(
        Kept("link_acks", "one that no person confirms must lapse"),
        Kept("replies_read", "a press that was looked at must not count again"),
    ),
)
