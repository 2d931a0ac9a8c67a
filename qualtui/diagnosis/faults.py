"""The faults of an agent: broken links that no other broken link explains. Pure."""

from collections.abc import Collection, Sequence

import msgspec

from qualtui.diagnosis.chain import BAD, UNKNOWN
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.model import Evidence, Link
from qualtui.text.message import Saying, message
from qualtui.wire import LinkView

# What a broken link does to the links after it. Our own link explains nothing: it only leaves us blind.
_EXPLAINS: dict[Link, frozenset[Link]] = {
    Link.HOST: frozenset({Link.BOT, Link.WEBHOOK, Link.CUSTOMER}),
    Link.DATABASE: frozenset({Link.BOT, Link.WEBHOOK, Link.CUSTOMER}),
    Link.GATEWAY: frozenset({Link.BOT, Link.WEBHOOK, Link.CUSTOMER}),
    Link.BOT: frozenset({Link.WEBHOOK, Link.CUSTOMER}),
    Link.WEBHOOK: frozenset({Link.CUSTOMER}),
}

# Causes that break a link although every poll of it succeeds. The other causes of waits are effects, or guesses.
_PROVEN = frozenset(
    {
        CauseKind.BAD_DEPLOY,
        CauseKind.DATABASE_SLOW,
        CauseKind.STUCK_SENDING,
        CauseKind.DEAF,
        CauseKind.FLOOD,
        CauseKind.UNWRITTEN,
        CauseKind.DEEP,
        CauseKind.UNREADABLE,
    }
)

# The kind of root cause that a broken link has where the root cause speaks of another link.
_OF_LINK = {
    Link.HOST: CauseKind.INSTANCE_FAILED,
    Link.DATABASE: CauseKind.DATABASE_DOWN,
    Link.GATEWAY: CauseKind.GATEWAY,
    Link.BOT: CauseKind.BOT_DOWN,
    Link.WEBHOOK: CauseKind.WEBHOOK,
}

_WHILE_AWAY = frozenset({CauseKind.LOST_WHILE_DOWN, CauseKind.NEVER_STORED, CauseKind.WEBHOOK})

# What a cause leaves behind after it ended: no new fault.
AFTERMATH: dict[str, frozenset[str]] = {
    CauseKind.GATEWAY: frozenset({CauseKind.NOT_DELIVERED}),
    CauseKind.GATEWAY_STARTING: frozenset({CauseKind.NOT_DELIVERED}),
    CauseKind.STUCK_SENDING: frozenset({CauseKind.NOT_DELIVERED, CauseKind.WEBHOOK, CauseKind.NEVER_STORED}),
    CauseKind.BOT_DOWN: _WHILE_AWAY,
    **dict.fromkeys((CauseKind.SUSPENDED, CauseKind.OUT_OF_MEMORY, CauseKind.INSTANCE_FAILED), _WHILE_AWAY),
    CauseKind.BAD_DEPLOY: _WHILE_AWAY | {CauseKind.BOT_OWES},
    CauseKind.DATABASE_DOWN: frozenset({CauseKind.NEVER_STORED, CauseKind.WEBHOOK, CauseKind.BOT_OWES}),
    CauseKind.DATABASE_SLOW: frozenset({CauseKind.NEVER_STORED, CauseKind.WEBHOOK, CauseKind.BOT_OWES}),
    CauseKind.FLOOD: frozenset({CauseKind.NEVER_STORED, CauseKind.WEBHOOK, CauseKind.BOT_OWES}),
}


class Fault(msgspec.Struct, frozen=True):
    """A broken link. `since` 0: for as long as anybody waits. `text`: the cause in a sentence, where known."""

    link: Link
    since: float
    root: str = ""
    text: Saying = ""


class FaultsSeen(msgspec.Struct, frozen=True):
    """The faults of an agent at a moment, and the links of which nothing is known: their faults have not ended."""

    faults: tuple[Fault, ...] = ()
    unknown: frozenset[Link] = frozenset()


def explains_link(cause: Link, effect: Link) -> bool:
    """Whether a fault of one link explains trouble on another."""
    return effect in _EXPLAINS.get(cause, ())


def faults_seen(links: Sequence[LinkView], reason: RootCause, *, refused: bool) -> FaultsSeen:
    """Return the broken links that no other broken link explains, and the links without fresh evidence.

    `refused`: the bot refuses connections, which neither its database nor the gateway explains.
    """
    unknown = frozenset(view.link for view in links if view.status == UNKNOWN)
    if Link.US in unknown:
        return FaultsSeen((), frozenset(Link))
    broken = {
        view.link: view
        for view in links
        if view.status == BAD
        and view.evidence in {Evidence.FRESH, Evidence.DISAGREE}
        and view.link not in {Link.US, Link.CUSTOMER}
    }
    if _only_restarts(broken, reason):
        del broken[Link.GATEWAY]
    faults = [
        # Lost messages break the webhook's link, and are seen only some time after they were lost.
        Fault(link, 0.0 if link is Link.WEBHOOK else view.since or 0.0, *_about(view, reason))
        for link, view in broken.items()
        if not any(_explained_by(other, link, refused) for other in broken)
    ]
    proven = reason.root in _PROVEN and reason.link is not None
    if proven and reason.link is not None and all(one.link is not reason.link for one in faults):
        faults.append(Fault(reason.link, reason.since or 0.0, str(reason.root), reason.text))
    return FaultsSeen(tuple(sorted(faults, key=lambda one: (one.since, one.link.value))), unknown)


def _only_restarts(broken: Collection[Link], reason: RootCause) -> bool:
    """Whether the session restarts, and the root cause of the waits is another: they began before the restart."""
    if Link.GATEWAY not in broken or Link.DATABASE in broken or Link.BOT in broken:
        return False
    return bool(reason.text) and reason.link is not Link.GATEWAY


def _explained_by(cause: Link, effect: Link, refused: bool) -> bool:
    if effect is Link.BOT and refused:
        return cause is Link.HOST
    return explains_link(cause, effect)


def _about(view: LinkView, reason: RootCause) -> tuple[str, Saying]:
    """The kind of a fault and its sentence."""
    # Messages that never got in break the webhook's link; why they did not, the root cause says.
    inward = view.link is Link.WEBHOOK and reason.link in {Link.BOT, Link.CUSTOMER}
    if reason.text and (reason.link is view.link or inward):
        return str(reason.root), reason.text
    root = _OF_LINK.get(view.link, CauseKind.NONE)
    return str(root), message("{link} is broken: {status}", link=view.link.value, status=view.text)
