"""The alerts of an incident and the fate of its notices, each in one line, on the screen and the command line."""

from collections.abc import Callable, Sequence

from qualtui.text import _, plural
from qualtui.widgets.line import safe
from qualtui.widgets.words import age, level_word
from qualtui.wire import IncidentAlert, NoticeView

_KINDS: dict[str, Callable[[], str]] = {
    "firing": lambda: _("first notice"),
    "worse": lambda: _("worse"),
    "reopened": lambda: _("fires again"),
    "growth": lambda: _("more customers wait"),
    "update": lambda: _("update of the cause"),
    "repeat": lambda: _("repeat"),
    "flapping": lambda: _("flapping, notices held"),
    "steady": lambda: _("no longer flapping"),
    "resolved": lambda: _("resolved"),
    "fixed": lambda: _("fixed itself"),
    "test": lambda: _("test"),
}


def alert_words(alert: IncidentAlert, now: float) -> str:
    """How bad an alert is, what it says, since when; or when it ended."""
    what = safe(alert.summary, 200) or safe(alert.rule, 60)
    if alert.ended_at is not None:
        return _("{what}: ended {age} ago").format(what=what, age=age(now, alert.ended_at))
    if alert.severity is None:
        return what
    template = _("{severity} {what}, for {age}")
    if alert.unseen_since is not None:
        template = _("{severity} {what}, for {age}; no data for {unseen}")
    return template.format(
        severity=level_word(alert.severity),
        what=what,
        age=age(now, alert.since),
        unseen=age(now, alert.unseen_since),
    )


def alerts_summary(alerts: Sequence[IncidentAlert], cells: int) -> str:
    """All alerts of an incident in one line: how many fire and ended, and what those that fire say."""
    fire = [safe(one.summary, 80) or safe(one.rule, 60) for one in alerts if one.ended_at is None]
    ended = len(alerts) - len(fire)
    firing = plural("{n} fires", "{n} fire", len(fire)).format(n=len(fire))
    over = plural("{n} ended", "{n} ended", ended).format(n=ended)
    if not fire:
        return over
    template = _("{firing}, {ended}: {what}") if ended else _("{firing}: {what}")
    return safe(template.format(firing=firing, ended=over, what="; ".join(fire)), cells)


def notice_words(notice: NoticeView, clock: str) -> str:
    """When a notice was queued, where it goes, what it says, what became of it."""
    return _("{clock} {channel}: {kind}, {fate}").format(
        clock=clock, channel=safe(notice.target, 40), kind=kind_word(notice.kind), fate=fate_word(notice)
    )


def kind_word(kind: str) -> str:
    """What a notice of this kind says."""
    return _KINDS[kind]() if kind in _KINDS else safe(kind, 40)


def fate_word(notice: NoticeView) -> str:
    """What became of a notice."""
    why = safe(notice.reason, 120)
    match notice.status:
        case "delivered":
            return _("delivered")
        case "failed":
            return _("not delivered: {why}").format(why=why)
        case "muted" | "unrouted":
            return _("not sent: {why}").format(why=why)
        case "covered":
            return _("reported with the end")
        case "sending":
            return _("being sent")
        case "queued":
            return _("retrying: {why}").format(why=why) if why else _("not sent yet")
        case status:
            return safe(status, 40)
