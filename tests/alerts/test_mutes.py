"""Each firing alert has its mute or none, and growth passes a silence alone."""

from msgspec.structs import replace

from qualtui.alerts.inhibition import Inhibition
from qualtui.alerts.maintenance import MaintenanceWindow
from qualtui.alerts.mute import Mute, MuteKind
from qualtui.alerts.mutes import MuteRules, muted_notice, mutes_of, passes
from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.model import MutedNotice, Notified, Severity, Silence
from qualtui.model.matchers import matcher_of
from tests.alerts.alert import alert, incident

WAITING, DOWN = alert(), alert("gateway-not-working", link="gateway")
BOT = (matcher_of("agent=bot"),)
SILENCE = Silence("abc", BOT, "Ana", "planned", 100.0, 200.0)
HUSHED = Mute(MuteKind.SILENCE, "abc", "silenced")


def test_only_what_a_silence_matches_is_muted() -> None:
    silence = replace(SILENCE, matchers=(matcher_of("link=customer"),))
    assert list(mutes_of((WAITING, DOWN), incident(), (), (silence,), MuteRules(), 0, 150.0)) == [WAITING.key]
    assert mutes_of((WAITING, DOWN), incident(), (), (), MuteRules(), 0, 150.0) == {}


def test_labels_of_agent_and_rule_match_and_the_rules_goes_first() -> None:
    rules = MuteRules(
        of_agent={"bot": {"team": "sales", "tier": "1"}}, of_rule={WAITING.rule: {"team": "support"}}
    )
    assert rules.labels(WAITING) == {
        "agent": "bot",
        "rule": "customers-waiting",
        "severity": "critical",
        "link": "customer",
        "incident": "1",
        "team": "support",
        "tier": "1",
    }
    silence = replace(SILENCE, matchers=(matcher_of("team=sales"),))
    assert list(mutes_of((WAITING, DOWN), incident(), (), (silence,), rules, 0, 150.0)) == [DOWN.key]


def test_what_nothing_passes_is_named_before_a_silence() -> None:
    window = MuteRules(windows=(MaintenanceWindow("* * * * *", 3600, "UTC", BOT),))
    found = mutes_of((WAITING,), incident(), (), (SILENCE,), window, 0, 150.0)
    assert found[WAITING.key].kind is MuteKind.MAINTENANCE
    source = MuteRules(inhibitions=(Inhibition((matcher_of("link=gateway"),), (matcher_of("link=customer"),)),))
    found = mutes_of((WAITING,), incident(), (WAITING, DOWN), (SILENCE,), source, 0, 150.0)
    assert found[WAITING.key].kind is MuteKind.INHIBITION


def test_growth_passes_a_silence_and_nothing_else() -> None:
    due = NoticeDecision(NoticeKind.GROWTH, Severity.CRITICAL, 9)
    assert passes(due, HUSHED, incident())
    for kind in (MuteKind.MAINTENANCE, MuteKind.INHIBITION, MuteKind.NIGHT):
        assert not passes(due, replace(HUSHED, kind=kind), incident())


def test_growth_passes_a_silence_that_hid_the_first_notice() -> None:
    muted = MutedNotice("k", 1, "bot", "firing", Severity.CRITICAL, "", "", 120.0, waiting=2)
    hidden = replace(incident(), muted=muted)
    opening = NoticeDecision(NoticeKind.FIRING, Severity.CRITICAL, 5)
    assert not passes(opening, HUSHED, hidden)
    assert passes(replace(opening, waiting=6), HUSHED, hidden)
    reported = replace(hidden, last=Notified(NoticeKind.FIRING, Severity.CRITICAL, 130.0, 6))
    assert not passes(NoticeDecision(NoticeKind.REPEAT, Severity.CRITICAL, 6), HUSHED, reported)


def test_a_muted_notice_is_recorded_once_for_each_reason() -> None:
    due = NoticeDecision(NoticeKind.FIRING, Severity.CRITICAL, 2)
    first = muted_notice(due, HUSHED, incident())
    assert first is not None
    kept = MutedNotice(first.key, 1, "bot", first.kind, first.severity, "", first.reason, 120.0)
    assert muted_notice(due, HUSHED, replace(incident(), muted=kept)) is None
    assert muted_notice(due, replace(HUSHED, key="xyz"), replace(incident(), muted=kept)) is not None
