"""What each fault must show: a rule, its severity, words of the why, and the remedy that is offered. Pure."""

import msgspec

from benchmarks.truth.faults import GONE_FOR, Kind

RESTART, RETRY, NOTHING = "gateway-restart", "retry", ""
# A bot that is down takes every send with it: neither a restart of the gateway nor a new try of ours ends it.


class Must(msgspec.Struct, frozen=True):
    """`why`: words of the why, one of those between bars; `fixes`: the remedies of which one is offered.

    `never`: rules that may not fire meanwhile. `page`: words of the first page's why, where they differ.
    `begins`: seconds after which the screen must say it, because something else is broken before.
    `revised`: the why of the first page may be another, if it is right soon (issue 8, section 2: a root cause is
    revised while the incident is young).
    """

    rule: str
    severity: str
    why: str
    fixes: tuple[str, ...] = (NOTHING,)
    never: tuple[str, ...] = ()
    page: str = ""
    begins: float = 0.0
    revised: bool = False


_WAITING = ("customers-waiting", "critical")
_STORED = "sent no reply"
_LOST = "never stored"
_FAILS = "webhook fails|on the way in"  # a bot that is busy may have them in its queue yet
_VAIN = "not delivered"

MUST: dict[Kind, Must] = {
    Kind.AGENT_DOWN: Must("agent-down", "critical", "refuses connections"),
    Kind.AGENT_HANGS: Must("agent-down", "critical", "The bot is down"),
    Kind.AGENT_ERRORS: Must("agent-down", "critical", "HTTP 502"),
    Kind.DATABASE_DOWN: Must("database-down", "critical", "database is down"),
    Kind.WAHA_FAILED: Must("gateway-not-working", "critical", "WhatsApp session FAILED", (RESTART,)),
    # Only a person ends these two: with the phone, and at the gateway's own machine.
    Kind.WAHA_QR: Must("gateway-not-working", "critical", "SCAN_QR_CODE"),
    Kind.WAHA_GONE: Must("gateway-not-working", "critical", "WhatsApp gateway refused"),
    Kind.STUCK: Must(*_WAITING, _STORED, (RETRY,)),
    Kind.SILENT: Must(*_WAITING, _STORED, (RETRY,)),
    Kind.NEVER_GREETED: Must(*_WAITING, "greeted", (RETRY,)),
    Kind.LOST: Must(*_WAITING, _FAILS, (RETRY,)),
    Kind.HALF_LOST: Must(*_WAITING, _FAILS, (RETRY,)),
    Kind.AWAY: Must(*_WAITING, "did not reach the bot|on the way in", (RETRY,)),
    Kind.SENDS_REFUSED: Must(*_WAITING, _VAIN, (RETRY, RESTART)),
    Kind.PENDING: Must(*_WAITING, _VAIN, (RETRY, RESTART)),
    Kind.WAHA_HANGS: Must("gateway-not-working", "critical", "WhatsApp gateway no answer", (RESTART,)),
    Kind.DEAF: Must("gateway-inbound-silent", "warning", "receives no messages", (RESTART,)),
    # The bot says the same text once in five minutes; so long the flooder waits, and is not lost: WARNING alone.
    Kind.FLOOD: Must("customers-waiting", "warning", f"{_STORED}|floods", (RETRY,)),
    Kind.UNWRITTEN: Must("sources-disagree", "warning", "no row"),
    Kind.DATABASE_SLOW: Must("database-slow", "warning", "database is slow"),
    Kind.OUR_NETWORK: Must("blind", "warning", "Our own network: the control target"),
    Kind.SENDS_HANG: Must(
        *_WAITING, "hang|stuck sending|stuck in its sends", (RESTART,), never=("agent-down",), revised=True
    ),
    Kind.LOST_RESTART: Must(*_WAITING, _LOST, (RETRY,), never=("gateway-not-working",), revised=True),
    Kind.BACK: Must(*_WAITING, _LOST, (RETRY,), page=f"refuses connections|{_LOST}", begins=GONE_FOR),
    Kind.FOREIGN: Must(*_WAITING, f"{_VAIN}|another number", (RETRY,)),
    Kind.CHATS_AWAY: Must("blind", "warning", "HTTP 500"),
    Kind.LIDS_UNLINKED: Must("blind", "warning", "lid"),
    Kind.REQUEST_TIME: Must("blind", "warning", "time of the request"),
    Kind.ME_NULL: Must("blind", "warning", "me: null"),
}
