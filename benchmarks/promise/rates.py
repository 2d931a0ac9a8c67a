"""How often each fault comes in a month, how it ends, and why that is assumed: the one table. Pure."""

import msgspec

from benchmarks.truth.faults import Kind

RESTART = "gateway-restart"
MINUTE, HOUR = 60.0, 3600.0
OWNER = "owner"  # nobody notices before the owner looks


class Rate(msgspec.Struct, frozen=True):
    """`month`: times in 30 days. `alone`: s after which it ends by itself, from and to; None: the owner ends it.

    `hands`: s that an engineer who was called works at the host, the gateway or the phone until it is over.
    `fixes`: what qualtui can run that ends it. `why`: the source of the figures, or the reason of the assumption.
    """

    kind: Kind
    month: float
    alone: tuple[float, float] | None
    hands: float
    why: str
    fixes: tuple[str, ...] = ()


RATES = (
    Rate(
        Kind.AGENT_DOWN,
        2,
        (5 * MINUTE, 40 * MINUTE),
        10 * MINUTE,
        "Render starts an instance that exited again (render.md: server_failed); a crash loop lasts longer",
    ),
    Rate(
        Kind.AGENT_HANGS,
        2,
        None,
        10 * MINUTE,
        "one worker (agent.md); Render restarts only where a health check is set, which agent.md advises against",
    ),
    Rate(
        Kind.AGENT_ERRORS,
        2,
        (10 * MINUTE, 90 * MINUTE),
        15 * MINUTE,
        "the host's own incidents, and deploys that fail to start; assumed: two short ones a month",
    ),
    Rate(
        Kind.BACK,
        2,
        (20 * MINUTE, 40 * MINUTE),
        10 * MINUTE,
        "a slow deploy or cold start: away 7 min, and back (the gateway's webhook gives up after 30 s)",
    ),
    Rate(
        Kind.DATABASE_DOWN,
        1,
        (5 * MINUTE, 40 * MINUTE),
        30 * MINUTE,
        "99.95 % of a month leaves 22 min: what managed PostgreSQL promises",
    ),
    Rate(
        Kind.DATABASE_SLOW,
        2,
        (30 * MINUTE, 2 * HOUR),
        30 * MINUTE,
        "maintenance and a busy neighbour; assumed twice",
    ),
    Rate(
        Kind.WAHA_FAILED,
        4,
        None,
        10 * MINUTE,
        "waha.md: FAILED needs a restart, which is the first remedy; assumed weekly",
        (RESTART,),
    ),
    Rate(
        Kind.WAHA_QR,
        1,
        None,
        15 * MINUTE,
        "WhatsApp logs linked devices out; assumed monthly; only a phone ends it",
    ),
    Rate(
        Kind.WAHA_GONE,
        1,
        (2 * MINUTE, 30 * MINUTE),
        10 * MINUTE,
        "a container that Docker starts again; assumed monthly",
    ),
    Rate(
        Kind.WAHA_HANGS,
        1,
        None,
        15 * MINUTE,
        "a browser that hangs under WAHA's WEBJS engine; assumed monthly",
        (RESTART,),
    ),
    Rate(
        Kind.SENDS_HANG,
        1,
        None,
        15 * MINUTE,
        "agent.md: sends of 111-132 s were seen; assumed monthly",
        (RESTART,),
    ),
    Rate(
        Kind.SENDS_REFUSED,
        1,
        None,
        15 * MINUTE,
        "agent.md: 422 three times, then stored as sent; assumed monthly",
        (RESTART,),
    ),
    Rate(
        Kind.DEAF,
        1,
        None,
        15 * MINUTE,
        "a session that is WORKING and receives nothing; assumed monthly",
        (RESTART,),
    ),
    Rate(
        Kind.PENDING,
        2,
        (20 * MINUTE, 2 * HOUR),
        30 * MINUTE,
        "the phone is offline; assumed twice; ends when it is back",
    ),
    Rate(Kind.ME_NULL, 1, None, 15 * MINUTE, "WAHA answers WORKING with me: null; assumed monthly", (RESTART,)),
    Rate(
        Kind.STUCK,
        1,
        None,
        30 * MINUTE,
        "an error of the bot after it stored a message; ends by a rollback; assumed monthly",
    ),
    Rate(Kind.SILENT, 1, None, 30 * MINUTE, "likewise, for everybody"),
    Rate(
        Kind.LOST,
        1,
        None,
        30 * MINUTE,
        "agent.md: a 500 is not healed by WAHA's retry; a bad deploy, assumed monthly",
    ),
    Rate(Kind.HALF_LOST, 1, None, 30 * MINUTE, "likewise, for every second message"),
    Rate(Kind.LOST_RESTART, 1, (25 * MINUTE, 50 * MINUTE), 30 * MINUTE, "likewise, while the session restarts"),
    Rate(Kind.AWAY, 1, None, 15 * MINUTE, "the webhook's address is changed by mistake; assumed monthly"),
    Rate(Kind.NEVER_GREETED, 1, None, 30 * MINUTE, "the sheet's watcher stops; assumed monthly"),
    Rate(Kind.UNWRITTEN, 1, None, 30 * MINUTE, "inserts that fail in silence; assumed monthly"),
    Rate(Kind.FLOOD, 1, (25 * MINUTE, 50 * MINUTE), 30 * MINUTE, "another bot at the other end; assumed monthly"),
    Rate(
        Kind.FOREIGN,
        2,
        (25 * MINUTE, 50 * MINUTE),
        30 * MINUTE,
        "agent.md: 55 is put before a foreign number; a few customers a month",
    ),
    Rate(
        Kind.CHATS_AWAY,
        1,
        (25 * MINUTE, 50 * MINUTE),
        30 * MINUTE,
        "the gateway's chats fail, and one customer's session is broken",
    ),
    Rate(
        Kind.OUR_NETWORK, 2, (5 * MINUTE, 60 * MINUTE), 30 * MINUTE, "qualtui's own line; customers feel nothing"
    ),
    Rate(
        Kind.LIDS_UNLINKED,
        1,
        (25 * MINUTE, 50 * MINUTE),
        30 * MINUTE,
        "WhatsApp's hidden ids; customers feel nothing",
    ),
    Rate(
        Kind.REQUEST_TIME,
        1,
        (25 * MINUTE, 50 * MINUTE),
        30 * MINUTE,
        "an engine's habit after an update; customers feel nothing",
    ),
)
BY_KIND = {rate.kind: rate for rate in RATES}


def span(seconds: float) -> str:
    """Such as 90 min."""
    return f"{seconds / MINUTE:.0f} min"


def table() -> str:
    """The table as Markdown."""
    lines = [
        "| fault | a month | alone it ends | an engineer needs | fix | source, or why it is assumed |",
        "|---|--:|---|--:|---|---|",
    ]
    for rate in RATES:
        ends = f"after {span(rate.alone[0])} to {span(rate.alone[1])}" if rate.alone else "when the owner looks"
        fixes = ", ".join(f"`{fix}`" for fix in rate.fixes) or "-"
        name = rate.kind.value.replace("nobody", "no one")  # as docs say it
        cells = name, f"{rate.month:g}", ends, span(rate.hands), fixes, rate.why
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
