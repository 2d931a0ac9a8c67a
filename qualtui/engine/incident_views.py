"""The projection of state into what screens show: incidents, activity. Pure."""

from collections import Counter
from collections.abc import Callable, Container, Sequence

from msgspec.structs import replace

from qualtui.alerts.flapping import flap_count
from qualtui.diagnosis.fix_choice import TriedFixes, spent_fixes
from qualtui.eventlog.incident_lead import firing_members
from qualtui.model import Activity, FixRun, Incident, Notice, Phase, Severity, State, alert_key
from qualtui.text.message import EMPTY, Saying, Text, counted, message
from qualtui.wire import ActivityView, ChannelView, IncidentAlert, IncidentView, NoticeView

INCIDENTS = 60  # rows sent to a screen, where not more of them fire
FIRING = 500  # rows of those that fire; beyond that only the counts show them
ACTIVITY = 80
CHANNEL_PATIENCE = 300.0  # s for which a channel may fail that has delivered before
DEAD_LETTER_SHOWN = 7 * 86400.0  # s for which a notice that was given up is a banner
PENDING = {"queued", "sending"}


Live = Callable[[Incident], Incident]  # with its line and the fix that is offered at this moment


def incidents(
    state: State,
    live: Live = lambda incident: incident,
    recovering: Container[int] = (),
    scheduled: Container[int] = (),
    most: int = 0,
) -> tuple[IncidentView, ...]:
    """Firing ones first, worst and oldest first, the recovering ones after them; then the newest resolved.

    `live`: a firing one as it is now; `recovering`: the numbers of those that are clear by fresh evidence;
    `scheduled`: of those whose rest is planned; `most`: so many rows, and not what a screen is sent.
    """

    def order(incident: Incident) -> tuple[int, int, float]:
        if incident.phase is Phase.FIRING:
            return (
                int(incident.number in recovering or incident.number in scheduled),
                -incident.severity.rank,
                incident.fired_at,
            )
        return 2, 0, -(incident.resolved_at or 0.0)

    fire = sum(one.phase is Phase.FIRING for one in state.incidents.values())
    chosen = sorted(state.incidents.values(), key=order)[: most or max(INCIDENTS, min(fire, FIRING))]
    current = (live(one) if one.phase is Phase.FIRING else one for one in chosen)
    trying = Counter(one.number for one in state.notices.values() if one.status in PENDING)
    rows = (_row(incident, trying[incident.number], state) for incident in current)
    return tuple(
        replace(row, recovering=row.number in recovering, scheduled=row.number in scheduled)
        if row.number in recovering or row.number in scheduled
        else row
        for row in rows
    )


def firing_incidents(
    state: State, recovering: Container[int] = (), scheduled: Container[int] = ()
) -> dict[Severity, int]:
    """How many incidents of each severity fire, with a row or not; without the recovering ones.

    A scheduled one counts as a WARNING at most.
    """
    fires = (one for one in state.incidents.values() if one.phase is Phase.FIRING)
    return dict(
        Counter(
            Severity.WARNING if one.number in scheduled and one.severity is Severity.CRITICAL else one.severity
            for one in fires
            if one.number not in recovering
        )
    )


def incident_view(incident: Incident, state: State) -> IncidentView:
    """Return an incident as a row, with the state of its notices."""
    trying = sum(one.number == incident.number and one.status in PENDING for one in state.notices.values())
    return _row(incident, trying, state)


def _row(incident: Incident, trying: int, state: State) -> IncidentView:
    lead = state.alerts.get(alert_key(incident.rule, incident.agent)) if incident.phase is Phase.FIRING else None
    return IncidentView(
        number=incident.number,
        agent=incident.agent,
        rule=incident.rule,
        severity=incident.severity,
        phase=incident.phase,
        summary=incident.summary,
        cause=incident.cause,
        since=incident.since,
        fired_at=incident.fired_at,
        resolved_at=incident.resolved_at,
        owner=incident.owner,
        notices=notices_word(incident, trying),
        fix=incident.fix,
        runbook=incident.runbook,
        notes=incident.notes,
        undelivered=bool(incident.failed),
        snoozed_until=incident.snoozed_until,
        taken_at=incident.renewed_at if incident.before is not None else None,
        unseen_since=None if lead is None else lead.unseen_since,
        flapping=flapping_words(incident),
    )


def flapping_words(incident: Incident) -> Saying:
    """Return how often an incident that flaps began; empty for any other."""
    if not incident.flaps or incident.flapping is None:
        return ""
    count = flap_count(incident, incident.flapping.window)
    return message("flapping: {times:whole} times in {span:span}", times=count.times, span=count.span)


