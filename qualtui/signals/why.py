"""Why: the first broken link in one sentence, and the evidence that proves it. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from qualtui.model import Evidence, Link
from qualtui.series import OWN
from qualtui.signals.cause import Cause
from qualtui.signals.chain import BAD, BUSY, UNKNOWN
from qualtui.signals.control import LINKS
from qualtui.signals.reading import NOTHING, Readings, fresh
from qualtui.signals.rhythm import ALARM
from qualtui.text import _, clean, plural, span
from qualtui.wire import LinkView

SESSION_CLEANUP = "session-cleanup"
WAHA_RESTART = "waha-restart"
RETRY = "retry"
SOON = 180.0  # s that an answer may take, as in the rule customers-waiting


# What the chain does not explain: figures of another system, or of the machine, or told apart.
_APART = (OWN, "tls.", "host.", "row.", "leads.", "sessions.same_question")


def explains(series: str) -> bool:
    """Whether the why of an agent may be the cause of what this series shows."""
    return not series.startswith(_APART)


class Why(msgspec.Struct, frozen=True):
    """A sentence, empty where nothing is wrong, and what proves it, a few words each."""

    text: str = ""
    proof: tuple[str, ...] = ()
    link: Link | None = None
    fixes: tuple[str, ...] = ()  # the remedies that mend this cause, if any is known; the next where one did not


def why(links: Sequence[LinkView], readings: Readings, now: float) -> Why:
    """The first broken link from the customer's message on: bot, database, gateway, then what the rows tell."""
    by = {view.link: view for view in links}
    if by[Link.US].status == UNKNOWN and fresh(readings, "control.up") == 0:
        return _ours(readings)
    if by[Link.US].status == UNKNOWN:
        return Why(_("We cannot ask: no probe has had an answer"), _notes(readings), Link.US)
    # A bot that is only silent may hang in what it needs: what says by itself that it is broken comes first.
    refused = bool(fresh(readings, "health.refused"))
    if by[Link.DATABASE].status == BAD:
        return _database(by, readings, now)
    if by[Link.BOT].status == BAD and (refused or by[Link.WAHA].status != BAD):
        if by[Link.DATABASE].status == BUSY and fresh(readings, "health.silent"):
            return _slow_database(by)
        return _bot(by, readings, now)
    if by[Link.WAHA].status == BAD:
        return _waha(by, readings, now)
    return _rows(by, readings, now)


def _ours(readings: Readings) -> Why:
    text = _("Our own network: the control target does not answer either")
    return Why(text, (_("control: {}").format(readings["control.up"].note), *_notes(readings)), Link.US)


def _database(by: dict[Link, LinkView], readings: Readings, now: float) -> Why:
    view = by[Link.DATABASE]
    proof = [_("database: {}").format(view.text)]
    text = _("The database is down for {}: {}").format(_lasted(view, now), view.text)
    if fresh(readings, "health.up"):
        proof.append(_("/health: 200, it does not look at the database"))
        text += _("; /health still says healthy: SOURCES DISAGREE")
    elif by[Link.BOT].status == BAD:
        proof.append(_("bot: {}").format(by[Link.BOT].text))
        text += _(", and the bot too: {}").format(by[Link.BOT].text)
    return Why(text, tuple(proof), Link.DATABASE)


def _bot(by: dict[Link, LinkView], readings: Readings, now: float) -> Why:
    view = by[Link.BOT]
    if fresh(readings, "health.refused"):
        text = _("The bot refuses connections for {}").format(_lasted(view, now))
    else:
        text = _("The bot is down for {}: {}").format(
            _lasted(view, now), readings["health.down"].note or view.text
        )
    return Why(text, (_("bot: {}").format(view.text), *_others(by, Link.BOT)), Link.BOT)


def _waha(by: dict[Link, LinkView], readings: Readings, now: float) -> Why:
    view = by[Link.WAHA]
    text = _("WAHA {} for {}").format(view.text, _lasted(view, now))
    proof = [_("WAHA: {}").format(view.text)]
    if fresh(readings, "waha.needs_human"):
        text += _("; a person with the phone must log it in")
    if fresh(readings, "customers.phantom"):
        text += _('; the database says "sent": SOURCES DISAGREE')
        proof.append(
            plural(
                'messages: {:.0f} customer has a row "sent" and no delivery',
                'messages: {:.0f} customers have a row "sent" and no delivery',
                int(_count(readings, "customers.phantom")),
            ).format(_count(readings, "customers.phantom"))
        )
    if by[Link.BOT].status in {BAD, BUSY}:
        text += _("; the bot hangs in its sends")
        proof.append(_("bot: {}").format(by[Link.BOT].text))
    proof += (one for one in _others(by, Link.WAHA) if one not in proof)
    return Why(text, tuple(proof), Link.WAHA, (WAHA_RESTART,))


