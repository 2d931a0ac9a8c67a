"""A notice says who waits, why, who has it and what to do next; at its end what happened. No phone."""

from zoneinfo import ZoneInfo

import msgspec
import pytest

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.model import AlertState, FixRun, Incident, Notice, Notified, Phase, Severity
from qualtui.notify.facts import NoticeFacts, WaitPeak
from qualtui.notify.render import key_line, notice_text, notice_words
from qualtui.text.message import Text, TextReader, message

NOW = 1_800_000_000.0
FIRING = Incident(
    42,
    "customers-waiting",
    "ldc-bot",
    Severity.CRITICAL,
    Phase.FIRING,
    NOW - 720,
    NOW - 600,
    "3 customers waiting",
    cause="WhatsApp session FAILED",
    fix="gateway-restart",
    last=Notified("firing", Severity.WARNING, NOW - 600, 3),
)
ALERT = AlertState(
    "customers-waiting", "ldc-bot", Phase.FIRING, Severity.CRITICAL, NOW - 720, 42, summary="oldest waits 12m"
)
RUN = FixRun("r1", "gateway-restart", "ldc-bot", "ana", NOW - 300, outcome="failed", summary="still FAILED")
FACTS = NoticeFacts("WhatsApp session FAILED", 720.0, None, (ALERT,), ("gateway-down",), (RUN,))


def written(
    kind: NoticeKind,
    incident: Incident = FIRING,
    facts: NoticeFacts = FACTS,
    waiting: int = 9,
    severity: Severity = Severity.CRITICAL,
    reader: TextReader | None = None,
) -> tuple[str, list[str]]:
    """Title and lines as a channel gets them."""
    title, body = notice_text(incident, NoticeDecision(kind, severity, waiting), facts, NOW)
    lines = (*body, key_line("42/1/x/0.0/ops"))
    notice = Notice("42/1/x/0.0/ops", 42, "ops", kind, severity, title, lines, NOW)
    words = notice_words(notice, reader or TextReader())
    return words[0], words[1].split("\n")


def test_the_opening_notice_has_all_that_a_person_needs_at_night() -> None:
    title, lines = written(NoticeKind.FIRING)
    assert title == "CRITICAL #42 ldc-bot: 9 customers wait, the longest for 12m: WhatsApp session FAILED"
    assert lines == [
        "Cause: WhatsApp session FAILED",
        "Since 07:48, for 12m.",
        "Owner: no one yet. To take it: qualtui incidents ack 42",
        "Alert: CRITICAL oldest waits 12m, for 12m",
        "Alerts that ended: gateway-down",
        "Tried: gateway-restart at 07:55 by ana: still FAILED",
        "Next step: qualtui fix preview gateway-restart",
        "Details: qualtui i 42",
        "key 42/1/x/0.0/ops",
    ]


KINDS = [
    (NoticeKind.WORSE, "WORSE: CRITICAL #42", "It is CRITICAL now; the last notice said WARNING."),
    (NoticeKind.REOPENED, "AGAIN: CRITICAL #42", "It was resolved and fires again."),
    (NoticeKind.GROWTH, "MORE CUSTOMERS WAIT: CRITICAL #42", "9 customers wait now; the last notice said 3."),
    (
        NoticeKind.UPDATE,
        "UPDATE: CRITICAL #42",
        "What is known of the cause has changed since the last notice.",
    ),
    (NoticeKind.REPEAT, "STILL CRITICAL #42", "It still fires, and no one has taken it."),
]


@pytest.mark.parametrize(("kind", "begins", "news"), KINDS, ids=[kind.value for kind, *_ in KINDS])
def test_each_kind_says_first_what_is_new(kind: NoticeKind, begins: str, news: str) -> None:
    title, lines = written(kind)
    assert title.startswith(begins)
    assert lines[0] == news
    assert "Next step: qualtui fix preview gateway-restart" in lines


def test_no_two_kinds_begin_alike() -> None:
    titles = {written(kind)[0] for kind in NoticeKind}
    assert len(titles) == len(NoticeKind)


def test_one_who_has_it_is_named_and_the_runbook_is_the_next_step_where_no_fix_is() -> None:
    owned = msgspec.structs.replace(FIRING, owner="bruno", fix="", runbook="Look at the host's page.")
    _title, lines = written(NoticeKind.FIRING, owned)
    assert "Owner: bruno" in lines
    assert "Runbook: Look at the host's page." in lines
    assert not any("ack 42" in line or "fix preview" in line for line in lines)


def test_an_unknown_cause_is_said_to_be_unknown() -> None:
    title, lines = written(NoticeKind.FIRING, facts=NoticeFacts(firing=(ALERT,)), waiting=0)
    assert title == "CRITICAL #42 ldc-bot: oldest waits 12m"
    assert lines[0] == "Cause: not known yet"


