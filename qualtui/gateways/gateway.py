"""What a WhatsApp gateway is for probes, fixes and the doctor: one Protocol, its values, and one error."""

from enum import StrEnum
from typing import Protocol

import msgspec

from qualtui.text.message import Saying, Text
from qualtui.tracking.gateway_chats import ChatMessage
from qualtui.tracking.gateway_witness import ListedChat

PENDING, DEVICE = 0, 2  # acks: no one has it; the customer's phone has it

ChatId = str  # opaque: another id is another person, unless the gateway links both


class GatewayCapability(StrEnum):
    """What a kind of gateway can do beside reporting its session and sending a text."""

    CHATS = "chats"  # lists its chats and their messages
    ACK = "ack"  # reports how far a message came
    RESTART = "restart"  # restarts its session, login kept
    UPTIME = "uptime"  # reports for how long it has been running
    WEBHOOK = "webhook"  # reports where it posts messages
    MOVE = "move"  # can be made to post them elsewhere


class GatewayFault(StrEnum):
    """Why there is no good answer. LOCAL: we could not ask. The others are the gateway's negative answers."""

    LOCAL = "local"
    REFUSED = "refused"  # no one listens
    BROKEN = "broken"  # the connection or the answer broke off
    SILENT = "silent"  # no answer in time
    UNAUTHORIZED = "unauthorized"  # it rejects our key
    NO_SESSION = "no session"
    STATUS = "status"  # it answers an error that has no word here
    IN_BETWEEN = "in between"  # somebody on the way answered, or changed the answer
    NOT_A_GATEWAY = "not a gateway"  # an answer, and not a gateway's


class SessionState(StrEnum):
    """The state of the WhatsApp session. Only WORKING can send."""

    WORKING = "working"
    STARTING = "starting"
    LOGGED_OUT = "logged out"  # a person with the phone must log in
    DOWN = "down"  # stopped, failed, or a word that is not known here


class GatewayStatus(msgspec.Struct, frozen=True):
    """One look at the gateway and its session. `can_send` None: not known, it may well be working.

    `state` None: `fault` says why. `note`: the session's status in the gateway's own words, else what it answered.
    """

    up: bool
    can_send: bool | None
    note: Saying
    state: SessionState | None = None
    fault: GatewayFault | None = None
    http: int = 0  # the answer's status; 0: there was no answer
    oddity: Saying = ""  # what shows that the answer is somebody else's
    seconds: float | None = None  # until the answer, or until we gave up
    date: float | None = None  # the gateway's own clock when it answered
    ownerless: bool = False  # it says WORKING and has no number

    @property
    def needs_human(self) -> bool:
        """Whether a person must log in; a restart does not help."""
        return self.state is SessionState.LOGGED_OUT


class ChatPage(msgspec.Struct, frozen=True):
    """A page of chats, newest first. `listed`: how many it has, `lasts`: the last messages that could be read."""

    listed: int
    lasts: tuple[ListedChat, ...]
    date: float | None  # the gateway's own clock when it answered
    seconds: float  # until the answer


class ChatLine(msgspec.Struct, frozen=True):
    """A message of a chat. `words` are compared with other lines of the same answer, and dropped with it.

    `by_hand`: it was written on a phone.
    """

    said: ChatMessage
    words: str
    by_hand: bool = False


class Fate(StrEnum):
    """What became of a send. Only REFUSED may be tried again."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"  # the gateway took it; whether the customer has it is not known yet
    ASKED = "asked"  # somebody else was asked to write, and did not say that he did
    REFUSED = "refused"  # surely not sent
    DOUBT = "doubt"  # it may have been sent


class SendResult(msgspec.Struct, frozen=True):
    """The fate of one send, and why in a few words without a phone. `message`: the gateway's id of it or empty."""

    fate: Fate
    note: Saying = ""
    message: str = ""


class MessageSeen(msgspec.Struct, frozen=True):
    """Our message as the gateway's chat shows it. `ack` None: the engine reports none.

    `replied`: the customer wrote after it, which proves that it arrived whatever its ack says.
    """

    ack: int | None = None
    replied: bool = False

    def delivered(self, *, acks_unreliable: bool) -> bool:
        """Whether the customer has it. Where acks proved unreliable, its place in the chat is enough."""
        if self.replied or self.ack is None:
            return True
        return self.ack >= (PENDING if acks_unreliable else DEVICE)


