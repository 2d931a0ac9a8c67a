"""The NOW box: how bad, why, who has it, what to press. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualtui.diagnosis.chain import BAD, BUSY
from qualtui.diagnosis.fix_choice import Remedies, TriedFixes, offered_fix
from qualtui.diagnosis.proof import oldest_wait
from qualtui.diagnosis.root_cause import RootCause
from qualtui.diagnosis.scheduled import scheduled
from qualtui.diagnosis.waits import within_reply_times
from qualtui.model import Evidence, Incident, Link, Phase, Schedule, Severity
from qualtui.series.evidence import NOTHING, Readings, fresh
from qualtui.text.message import EMPTY, Param, Saying, Text, counted, joined, message
from qualtui.wire import LinkView, NowState, NowView


class IncidentNow(NamedTuple):
    """A firing incident at this moment: its line, and whether its condition holds still, as far as is known.

    Not `holds`: fresh evidence says that it is clear, and keep_firing_for runs.
    `timed`: the line itself says for how long.
    """

    summary: Saying
    holds: bool = True
    timed: bool = False


class Unwitnessed(NamedTuple):
    """The gateway's chats are configured as the second witness and are none: for how long, and why.

    `seconds` 0: it was polled only once.
    """

    seconds: float
    note: Saying = ""


Lives = Callable[[Incident], IncidentNow]


def headline(
    readings: Readings,
    links: Sequence[LinkView],
    reason: RootCause,
    incidents: Sequence[Incident],
    lives: Lives,
    tried: Callable[[int], TriedFixes],
    remedies: Remedies,
    learning: float | None,
    now: float,
    unwitnessed: Unwitnessed | None = None,
    planned: Schedule | None = None,
) -> NowView:
    """What the NOW box says. `incidents` are the agent's; only firing ones count, INFO is only to be known.

    Everyone is answered only where both witnesses say so by fresh evidence, and no link is bad.
    """
    firing = [one for one in incidents if one.phase is Phase.FIRING and one.severity is not Severity.INFO]
    holding = [one for one in firing if lives(one).holds]
    if planned is not None and scheduled(planned, holding, readings, links, now):
        return _scheduled(planned, holding, readings, reason, tried, now)
    if holding:
        return _trouble(_worst(holding), holding, readings, reason, lives, tried, remedies, now)
    if any(view.status == BAD for view in links):
        return NowView(
            Severity.WARNING, False, message("TROUBLE BEGINS"), _detail(readings), reason.text, reason.proof
        )
    if learning is not None:
        return NowView(
            None,
            False,
            message("LEARNING {share:percent}", share=learning),
            message("reading the past before judging it"),
        )
    if fresh(readings, "customers.waiting") is None:
        return _cannot_tell("customers.waiting", readings, reason, now)
    if firing:
        return _recovering(_worst(firing), readings, reason, tried, now)
    if fresh(readings, "customers.overdue"):
        return _waiting(readings, links, reason)
    if unwitnessed is not None:
        return _one_witness(readings, reason, unwitnessed)
    if fresh(readings, "customers.waiting"):
        return _waiting(readings, links, reason)
    if fresh(readings, "customers.backlog") is None:
        return _cannot_tell("customers.backlog", readings, reason, now)
    return _nobody_waits(readings)


def _worst(incidents: Sequence[Incident]) -> Incident:
    return max(incidents, key=lambda one: (one.severity.rank, one.rule.startswith("customers"), -one.fired_at))


def _trouble(
    worst: Incident,
    firing: Sequence[Incident],
    readings: Readings,
    reason: RootCause,
    lives: Lives,
    tried: Callable[[int], TriedFixes],
    remedies: Remedies,
    now: float,
) -> NowView:
    state = NowState.PLAIN
    overdue = not within_reply_times(readings) or worst.rule.startswith("customers")
    if fresh(readings, "customers.waiting") and overdue:
        text: Saying = _who_waits(readings)
        detail: Saying = _how_long(readings)
        state = NowState.OPEN_BEFORE_START if _all_before_start(readings) else state
    else:
        line = lives(worst)
        text = line.summary
        detail = EMPTY if line.timed else message("for {lasted:span}", lasted=now - worst.since)
    done = tried(worst.number)
    fix = offered_fix(reason, [one.fix for one in (worst, *firing)], done, remedies)
    return NowView(
        level=worst.severity,
        calm=False,
        headline=text,
        detail=detail,
        why=reason.text or _when_it_began(worst),
        proof=reason.proof,
        who=_owner(worst, now),
        tried=done.text or message("nothing"),
        fix=fix,
        fix_title=remedies(fix) if fix else "",
        number=worst.number,
        state=state,
        step=reason.step or ("" if fix else worst.runbook),
    )


def _scheduled(
    planned: Schedule,
    holding: Sequence[Incident],
    readings: Readings,
    reason: RootCause,
    tried: Callable[[int], TriedFixes],
    now: float,
) -> NowView:
    """The cause is fixed, and all who wait are answered at a time that a person chose."""
    worst = _worst(holding) if holding else None
    worst = next((one for one in holding if one.number == planned.number), worst)
    at, count = planned.due_at, int(fresh(readings, "customers.waiting") or 0)
    head = counted("{count} CUSTOMER IS ANSWERED AT {at:clock}", "{count} CUSTOMERS ARE ANSWERED AT {at:clock}",
                   count, at=at)  # fmt: skip
    detail = message("in {left:span}; {waits}", left=max(0.0, at - now), waits=_how_long(readings))
    return NowView(
        level=Severity.WARNING,
        calm=False,
        headline=head,
        detail=detail,
        why=message("{who} scheduled it: who wrote over an hour ago waits for contact hours", who=planned.who),
        proof=reason.proof,
        who=_owner(worst, now) if worst is not None else EMPTY,
        tried=tried(worst.number).text or message("nothing") if worst is not None else EMPTY,
        number=worst.number if worst is not None else 0,
        state=NowState.SCHEDULED,
    )


def _recovering(
    worst: Incident, readings: Readings, reason: RootCause, tried: Callable[[int], TriedFixes], now: float
) -> NowView:
    """Nothing that fires holds any more: amber at most, whatever it was."""
    waits = _detail(readings) or message("no one waits")
    detail = message(
        "{waits}; watching that it stays so, after {lasted:span}", waits=waits, lasted=now - worst.since
    )
    return NowView(
        level=Severity.WARNING,
        calm=False,
        headline=message("RECOVERING"),
        detail=detail,
        why=reason.text or _when_it_began(worst),
        proof=reason.proof,
        who=_owner(worst, now),
        tried=tried(worst.number).text or message("nothing"),
        number=worst.number,
        state=NowState.RECOVERING,
    )


def _waiting(readings: Readings, links: Sequence[LinkView], reason: RootCause) -> NowView:
    """Customers wait, and no rule fires: amber once a reply is overdue by the bot's own recent reply times."""
    before = _all_before_start(readings)
    if fresh(readings, "customers.overdue"):
        text = _who_waits(readings) if before else message("WAITING FOR THE BOT'S REPLY")
        detail = message("{waits}: later than its replies usually are", waits=_detail(readings))
        state = NowState.OPEN_BEFORE_START if before else NowState.WAITING
        return NowView(Severity.WARNING, False, text, detail, reason.text, reason.proof, state=state)
    text = message("THE BOT IS REPLYING") if _works(readings, links) else message("WAITING FOR THE BOT'S REPLY")
    return NowView(None, True, text, _detail(readings), proof=reason.proof, state=NowState.WAITING)


