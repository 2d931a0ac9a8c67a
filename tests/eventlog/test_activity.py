"""The lines that people read."""

import pytest

from qualtui.eventlog.activity import ACTIVITY_KEPT
from qualtui.eventlog.customers import BacklogMarked, CustomerClosed
from qualtui.eventlog.engine import ConfigRead, EngineStarted, EngineStopped
from qualtui.eventlog.fixes import FixFinished, FixStarted, FixStopped
from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incidents import Acknowledged, CauseRevised, Noted, Released
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed, NoticeSending
from qualtui.model import EventBody, Phase, Severity, State
from qualtui.text.message import counted, message
from tests.eventlog.bodies import changed, fired, log_of, queued

BEFORE: tuple[EventBody, ...] = (
    fired(1, Severity.WARNING, summary="2 customers waiting"),
    queued("k"),
    FixStarted("r", "session-cleanup", "bot", "ana", number=1),
)

CASES: list[tuple[EventBody, str, str, int, Severity]] = [
    (fired(2, rule="down", summary="bot is down"), "qualtui", "bot is down", 2, Severity.CRITICAL),
    (fired(1, summary="9 waiting"), "qualtui", "worse, now CRITICAL: 9 waiting", 1, Severity.CRITICAL),
    (fired(1, Severity.INFO), "qualtui", "better, now INFO: 2 customers waiting", 1, Severity.INFO),
    (
        changed(Phase.RESOLVED, 1, old=Phase.FIRING),
        "qualtui",
        "resolved after 40s: 2 customers waiting",
        1,
        Severity.INFO,
    ),
    (Acknowledged(1, "ben"), "ben", "has got it", 1, Severity.INFO),
    (Released(1, "ben"), "ben", "released it", 1, Severity.INFO),
    (Noted(1, "ben", "on it"), "ben", "note: on it", 1, Severity.INFO),
    (NoticeDelivered("k", 1), "qualtui", "notified ops: 3 customers waiting", 1, Severity.INFO),
    (NoticeFailed("k", 3, "refused"), "qualtui", "could not notify ops, gave up: refused", 1, Severity.WARNING),
    (FixStarted("r2", "session-cleanup", "bot", "ben"), "ben", "starts session-cleanup on bot", 0, Severity.INFO),
    (
        FixStarted("r3", "session-cleanup", "bot", "ben", undoes="r"),
        "ben",
        "undoes session-cleanup on bot",
        0,
        Severity.INFO,
    ),
    (FixStopped("r", "ben"), "ben", "stops session-cleanup on bot", 1, Severity.INFO),
    (FixFinished("r", "ok", "closed 2 sessions"), "ana", "session-cleanup: closed 2 sessions", 1, Severity.INFO),
    (FixFinished("r", "interrupted", ""), "ana", "session-cleanup: interrupted", 1, Severity.WARNING),
    (EngineStarted(12, "host-a", "0.1"), "qualtui", "engine 0.1 started on host-a (pid 12)", 0, Severity.INFO),
    (EngineStopped("SIGTERM"), "qualtui", "engine stopped: SIGTERM", 0, Severity.INFO),
    (ConfigRead(True, "d"), "qualtui", "configuration read", 0, Severity.INFO),
    (
        ConfigRead(False, "d", "rules.x: no series"),
        "qualtui",
        "configuration refused, the old one stays: rules.x: no series",
        0,
        Severity.WARNING,
    ),
    (
        CustomerClosed("bot", "lead-1", "ben", "called her", 5.0),
        "ben",
        "answered a customer of bot by hand: called her",
        0,
        Severity.INFO,
    ),
    (
        BacklogMarked("bot", 1, 1.0),
        "qualtui",
        "bot: 1 customer silent for over a day before the first start is backlog",
        0,
        Severity.INFO,
    ),
    (
        BacklogMarked("bot", 2, 1.0),
        "qualtui",
        "bot: 2 customers silent for over a day before the first start are backlog",
        0,
        Severity.INFO,
    ),
]


@pytest.mark.parametrize(("body", "who", "text", "number", "severity"), CASES, ids=[case[2] for case in CASES])
def test_what_matters_gets_a_line(body: EventBody, who: str, text: str, number: int, severity: Severity) -> None:
    state = fold_events(State(), log_of(*BEFORE, body))
    newest = state.activity[-1]
    assert (newest.at, newest.who, str(newest.text)) == (130.0, who, text)
    assert (newest.number, newest.severity) == (number, severity)


@pytest.mark.parametrize(
    "body",
    [
        changed(Phase.PENDING, number=0, rule="other"),
        changed(Phase.INACTIVE, number=0, rule="other"),
        fired(1, Severity.WARNING, summary="2 customers waiting", cause="another reason"),
        queued("k2"),
        NoticeSending("k", 1),
        NoticeFailed("k", 1, "refused", retry_at=200.0),
        FixStopped("unknown", "ben"),
    ],
)
def test_what_does_not_matter_gets_no_line(body: EventBody) -> None:
    before = fold_events(State(), log_of(*BEFORE))
    assert fold_events(State(), log_of(*BEFORE, body)).activity == before.activity


def test_outside_text_becomes_one_clean_line() -> None:
    state = fold_events(State(), log_of(Noted(1, "a\x1b[31mna", "one\ntwo\x07 \u202ethree" + "x" * 900)))
    line = state.activity[-1]
    assert "\x1b" not in line.who
    assert str(line.text).startswith("note: one two three")
    assert len(str(line.text)) <= 200


def test_the_newest_lines_are_kept() -> None:
    state = fold_events(State(), log_of(*(Noted(1, "ana", str(n)) for n in range(ACTIVITY_KEPT + 50))))
    assert len(state.activity) == ACTIVITY_KEPT
    assert str(state.activity[-1].text) == f"note: {ACTIVITY_KEPT + 49}"


def test_a_text_stays_data_until_somebody_reads_it() -> None:
    summary = counted("{count} customer waits", "{count} customers wait", 3)
    cause = message("{service} is down", service="WhatsApp")
    state = fold_events(State(), log_of(fired(1, summary=summary), CauseRevised(1, cause, "gateway")))
    assert (state.incidents[1].summary, state.incidents[1].cause) == (summary, cause)
    assert state.activity[0].text == summary
    assert state.activity[1].text == message("cause revised: {cause}", cause=cause)
    assert str(state.activity[1].text) == "cause revised: WhatsApp is down"
