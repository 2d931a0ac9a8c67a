"""The why names the first broken link, with its proof, and is silent when all is well."""

from collections.abc import Mapping
from typing import Any

import pytest

from qualtui.diagnosis.chain import chain
from qualtui.diagnosis.diagnose import root_cause
from qualtui.diagnosis.own_network import OURS
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.model import Evidence, Link, Sample
from qualtui.series.evidence import Reading
from tests.diagnosis.readings import NOW, readings
from tests.english import english

OLD, NO_DATA, NO_SOURCE = Evidence.OLD, Evidence.NO_DATA, Evidence.NO_SOURCE
REFUSED = {"health_up": (0, "refused"), "health_refused": 1, "health_down": (1, "refuses connections")}
BUSY = {"health_up": (0, "no answer in 30s"), "health_silent": 1, "health_down": (0, "busy or slow")}
SILENT = {"health_up": (0, "no answer in 30s"), "health_down": (1, "3 misses in 3m, and nothing sent")}
BROKEN = {"health_up": (0, "HTTP 500"), "health_down": (1, "3 misses in 3m, and nothing sent: HTTP 500")}
DB_DOWN = {"db_up": (0, "refused")}
FAILED = {"gateway_working": (0, "FAILED")}
DEAF = {"gateway_up": (0, "no answer in 5s"), "gateway_working": NO_DATA}
WAITING = {"customers_waiting": 3, "customers_oldest": 300}
STORED = {**WAITING, "customers_unstored": 2}
PHANTOM = {**WAITING, "customers_phantom": 3}