def _rows(by: dict[Link, LinkView], readings: Readings, now: float) -> Why:
    """Every link that we can ask is up: what chats and rows tell, above all of who waits longest."""
    causes = [cause for cause in (Cause.NEVER_STORED, Cause.NOT_DELIVERED) if _of(readings, cause)]
    # Rows that are not stored would say that nobody writes, too; who is being answered just now explains nothing.
    unwritten = readings.get("agent.claimed", NOTHING).evidence is Evidence.DISAGREE
    if unwritten and not causes and _count(readings, "customers.oldest") <= SOON:
        return _without_rows(by, readings)
    slow = _slow(by, readings, now)
    # Whose wait began in a slow database waits for that, whatever is missing since.
    if slow and (not causes or (slow.link is Link.DATABASE and not _older(by[Link.DATABASE], readings, now))):
        return slow
    if _count(readings, "customers.waiting"):
        # One whom the bot is answering just now explains no others.
        open_ = sorted((Cause.BOT_OWES, Cause.NEVER_GREETED), key=lambda cause: -_of(readings, cause))
        causes += [cause for cause in open_ if _of(readings, cause)]
        if not causes:
            text = _("Nothing is broken that we can see, and no reply was stored")
            return Why(text, _others(by, Link.CUSTOMER), Link.CUSTOMER, (RETRY,))
    if causes:
        oldest = readings.get("customers.oldest", NOTHING).note
        cause = next((cause for cause in causes if cause.value == oldest), causes[0])
        return _CAUSES[cause].why(by, _of(readings, cause))
    missed = _count(readings, "inbound.expected")
    if missed > ALARM:
        text = _("The gateway is {} and hears nobody: {:.0f} customers would have written by now")
        seen = (_("WAHA: {}").format(by[Link.WAHA].text), _("messages: none came in, against the week's rhythm"))
        return Why(text.format(by[Link.WAHA].text, missed), seen, Link.WAHA, (WAHA_RESTART,))
    unknown = [view for view in by.values() if view.status == UNKNOWN]
    # What answered before the network failed is fresh for a while yet.
    if fresh(readings, "control.up") == 0 and any(_excused(readings, link) for link in LINKS):
        return _ours(readings)
    if fresh(readings, "deep.broken"):
        return _deep(by, readings)
    if unknown:
        names = ", ".join(view.link.value for view in unknown)
        return Why(_("No fresh evidence of: {}").format(names), _notes(readings), unknown[0].link)
    return Why()


def _deep(by: dict[Link, LinkView], readings: Readings) -> Why:
    """What only the bot itself sees; a contradiction to what we see is told with it."""
    note = readings["deep.broken"].note
    text = _("The bot's own deep check says: {}").format(clean(note, 80))
    if any(readings.get(f"deep.{part}", NOTHING).evidence is Evidence.DISAGREE for part in ("database", "waha")):
        text += _("; we find it well: SOURCES DISAGREE")
    return Why(text, (_("/health/deep: {}").format(note), *_others(by, Link.BOT)), Link.BOT)


def _without_rows(by: dict[Link, LinkView], readings: Readings) -> Why:
    """Customers may well be answered: nobody who looks at the rows can tell."""
    claimed, rows = _count(readings, "agent.claimed"), _count(readings, "messages.sent_1h")
    text = _("The bot counts sends that have no row: {:.0f}, of which {:.0f} were stored: SOURCES DISAGREE")
    proof = (_("/metrics: {:.0f} sends").format(claimed), _("messages: {:.0f} rows").format(rows))
    return Why(text.format(claimed, rows), (*proof, *_others(by, Link.BOT)), Link.DATABASE)


def _slow(by: dict[Link, LinkView], readings: Readings, now: float) -> Why | None:
    """A database that is slow, or a bot that has been busy since before anybody waited."""
    if by[Link.DATABASE].status == BUSY:
        return _slow_database(by)
    # A wait that began before the bot got busy has another cause.
    older = _count(readings, "sessions.bot_owes") and _older(by[Link.BOT], readings, now)
    if by[Link.BOT].status == BUSY and not older:
        text = _("The bot does not answer /health for {}: busy replying, or stuck").format(
            _lasted(by[Link.BOT], now)
        )
        if fresh(readings, "health.silent") == 0:
            text = _("The bot's /health is not well for {}: {}").format(
                _lasted(by[Link.BOT], now), clean(readings["health.up"].note, 80)
            )
        return Why(text, (_("bot: {}").format(by[Link.BOT].text),), Link.BOT)
    return None


