"""The root cause: which link broke first, in one sentence, what proves it, and what fixes it."""

from enum import StrEnum

import msgspec

from qualtui.model import Link
from qualtui.text.message import Saying

SESSION_CLEANUP = "session-cleanup"
GATEWAY_RESTART = "gateway-restart"
RETRY = "retry"
SERVICE_RESTART = "service-restart"
DEPLOY_ROLLBACK = "deploy-rollback"
FAILOVER = "failover"
FAILBACK = "failback"


class CauseKind(StrEnum):
    """The kinds of root causes; kept in the log, so that a sentence never has to be compared."""

    NONE = ""
    OURS = "our network"
    DATABASE_DOWN = "database down"
    DATABASE_SLOW = "database slow"
    SUSPENDED = "suspended"
    OUT_OF_MEMORY = "out of memory"
    INSTANCE_FAILED = "instance failed"
    BAD_DEPLOY = "bad deploy"
    BOT_DOWN = "bot down"
    BOT_BUSY = "bot busy"
    STUCK_SENDING = "bot stuck sending"
    GATEWAY = "gateway broken"
    GATEWAY_STARTING = "gateway starting"
    DEAF = "gateway deaf"
    FLOOD = "flood"
    UNWRITTEN = "sends without rows"
    DEEP = "deep check"
    UNREADABLE = "session unreadable"
    LOST_WHILE_DOWN = "lost while the bot was down"
    WEBHOOK = "webhook fails"
    NEVER_STORED = "never stored"
    NOT_DELIVERED = "not delivered"
    BOT_OWES = "no reply"
    NEVER_GREETED = "never greeted"
    UNSEEN = "not stored yet"
    NOTHING_SEEN = "nothing seen"
    NO_EVIDENCE = "no fresh evidence"


# What may be said before anything better is known: it gives way to whatever is found later.
VAGUE = frozenset(
    {
        CauseKind.NONE,
        CauseKind.BOT_BUSY,
        CauseKind.GATEWAY_STARTING,
        CauseKind.UNSEEN,
        CauseKind.NOTHING_SEEN,
        CauseKind.NO_EVIDENCE,
    }
)


class RootCause(msgspec.Struct, frozen=True):
    """A sentence, empty where nothing is wrong, and what proves it, a few words each.

    `since`: when the broken link came to be so; None: not known, or for as long as somebody waits.
    `step`: what a person does next where no fix helps, or besides.
    """

    text: Saying = ""
    proof: tuple[Saying, ...] = ()
    link: Link | None = None
    fixes: tuple[str, ...] = ()  # the next one where one was in vain
    root: CauseKind = CauseKind.NONE
    since: float | None = None
    step: Saying = ""
