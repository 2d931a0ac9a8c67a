"""Each alert and each notice of an incident is one line that says what became of it."""

import pytest

from qualtui.model import Severity
from qualtui.widgets.incident_words import alert_words, alerts_summary, notice_words
from qualtui.wire import IncidentAlert, NoticeView

NOW = 1000.0
FIRES = IncidentAlert("gateway-down", Severity.CRITICAL, NOW - 300, None, "session FAILED")
PLAIN = IncidentAlert("lost", Severity.WARNING, NOW - 60)
OVER = IncidentAlert("webhook-silent", ended_at=NOW - 120)


@pytest.mark.parametrize(
    ("alert", "line"),
    [
        (FIRES, "CRITICAL session FAILED, for 5m"),
        (PLAIN, "WARNING lost, for 1m"),
        (OVER, "webhook-silent: ended 2m ago"),
    ],
)
def test_an_alert_says_how_bad_and_since_when_or_when_it_ended(alert: IncidentAlert, line: str) -> None:
    assert alert_words(alert, NOW) == line


@pytest.mark.parametrize(
    ("alerts", "line"),
    [
        ((FIRES, PLAIN, OVER), "2 fire, 1 ended: session FAILED; lost"),
        ((FIRES, PLAIN), "2 fire: session FAILED; lost"),
        ((OVER, OVER), "2 ended"),
    ],
)
def test_all_alerts_fit_in_one_line(alerts: tuple[IncidentAlert, ...], line: str) -> None:
    assert alerts_summary(alerts, 70) == line
    assert len(alerts_summary(alerts, 12)) <= 12


@pytest.mark.parametrize(
    ("status", "reason", "fate"),
    [
        ("queued", "", "not sent yet"),
        ("queued", "HTTP 503", "retrying: HTTP 503"),
        ("sending", "", "being sent"),
        ("delivered", "", "delivered"),
        ("failed", "HTTP 404", "not delivered: HTTP 404"),
        ("covered", "", "reported with the end"),
        ("of a later version", "", "of a later version"),
    ],
)
def test_a_notice_says_what_became_of_it(status: str, reason: str, fate: str) -> None:
    notice = NoticeView("k", "mail", "growth", "t", status, 1, NOW, reason)
    assert notice_words(notice, "03:10") == f"03:10 mail: more customers wait, {fate}"