def _older(view: LinkView, readings: Readings, now: float) -> bool:
    """Whether the longest wait began before a link came to be as it is."""
    return _count(readings, "customers.oldest") > now - (now if view.since is None else view.since)


def _slow_database(by: dict[Link, LinkView]) -> Why:
    view, bot = by[Link.DATABASE], by[Link.BOT]
    text, proof = _("The database is slow: {} for an empty question").format(view.text), _others(by, Link.DATABASE)
    if bot.status == BAD:
        text += _("; the bot hangs in it")
        proof = (_("bot: {}").format(bot.text), *proof)
    return Why(text, proof, Link.DATABASE)


def _never_stored(by: dict[Link, LinkView], count: float) -> Why:
    text = plural(
        "The gateway has a customer's message that the bot never stored: it was lost on the way in",
        "The gateway has messages of {:.0f} customers that the bot never stored: lost on the way in",
        int(count),
    ).format(count)
    seen = (_("chats: the last message is the customer's"), _("messages: no such row"))
    return Why(f"{text}: SOURCES DISAGREE", (*seen, *_others(by, Link.WEBHOOK)), Link.WEBHOOK, (RETRY,))


def _not_delivered(by: dict[Link, LinkView], count: float) -> Why:
    text = plural(
        'A message that the database calls "sent" was not delivered: nobody received it',
        '{:.0f} customers have a message that the database calls "sent" and nobody received: SOURCES DISAGREE',
        int(count),
    ).format(count)
    return Why(text, (_("WAHA: {}").format(by[Link.WAHA].text),), Link.CUSTOMER, (RETRY,))


def _bot_owes(by: dict[Link, LinkView], count: float) -> Why:
    text = plural(
        "The bot stored the message and sent no reply: {:.0f} customer to whom it owes one",
        "The bot stored their messages and sent no reply: {:.0f} customers to whom it owes one",
        int(count),
    ).format(count)
    proof = (_("messages: the last one is the customer's"), *_others(by, Link.CUSTOMER))
    return Why(text, proof, Link.BOT, (RETRY, SESSION_CLEANUP))


def _never_greeted(by: dict[Link, LinkView], count: float) -> Why:
    text = plural(
        "{:.0f} lead was created and never greeted: no message was ever stored",
        "{:.0f} leads were created and never greeted: no message was ever stored",
        int(count),
    ).format(count)
    return Why(text, (_("leads: no message"), *_others(by, Link.CUSTOMER)), Link.BOT, (RETRY,))


class _Told(NamedTuple):
    """What tells how many wait for a cause, and the sentence about them."""

    series: str
    why: Callable[[dict[Link, LinkView], float], Why]


_CAUSES = {
    Cause.NEVER_STORED: _Told("customers.unstored", _never_stored),
    Cause.NOT_DELIVERED: _Told("customers.phantom", _not_delivered),
    Cause.BOT_OWES: _Told("sessions.bot_owes", _bot_owes),
    Cause.NEVER_GREETED: _Told("customers.never_greeted", _never_greeted),
}


def _of(readings: Readings, cause: Cause) -> float:
    """How many wait for this cause."""
    return _count(readings, _CAUSES[cause].series)


def _excused(readings: Readings, link: str) -> bool:
    """Whether a link was silent, and its silence is laid to our own network."""
    unasked = readings.get(f"{link}.up", NOTHING).evidence is Evidence.NO_DATA
    return unasked and bool(fresh(readings, f"{link}.silent"))


def _others(by: dict[Link, LinkView], but: Link) -> tuple[str, ...]:
    """The links that are proved to be well, as the other half of the proof."""
    told = (Link.BOT, Link.DATABASE, Link.WAHA)
    return tuple(
        f"{link.value}: {by[link].text}"
        for link in told
        if link is not but and by[link].evidence is Evidence.FRESH and by[link].status != BAD
    )


def _notes(readings: Readings) -> tuple[str, ...]:
    notes = [f"{name}: {readings[name].note}" for name in ("health.up", "db.up", "waha.up") if name in readings]
    return tuple(note for note in notes if not note.endswith(": "))


def _count(readings: Readings, name: str) -> float:
    return readings.get(name, NOTHING).fresh or 0.0


def _lasted(view: LinkView, now: float) -> str:
    return span(now - (now if view.since is None else view.since))
