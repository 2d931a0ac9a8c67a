"""Why customers wait although every link that can be polled is up: what rows and chats show. Pure."""

from collections.abc import Callable
from typing import NamedTuple

from qualtui.diagnosis.chain import BUSY, OK
from qualtui.diagnosis.host_causes import last_failure
from qualtui.diagnosis.proof import By, count_of, healthy_links, link_proof, longest_wait
from qualtui.diagnosis.root_cause import RETRY, SESSION_CLEANUP, CauseKind, RootCause
from qualtui.model import Link
from qualtui.series.evidence import NOTHING, Readings, fresh
from qualtui.text.message import Saying, Text, counted, message
from qualtui.tracking.flood import flood_window
from qualtui.tracking.wait_cause import WaitCause

POLLED = 60.0  # s: so much before the last good answer of the bot it may have gone
SURE = (WaitCause.NEVER_STORED, WaitCause.NOT_DELIVERED)  # what two witnesses agree on


def wait_causes(readings: Readings) -> list[WaitCause]:
    """What is wrong with those who wait, the surest first."""
    sure = [cause for cause in SURE if waiting_for(readings, cause)]
    if not count_of(readings, "customers.waiting") or within_reply_times(readings):
        return sure
    # A customer that the bot is answering at this moment explains no others.
    open_ = sorted((WaitCause.BOT_OWES, WaitCause.NEVER_GREETED), key=lambda cause: -waiting_for(readings, cause))
    return sure + [cause for cause in open_ if waiting_for(readings, cause)]


def within_reply_times(readings: Readings) -> bool:
    """Whether all who wait are known to wait no longer than the bot's replies take: nothing is broken by that."""
    return fresh(readings, "customers.overdue") == 0


def waiting_for(readings: Readings, cause: WaitCause) -> float:
    """How many wait for this cause."""
    return count_of(readings, _CAUSES[cause].series)


def explained_waits(by: By, readings: Readings, found: list[WaitCause]) -> RootCause:
    """The cause of the longest wait among those found."""
    said = readings.get(longest_wait(readings), NOTHING).code
    cause = next((cause for cause in found if cause.value == said), found[0])
    if cause is WaitCause.NEVER_STORED or (WaitCause.NEVER_STORED in found and cause is WaitCause.BOT_OWES):
        lost = _lost(by, readings)
        if lost is not None:
            return lost
    return _CAUSES[cause].why(by, waiting_for(readings, cause))


def unexplained_waits(by: By, readings: Readings) -> RootCause:
    """Somebody waits, and no cause is known yet."""
    unseen = count_of(readings, "customers.unseen")
    if unseen and _while_down(readings):
        return _lost_while_down(by, unseen, last_failure(readings))
    if unseen:
        text = counted(
            "The gateway has a customer's message that the bot has not stored yet: in its queue, or lost",
            "The gateway has messages of {count} customers that the bot has not stored yet: in its queue, or lost",
            unseen,
        )
        return RootCause(text, healthy_links(by, Link.WEBHOOK), Link.WEBHOOK, (RETRY,), CauseKind.UNSEEN)
    text = message("Nothing is broken that we can see, and no reply was stored")
    return RootCause(text, healthy_links(by, Link.CUSTOMER), Link.CUSTOMER, (RETRY,), CauseKind.NOTHING_SEEN)


def flooded(by: By, readings: Readings, speed: float = 1.0) -> RootCause | None:
    """One sender whose messages keep the bot's one worker from everybody else's."""
    messages = count_of(readings, "customers.flood")
    waiting = count_of(readings, "customers.waiting")
    if not messages or not (waiting or by[Link.BOT].status == BUSY):
        return None
    text = counted(
        "One sender floods the bot: {sent:whole} messages in {window:span}; "
        "it sent no reply to {count} customer who waits",
        "One sender floods the bot: {sent:whole} messages in {window:span}; "
        "it sent no reply to {count} customers who wait",
        waiting,
        sent=messages,
        window=flood_window(speed),
    )
    sender = readings["customers.flood"].note or message("not known")
    proof = (message("sender: {sender}", sender=sender), *healthy_links(by, Link.CUSTOMER))
    step = message("block the sender {sender} on the phone, or answer there", sender=sender)
    return RootCause(text, proof, Link.CUSTOMER, (RETRY,), CauseKind.FLOOD, step=step)


