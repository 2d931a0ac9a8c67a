"""The incidents of the day before a demo: what they were, who owned them, what ended them. Pure.

They are events, and mean what the fold makes of them. Each has a note that it is invented.
"""

from qualtui import __version__
from qualtui.demo.configuration import TEAM
from qualtui.demo.yesterday import BOT_DOWN, CATCHING_UP, DATABASE_SLOW, LENGTH, LOGGED_OUT, Episode, Yesterday
from qualtui.demo.yesterday_log import PastEvent, PastFault, PastLog
from qualtui.diagnosis.root_cause import GATEWAY_RESTART, RETRY, CauseKind
from qualtui.eventlog.engine import EngineStarted, EngineStopped
from qualtui.eventlog.incidents import Acknowledged, Noted
from qualtui.model import Link, Severity
from qualtui.text.message import message

HOST = "demo-history"  # the host that an invented engine names
ANA, BRUNO = TEAM


def yesterdays_events(day: Yesterday) -> tuple[PastEvent, ...]:
    """Return the events of the day, in the order in which they must be appended."""
    log = PastLog(day.now)
    log.add(LENGTH, EngineStarted(0, HOST, __version__))
    _logged_out(log)
    _database_slow(log)
    _bot_down(log)
    log.add(1.0, EngineStopped(message("the invented history ends, the demo begins")))
    return tuple(log.events)


def _logged_out(log: PastLog) -> None:
    fault = PastFault(
        LOGGED_OUT,
        "gateway-not-working",
        Severity.CRITICAL,
        Link.GATEWAY,
        CauseKind.GATEWAY,
        message("WhatsApp session {status}: not working for {lasted:span}", status="FAILED", lasted=8.0),
        0.0,
        "FAILED",
        GATEWAY_RESTART,
        waiting=4,
    )
    number = log.opened(fault, 8)
    log.called(number, fault, 20, ANA)
    log.add(fault.episode.ago - 41, Acknowledged(number, ANA))
    outcome = message("the session is {state} now", state="WORKING")
    log.ran(number, fault, ANA, GATEWAY_RESTART, (60, 145), outcome)
    log.resolved(number, fault, fault.episode.lasts + 5)


def _database_slow(log: PastLog) -> None:
    fault = PastFault(
        DATABASE_SLOW,
        "database-slow",
        Severity.WARNING,
        Link.DATABASE,
        CauseKind.DATABASE_SLOW,
        message("The database is slow: {took} for an empty query", took="1.4 s"),
        1.4,
        channels=("mail",),
    )
    number = log.opened(fault, 12)
    log.add(fault.episode.ago - 190, Acknowledged(number, BRUNO))
    text = "a report over all leads held the database; ended that statement"
    log.add(fault.episode.ago - 430, Noted(number, BRUNO, text))
    log.resolved(number, fault, fault.episode.lasts + 10)


def _bot_down(log: PastLog) -> None:
    lasts = BOT_DOWN.lasts + CATCHING_UP.lasts
    fault = PastFault(
        Episode(BOT_DOWN.trouble, BOT_DOWN.ago, lasts),
        "agent-down",
        Severity.CRITICAL,
        Link.BOT,
        CauseKind.BOT_DOWN,
        message("The bot refuses connections for {lasted:span}", lasted=6.0),
        1.0,
        "connection refused",
        waiting=4,
    )
    number = log.opened(fault, 6)
    log.called(number, fault, 18, ANA)
    log.add(fault.episode.ago - 33, Acknowledged(number, BRUNO))
    log.add(fault.episode.ago - 104, Noted(number, BRUNO, "a deploy failed to start; rolled it back"))
    outcome = message("Answered {part:whole} of {all:whole}", part=4, all=4)
    log.ran(number, fault, BRUNO, RETRY, (180, 262), outcome)
    log.resolved(number, fault, lasts + 5)
