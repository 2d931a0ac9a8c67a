"""What stands beside an incident's facts: its alerts, its notices a channel, the fixes, related series. Pure."""

from collections.abc import Sequence

from qualtui.text import _, plural
from qualtui.widgets.frame import ruled
from qualtui.widgets.incident_words import kind_word
from qualtui.widgets.levels import shown
from qualtui.widgets.line import BLANK, Line, Span, column, cut_line, padded, safe, spread, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.machines import titles
from qualtui.widgets.uptime import uptime_bar, uptime_levels
from qualtui.widgets.words import age, call_words, clock, level_word, quantity
from qualtui.wire import FixView, IncidentAlert, IncidentView, NoticeView, SeriesHistory

LISTED = 6  # alerts, and channels, that have a line each
CHANNEL = 13  # cells of a channel's name
NAME = 25  # ... and of a related series'
VALUE = 8  # ... and of its newest value
# What is read beside the rule's own series: where the trouble began, and what customers feel of it.
RELATED = ("gateway.working", "health.up", "health.seconds", "db.seconds", "customers.oldest", "reply.p95")
STATES = {"gateway.working": lambda: _("WhatsApp session"), "health.up": lambda: _("Bot: answers /health")}


def alert_rows(alerts: Sequence[IncidentAlert], now: float, cells: int, look: Look) -> list[Line]:
    """A line an alert: how bad, what it says, for how long; those that ended last."""
    fire = sum(one.ended_at is None for one in alerts)
    ended = len(alerts) - fire
    beside = plural("{n} fires", "{n} fire", fire).format(n=fire)
    if ended:
        beside += ", " + plural("{n} ended", "{n} ended", ended).format(n=ended)
    rows: list[Line] = [ruled(_("Alerts"), cells, look, beside)]
    for one in alerts[:LISTED]:
        what = safe(one.summary, 200) or safe(one.rule, 60)
        if one.ended_at is not None:
            text = _("ended {age} ago").format(age=age(now, one.ended_at))
            rows.append(_between((Span(f" {look.glyphs.none} {what}", "faint"),), text, "faint", cells))
            continue
        glyph, token = look.severity(one.severity)
        level = f"{glyph} {level_word(one.severity)} " if one.severity is not None else f"{glyph} "
        lasts = age(now, one.since)
        if one.unseen_since is not None:
            lasts = _("no data {age}").format(age=age(now, one.unseen_since))
        rows.append(_between((Span(f" {level}", token), Span(what, "text")), lasts, "label", cells))
    return [*rows, *_left_out(len(alerts) - LISTED)]


def channel_rows(
    notices: Sequence[NoticeView], incident: IncidentView, now: float, zone: str, cells: int, look: Look
) -> list[Line]:
    """A line a channel: what became of its newest notice, when it is tried again; then who is called next."""
    newest: dict[str, NoticeView] = {}
    for one in notices:
        newest[one.target] = one
    beside = plural("{n} notice", "{n} notices", len(notices)).format(n=len(notices))
    rows: list[Line] = [ruled(_("Notices"), cells, look, beside)]
    if not notices:
        rows.append((Span("   " + (safe(incident.notices, 100) or _("none was sent")), "faint"),))
    for name, one in list(newest.items())[:LISTED]:
        glyph, token, fate = notice_fate(one, now, zone, look)
        start = (Span(f" {glyph} ", token), Span(column(safe(name, 40) or "-", CHANNEL), "strong"))
        rows.append(_between((*start, Span(kind_word(one.kind), "label")), fate, token, cells))
        if one.reason and one.status != "delivered":
            why = safe(one.reason, 160)
            rows += [(Span(" " * 3 + row, "faint"),) for row in wrapped(why, cells - 3)[:2]]
    rows += _left_out(len(newest) - LISTED)
    if incident.call is not None and not incident.owner:
        text = call_words(incident.call, now)
        before, _space, left = text.rpartition(" ")
        rows.append((Span(f" {look.glyphs.arrow} {before} ", "text"), Span(left, "strong")))
    return rows


