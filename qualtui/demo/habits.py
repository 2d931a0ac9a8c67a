"""Habits of real gateways that a monitor must not be misled by: how the simulated one shows its chats. Pure."""

from collections.abc import Iterable, Mapping

Chat = tuple[str, Mapping[str, object]]  # its id, and its last message

_LIDS = 200_000_000_000_000


class Habits:
    """Which habits the gateway has; each is off.

    `hidden`: chats are listed by @lid alone, and no phone is given. `doubled`: each under its @lid and its number.
    `request_time`: our messages bear the time of the request. `pending`: acks stay PENDING. `nameless`: WORKING
    with `me: null` and an empty list. `refuses`: sends answer 422 and 500 in turn.
    """

    def __init__(self) -> None:
        self.hidden = self.doubled = self.request_time = self.pending = self.nameless = self.refuses = False

    def listed(self, chats: Iterable[Chat], now: float) -> list[Chat]:
        """The chats as the overview lists them."""
        if self.nameless:
            return []
        found: list[Chat] = []
        for chat, last in chats:
            shown = self.message(last, now)
            if self.hidden or self.doubled:
                found.append((hidden_id(chat), shown))
            if not self.hidden:
                found.append((chat, shown))
        return found

    def message(self, message: Mapping[str, object], now: float) -> dict[str, object]:
        """A message as a chat shows it."""
        shown = dict(message)
        if shown.get("fromMe"):
            if self.request_time:
                shown["timestamp"] = int(now)
            if self.pending:
                shown.update(ack=0, ackName="PENDING")
        return shown

    def phone_of(self, lid: str, chats: Iterable[Chat]) -> str | None:
        """The chat's id that a hidden id stands for; None if the gateway does not know."""
        if self.hidden:
            return None
        return next((chat for chat, _last in chats if hidden_id(chat) == lid), None)

    def own_chat(self, shown: str, chats: Iterable[Chat]) -> str:
        """The id under which we keep a chat that is named by either of its ids."""
        return next((chat for chat, _last in chats if shown in {chat, hidden_id(chat)}), shown)


def hidden_id(chat: str) -> str:
    """The hidden id of a phone's chat."""
    digits = chat.partition("@")[0]
    return f"{_LIDS + int(digits[-10:])}@lid"
