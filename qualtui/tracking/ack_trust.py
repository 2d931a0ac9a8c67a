"""Whether the gateway's acknowledgements may be trusted: learned from what customers do. Pure.

A customer's next message proves that ours before it arrived, though its acknowledgement is PENDING for ever, as
NOWEB leaves it (WAHA issues 1379, 1167). A gateway that delivers nothing looks alike but for that proof.
"""

from collections.abc import Iterable, Mapping

import msgspec

from qualtui.tracking.gateway_chats import KEPT, SETTLE, Chat, ChatMessage, Chats

PENDING = 0
PROOFS = 2  # chats that prove it
PATIENCE = 600.0  # s for a customer's next message: no proof against ours before that
MOST = 500  # chats remembered


class Acks(msgspec.Struct, frozen=True):
    """Chats in which ours is PENDING, by when it was sent: with a proof that it arrived, or without one."""

    proofs: Mapping[str, float] = {}
    silent: Mapping[str, float] = {}

    @property
    def unreliable(self) -> bool:
        """Whether what is PENDING did arrive: several customers prove it, and no more are silent."""
        return len(self.proofs) >= PROOFS and len(self.proofs) >= len(self.silent)


def observed(acks: Acks, chat: str, messages: Iterable[ChatMessage], now: float) -> Acks:
    """What is known after a look at a chat's newest messages."""
    said = list(messages)
    theirs = max((one.at for one in said if not one.ours), default=0.0)
    pending = [one.at for one in said if one.ours and one.ack == PENDING and now - one.at > SETTLE]
    proved = [at for at in pending if at < theirs]
    silent = [at for at in pending if at >= theirs and now - at > PATIENCE]
    return Acks(_with(acks.proofs, chat, proved, now), _with(acks.silent, chat, [] if proved else silent, now))


def _with(known: Mapping[str, float], chat: str, times: list[float], now: float) -> dict[str, float]:
    left = {name: at for name, at in known.items() if name != chat and at > now - KEPT}
    return dict(list({**left, **({chat: max(times)} if times else {})}.items())[-MOST:])


def acks_believed(said: ChatMessage) -> ChatMessage:
    """A message as it counts where acknowledgements are not reliable: PENDING tells nothing."""
    return msgspec.structs.replace(said, ack=None) if said.ack == PENDING else said


def trusting(chats: Chats) -> Chats:
    """The chats once acknowledgements proved unreliable: an answer that stands in one is one."""

    def seen(chat: Chat) -> Chat:
        last = acks_believed(chat.last)
        if last.heard:
            return msgspec.structs.replace(chat, last=last, since=None, heard=last.at, looked=True)
        return msgspec.structs.replace(chat, last=last, looked=False)

    return chats.having({key: seen(chat) for key, chat in chats.open.items()}, chats.read_at)
