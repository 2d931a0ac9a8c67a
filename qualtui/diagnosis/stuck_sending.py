"""A bot whose sends never end although the gateway says WORKING: what shows it, and until when it holds. Pure.

It stores a message, hangs in its send until the host kills the worker, and goes on with the next message. A killed
worker leaves no row of its send, and between two kills the bot answers /health as if nothing were wrong.
"""

from qualtui.diagnosis.chain import BUSY, OK
from qualtui.diagnosis.proof import By, began, count_of, healthy_links, link_proof
from qualtui.diagnosis.root_cause import GATEWAY_RESTART, RETRY, CauseKind, RootCause
from qualtui.model import Link
from qualtui.series.evidence import Readings, fresh
from qualtui.text.message import message

SERIES = "health.stuck_sending"
SEND_TAKES = 110.0  # s that three tries of a send take at least where the gateway never answers
HUNG, SEVERAL = 2, 3  # sends that took that long, customers that wait for a reply: fewer prove nothing
ROW_EVERY = 150.0  # s: the host kills a worker after 120; the next message's row comes right after that
JITTER = 1.0  # s by which the age of the same row may differ between two looks: the clocks' difference is measured


def stuck_since(
    by: By,
    readings: Readings,
    now: float,
    before: float | None,
    changed: float | None,
    speed: float = 1.0,
) -> float | None:
    """Return since when no send of the bot has ended; None: that is not so, or not known.

    `before`: what this gave at the look before. `changed`: when the gateway's session was last seen not WORKING:
    what was seen until then speaks of another session. `speed`: a demo's time is faster.
    """
    if before is not None and _holds(before, readings, changed):
        return before
    seen = _seen(by, readings, now, speed)
    if seen is None or changed is None:
        return seen
    return max(seen, changed) if now - changed > SEND_TAKES / speed else None


def _holds(since: float, readings: Readings, changed: float | None) -> bool:
    """Whether it goes on: no newer row of a send, no other state of the session, and a reply is pending."""
    if fresh(readings, "sessions.bot_owes") == 0 or (changed is not None and changed > since):
        return False
    sent = readings.get("customers.last_sent")
    if sent is None or sent.fresh is None or sent.sample is None:
        return True
    return sent.sample.at - sent.fresh <= since + JITTER


def _seen(by: By, readings: Readings, now: float, speed: float) -> float | None:
    """The same from a bot that hangs at this moment: it takes messages, is silent, and sends nothing."""
    takes = SEND_TAKES / speed
    bot, last_row = by[Link.BOT], fresh(readings, "customers.last_row")
    if bot.status != BUSY or not fresh(readings, "health.silent"):
        return None
    if last_row is None or last_row > ROW_EVERY / speed or not _others_well(by):
        return None
    owed, oldest = count_of(readings, "sessions.bot_owes"), count_of(readings, "customers.oldest")
    if not owed or oldest <= takes:
        return None
    sent = fresh(readings, "customers.last_sent")
    age = float("inf") if sent is None else sent
    busy_for = now - began(bot, now)
    # A poll may be answered between two kills: then several who wait, and nothing sent since the first of them.
    if busy_for > takes and (age > takes or count_of(readings, "failures.timeouts") >= HUNG):
        return now - min(busy_for, age)
    return now - oldest if owed >= SEVERAL and age > oldest > last_row else None


def _others_well(by: By) -> bool:
    return by[Link.GATEWAY].status == OK and by[Link.DATABASE].status == OK


def stuck_sending(by: By, readings: Readings, now: float) -> RootCause | None:
    """The cause of the waits while the bot is stuck sending, whether it hangs at this moment or is idle."""
    lasts = fresh(readings, SERIES)
    if not lasts or not _others_well(by) or not count_of(readings, "sessions.bot_owes"):
        return None
    text = message(
        "The bot is stuck sending: it stores messages and no send ends, though the gateway says {state}",
        state=by[Link.GATEWAY].text,
    )
    row = fresh(readings, "customers.last_row")
    newest = () if row is None else (message("messages: the newest is {age:span} old", age=row),)
    proof = (*newest, link_proof(by, Link.BOT), *healthy_links(by, Link.BOT))
    step = message("restart the gateway's session: it accepts sends and never answers them")
    since = now - lasts
    if by[Link.BOT].status == BUSY:
        since = min(since, began(by[Link.BOT], now))
    return RootCause(text, proof, Link.GATEWAY, (GATEWAY_RESTART, RETRY), CauseKind.STUCK_SENDING, since, step)
