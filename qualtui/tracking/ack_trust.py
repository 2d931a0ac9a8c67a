"""Whether the gateway's acknowledgements may be trusted: learned from what customers do. Pure.

A customer's next message proves that ours before it arrived, though its acknowledgement is PENDING forever, as
the engine NOWEB leaves it. A gateway that delivers nothing looks alike but for that proof.
An unanswered customer writes again, too. Where acknowledgements came until just before our message and none until
the customer wrote, the phone is offline, and the next message proves nothing. A phone that is online again
acknowledges what it sends then: when an acknowledgement was seen counts, not when its message was sent.
"""

from collections.abc import Iterable, Mapping

import msgspec

from qualtui.tracking.gateway_chats import CLOCKS, KEPT, PENDING, SETTLE, Chat, ChatMessage, Chats

PROOFS = 2  # chats that prove it
LATELY = 86_400.0  # s before a message in which an acknowledged one shows that the gateway gives acknowledgements
PATIENCE = 600.0  # s for a customer's next message: no proof against ours before that
MOST = 500  # chats remembered


class Acks(msgspec.Struct, frozen=True):
    """Chats in which ours is PENDING, by when it was sent: with a proof that it arrived, or without one."""

    proofs: Mapping[str, float] = {}
    silent: Mapping[str, float] = {}
    # When messages of ours were sent that WhatsApp acknowledged, and when that was seen; the newest, in order.
    taken: Mapping[float, float] = {}

    @property
    def unlearned(self) -> bool:
        """Whether it is unknown what PENDING means: no ack came, and no customer proved them needless."""
        return not (self.taken or self.unreliable)

    @property
    def unreliable(self) -> bool:
        """Whether what is PENDING did arrive: several customers prove it, and no more are silent."""
        return len(self.proofs) >= PROOFS and len(self.proofs) >= len(self.silent)


def observed(acks: Acks, chat: str, messages: Iterable[ChatMessage], now: float) -> Acks:
    """What is known after a look at a chat's newest messages."""
    said = list(messages)
    acks = acknowledged(acks, said, now)
    theirs = sorted(one.at for one in said if not one.ours)
    pending = [one.at for one in said if one.ours and one.ack == PENDING and now - one.at > SETTLE]
    proved = [at for at in pending if theirs and at < theirs[-1] and _proves(acks.taken, at, theirs)]
    silent = [at for at in pending if not (theirs and at < theirs[-1]) and now - at > PATIENCE]
    return msgspec.structs.replace(
        acks,
        proofs=_with(acks.proofs, chat, proved, now),
        silent=_with(acks.silent, chat, [] if proved else silent, now),
    )


def acknowledged(acks: Acks, messages: Iterable[ChatMessage], now: float) -> Acks:
    """What is known after a look at these messages of any chats: which of ours were acknowledged."""
    found = {one.at for one in messages if one.ours and one.ack is not None and one.ack > PENDING}
    if found <= acks.taken.keys():
        return acks
    known = {**dict.fromkeys(found, now), **acks.taken}
    return msgspec.structs.replace(acks, taken=dict(sorted(known.items())[-MOST:]))


def _proves(taken: Mapping[float, float], at: float, theirs: list[float]) -> bool:
    """Whether the customer's next message proves that ours of `at` arrived.

    It does where the gateway never gave an acknowledgement, gave none for a day before ours, or one in between.
    Where only later ones are known, no one knows what it gave at that time.
    """
    following = next(one for one in theirs if one > at)
    if not taken or any(at < sent and seen <= following - CLOCKS for sent, seen in taken.items()):
        return True
    before = max((sent for sent in taken if sent <= at), default=None)
    return before is not None and before <= at - LATELY


def _with(known: Mapping[str, float], chat: str, times: list[float], now: float) -> dict[str, float]:
    left = {name: at for name, at in known.items() if name != chat and at > now - KEPT}
    return dict(list({**left, **({chat: max(times)} if times else {})}.items())[-MOST:])


def acks_believed(said: ChatMessage) -> ChatMessage:
    """A message as it counts where acknowledgements are not reliable: PENDING means nothing."""
    return msgspec.structs.replace(said, ack=None) if said.ack == PENDING else said


def trusting(chats: Chats) -> Chats:
    """The chats once acknowledgements proved unreliable: an answer that stands in one is one."""

    def seen(chat: Chat) -> Chat:
        last = acks_believed(chat.last)
        if last.heard:
            return msgspec.structs.replace(chat, last=last, since=None, heard=last.at, looked=True)
        return msgspec.structs.replace(chat, last=last, looked=False)

    return chats.having({key: seen(chat) for key, chat in chats.open.items()}, chats.read_at)
