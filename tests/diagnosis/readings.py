"""Readings for tests: a well system, and the same with some figures changed."""

from qualtui.model import Evidence, Sample
from qualtui.series.evidence import Reading, Readings

NOW = 10_000.0
USUAL = 45.0  # s of a wait that is none of the bot's failing

WELL: dict[str, tuple[float, str]] = {
    "health.up": (1, ""),
    "health.refused": (0, ""),
    "health.silent": (0, ""),
    "health.seconds": (0.2, ""),
    "health.down": (0, ""),
    "health.stuck_sending": (0, ""),
    "db.up": (1, ""),
    "db.refused": (0, ""),
    "db.seconds": (0.004, ""),
    "gateway.up": (1, ""),
    "gateway.working": (1, "WORKING"),
    "gateway.needs_human": (0, ""),
    "customers.waiting": (0, ""),
    "customers.oldest": (0, ""),
    "customers.open_before_start": (0, ""),
    "customers.open_oldest": (0, ""),
    "customers.overdue": (0, ""),
    "customers.workable": (0, ""),
    "customers.claimed": (0, ""),
    "customers.backlog": (0, ""),
    "customers.phantom": (0, ""),
    "customers.never_greeted": (0, ""),
    "customers.unstored": (0, ""),
    "customers.last_reply": (120, ""),
    "customers.last_inbound": (150, ""),
    "customers.last_sent": (120, ""),
    "customers.last_row": (120, ""),
    "customers.unseen": (0, ""),
    "customers.flood": (0, ""),
    "failures.timeouts": (0, ""),
    "gateway.session_starting": (0, ""),
    "gateway.silent": (0, ""),
    "gateway.seconds": (0.02, ""),
    "chats.evidence": (1, ""),
    "sessions.bot_owes": (0, ""),
    "sessions.owed_for": (0, ""),
    "sessions.unreadable": (0, ""),
    "inbound.expected": (0.5, ""),
    "health.back": (3000, ""),
    "health.away": (60, ""),
    "deep.broken": (0, ""),
    "deep.database": (1, ""),
    "agent.claimed": (30, ""),
    "messages.sent_1h": (34, ""),
}


def _number(value: float | str | Evidence) -> float:
    return value if isinstance(value, int | float) else 0.0


def readings(**changed: float | str | Evidence | tuple[float, str]) -> Readings:
    """A well system; `db_up=(0, "refused")` changes db.up, an Evidence takes a figure's freshness away.

    Where nothing else is said, a reply is overdue from USUAL seconds on.
    """
    waits = [changed.get(name, 0) for name in ("customers_oldest", "customers_open_oldest")]
    if any((value := one[0] if isinstance(one, tuple) else one) and _number(value) > USUAL for one in waits):
        changed.setdefault("customers_overdue", 1)
    found: Readings = {}
    for name, (value, note) in WELL.items():
        change = changed.pop(name.replace(".", "_"), None)
        evidence = change if isinstance(change, Evidence) else Evidence.FRESH
        if isinstance(change, tuple):
            value, note = change
        elif isinstance(change, int | float):
            value = change
        missing = evidence in {Evidence.NO_DATA, Evidence.NO_SOURCE}
        at = NOW - 240 if evidence is Evidence.OLD else NOW
        found[name] = Reading(evidence, None if missing else Sample(f"bot/{name}", at, value, note, code=note))
    assert not changed, f"no such series: {changed}"
    return found