CASES: list[tuple[str, dict[str, Any], Link | None, str]] = [
    ("all is well", {}, None, ""),
    ("the night is quiet", {"customers_last_inbound": 9000, "customers_last_reply": 9000}, None, ""),
    (
        "one is being answered within the bot's own reply times",
        {"customers_waiting": 1, "customers_oldest": 5, "sessions_bot_owes": 1},
        None,
        "",
    ),
    (
        "the same, and the chats could not be read",
        {"customers_waiting": 1, "sessions_bot_owes": 1, "chats_evidence": (0, "no answer")},
        Link.GATEWAY,
        "chats can't be trusted",
    ),
    ("the bot is closed", REFUSED, Link.BOT, "refuses connections"),
    ("the bot is closed and three wait", {**REFUSED, **WAITING}, Link.BOT, "refuses connections"),
    ("the bot is silent", SILENT, Link.BOT, "The bot is down"),
    ("the bot fails", BROKEN, Link.BOT, "HTTP 500"),
    ("the bot is busy", BUSY, Link.BOT, "busy replying, or stuck"),
    (
        "the bot names a broken service",
        {"health_up": (0, "database error"), "health_down": (0, "busy or slow: database error")},
        Link.BOT,
        "/health is not well for 0s: database error",
    ),
    ("the database is down, health lies", DB_DOWN, Link.DATABASE, "SOURCES DISAGREE"),
    ("the database is down, rows are old", {**DB_DOWN, "customers_waiting": OLD}, Link.DATABASE, "refused"),
    ("database and bot are down", {**DB_DOWN, **REFUSED}, Link.DATABASE, "and the bot too"),
    ("the database is down, the bot busy", {**DB_DOWN, **BUSY}, Link.DATABASE, "refused"),
    ("the gateway failed", FAILED, Link.GATEWAY, "WhatsApp session FAILED"),
    ("the gateway failed, rows say sent", {**FAILED, **PHANTOM}, Link.GATEWAY, 'the database says "sent"'),
    (
        "the gateway failed and the bot is stuck sending",
        {**FAILED, **SILENT},
        Link.GATEWAY,
        "stuck sending",
    ),
    ("the gateway failed and the bot is busy sending", {**FAILED, **BUSY}, Link.GATEWAY, "stuck sending"),
    ("the gateway starts and starts", {"gateway_working": (0, "STARTING")}, Link.GATEWAY, "STARTING"),
    ("the host answers for the bot", {**SILENT, "health_down": (1, "3 misses: HTTP 502")}, Link.BOT, "HTTP 502"),
    ("the database rejects us", {"db_up": (0, "the password is rejected")}, Link.DATABASE, "password"),
    ("all three are broken", {**DB_DOWN, **SILENT, **FAILED}, Link.DATABASE, "refused"),
    ("undelivered while the bot is busy", {**PHANTOM, **BUSY}, Link.CUSTOMER, "not delivered"),
    ("never greeted while the gateway failed", {**FAILED, "customers_never_greeted": 3}, Link.GATEWAY, "FAILED"),
    ("the gateway wants a QR", {"gateway_working": (0, "SCAN_QR_CODE")}, Link.GATEWAY, "SCAN_QR_CODE"),
    ("the gateway is silent", DEAF, Link.GATEWAY, "no answer in 5s"),
    ("the gateway failed and the bot is closed", {**FAILED, **REFUSED}, Link.BOT, "refuses connections"),
    ("the gateway failed and the database is down", {**FAILED, **DB_DOWN}, Link.DATABASE, "refused"),
    ("the gateway works again, three undelivered", PHANTOM, Link.CUSTOMER, "not delivered"),
    (
        "the gateway works again, one undelivered",
        {**WAITING, "customers_phantom": 1},
        Link.CUSTOMER,
        "not delivered",
    ),
    ("stuck sessions", {**WAITING, "sessions_bot_owes": 3}, Link.BOT, "3 customers wait"),
    (
        "one stuck session",
        {"customers_waiting": 1, "sessions_bot_owes": 1, "customers_overdue": 1},
        Link.BOT,
        "1 customer waits",
    ),
    (
        "busy comes before owing",
        {**WAITING, **BUSY, "customers_oldest": 0, "sessions_bot_owes": 3},
        Link.BOT,
        "busy",
    ),
    ("owing since before it got busy", {**WAITING, **BUSY, "sessions_bot_owes": 3}, Link.BOT, "sent no reply"),
    ("nobody was greeted", {**WAITING, "customers_never_greeted": 2}, Link.BOT, "2 leads were created and never"),
    (
        "one was not greeted",
        {"customers_waiting": 1, "customers_never_greeted": 1, "customers_overdue": 1},
        Link.BOT,
        "1 lead was created",
    ),
    ("messages never got in", {**WAITING, "customers_unstored": 3}, Link.WEBHOOK, "never stored"),
    ("one message never got in", {**WAITING, "customers_unstored": 1}, Link.WEBHOOK, "1 never stored"),
    (
        "they were lost, and nobody knows of the bot",
        {**WAITING, "customers_unstored": 1, "health_up": NO_SOURCE, "health_down": NO_SOURCE},
        Link.WEBHOOK,
        "lost on the way in",
    ),
    ("they were lost while the database was down", {**DB_DOWN, "customers_unstored": 3}, Link.DATABASE, "is down"),
    (
        "the bot loses what comes and is busy",
        {**WAITING, **BUSY, "customers_unstored": 3},
        Link.WEBHOOK,
        "never stored",
    ),
    (
        "the oldest was never stored, others are owed",
        {**STORED, "customers_oldest": (700, "never stored"), "sessions_bot_owes": 5},
        Link.WEBHOOK,
        "never stored",
    ),
    (
        "the oldest is owed, others were never stored",
        {**STORED, "customers_oldest": (700, "stored, no reply"), "sessions_bot_owes": 1},
        Link.WEBHOOK,
        "most likely with HTTP 500 (2 never stored, 1 stored, no reply)",
    ),
    (
        "the oldest was never greeted, others are owed",
        {
            **WAITING,
            "customers_oldest": (700, "never greeted"),
            "customers_never_greeted": 1,
            "sessions_bot_owes": 2,
        },
        Link.BOT,
        "never greeted",
    ),
    ("the database is slow", {**WAITING, "db_seconds": 2.5}, Link.DATABASE, "is slow: 2.5s"),
    (
        "the database is slow and messages are lost",
        {**WAITING, "db_seconds": 2.5, "customers_unstored": 2},
        Link.WEBHOOK,
        "never stored",
    ),
    (
        "the bot hangs in a slow database",
        {**SILENT, "health_silent": 1, "db_seconds": 2.5},
        Link.DATABASE,
        "is slow: 2.5s for an empty query; the bot waits for it",
    ),
    ("the bot fails beside a slow database", {**BROKEN, "db_seconds": 2.5}, Link.BOT, "HTTP 500"),
    ("the gateway hears nobody", {"inbound_expected": 12.4}, Link.GATEWAY, "receives no messages: 12 customers"),
    (
        "the gateway hears nobody, and one waits since before",
        {**WAITING, "inbound_expected": 12.4, "sessions_bot_owes": 1},
        Link.BOT,
        "sent no reply",
    ),
    ("the deep check names services", {"deep_broken": (2, "queue stuck, waha down")}, Link.BOT, "queue stuck"),
    (
        "the deep check and we differ",
        {"deep_broken": (1, "database down"), "deep_database": Evidence.DISAGREE},
        Link.BOT,
        "database down; we find it well: SOURCES DISAGREE",
    ),
    (
        "the deep check says more of it",
        {**FAILED, "deep_broken": (1, "waha down")},
        Link.GATEWAY,
        "WhatsApp session FAILED",
    ),
    (
        "nothing that the bot sends is stored",
        {"agent_claimed": Evidence.DISAGREE, "messages_sent_1h": 12, "inbound_expected": 12.4},
        Link.DATABASE,
        "sends that have no row: 30, of which 12 were stored",
    ),
    (
        "the same while one is being answered by a busy bot",
        {"agent_claimed": Evidence.DISAGREE, **BUSY, "customers_waiting": 1, "customers_oldest": 20},
        Link.DATABASE,
        "sends that have no row",
    ),
    (
        "some sends had no row, and one waits long",
        {"agent_claimed": Evidence.DISAGREE, **WAITING, "sessions_bot_owes": 1},
        Link.BOT,
        "sent no reply",
    ),
    ("they wait and no row tells why", WAITING, Link.CUSTOMER, "no reply was stored"),
    ("they are in no row yet", {**WAITING, "customers_unseen": 3}, Link.WEBHOOK, "has not stored yet"),
    (
        "they wrote while the bot was down",
        {
            "customers_waiting": 6,
            "customers_oldest": 90,
            "customers_unseen": 6,
            "health_back": 40,
            "health_away": 120,
        },
        Link.WEBHOOK,
        "6 customers wrote while the bot was down",
    ),
    (
        "they wrote while the bot was down, minutes ago",
        {**WAITING, "customers_unstored": 1, "health_back": 200, "health_away": 120},
        Link.WEBHOOK,
        "1 customer wrote while the bot was down",
    ),
    (
        "they wrote after the bot came back",
        {**WAITING, "customers_unstored": 3, "health_back": 500, "health_away": 120},
        Link.WEBHOOK,
        "HTTP 500",
    ),
    (
        "they wrote long before the bot went away",
        {**WAITING, "customers_unstored": 3, "health_back": 40, "health_away": 60},
        Link.WEBHOOK,
        "HTTP 500",
    ),
    (
        "the session has a state that the bot does not know",
        {**WAITING, "customers_unstored": 2, "sessions_unreadable": (2, "saudacao")},
        Link.BOT,
        "can't read sessions of 2 customers (saudacao)",
    ),
    (
        "three wait for a send that hangs",
        {**WAITING, **BUSY, "sessions_bot_owes": 3, "health_stuck_sending": 400},
        Link.GATEWAY,
        "stuck sending",
    ),
    (
        "the gateway failed, and sends hang",
        {
            **WAITING,
            **BUSY,
            **FAILED,
            "sessions_bot_owes": 3,
            "health_stuck_sending": 400,
        },
        Link.GATEWAY,
        "WhatsApp session FAILED",
    ),
    (
        "one writes without end",
        {**WAITING, **BUSY, "customers_flood": (60, "+55 11 •••••-••21"), "sessions_bot_owes": 2},
        Link.CUSTOMER,
        "floods the bot: 60 messages in 5m",
    ),
    ("one writes without end, and no one waits", {"customers_flood": (60, "")}, None, ""),
    (
        "a session restarts while they wait for something else",
        {**STORED, "gateway_working": (0, "STARTING"), "gateway_session_starting": 1},
        Link.WEBHOOK,
        "never stored",
    ),
    (
        "a session restarts, and they wait since then",
        {**STORED, "customers_oldest": 20, "gateway_working": (0, "STARTING"), "gateway_session_starting": 1},
        Link.GATEWAY,
        "STARTING",
    ),
    ("the rows are old", {"customers_waiting": OLD}, Link.CUSTOMER, "No fresh evidence of: customer"),
    ("the gateway was not asked", {"gateway_working": NO_DATA}, Link.GATEWAY, "No fresh evidence of: gateway"),
    ("no gateway is configured", {"gateway_up": NO_SOURCE, "gateway_working": NO_SOURCE}, None, ""),
    ("no health is configured", {"health_up": NO_SOURCE, "health_down": NO_SOURCE}, None, ""),
    (
        "our own network",
        {"health_up": NO_DATA, "db_up": NO_DATA, "gateway_up": NO_DATA},
        Link.US,
        "We cannot poll",
    ),
    ("everything is old", {"health_up": OLD, "db_up": OLD, "gateway_up": OLD}, Link.US, "We cannot poll"),
    (
        "only the database answers",
        {"health_up": NO_DATA, "gateway_up": NO_DATA, "gateway_working": NO_DATA},
        Link.BOT,
        "bot",
    ),
    (
        "chats that are not believed",
        {"chats_evidence": (0, "hidden ids")},
        Link.GATEWAY,
        "can't be trusted: hidden ids",
    ),
    (
        "chats that are not read",
        {"chats_evidence": (None, "HTTP 500")},
        Link.GATEWAY,
        "can't be trusted: HTTP 500",
    ),
    ("chats that are believed", {"chats_evidence": (1, "")}, None, ""),
]