class GatewayWebhook(msgspec.Struct, frozen=True):
    """An address that the session posts to, without its path, and the events that it posts there."""

    host: str
    events: frozenset[str]


class WebhookMove(msgspec.Struct, frozen=True):
    """An address that messages move from and to, without paths. `digest`: of the whole configuration before."""

    old: str
    new: str
    digest: str


class WebhookEvents(msgspec.Struct, frozen=True):
    """The events of a kind of gateway, as the bot takes them."""

    main: str  # each message of a customer, once
    any_message: frozenset[str]  # each of these brings customers' messages
    copies: frozenset[str]  # the same message again, where the main event is posted too
    harmful: frozenset[str]  # the bot answers these with an error

    def noise(self, subscribed: frozenset[str]) -> frozenset[str]:
        """The events that only cause errors or duplicates at the bot."""
        return subscribed & (self.harmful | self.copies if self.main in subscribed else self.harmful)


class GatewayAdvice(msgspec.Struct, frozen=True):
    """What the doctor says that holds for one product only: where its settings are and how they are called."""

    key: Text  # it rejects our key
    session: Text  # it has no such session
    hidden_webhook: Text  # none is visible: why that may be fine ...
    look_for_webhook: Text  # ... and where to look
    move_webhook: Text  # it posts to another host than the bot's
    chats: Text  # its chats can't be read
    close_near: Text  # it accepts everybody, on this machine
    close: Text  # it accepts everybody


class GatewayError(Exception):
    """No good answer; `text` is one line without address, key, phone or text. `unsent`: nothing left for sure."""

    def __init__(self, fault: GatewayFault, text: Saying, *, http: int = 0, unsent: bool = False) -> None:
        super().__init__(str(text))
        self.fault = fault
        self.text = text
        self.http = http
        self.unsent = unsent


class Gateway(Protocol):
    """One session of a WhatsApp gateway. Each call is bounded in time and in bytes."""

    @property
    def session(self) -> str:
        """The session's name."""

    async def status(self) -> GatewayStatus:
        """The gateway and its session now. Raises GatewayError where we could not ask (LOCAL), else never."""

    async def uptime(self) -> float:
        """Return the seconds for which the gateway has been running. Raises GatewayError."""

    async def version(self) -> str:
        """Return which gateway it is, in a few words; empty if it does not say. Raises GatewayError."""

    async def webhooks(self) -> tuple[GatewayWebhook, ...]:
        """Where the session posts, as far as it is visible. Raises GatewayError."""

    async def planned_move(self, old: str, new: str) -> WebhookMove:
        """Return what `move_webhook` would change; changes nothing. Raises GatewayError."""

    async def move_webhook(self, old: str, new: str) -> WebhookMove:
        """Post to the origin of `new` what went to that of `old`, all else kept. Raises GatewayError."""

    async def without_key(self) -> int:
        """Return the HTTP status of a request without our key; 200: it accepts everybody. Raises GatewayError."""

    async def chats(self, page: int, now: float, size: int) -> ChatPage:
        """A page of chats, counted from 0; a message that claims to be much later than `now` is left out.

        Raises GatewayError.
        """

    async def messages(self, chat: ChatId, now: float, most: int) -> tuple[ChatLine, ...]:
        """The newest messages of a chat. Raises GatewayError."""

    async def phone(self, hidden: ChatId) -> str:
        """Return the number behind a hidden id as `chat_key` has it; empty where the gateway knows none."""

    async def send(self, to: ChatId, text: str) -> SendResult:
        """Send a text, once. Never raises; accepted alone says nothing of a delivery."""

    async def find(self, chat: ChatId, message: str) -> MessageSeen | None:
        """Return our message as its chat shows it now; None where it is not there or the chat can't be read."""

    def message_id(self, told: str) -> str:
        """Return what all forms of a message's id share, without a phone."""

    async def restart(self) -> None:
        """Stop and start the session, once; its login stays. Raises GatewayError."""

    async def close(self) -> None:
        """Give back connections; never raises."""
