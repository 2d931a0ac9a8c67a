"""The chain us → host → webhook → bot → database → gateway → customer, each link with its status and evidence."""

from collections.abc import Sequence

from qualtui.model import Evidence, Link
from qualtui.series.evidence import NOTHING, Readings, fresh, known
from qualtui.text.message import Saying, counted, message
from qualtui.wire import LinkView

OK, BUSY, BAD, UNKNOWN, NO_SOURCE = "ok", "busy", "bad", "unknown", "no_source"
SLOW = 1.0  # s for an empty query, as in the rule database-slow
LIVELY = 600.0  # s: an inbound message younger than this proves the webhook

Seen = tuple[str, Saying, Evidence]  # status, text, evidence


def chain(readings: Readings, before: Sequence[LinkView], now: float, slow: float = SLOW) -> tuple[LinkView, ...]:
    """The links now; a link that keeps its status keeps the time when it began, also over a gap in between.

    `before`: what `carried` gave at the look before. `slow`: seconds for an empty query from which the
    database is.
    """
    began = {(view.link, view.status == UNKNOWN): view for view in before}
    seen = {
        Link.US: _us(readings),
        Link.HOST: _host(readings, now),
        Link.WEBHOOK: _webhook(readings, now),
        Link.BOT: _bot(readings, now),
        Link.DATABASE: _database(readings, now, slow),
        Link.GATEWAY: _gateway(readings, now),
        Link.CUSTOMER: _customer(readings, now),
    }
    views = []
    for link, (status, text, evidence) in seen.items():
        old = began.get((link, status == UNKNOWN))
        since = old.since if old is not None and old.status == status and old.since is not None else now
        views.append(LinkView(link, status, text, evidence, since))
    return tuple(views)


def carried(before: Sequence[LinkView], links: Sequence[LinkView]) -> tuple[LinkView, ...]:
    """What the next look needs: these links, and of one that is unknown now what was known of it last."""
    known = {view.link: view for view in before if view.status != UNKNOWN}
    unknown = (view.link for view in links if view.status == UNKNOWN)
    return (*(known[link] for link in unknown if link in known), *links)


def _us(readings: Readings) -> Seen:
    """Whether we can ask at all: one fresh answer of the outside, good or bad, proves it."""
    outside = [readings[name] for name in ("health.up", "db.up", "gateway.up") if known(readings, name)]
    if any(reading.fresh is not None for reading in outside):
        return OK, message("asking"), Evidence.FRESH
    if not outside:
        return NO_SOURCE, message("no source"), Evidence.NO_SOURCE
    return UNKNOWN, message("no answers"), Evidence.NO_DATA


def _host(readings: Readings, now: float) -> Seen:
    """What the host says of its service. An API that does not answer says nothing of the machine."""
    suspended = fresh(readings, "host.suspended")
    if suspended is None:
        return _unread(readings, "host.suspended", now)
    if suspended:
        return BAD, message("suspended"), Evidence.FRESH
    # The host may be late to say that an instance answers again: the bot's own answer is the better witness.
    if fresh(readings, "host.failing") and not fresh(readings, "health.up"):
        return BAD, readings["host.failing"].note or message("instance failed"), Evidence.FRESH
    memory = fresh(readings, "host.memory")
    if memory is not None:
        return OK, message("memory {percent:whole}%", percent=memory), Evidence.FRESH
    return OK, message("up"), Evidence.FRESH


def _webhook(readings: Readings, now: float) -> Seen:
    """Silence proves nothing here: customers may have nothing to say. Messages that only the gateway has do."""
    unstored = fresh(readings, "customers.unstored")
    if unstored:
        return BAD, counted("{count} never stored", "{count} never stored", unstored), Evidence.DISAGREE
    reading = readings.get("customers.last_inbound", NOTHING)
    if reading.fresh is None or reading.sample is None:
        return _unread(readings, "customers.last_inbound", now)
    age = reading.fresh + now - reading.sample.at
    if age > LIVELY:
        return NO_SOURCE, message("silent {age:span}", age=age), Evidence.FRESH
    return OK, message("last in {age:span}", age=age), Evidence.FRESH


def _bot(readings: Readings, now: float) -> Seen:
    up = fresh(readings, "health.up")
    if up is None:
        return _unread(readings, "health.up", now)
    evidence = readings["health.up"].evidence
    if up:
        return OK, _quick(fresh(readings, "health.seconds")), evidence
    note = readings["health.up"].note
    if fresh(readings, "health.down"):
        refused = fresh(readings, "health.refused")
        return BAD, message("refused") if refused else note or message("down"), evidence
    return BUSY, note or message("no answer"), evidence


def _database(readings: Readings, now: float, slow: float) -> Seen:
    up = fresh(readings, "db.up")
    if up is None:
        return _unread(readings, "db.up", now)
    if up:
        seconds = fresh(readings, "db.seconds")
        return BUSY if (seconds or 0.0) > slow else OK, _quick(seconds), Evidence.FRESH
    return BAD, readings["db.up"].note or message("down"), Evidence.FRESH


def _gateway(readings: Readings, now: float) -> Seen:
    answers = fresh(readings, "gateway.up")
    if answers is not None and not answers:
        return BAD, readings["gateway.up"].note or message("no answer"), Evidence.FRESH
    working = fresh(readings, "gateway.working")
    if working is None:
        return _unread(readings, "gateway.working", now)
    note = readings["gateway.working"].note
    return (
        (OK, note or "WORKING", Evidence.FRESH)
        if working
        else (BAD, note or message("not WORKING"), Evidence.FRESH)
    )


def _customer(readings: Readings, now: float) -> Seen:
    waiting = fresh(readings, "customers.waiting")
    if waiting is None:
        return _unread(readings, "customers.waiting", now)
    phantom = fresh(readings, "customers.phantom") or 0
    if phantom:
        return BAD, counted("{count} undelivered", "{count} undelivered", phantom), Evidence.DISAGREE
    if waiting:
        return BUSY, counted("{count} waiting", "{count} waiting", waiting), Evidence.FRESH
    return OK, message("answered"), Evidence.FRESH


def _unread(readings: Readings, name: str, now: float) -> Seen:
    """What is shown of a link whose series has no fresh value."""
    reading = readings.get(name, NOTHING)
    if reading.evidence is Evidence.NO_SOURCE:
        return NO_SOURCE, message("no source"), Evidence.NO_SOURCE
    if reading.evidence is Evidence.OLD and reading.sample is not None:
        return UNKNOWN, message("OLD {age:span}", age=now - reading.sample.at), Evidence.OLD
    return UNKNOWN, message("NO DATA"), Evidence.NO_DATA


def _quick(seconds: float | None) -> Saying:
    if seconds is None:
        return message("up")
    return f"{seconds * 1000:.0f}ms" if seconds < 1 else f"{seconds:.1f}s"