@pytest.mark.parametrize(
    ("changed", "link", "words"),
    [
        ({"db_up": DB_DOWN["db_up"]}, Link.DATABASE, "The database is down"),
        (REFUSED, Link.BOT, "refuses connections"),
        (FAILED, Link.GATEWAY, "WhatsApp session FAILED"),
        # What answered a minute ago is fresh still; who is asked more often is not heard any more.
        ({"db_up": OURS, "gateway_up": OURS, "gateway_working": OURS}, Link.US, "Our own network"),
        (
            {"health_up": OURS, "db_up": OURS, "gateway_up": OURS, "gateway_working": OURS},
            Link.US,
            "Our own network",
        ),
        ({"gateway_working": NO_DATA}, Link.GATEWAY, "No fresh evidence of: gateway"),  # such as a rejected key
        (REFUSED | {"db_up": OURS, "gateway_up": OURS, "gateway_working": OURS}, Link.BOT, "refuses connections"),
    ],
)
def test_a_silent_control_target_does_not_hide_the_broken_link(
    changed: dict[str, Any], link: Link, words: str
) -> None:
    known = readings(**{name: NO_DATA if value is OURS else value for name, value in changed.items()})
    for name, value in changed.items():
        if value is OURS:
            series = name.replace("_", ".", 1)
            known[series] = Reading(NO_DATA, Sample(f"bot/{series}", NOW, None, OURS))
            silent = series.partition(".")[0] + ".silent"
            known[silent] = Reading(Evidence.FRESH, Sample(f"bot/{silent}", NOW, 1.0, "no answer in 5s"))
    known["control.up"] = Reading(Evidence.FRESH, Sample("bot/control.up", NOW, 0.0, "refused"))
    reason = root_cause(chain(known, (), NOW), known, NOW)
    assert (reason.link, words in str(reason.text)) == (link, True)


