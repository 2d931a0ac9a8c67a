"""The words of an incident's notice: title and body as data, which each channel reads in its own language."""

from collections.abc import Iterator

from qualtui.alerts.flapping import flap_count
from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.eventlog.alert_changes import LEVELS
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import AlertState, FixRun, Incident, Notice
from qualtui.notify.facts import NoticeFacts, WaitPeak
from qualtui.text import clean, masked
from qualtui.text.message import ENGLISH, Saying, Text, TextReader, counted, masked_saying, message, render

TITLE = 200  # characters
ALERTS = 5  # alerts that are listed
RUNS = 3  # fixes that are listed, the newest
HELPED = frozenset({"ok", "accepted"})  # outcomes of a run that did something


def notice_text(
    incident: Incident, decision: NoticeDecision, facts: NoticeFacts, now: float
) -> tuple[Saying, tuple[Saying, ...]]:
    """Title and lines of a notice, the same for each channel; all phone numbers are masked."""
    if decision.kind is NoticeKind.RESOLVED:
        lines = _resolved(incident, facts, now)
    elif decision.kind is NoticeKind.FIXED:
        lines = _fixed(incident, decision, facts, now)
    else:
        lines = _open(incident, decision, facts, now)
    title = notice_title(incident, decision, facts, now)
    number = str(incident.number)
    details = message("Details: qualtui i {number}", number=number)
    return masked_saying(title), tuple(masked_saying(line) for line in (*lines, details))


def key_line(key: str) -> Saying:
    """The last line of a notice: its key, which no other notice of any channel has."""
    return masked_saying(message("key {key}", key=key))


def notice_words(notice: Notice | NoticeQueued, reader: TextReader = ENGLISH) -> tuple[str, str]:
    """Title and body of a notice in its reader's language; a body of an older version stays as it is."""
    title = masked(clean(render(notice.title, reader), TITLE))
    if isinstance(notice.body, tuple):
        return title, "\n".join(masked(render(line, reader)) for line in notice.body)
    return title, masked(render(notice.body, reader) if isinstance(notice.body, Text) else notice.body)


