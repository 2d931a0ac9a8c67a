"""Figures and times in the words of the screen: short, never wrong, whatever the number."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from math import isfinite

from qualtui.model import UNSAID, Evidence, Severity
from qualtui.text import _, clean, figure, span
from qualtui.text.message import use_zone
from qualtui.wire import ChannelView, Figure, IncidentView, NextCall

_LONGEST = 9999 * 86400.0


def severity_word(incident: IncidentView) -> str:
    """How bad a firing incident is; one that recovers or is scheduled has its own word."""
    if incident.scheduled:
        return _("SCHEDULED")
    return _("RECOVERING") if incident.recovering else level_word(incident.severity)


def level_word(severity: Severity) -> str:
    """A severity's word."""
    return _LEVELS[severity]()


def weekday_word(day: int) -> str:
    """A day of the week: 0 is Monday."""
    return _WEEKDAYS[day % 7]()


_WEEKDAYS: tuple[Callable[[], str], ...] = (
    lambda: _("Monday"),
    lambda: _("Tuesday"),
    lambda: _("Wednesday"),
    lambda: _("Thursday"),
    lambda: _("Friday"),
    lambda: _("Saturday"),
    lambda: _("Sunday"),
)

_LEVELS: dict[Severity, Callable[[], str]] = {
    Severity.CRITICAL: lambda: _("CRITICAL"),
    Severity.WARNING: lambda: _("WARNING"),
    Severity.INFO: lambda: _("INFO"),
}


def lasting(seconds: float) -> str:
    """A duration in at most two units; `?` where it is no number."""
    return span(min(seconds, _LONGEST)) if isfinite(seconds) else "?"


def age(now: float, at: float | None) -> str:
    """How long ago that was."""
    return lasting(now - at) if at is not None and isfinite(now) else "?"


def count(value: float) -> str:
    """A number in at most six cells: 9999, 12.3k, 4.5M, `>999T`."""
    if not isfinite(value):
        return "?"
    if abs(value) < 10000:
        return figure(value)
    for size, unit in ((1e6, "k"), (1e9, "M"), (1e12, "G"), (1e15, "T")):
        if abs(value) < size:
            scaled = value / size * 1000
            return f"{scaled:.0f}{unit}" if abs(scaled) >= 100 else f"{scaled:.1f}{unit}"
    return ">999T" if value > 0 else "<-999T"


def quantity(value: float | None, unit: str) -> str:
    """Return a value with its unit, as short as possible."""
    if value is None or not isfinite(value):
        return "?"
    if unit == "s":
        return _seconds(value)
    if unit == "bytes":
        return count(value).replace("k", " kB").replace("M", " MB").replace("G", " GB")
    if unit == "%":
        return f"{count(value)}%"
    suffix = clean(unit, 8)
    return count(value) + (suffix if suffix.startswith("/") else f" {suffix}" if suffix else "")


def _seconds(value: float) -> str:
    if value == 0:
        return "0s"
    if abs(value) < 1:
        return f"{value * 1000:.0f}ms" if abs(value) >= 0.001 else "<1ms"
    if abs(value) < 10:
        return f"{value:.1f}s"
    return lasting(value)


def unasked(figure: Figure) -> bool:
    """Whether nothing was polled yet, or there was nothing to measure, as just after a start: no trouble."""
    early = figure.at is None or bool(figure.gap) or (figure.value is None and figure.name.startswith("goal."))
    return figure.evidence is Evidence.NO_DATA and early


def evidence_text(figure: Figure, now: float) -> str:
    """What is wrong with the evidence of a figure, in the screen's words; empty when it is fresh."""
    match figure.evidence:
        case Evidence.FRESH:
            return ""
        case Evidence.OLD:
            return _("STALE {age}").format(age=age(now, figure.at))
        case Evidence.NO_DATA:
            if figure.gap:
                return _("not said") if figure.gap == UNSAID else _("too early")
            early = _("no data yet") if figure.at is None else _("learning")
            return early if unasked(figure) else _("NO DATA")
        case Evidence.DISAGREE:
            return _("DISAGREE")
        case Evidence.NO_SOURCE:
            return _("no source")


@lru_cache(maxsize=8)
def _zone(name: str) -> tuple[tzinfo | None, str]:
    """The time zone of that name; UTC, and said so, where there is none."""
    if name == "UTC":  # needs no database of zones
        return UTC, ""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name), ""
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC, "UTC"


def show_times_in(zone: str) -> None:
    """Show the times of day within sentences in this zone, too."""
    use_zone(_zone(zone or "UTC")[0] or UTC)


def zone_of(name: str) -> tzinfo | None:
    """The display zone of that name; UTC where there is none."""
    return _zone(name or "UTC")[0]


def clock(at: float, zone: str, seconds: bool = False, name: bool = False) -> str:
    """The time of day in the zone: 03:12, 03:12:07, `03:12 BRT`."""
    if not zone:
        zone = "UTC"
    where, _missing = _zone(zone)
    try:
        moment = datetime.fromtimestamp(at, where)
    except (ValueError, OverflowError, OSError):
        return "--:--"
    text = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{text} {abbreviation(moment, zone)}" if name else text


def abbreviation(moment: datetime, zone: str) -> str:
    """The zone in a few letters; zones that have only figures are named by their city."""
    short = moment.tzname() or "UTC"
    return zone.rpartition("/")[2].replace("_", " ") if short[:1] in "+-" and "/" in zone else short


def day_clock(at: float, zone: str, now: float) -> str:
    """The time of day, with the date before it when it is not within the last 18 hours."""
    if abs(now - at) < 18 * 3600:
        return clock(at, zone, seconds=True)
    try:
        return datetime.fromtimestamp(at, _zone(zone or "UTC")[0]).strftime("%d.%m. %H:%M")
    except (ValueError, OverflowError, OSError):
        return "--:--"


def failing(channel: ChannelView, zone: str, now: float) -> str:
    """A channel that delivers nothing, since when, why, and how to try it."""
    text = _("channel {name} fails since {clock}: {reason}; try: qualtui notify test {name}")
    return text.format(
        name=clean(channel.name, 40), clock=day_clock(channel.since, zone, now), reason=clean(channel.reason)
    )


def have_word(owner: str, me: str) -> str:
    """What the key of *I've got it* does with an incident of this owner (empty: none)."""
    if not owner:
        return _("I've got it")
    return _("still on it") if owner == me else _("take over")


def call_words(call: NextCall, now: float) -> str:
    """Who is called while no one owns it, and in how many minutes and seconds; beyond an hour without seconds."""
    minutes, seconds = divmod(max(0, round(call.at - now)), 60)
    who = clean(", ".join(call.who), 60) or _("no one")
    left = f"{minutes:02}:{seconds:02}" if minutes < 60 else span(60.0 * minutes)
    return _("{who} is called in {left}").format(who=who, left=left)