def _lost(by: By, readings: Readings) -> RootCause | None:
    """Messages that never got in, where more is known than that."""
    never = waiting_for(readings, WaitCause.NEVER_STORED)
    unreadable = count_of(readings, "sessions.unreadable")
    if unreadable:
        return _unreadable(by, readings, unreadable)
    if _while_down(readings):
        return _lost_while_down(by, never, last_failure(readings))
    if by[Link.BOT].status != OK:
        return None
    # A customer with one message stored and the next not stored counts once.
    owed = min(
        waiting_for(readings, WaitCause.BOT_OWES), max(0.0, count_of(readings, "customers.waiting") - never)
    )
    kinds: list[Text | str] = []
    if never:
        kinds.append(message("{number:whole} never stored", number=never))
    if owed:
        kinds.append(message("{number:whole} stored, no reply", number=owed))
    text = counted(
        "{count} customer's message did not reach the bot, or its webhook fails, "
        "most likely with HTTP 500 ({why})",
        "{count} customers' messages did not reach the bot, or its webhook fails, "
        "most likely with HTTP 500 ({why})",
        never + owed,
        why=kinds,
    )
    proof = (message("chats: the last message is the customer's"), *healthy_links(by, Link.WEBHOOK))
    step = message(
        "read the host's log: it has the traceback; without one, check the webhook's address in the gateway"
    )
    return RootCause(text, proof, Link.WEBHOOK, (RETRY,), CauseKind.WEBHOOK, step=step)


def _while_down(readings: Readings) -> bool:
    """Whether the longest wait began while the bot was away; it has come back within the last hour."""
    back, away = fresh(readings, "health.back"), fresh(readings, "health.away")
    if back is None or away is None:
        return False
    return back < count_of(readings, "customers.oldest") <= back + away + POLLED


def _lost_while_down(by: By, number: float, failure: Saying) -> RootCause:
    """`failure`: what the host says of the instance, if it failed."""
    text = counted(
        "{count} customer wrote while the bot was down: the message was never stored and will not come again",
        "{count} customers wrote while the bot was down: their messages were never stored and will not come again",
        number,
    )
    proof = (
        message("chats: the last message is the customer's"),
        message("messages: no such row"),
        *((message("host: {said}", said=failure),) if failure else ()),
        *healthy_links(by, Link.WEBHOOK),
    )
    return RootCause(text, proof, Link.WEBHOOK, (RETRY,), CauseKind.LOST_WHILE_DOWN)


def _unreadable(by: By, readings: Readings, number: float) -> RootCause:
    """The bot raises before it stores: each next message of these customers is lost, too."""
    text = counted(
        "The bot can't read the session of {count} customer ({state}): "
        "messages are never stored until it is closed",
        "The bot can't read sessions of {count} customers ({state}): "
        "messages are never stored until they are closed",
        number,
        state=readings["sessions.unreadable"].note or message("unknown state"),
    )
    proof = (message("sessions: a state that the bot does not know"), *healthy_links(by, Link.BOT))
    step = message("close these sessions first, then answer: else the customer's next message is lost, too")
    return RootCause(text, proof, Link.BOT, (SESSION_CLEANUP, RETRY), CauseKind.UNREADABLE, step=step)


def _never_stored(by: By, number: float) -> RootCause:
    text = counted(
        "The gateway has a customer's message that the bot never stored: it was lost on the way in: "
        "SOURCES DISAGREE",
        "The gateway has messages of {count} customers that the bot never stored: lost on the way in: "
        "SOURCES DISAGREE",
        number,
    )
    seen = (
        message("chats: the last message is the customer's"),
        message("messages: no such row"),
        *healthy_links(by, Link.WEBHOOK),
    )
    return RootCause(text, seen, Link.WEBHOOK, (RETRY,), CauseKind.NEVER_STORED)


def _not_delivered(by: By, number: float) -> RootCause:
    text = counted(
        'A message that the database calls "sent" was not delivered',
        '{count} customers have a message that the database calls "sent" but was not delivered: SOURCES DISAGREE',
        number,
    )
    proof = (link_proof(by, Link.GATEWAY),)
    return RootCause(text, proof, Link.CUSTOMER, (RETRY,), CauseKind.NOT_DELIVERED)


def _bot_owes(by: By, number: float) -> RootCause:
    text = counted(
        "The bot stored the message and sent no reply: {count} customer waits",
        "The bot stored their messages and sent no reply: {count} customers wait",
        number,
    )
    proof = (message("messages: the last one is the customer's"), *healthy_links(by, Link.CUSTOMER))
    step = message("read the host's log: a webhook that fails after it stored answers HTTP 500, with a traceback")
    return RootCause(text, proof, Link.BOT, (RETRY, SESSION_CLEANUP), CauseKind.BOT_OWES, step=step)


def _never_greeted(by: By, number: float) -> RootCause:
    text = counted(
        "{count} lead was created and never greeted: no message was ever stored",
        "{count} leads were created and never greeted: no message was ever stored",
        number,
    )
    proof = (message("leads: no message"), *healthy_links(by, Link.CUSTOMER))
    return RootCause(text, proof, Link.BOT, (RETRY,), CauseKind.NEVER_GREETED)


class _Told(NamedTuple):
    """The series that counts those who wait for a cause, and the sentence about them."""

    series: str
    why: Callable[[By, float], RootCause]


_CAUSES = {
    WaitCause.NEVER_STORED: _Told("customers.unstored", _never_stored),
    WaitCause.NOT_DELIVERED: _Told("customers.phantom", _not_delivered),
    WaitCause.BOT_OWES: _Told("sessions.bot_owes", _bot_owes),
    WaitCause.NEVER_GREETED: _Told("customers.never_greeted", _never_greeted),
}
