"""An incident that recovers or is over is named after what it was about, not after its last alert."""

from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incident_changes import AlertsJoined, IncidentOpened, IncidentReopened, IncidentResolved
from qualtui.model import EventBody, Incident, Origin, Phase, Severity, State
from tests.eventlog.bodies import log_of

C, W = Severity.CRITICAL, Severity.WARNING


def fires(rule: str, link: str, severity: Severity, summary: str, old: Phase = Phase.INACTIVE) -> AlertChanged:
    return AlertChanged(rule, "bot", old, Phase.FIRING, severity, "x", 90.0, link, summary=summary, number=1)


def ends(rule: str) -> AlertChanged:
    return AlertChanged(rule, "bot", Phase.FIRING, Phase.RESOLVED, W, "x", 90.0, number=1)


SESSION = fires("session", "gateway", C, "session is FAILED")
WAITING = fires("waiting", "customer", C, "7 wait")
DISAGREE = fires("disagree", "", W, "Sources disagree")
OPENED = IncidentOpened(
    1, "bot", ("session@bot",), Origin.FAULT, "session", C, 90.0, "session is FAILED", link="gateway"
)
JOINED = AlertsJoined(1, ("disagree@bot", "waiting@bot"), C)
OVER = IncidentResolved(1, "no alert of it fires any more")
WHOLE = (SESSION, OPENED, DISAGREE, WAITING, JOINED, ends("session"), ends("waiting"))


def after(*bodies: EventBody) -> Incident:
    return fold_events(State(), log_of(*bodies)).incidents[1]


def test_the_effect_that_is_left_is_the_line_and_the_fault_stays_the_title() -> None:
    left = after(*WHOLE)
    assert (left.rule, left.summary, left.title) == ("disagree", "Sources disagree", "session is FAILED")


def test_it_ends_as_what_it_was_about() -> None:
    over = after(*WHOLE, ends("disagree"), OVER)
    assert (over.rule, over.summary, over.title) == ("session", "session is FAILED", "session is FAILED")


def test_its_end_is_reported_by_what_it_was_about() -> None:
    state = fold_events(State(), log_of(*WHOLE, ends("disagree"), OVER))
    assert str(state.activity[-1].text).endswith(": session is FAILED")


def test_of_the_alerts_that_weigh_the_same_the_first_gives_the_title_in_its_newest_words() -> None:
    worse = fires("session", "gateway", C, "session is STOPPED", Phase.FIRING)
    other = fires("uptime", "gateway", C, "it restarts again and again")
    joined = AlertsJoined(1, ("uptime@bot",), C)
    assert after(SESSION, OPENED, worse, other, joined, ends("session")).title == "session is STOPPED"


def test_opened_again_it_is_about_what_opened_it() -> None:
    again = IncidentReopened(1, ("waiting@bot",), W)
    calm = fires("waiting", "customer", W, "2 wait")
    assert after(SESSION, OPENED, ends("session"), OVER, calm, again).title == "2 wait"
