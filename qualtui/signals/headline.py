"""The NOW box: how bad, why, who has it, what to press. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualtui.model import Evidence, Incident, Phase, Severity
from qualtui.signals.chain import BAD
from qualtui.signals.reading import NOTHING, Readings, fresh
from qualtui.signals.remedy import Remedies, Tried, offered
from qualtui.signals.why import Why
from qualtui.text import _, plural, span
from qualtui.wire import LinkView, Now


class Live(NamedTuple):
    """A firing incident at this moment: its line, and whether its condition holds still, as far as is known."""

    summary: str
    holds: bool = True


Lives = Callable[[Incident], Live]


def headline(
    readings: Readings,
    links: Sequence[LinkView],
    reason: Why,
    incidents: Sequence[Incident],
    lives: Lives,
    tried: Callable[[int], Tried],
    remedies: Remedies,
    learning: float | None,
    now: float,
) -> Now:
    """What the NOW box says. `incidents` are the agent's; only firing ones count, INFO is only to be known.

    Without one: calm only where the customers' figure is fresh and no link is bad.
    """
    firing = [one for one in incidents if one.phase is Phase.FIRING and one.severity is not Severity.INFO]
    waiting = fresh(readings, "customers.waiting")
    if firing:
        worst = max(firing, key=lambda one: (one.severity.rank, one.rule.startswith("customers"), -one.fired_at))
        return _trouble(worst, firing, readings, reason, lives, tried, remedies, now)
    bad = [view for view in links if view.status == BAD]
    if bad:
        return Now(Severity.WARNING, False, _("TROUBLE BEGINS"), _detail(readings), reason.text, reason.proof)
    if learning is not None:
        return Now(None, False, _("LEARNING {:.0%}").format(learning), _("reading the past before judging it"))
    if waiting is None:
        return _cannot_tell(readings, reason, now)
    if waiting:
        return Now(None, True, _("THE BOT IS REPLYING"), _detail(readings), proof=reason.proof)
    last = fresh(readings, "customers.last_reply")
    told = "" if last is None else _("last reply {} ago").format(span(last))
    return Now(None, True, _("EVERYONE ANSWERED"), told)


def _trouble(
    worst: Incident,
    firing: Sequence[Incident],
    readings: Readings,
    reason: Why,
    lives: Lives,
    tried: Callable[[int], Tried],
    remedies: Remedies,
    now: float,
) -> Now:
    count = int(fresh(readings, "customers.waiting") or 0)
    if count:
        text = plural("{} CUSTOMER WAITING FOR THE BOT", "{} CUSTOMERS WAITING FOR THE BOT", count).format(count)
        detail = _("oldest {}").format(span(fresh(readings, "customers.oldest") or 0.0))
    else:
        text, holds = lives(worst)
        lasts = _("for {}") if holds else _("after {} nothing of it is seen; watching that it stays so")
        detail = lasts.format(span(now - worst.since))
    done = tried(worst.number)
    fix = offered(reason, [one.fix for one in (worst, *firing)], done, remedies)
    return Now(
        level=worst.severity,
        calm=False,
        headline=text,
        detail=detail,
        why=reason.text or (_("when it began: {}").format(worst.cause) if worst.cause else ""),
        proof=reason.proof,
        who=_owner(worst, now),
        tried=done.text or _("nothing"),
        fix=fix,
        fix_title=remedies(fix) if fix else "",
        number=worst.number,
    )


def _owner(incident: Incident, now: float) -> str:
    if not incident.owner:
        return _("nobody")
    return _("{} for {}").format(incident.owner, span(now - (incident.owned_at or now)))


def _detail(readings: Readings) -> str:
    waiting = fresh(readings, "customers.waiting")
    if not waiting:
        return ""
    oldest = span(fresh(readings, "customers.oldest") or 0.0)
    return plural("{:.0f} waiting, {}", "{:.0f} waiting, the oldest {}", int(waiting)).format(waiting, oldest)


def _cannot_tell(readings: Readings, reason: Why, now: float) -> Now:
    reading = readings.get("customers.waiting", NOTHING)
    if reading.evidence is Evidence.NO_SOURCE:
        detail = _("no database is configured: nobody can see who waits")
    elif reading.sample is None:
        detail = _("no answer yet")
    else:
        detail = _("no data for {}: {}").format(span(now - reading.sample.at), reading.note or _("old"))
    return Now(None, False, _("CANNOT TELL"), detail, reason.text, reason.proof)