def notices_word(incident: Incident, trying: int) -> Text:
    """Return the state of an incident's notices, the worst first; `trying` of them are still to be sent."""
    words: list[Text] = []
    if incident.failed:
        words.append(counted("{count} failed", "{count} failed", incident.failed))
    if trying:
        words.append(counted("{count} sending", "{count} sending", trying))
    if incident.delivered:
        words.append(counted("{count} sent", "{count} sent", incident.delivered))
    return message("{states}", states=[*words]) if words else EMPTY


def incident_alerts(incident: Incident, state: State) -> tuple[IncidentAlert, ...]:
    """Return an incident's alerts: those that fire, the leading one first, then those that ended."""
    fire = firing_members(incident, state.alerts) if incident.phase is Phase.FIRING else []
    keys = {one.key for one in fire}
    rows = [IncidentAlert(one.rule, one.severity, one.since, None, one.summary, one.unseen_since) for one in fire]
    for key, ended in sorted(incident.members.items(), key=lambda item: item[1]):
        if key not in keys:
            at = ended or incident.resolved_at
            rows.append(IncidentAlert(key.partition("@")[0], ended_at=at or incident.since))
    return tuple(rows)


def incident_notices(number: int, state: State) -> tuple[NoticeView, ...]:
    """Return the notices of an incident that are still known, oldest first."""
    mine = (one for one in state.notices.values() if one.number == number)
    return tuple(notice_view(one) for one in sorted(mine, key=lambda one: one.queued_at))


def notice_view(one: Notice) -> NoticeView:
    """Return a notice as a row."""
    return NoticeView(
        one.key,
        one.channel,
        one.kind,
        one.title,
        one.status,
        one.attempt,
        one.queued_at,
        one.reason,
        one.number,
        one.next_at if one.status == "queued" else 0.0,
        one.ended_at,
    )


def channels(state: State, configured: Container[str], now: float) -> tuple[ChannelView, ...]:
    """Return the configured channels that deliver nothing, the longest first.

    One that delivered before is shown after some minutes: a service that refuses once is no trouble yet.
    """
    failing = sorted(state.failing.values(), key=lambda one: (one.since, one.channel))
    return tuple(
        ChannelView(one.channel, one.since, one.reason)
        for one in failing
        if one.channel in configured
        and (one.channel not in state.delivered_at or abs(now - one.since) >= CHANNEL_PATIENCE)
    )


def dead_letters(state: State, configured: Container[str], now: float) -> tuple[Notice, ...]:
    """Return the notices that were given up within a week and are not sent again, the oldest first; no tests."""
    given_up = [
        one
        for one in state.notices.values()
        if one.status == "failed" and one.kind != "test" and one.channel in configured
    ]
    return tuple(one for one in given_up if abs(now - one.ended_at) < DEAD_LETTER_SHOWN)


def dead_letters_banner(letters: Sequence[Notice]) -> Saying:
    """Return the banner of notices that were given up; empty where there is none."""
    if not letters:
        return ""
    return counted(
        "{count} notice could not be delivered and was given up; send it again: qualtui notify resend --all",
        "{count} notices could not be delivered and were given up; send them again: qualtui notify resend --all",
        len(letters),
    )


def activity(state: State) -> tuple[ActivityView, ...]:
    """The newest lines, newest first."""
    return tuple(activity_view(line) for line in reversed(state.activity[-ACTIVITY:]))


def activity_view(line: Activity) -> ActivityView:
    """A line as a row."""
    text = line.text
    if line.count > 1:
        text = message(
            "{what} (came back {times:whole} times since {since:clock})",
            what=text,
            times=line.count,
            since=line.since,
        )
    return ActivityView(line.at, line.who, text, line.number, line.severity)


def runs_of(state: State, number: int) -> list[FixRun]:
    """Return the runs for an incident, or for its agent since it began; oldest first."""
    incident = state.incidents.get(number)
    agent, since = (incident.agent, incident.since) if incident is not None else ("", 0.0)
    runs = [
        run
        for run in state.runs.values()
        if (number and run.number == number) or (run.agent == agent and run.started_at >= since)
    ]
    return sorted(runs, key=lambda run: run.started_at)


def tried(state: State, number: int) -> TriedFixes:
    """Return the fixes tried for an incident, or for its agent since it began."""
    runs = runs_of(state, number)
    if not runs:
        return TriedFixes()
    newest = runs[-1]
    result = newest.summary or message("running")
    text = message("{fix}: {result} ({who})", fix=newest.fix, result=result, who=newest.who)
    return TriedFixes(text, spent_fixes(runs))