def _works(readings: Readings, links: Sequence[LinkView]) -> bool:
    """Whether the bot provably works on a reply: too busy for /health, and the message is stored."""
    busy = any(view.link is Link.BOT and view.status == BUSY for view in links)
    return bool(busy and fresh(readings, "health.silent") and fresh(readings, "customers.workable"))


def _one_witness(readings: Readings, reason: RootCause, missing: Unwitnessed) -> NowView:
    waits = _detail(readings) or message("no one waits")
    said: dict[str, Param] = {"waits": waits, "note": missing.note or message("not read")}
    detail = message("by the rows {waits}; the gateway's chats do not confirm it: {note}", **said)
    if missing.seconds:
        detail = message(
            "by the rows {waits}; the gateway's chats do not confirm it for {lasted:span}: {note}",
            lasted=missing.seconds,
            **said,
        )
    return NowView(None, False, message("CANNOT TELL"), detail, reason.text, reason.proof)


def _nobody_waits(readings: Readings) -> NowView:
    claimed = int(fresh(readings, "customers.claimed") or 0)
    if claimed:
        text = counted(
            "by the rows no one waits; the delivery of {count} answer is not confirmed yet",
            "by the rows no one waits; the delivery of {count} answers is not confirmed yet",
            claimed,
        )
        return NowView(None, True, message("CHECKING DELIVERY"), text, state=NowState.CHECKING)
    last = fresh(readings, "customers.last_reply")
    parts = [] if last is None else [message("last reply {age:span} ago", age=last)]
    if backlog := fresh(readings, "customers.backlog"):
        parts.append(message("backlog {number:whole}", number=backlog))
    return NowView(None, True, message("EVERYONE ANSWERED"), joined(parts, ", "))


