"""The gateway: its session, its chats, and its habits in reporting them."""

from collections.abc import Callable

import msgspec

from benchmarks.truth.faults import Kind
from benchmarks.truth.records import Message
from benchmarks.truth.scene import Scene

DEVICE = 2  # ack of a message that a phone has
LAG = 3.0  # s after which the chats' overview has a message
CHAT_CLOCK = 2.0  # s by which WhatsApp's clock may differ from the database's
TAKEN = (0.5, 9.0)  # s after which WhatsApp acknowledges a message of ours
FLICKER = (2.0, 20.0)  # s that a session restarts on its own
REMEMBERED = 20  # messages of a chat


class Chat:
    """One chat: its two ids, and its messages, oldest first."""

    def __init__(self, name: str, lid: str) -> None:
        self.name = name
        self.lid = lid
        self.said: list[Message] = []
        self.changes = 0


class Gateway:
    """What it has, as it is in truth. `posts`: called for each event for the bot that is no message."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._clock = scene.rng.uniform(-CHAT_CLOCK, CHAT_CLOCK)
        self._number = 0
        self.chats: dict[str, Chat] = {}  # the one with the newest message is the last
        self.by_lid: dict[str, Chat] = {}
        self.flickers_until = 0.0  # the session restarts on its own
        self.posts: Callable[[], None] = lambda: None

    def flicker(self, seconds: float) -> None:
        """The session restarts on its own."""
        self._scene.harmless["session restarts"] += 1
        self.flickers_until = self._scene.now + seconds

    def status(self) -> str:
        """Its word for its session; empty where it refuses connections, or how it is silent."""
        scene = self._scene
        if scene.on(Kind.WAHA_GONE):
            return ""
        if scene.on(Kind.WAHA_FAILED):
            return "FAILED"
        if scene.on(Kind.WAHA_HANGS):
            return "no answer in 5s"
        if scene.now < self.flickers_until:
            return "STARTING"
        return "SCAN_QR_CODE" if scene.on(Kind.WAHA_QR) else "WORKING"

    def refuses(self) -> bool:
        """Whether it refuses what the bot sends."""
        return self.status() != "WORKING" or self._scene.on(Kind.SENDS_REFUSED)

    def hangs(self) -> bool:
        """Whether it takes what the bot sends and never answers."""
        return self._scene.on(Kind.WAHA_HANGS, Kind.SENDS_HANG)

    def say(self, name: str, lid: str, text: str, *, ours: bool, arrives: bool = True) -> int:
        """A message stands in a chat: the customer's, or one of ours, which WhatsApp takes where it `arrives`.

        Returns its number.
        """
        scene = self._scene
        self._number += 1
        said = Message(self._number, float(int(scene.now + self._clock)), ours, 0 if ours else None, text)

        def appear() -> None:
            chat = self.chats.pop(name, None) or Chat(name, lid)
            self.chats[name] = self.by_lid[chat.lid] = chat
            chat.said = [*chat.said, said][-REMEMBERED:]
            chat.changes += 1

        scene.at(scene.now + LAG, appear)
        if ours and arrives:
            wait = LAG + scene.rng.uniform(*TAKEN)
            if not scene.on(Kind.ACKS_PENDING):
                scene.at(scene.now + wait, lambda: self.taken(name, said))
        return said.number

    def taken(self, name: str, said: Message) -> None:
        """WhatsApp has taken a message, and the gateway reports it to the bot."""
        self.posts()
        chat = self.chats[name]
        now = msgspec.structs.replace(said, ack=DEVICE)
        chat.said = [now if one.number == said.number else one for one in chat.said]
        chat.changes += 1

    def undelivered(self, name: str) -> Message | None:
        """The last message of a chat where it is ours and WhatsApp has not taken it."""
        chat = self.chats.get(name)
        last = chat.said[-1] if chat is not None and chat.said else None
        return last if last is not None and last.ours and not last.ack else None