def told(changed: Mapping[str, Any]) -> RootCause:
    known = readings(**changed)
    return english(root_cause(chain(known, (), NOW), known, NOW))


@pytest.mark.parametrize(("what", "changed", "link", "words"), CASES, ids=[case[0] for case in CASES])
def test_the_why_of(what: str, changed: dict[str, Any], link: Link | None, words: str) -> None:
    reason = told(changed)
    assert reason.link is link
    assert words in str(reason.text)
    assert bool(reason.text) is (link is not None)


@pytest.mark.parametrize("case", [case for case in CASES if case[2] is not None], ids=lambda case: str(case[0]))
def test_a_why_is_one_line_that_fits_and_has_no_empty_words(
    case: tuple[str, dict[str, Any], Link, str],
) -> None:
    reason = told(case[1])
    assert "\n" not in str(reason.text)
    assert len(str(reason.text)) <= 140
    assert not any(word in str(reason.text) for word in ("{", "None", "::", "  "))


def test_a_lie_of_health_is_proved_by_both_sources() -> None:
    assert told(DB_DOWN).proof == ("database: refused", "/health: 200, it does not check the database")


@pytest.mark.parametrize("readings", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_nothing_is_proved_twice_by_the_same(readings: dict[str, Any]) -> None:
    proof = told(readings).proof
    assert len(set(proof)) == len(proof)


def test_phantom_sends_are_proved_by_the_rows_and_the_gateway() -> None:
    proof = told({**FAILED, **PHANTOM}).proof
    assert proof[:2] == ("gateway: FAILED", 'messages: 3 customers have a row "sent" and no delivery')


def test_a_cause_offers_the_remedy_that_mends_it_and_no_other() -> None:
    assert told(FAILED).fixes == ("gateway-restart",)
    assert told({**WAITING, "sessions_bot_owes": 3}).fixes == ("retry", "session-cleanup")
    assert told(REFUSED).fixes == ("service-restart", "failover")


def test_a_session_that_is_logged_out_is_never_to_be_restarted_and_the_next_step_is_the_phone() -> None:
    logged_out = told({"gateway_working": (0, "SCAN_QR_CODE"), "gateway_needs_human": 1})
    assert "a person with the phone must log it in" in str(logged_out.text)
    assert (logged_out.fixes, str(logged_out.step).partition(":")[0]) == (
        (),
        "log in with the phone that owns the number",
    )
    assert told(FAILED).step == ""


STUCK = {**WAITING, "sessions_bot_owes": 3, "health_stuck_sending": 400}


@pytest.mark.parametrize(
    ("changed", "root"),
    [
        (BUSY, CauseKind.STUCK_SENDING),
        ({}, CauseKind.STUCK_SENDING),  # idle between two kills of its worker
        ({"health_stuck_sending": 0}, CauseKind.BOT_OWES),
        ({"health_stuck_sending": OLD}, CauseKind.BOT_OWES),
        ({"sessions_bot_owes": 0}, CauseKind.NOTHING_SEEN),
        ({**BUSY, "db_seconds": 2.5}, CauseKind.DATABASE_SLOW),
        (FAILED, CauseKind.GATEWAY),
        (REFUSED, CauseKind.BOT_DOWN),
    ],
)
def test_a_bot_that_is_stuck_sending_is_offered_a_restart_of_the_session_also_while_it_is_idle(
    changed: dict[str, Any], root: CauseKind
) -> None:
    reason = told({**STUCK, **changed})
    assert reason.root is root
    assert ("gateway-restart" in reason.fixes) is (root in {CauseKind.STUCK_SENDING, CauseKind.GATEWAY})
    if root is CauseKind.STUCK_SENDING:
        assert reason.since == NOW - 400


def test_a_flood_s_sender_is_in_the_proof_and_not_in_what_is_stored() -> None:
    reason = told({**WAITING, "customers_flood": (60, "+55 11 •••••-••21")})
    assert reason.proof[0] == "sender: +55 11 •••••-••21"
    assert "••" not in str(reason.text)


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"customers_unstored": 4},  # they wait in the bot's queue
        {"customers_unstored": 4, "sessions_bot_owes": 3},
        {**STUCK, **BUSY},  # skipped replies leave no row
        {"agent_claimed": Evidence.DISAGREE},
        {"customers_phantom": 1},
    ],
)
def test_while_a_flood_lasts_it_is_the_cause_and_the_offered_fix_stays_the_same(beside: dict[str, Any]) -> None:
    reason = told({**WAITING, **beside, "customers_flood": (60, "+55 11 •••••-••21")})
    assert (reason.root, reason.fixes) == (CauseKind.FLOOD, ("retry",))