def test_many_alerts_are_counted_beyond_the_first() -> None:
    many = tuple(msgspec.structs.replace(ALERT, rule=f"rule-{n}", summary="") for n in range(9))
    _title, lines = written(NoticeKind.FIRING, facts=NoticeFacts(firing=many))
    assert sum(line.startswith("Alert: ") for line in lines) == 5
    assert "... and 4 more alerts" in lines


OVER = msgspec.structs.replace(FIRING, phase=Phase.RESOLVED, resolved_at=NOW - 60)
OK = FixRun("r2", "gateway-restart", "ldc-bot", "bruno", NOW - 90, outcome="ok", summary="WORKING after 12 s")
ENDS = [
    ((), "No fix was run here: it ended by itself or by other means."),
    ((RUN,), "No fix that was tried had an effect; it ended by itself or by other means."),
    ((RUN, OK), "It ended after the fix gateway-restart by bruno."),
]


@pytest.mark.parametrize(("runs", "ended"), ENDS, ids=["nothing run", "in vain", "fixed"])
def test_the_end_says_how_long_who_waited_what_was_tried_and_what_ended_it(
    runs: tuple[FixRun, ...], ended: str
) -> None:
    facts = NoticeFacts("WhatsApp session FAILED", None, WaitPeak(9, True), (), ("customers-waiting",), runs)
    title, lines = written(NoticeKind.RESOLVED, OVER, facts, 0)
    assert title == "RESOLVED #42 ldc-bot after 11m: WhatsApp session FAILED"
    assert lines[0] == "From 07:48 to 07:59, 11m."
    assert "At most 9 customers waited at the same time." in lines
    assert ended in lines
    assert sum(line.startswith("Tried: ") for line in lines) == len(runs)
    assert not any("qualtui incidents ack" in line for line in lines)


def test_what_healed_itself_says_so_quietly_and_names_the_fix() -> None:
    facts = NoticeFacts("WhatsApp session FAILED", None, None, (), (), (RUN, OK))
    title, lines = written(NoticeKind.FIXED, OVER, facts, 0, Severity.WARNING)
    assert title == "FIXED ITSELF #42 ldc-bot after 11m: WhatsApp session FAILED"
    assert lines[1:4] == [
        "It took 11m. No one was paged.",
        "Fixed by gateway-restart: WORKING after 12 s (bruno)",
        "No customer is known to wait for a reply now.",
    ]


PEAKS = [
    (WaitPeak(0, True), "No customer waited."),
    (WaitPeak(1, True), "1 customer waited."),
    (WaitPeak(4, False), "At least 4 customers waited at the same time; not every moment is known."),
    (WaitPeak(0, False), ""),
]


@pytest.mark.parametrize(("peak", "line"), PEAKS)
def test_what_is_not_known_of_those_who_waited_is_not_claimed(peak: WaitPeak, line: str) -> None:
    _title, lines = written(NoticeKind.RESOLVED, OVER, NoticeFacts(peak=peak), 0)
    assert [one for one in lines if "waited" in one] == ([line] if line else [])


def test_no_phone_reaches_the_log_or_a_channel() -> None:
    phone = "+55 11 98765-4321"
    told = msgspec.structs.replace(
        FIRING, owner=f"ana {phone}", runbook=message("Call {who}", who=phone), summary=phone
    )
    facts = NoticeFacts(message("x {who}", who=phone), 1.0, None, (msgspec.structs.replace(ALERT, summary=phone),))
    title, body = notice_text(told, NoticeDecision(NoticeKind.FIRING, Severity.CRITICAL, 1), facts, NOW)
    stored = msgspec.json.encode((title, body)).decode()
    assert "98765" not in stored
    assert "98765" not in str(written(NoticeKind.FIRING, told, facts))


class Upside:
    """A catalogue that turns each template's first word around."""

    def gettext(self, message: str) -> str:
        return message.replace("Cause: ", "Causa: ").replace("customers wait", "clientes esperam")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def test_a_channel_reads_in_its_own_language_and_zone() -> None:
    title, lines = written(NoticeKind.FIRING, reader=TextReader(Upside(), ZoneInfo("America/Sao_Paulo")))
    assert "9 clientes esperam" in title
    assert lines[:2] == ["Causa: WhatsApp session FAILED", "Since 04:48, for 12m."]


def test_a_notice_of_an_older_version_is_sent_as_it_was_stored() -> None:
    old = Notice("k", 1, "ops", "firing", Severity.WARNING, "WARNING #1 bot: x", "Cause: y\nkey k", NOW)
    assert notice_words(old) == ("WARNING #1 bot: x", "Cause: y\nkey k")


def test_an_older_body_and_a_newer_one_are_read_from_the_log() -> None:
    for body in ("a\nb", (message("a {n}", n=1), "b")):
        notice = Notice("k", 1, "ops", "firing", Severity.WARNING, Text("t"), body, NOW)
        assert msgspec.json.decode(msgspec.json.encode(notice), type=Notice) == notice