def notice_fate(one: NoticeView, now: float, zone: str, look: Look) -> tuple[str, str, str]:
    """Sign, token and words for what became of a notice; with a countdown while it is tried again."""
    glyphs = look.glyphs
    match one.status:
        case "delivered":
            at = clock(one.ended_at or one.queued_at, zone)
            return glyphs.good, "good", _("delivered {time}").format(time=at)
        case "failed":
            at = clock(one.ended_at or one.queued_at, zone)
            return glyphs.critical, "crit", _("given up {time}").format(time=at)
        case "muted" | "unrouted":
            return glyphs.none, "faint", _("not sent")
        case "covered":
            return glyphs.none, "faint", _("in the end's")
        case "sending":
            return glyphs.info, "busy", _("being sent")
        case "queued" if one.next_at > now:
            minutes, seconds = divmod(round(one.next_at - now), 60)
            left = f"{minutes:02}:{seconds:02}"
            return glyphs.warning, "warn", _("try {n} in {left}").format(n=one.attempt + 1, left=left)
        case "queued":
            word = _("try {n} is due").format(n=one.attempt + 1) if one.reason else _("not sent yet")
            return glyphs.warning, "warn", word
        case status:
            return glyphs.unknown, "unknown", safe(status, 40)


def fix_rows(fixes: Sequence[FixView], incident: IncidentView, key: str, cells: int, look: Look) -> list[Line]:
    """A line a fix of the incident's agent: offered on its key, possible, or why it is not."""
    mine = [one for one in fixes if one.agent == incident.agent]
    if not mine:
        return []
    rows: list[Line] = [ruled(_("Fixes"), cells, look)]
    for one in sorted(mine, key=lambda one: (one.name != incident.fix, not one.available)):
        title = safe(one.title, 100) or safe(one.name, 60)
        if one.name == incident.fix:
            start = (Span(f" {look.glyphs.good} ", "good"), Span(title, "strong"))
            rows.append(_between(start, _("offered: {key}").format(key=key), "key", cells))
        elif one.available:
            rows.append((Span(f" {look.glyphs.none} ", "faint"), Span(title, "label")))
        else:
            why = safe(one.reason, 160)
            rows.append(_between((Span(f" {look.glyphs.none} {title}", "faint"),), why, "faint", cells))
    return rows


def runbook_rows(incident: IncidentView, cells: int, look: Look) -> list[Line]:
    """What to look at, and what to do, by the rule."""
    text = safe(incident.runbook, 600)
    if not text:
        return []
    return [ruled(_("Runbook"), cells, look), *((Span(f" {row}", "text"),) for row in wrapped(text, cells - 2))]


def related_rows(series: Sequence[SeriesHistory], cells: int, look: Look) -> list[Line]:
    """A line a series: its name, its past as a bar of the worst in each cell, its newest value."""
    bar = cells - NAME - VALUE - 3
    rows: list[Line] = []
    for one in series:
        known = [value for value in shown(one) if value is not None]
        if not known or bar < 8:
            continue
        levels = uptime_levels([one], len(one.highs))
        count = min(bar, len(levels))
        parts = [levels[n * len(levels) // count : (n + 1) * len(levels) // count] for n in range(count)]
        last = next((value for value in reversed(one.lasts) if value is not None), None)
        name = titles().get(one.name) or (STATES[one.name]() if one.name in STATES else one.name)
        value = (_("up") if last else _("down")) if one.name in STATES else quantity(last, one.unit)
        rows.append(
            (
                Span(f" {column(name, NAME)}", "label"),
                *uptime_bar([max(part) for part in parts], look),
                Span(" " + padded(value, VALUE, right=True), "text"),
            )
        )
    return rows


def sections(parts: Sequence[list[Line]], rows: int) -> list[Line]:
    """The parts one below the other with a blank row between them, as many as there is room for."""
    lines: list[Line] = []
    for part in parts:
        if part and len(lines) + len(part) <= rows:
            lines += [*part, BLANK]
    return lines


def _between(left: Line, right: str, token: str, cells: int) -> Line:
    """Left part, and at the right edge what it comes to: cut at half of the line."""
    return spread(left, (Span(cut_line(right, cells // 2), token),), cells)


def _left_out(number: int) -> list[Line]:
    if number <= 0:
        return []
    return [(Span("   " + plural("{n} more", "{n} more", number).format(n=number), "faint"),)]