def notice_title(incident: Incident, decision: NoticeDecision, facts: NoticeFacts, now: float) -> Text:
    """Severity, number, agent, who waits and for how long, root cause: in one line."""
    words: dict[str, Saying] = {
        "severity": LEVELS[decision.severity],
        "number": str(incident.number),
        "agent": incident.agent,
        "what": _what(incident, decision, facts),
    }
    match decision.kind:
        case NoticeKind.WORSE:
            return message("WORSE: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.REOPENED:
            return message("AGAIN: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.GROWTH:
            return message("MORE CUSTOMERS WAIT: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.UPDATE:
            return message("UPDATE: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.FLAPPING:
            words["severity"] = LEVELS[incident.severity]  # its own: the notice may be a quiet one
            return message("FLAPPING: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.STEADY:
            return message("NO LONGER FLAPPING, STILL {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.REPEAT:
            return message("STILL {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.ESCALATION:
            return message("NO ONE HAS IT: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.REMINDER:
            return message("YOU HAVE IT: {severity} #{number} {agent}: {what}", **words)
        case NoticeKind.RESOLVED:
            return message(
                "RESOLVED #{number} {agent} after {lasted:span}: {what}",
                number=str(incident.number),
                agent=incident.agent,
                lasted=(incident.resolved_at or now) - incident.since,
                what=facts.cause or incident.title,
            )
        case NoticeKind.FIXED:
            return message(
                "FIXED ITSELF #{number} {agent} after {lasted:span}: {what}",
                number=str(incident.number),
                agent=incident.agent,
                lasted=(incident.resolved_at or now) - incident.since,
                what=facts.cause or incident.title,
            )
        case _:
            return message("{severity} #{number} {agent}: {what}", **words)


def _what(incident: Incident, decision: NoticeDecision, facts: NoticeFacts) -> Saying:
    why = facts.cause or (facts.firing[0].summary if facts.firing else incident.summary)
    if not decision.waiting:
        return why
    if facts.oldest is None:
        return counted("{count} customer waits: {why}", "{count} customers wait: {why}", decision.waiting, why=why)
    return counted(
        "{count} customer waits for {oldest:span}: {why}",
        "{count} customers wait, the longest for {oldest:span}: {why}",
        decision.waiting,
        oldest=facts.oldest,
        why=why,
    )


def _open(incident: Incident, decision: NoticeDecision, facts: NoticeFacts, now: float) -> Iterator[Saying]:
    """The lines of an incident that fires."""
    number = str(incident.number)
    if (news := _news(incident, decision)) is not None:
        yield news
    if incident.flapping is not None and incident.flaps and decision.kind is not NoticeKind.FLAPPING:
        count = flap_count(incident, incident.flapping.window)
        yield message("Flapping: {times:whole} times in {span:span}.", times=count.times, span=count.span)
    if facts.cause:
        yield message("Cause: {cause}", cause=facts.cause)
    else:
        yield message("Cause: not known yet")
    yield message("Since {at:clock}, for {lasted:span}.", at=incident.since, lasted=now - incident.since)
    if incident.owner:
        yield message("Owner: {owner}", owner=incident.owner)
    else:
        yield message("Owner: no one yet. To take it: qualtui incidents ack {number}", number=number)
    yield from _alerts(facts, now)
    yield from _tried(facts.runs)
    if incident.fix:
        yield message("Next step: qualtui fix preview {fix}", fix=incident.fix)
    if incident.runbook:
        yield message("Runbook: {runbook}", runbook=incident.runbook)


def _news(incident: Incident, decision: NoticeDecision) -> Text | None:
    """What is new since the last notice; None for the opening one."""
    before = incident.last
    match decision.kind:
        case NoticeKind.WORSE if before is not None:
            level, old = LEVELS[decision.severity], LEVELS[before.severity]
            return message("It is {severity} now; the last notice said {before}.", severity=level, before=old)
        case NoticeKind.REOPENED:
            return message("It was resolved and fires again.")
        case NoticeKind.GROWTH if (
            before is not None and before.waiting is not None and decision.waiting is not None
        ):
            return counted(
                "{count} customer waits now; the last notice said {before:whole}.",
                "{count} customers wait now; the last notice said {before:whole}.",
                decision.waiting,
                before=before.waiting,
            )
        case NoticeKind.FLAPPING if incident.flapping is not None:
            count = flap_count(incident, incident.flapping.window)
            return message(
                "It is flapping: {times:whole} times in {span:span}. Until it is steady, notices of its end and "
                "return are held.",
                times=count.times,
                span=count.span,
            )
        case NoticeKind.STEADY:
            return message("It no longer flaps, and it fires without a break.")
        case NoticeKind.UPDATE:
            return message("What is known of the cause has changed since the last notice.")
        case NoticeKind.ESCALATION:
            return message("You are called because no one has taken it.")
        case NoticeKind.REMINDER:
            return message(
                "You took it and gave no sign since: no fix, no note. Soon no one owns it. "
                "To renew: qualtui incidents ack {number}",
                number=str(incident.number),
            )
        case NoticeKind.REPEAT:
            return message("It still fires, and no one has taken it.")
        case _:
            return None


def _alerts(facts: NoticeFacts, now: float) -> Iterator[Saying]:
    for alert in facts.firing[:ALERTS]:
        yield _alert(alert, now)
    if (left := len(facts.firing) - ALERTS) > 0:
        yield counted("... and {count} more alert", "... and {count} more alerts", left)
    if facts.ended:
        yield message("Alerts that ended: {rules}", rules=list(facts.ended[:ALERTS]))


def _alert(alert: AlertState, now: float) -> Text:
    return message(
        "Alert: {severity} {what}, for {lasted:span}",
        severity=LEVELS[alert.severity],
        what=alert.summary or alert.rule,
        lasted=now - alert.since,
    )


def _tried(runs: tuple[FixRun, ...]) -> Iterator[Saying]:
    for run in runs[-RUNS:]:
        yield message(
            "Tried: {fix} at {at:clock} by {who}: {outcome}",
            fix=run.fix,
            at=run.started_at,
            who=run.who,
            outcome=run.summary or run.outcome or message("still running"),
        )


def _resolved(incident: Incident, facts: NoticeFacts, now: float) -> Iterator[Saying]:
    """The lines of one that is over: how long, how many waited, what was tried, what ended it."""
    end = incident.resolved_at or now
    yield message(
        "From {since:clock} to {end:clock}, {lasted:span}.",
        since=incident.since,
        end=end,
        lasted=end - incident.since,
    )
    if facts.cause:
        yield message("Cause: {cause}", cause=facts.cause)
    if facts.peak is not None and (line := _peak(facts.peak)) is not None:
        yield line
    yield from _tried(facts.runs)
    yield _ended(facts.runs)
    if incident.owner:
        yield message("Owner: {owner}", owner=incident.owner)
    if facts.ended:
        yield message("Alerts that ended: {rules}", rules=list(facts.ended[:ALERTS]))


def _fixed(incident: Incident, decision: NoticeDecision, facts: NoticeFacts, now: float) -> Iterator[Saying]:
    """The lines of one that an automatic fix ended before anybody was paged."""
    if facts.cause:
        yield message("Cause: {cause}", cause=facts.cause)
    lasted = (incident.resolved_at or now) - incident.since
    yield message("It took {lasted:span}. No one was paged.", lasted=lasted)
    if helped := [run for run in facts.runs if run.outcome in HELPED and not run.undoes]:
        run = helped[-1]
        yield message("Fixed by {fix}: {outcome} ({who})", fix=run.fix, outcome=run.summary, who=run.who)
    if decision.waiting is None:
        yield message("It is not known whether a customer still waits for a reply.")
    elif decision.waiting:
        yield counted(
            "{count} customer still waits for a reply.",
            "{count} customers still wait for a reply.",
            decision.waiting,
        )
    else:
        yield message("No customer is known to wait for a reply now.")


def _peak(peak: WaitPeak) -> Text | None:
    if not peak.complete:
        if not peak.customers:
            return None
        return counted(
            "At least {count} customer waited; not every moment is known.",
            "At least {count} customers waited at the same time; not every moment is known.",
            peak.customers,
        )
    if not peak.customers:
        return message("No customer waited.")
    return counted(
        "{count} customer waited.", "At most {count} customers waited at the same time.", peak.customers
    )


def _ended(runs: tuple[FixRun, ...]) -> Text:
    """What ended it, as far as the order of events shows."""
    helped = [run for run in runs if run.outcome in HELPED and not run.undoes]
    if helped:
        return message("It ended after the fix {fix} by {who}.", fix=helped[-1].fix, who=helped[-1].who)
    if runs:
        return message("No fix that was tried had an effect; it ended by itself or by other means.")
    return message("No fix was run here: it ended by itself or by other means.")
