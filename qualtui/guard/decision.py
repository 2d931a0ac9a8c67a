"""What happens to a post, and why: the one table of the guard. Pure: event, origin and counters in, decision out.

| event | origin | state | HTTP | fate | log |
|---|---|---|---|---|---|
| message, or unknown kind with a sender | ok or unproven | new, within limits | as *passed* | passed | passed |
| same | ok or unproven | over a rate, spam, too old | 200 | held | held:why |
| same | ok or unproven | handled or held before | 200 | dropped | duplicate |
| same | ok or unproven | in flight | the first's result | joined | joined |
| any | bad or missing | - | 401 | ring | refused |
| unreadable; over the cap | ok; any | - | 200; 413 | held; dropped | unreadable; too large |
| ack, status, own, reaction, group, broadcast, newsletter | ok or unproven | any | 200 | dropped | ignored |
"""

from enum import StrEnum

import msgspec

from qualtui.guard.event import PostKind, WebhookEvent
from qualtui.guard.origin import PostOrigin


class PostFate(StrEnum):
    """What the guard does with a post."""

    FORWARD = "passed"
    HOLD = "held"
    DROP = "dropped"
    JOIN = "joined"
    RING = "ring"  # kept encrypted for some days, for the case that our key was the wrong one


class MessageState(StrEnum):
    """What became of a message so far, in the ledger."""

    NEW = "new"
    PASSING = "passing"  # the bot works on it
    HANDLED = "handled"
    HELD = "held"
    DOUBT = "doubt"  # it is not known whether the bot took it


class Decision(msgspec.Struct, frozen=True):
    """The fate of a post. `status`: the HTTP answer, None: that of the bot or of the first post of the kind."""

    fate: PostFate
    log: str
    status: int | None = None
    why: str = ""


TOO_LARGE = Decision(PostFate.DROP, "too large", 413)
_OPEN = Decision(PostFate.FORWARD, "passed")


class SenderCounts(msgspec.Struct, frozen=True):
    """What the counters say of a message. Empty texts: nothing against it."""

    state: MessageState = MessageState.NEW
    rate: str = ""  # the limit that is exceeded
    spam: str = ""  # why it looks like spam
    blocked: bool = False  # a person put its sender on the list


def decide(
    event: WebhookEvent, origin: PostOrigin, counts: SenderCounts, now: float, max_age: float, *, enforce: bool
) -> Decision:
    """The decision on a post. `enforce` off: what would be refused passes, and the log says so."""
    if origin.refused and enforce:
        return Decision(PostFate.RING, "refused", 401, origin.why)
    refused = f"refused:{origin.why}" if origin.refused else ""
    if event.kind is PostKind.UNREADABLE:
        return Decision(PostFate.HOLD, "unreadable", 200, "unreadable")
    if event.kind is not PostKind.MESSAGE:
        return Decision(PostFate.DROP, "ignored", 200, event.kind.value)
    if counts.state in (MessageState.HANDLED, MessageState.HELD, MessageState.DOUBT):
        return Decision(PostFate.DROP, "duplicate", 200)
    if counts.state is MessageState.PASSING:
        return Decision(PostFate.JOIN, "joined")
    if why := _against(event, counts, now, max_age):
        return Decision(PostFate.HOLD, f"held:{why}", 200, why)
    return Decision(PostFate.FORWARD, refused, None, origin.why) if refused else _OPEN


def _against(event: WebhookEvent, counts: SenderCounts, now: float, max_age: float) -> str:
    if counts.blocked:
        return "blocked"
    if event.at is not None and now - event.at > max_age:
        return "too old"
    return counts.spam or counts.rate