def test_a_session_that_the_bot_cannot_read_is_closed_before_its_customer_is_answered() -> None:
    reason = told({**WAITING, "customers_unstored": 2, "sessions_unreadable": (2, "saudacao")})
    assert reason.fixes == ("session-cleanup", "retry")
    assert "close these sessions first" in str(reason.step)


def test_one_with_a_stored_and_a_lost_message_is_counted_once() -> None:
    reason = told(
        {"customers_waiting": 13, "customers_oldest": 44, "customers_unstored": 5, "sessions_bot_owes": 10}
    )
    assert str(reason.text).startswith("13 customers' messages ")
    assert "(5 never stored, 8 stored, no reply)" in str(reason.text)


@pytest.mark.parametrize(
    ("note", "changed", "restarts"),
    [
        ("refused", {"gateway_silent": 0, "gateway_seconds": NO_DATA}, False),
        ("HTTP 500", {"gateway_silent": 0, "gateway_seconds": 0.1}, True),
        ("no answer in 5s", {"gateway_silent": 1, "gateway_seconds": 5.0}, True),
    ],
)
def test_a_gateway_that_refuses_connections_is_not_asked_to_restart_its_session(
    note: str, changed: dict[str, Any], restarts: bool
) -> None:
    reason = told({"gateway_up": (0, note), "gateway_working": (0, note), **changed})
    assert bool(reason.fixes) is restarts
    assert ("start the gateway itself" in str(reason.step)) is not restarts