def _who_waits(readings: Readings) -> Text:
    count = int(fresh(readings, "customers.waiting") or 0)
    if _all_before_start(readings):
        return counted(
            "{count} CUSTOMER WAITING SINCE BEFORE THE FIRST START",
            "{count} CUSTOMERS WAITING SINCE BEFORE THE FIRST START",
            count,
        )
    return counted("{count} CUSTOMER WAITING FOR THE BOT", "{count} CUSTOMERS WAITING FOR THE BOT", count)


def _all_before_start(readings: Readings) -> bool:
    """Whether all who wait were open before the first start."""
    waiting, before = (fresh(readings, f"customers.{name}") for name in ("waiting", "open_before_start"))
    return bool(waiting) and waiting == before


def _how_long(readings: Readings) -> Text:
    """The longest wait, and apart from it that of those who were open before the first start."""
    before = int(fresh(readings, "customers.open_before_start") or 0)
    if not before or _all_before_start(readings):
        return message("oldest {wait:span}", wait=oldest_wait(readings))
    return counted(
        "oldest {since:span}; {count} of them since before the first start, {before:span}",
        "oldest {since:span}; {count} of them since before the first start, the oldest {before:span}",
        before,
        since=fresh(readings, "customers.oldest") or 0.0,
        before=fresh(readings, "customers.open_oldest") or 0.0,
    )


def _when_it_began(incident: Incident) -> Saying:
    return message("when it began: {cause}", cause=incident.cause) if incident.cause else ""


def _owner(incident: Incident, now: float) -> Text:
    if not incident.owner:
        return message("no one")
    return message("{owner} for {lasted:span}", owner=incident.owner, lasted=now - (incident.owned_at or now))


def _detail(readings: Readings) -> Text:
    waiting = fresh(readings, "customers.waiting")
    if not waiting:
        return EMPTY
    wait = oldest_wait(readings)
    return counted("{count} waiting, {wait:span}", "{count} waiting, the oldest {wait:span}", waiting, wait=wait)


def _cannot_tell(name: str, readings: Readings, reason: RootCause, now: float) -> NowView:
    """Without a fresh figure of `name` no one knows who waits."""
    reading = readings.get(name, NOTHING)
    if reading.evidence is Evidence.NO_SOURCE:
        detail = message("no database is configured: it is unknown who waits")
    elif reading.sample is None:
        detail = message("no answer yet")
    else:
        detail = message(
            "no data for {age:span}: {note}", age=now - reading.sample.at, note=reading.note or message("old")
        )
    return NowView(None, False, message("CANNOT TELL"), detail, reason.text, reason.proof)