def test_chats_that_are_no_witness_are_named_before_a_webhook_that_nobody_used_yet() -> None:
    reason = told({"customers_last_inbound": NO_DATA, "chats_evidence": (0, "HTTP 500")})
    assert "can't be trusted: HTTP 500" in str(reason.text)


@pytest.mark.parametrize("unstored", [1, 2])
def test_messages_lost_on_the_way_in_name_both_places_where_they_may_be_lost(unstored: float) -> None:
    """No witness tells a webhook that fails from a gateway that posts to another address."""
    reason = told({**WAITING, "customers_unstored": unstored})
    assert "did not reach the bot, or its webhook fails" in str(reason.text)
    assert "the webhook's address in the gateway" in str(reason.step)


def test_a_webhook_that_fails_has_a_next_step() -> None:
    assert "the host's log" in str(told({**WAITING, "customers_unstored": 2, "sessions_bot_owes": 1}).step)


@pytest.mark.parametrize(("slow_for", "link"), [(310, Link.DATABASE), (100, Link.WEBHOOK)])
def test_who_began_to_wait_in_a_slow_database_waits_for_that(slow_for: float, link: Link) -> None:
    known = readings(**STORED, db_seconds=2.5)
    began = chain(known, (), NOW - slow_for)
    assert root_cause(chain(known, began, NOW), known, NOW).link is link


def test_a_database_that_turns_us_away_has_its_own_next_step() -> None:
    away = {"db_up": (0, "no more clients allowed"), "db_refused": (1, "free connections of the pooler")}
    assert told(away).step == "free connections of the pooler"
    assert told({**away, "db_refused": (0, "")}).step == ""


def test_the_time_of_the_gateway_s_trouble_is_not_said_of_its_latest_status() -> None:
    before = readings(gateway_working=(0, "FAILED"))
    links = chain(before, (), NOW - 240)
    known = readings(gateway_working=(0, "SCAN_QR_CODE"), gateway_needs_human=(1, ""))
    text = str(root_cause(chain(known, links, NOW), known, NOW).text)
    assert text.startswith("WhatsApp session SCAN_QR_CODE: not working for 4m")
