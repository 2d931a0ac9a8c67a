"""The rows of the notices page: the channels, and each notice with what became of it. Pure."""

from collections.abc import Sequence

from qualtui.text import _, plural
from qualtui.widgets.incident_beside import notice_fate
from qualtui.widgets.incident_words import kind_word
from qualtui.widgets.line import Line, Span, column, cut_line, padded, safe, spread, width, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, day_clock, lasting
from qualtui.wire import NoticeView, OutboxChannel

OWED = frozenset({"queued", "sending"})
UNSENT = frozenset({"muted", "unrouted", "covered"})
CHANNEL, TIME, KIND, FATE = 16, 13, 22, 20  # cells of the columns
BROAD = 120  # cells from which a row says what kind of notice it is, too


def channel_line(
    channel: OutboxChannel, notices: Sequence[NoticeView], now: float, zone: str, cells: int, look: Look
) -> Line:
    """A channel: whether it delivers, what it still has to send, what was given up, and why."""
    mine = [one for one in notices if one.target == channel.name]
    owed = [one for one in mine if one.status in OWED]
    failed = sum(one.status == "failed" for one in mine)
    name = column(safe(channel.name, 40), CHANNEL)
    if channel.failing_since:
        glyph, token = (look.glyphs.critical, "crit") if failed else (look.glyphs.warning, "warn")
        text = _("fails since {clock}: {reason}").format(
            clock=day_clock(channel.failing_since, zone, now), reason=safe(channel.reason, 160)
        )
    elif channel.delivered_at:
        glyph, token = look.glyphs.good, "good"
        text = _("delivered {age} ago").format(age=age(now, channel.delivered_at))
    else:
        glyph, token, text = look.glyphs.none, "faint", _("nothing was sent yet")
    parts = []
    if owed:
        parts.append(plural("{n} to be sent", "{n} to be sent", len(owed)).format(n=len(owed)))
        due = [one.next_at for one in owed if one.next_at > now]
        if due:
            parts.append(_("next try in {left}").format(left=lasting(min(due) - now)))
    if failed:
        parts.append(plural("{n} given up", "{n} given up", failed).format(n=failed))
    right = (Span(", ".join(parts), "crit" if failed else "warn"),) if parts else ()
    left = (Span(f" {glyph} ", token), Span(name, "strong"), Span(text, "crit" if failed else "label"))
    return spread(left, right, cells) if width(right) < cells // 2 else left


def notice_columns(cells: int) -> Line:
    """The titles of the columns."""
    head = column("   " + _("queued"), TIME + 2) + column(_("channel"), CHANNEL) + column(_("result"), FATE)
    if cells >= BROAD:
        head += column(_("kind"), KIND)
    return (Span(head + _("what it says"), "faint"),)


def notice_row(one: NoticeView, now: float, zone: str, cells: int, look: Look) -> Line:
    """When it was queued, where it goes, what became of it, what it says."""
    glyph, token, fate = notice_fate(one, now, zone, look)
    start = (
        Span(f" {glyph} ", token),
        Span(column(day_clock(one.queued_at, zone, now), TIME - 1), "faint"),
        Span(column(safe(one.target, 40), CHANNEL), "label"),
        Span(column(fate, FATE), token),
    )
    kind = (Span(column(kind_word(one.kind), KIND), "label"),) if cells >= BROAD else ()
    quiet = one.status == "delivered" or one.status in UNSENT
    return (*start, *kind, Span(safe(one.title, 300), "label" if quiet else "text"))


def notice_pane(one: NoticeView, now: float, zone: str, cells: int, key: str, look: Look) -> list[Line]:
    """All that is known of a notice: what it says, its tries, why it failed, whether it can be sent again."""
    glyph, token, fate = notice_fate(one, now, zone, look)
    tries = plural("{n} try", "{n} tries", one.attempt).format(n=one.attempt) if one.attempt else ""
    rows: list[Line] = [(Span(row, "strong"),) for row in wrapped(safe(one.title, 400), cells)]
    rows.append((Span(f"{glyph} {fate}", token), Span(f"   {tries}", "label")))
    if one.reason and one.status != "delivered":
        rows += [(Span(row, "text"),) for row in wrapped(safe(one.reason, 300), cells)]
    if one.status == "failed":
        text = _("{key} sends it again, with a new time to retry").format(key=key)
        rows.append((Span(cut_line(text, cells), "key"),))
    rows.append((Span(padded(safe(one.key, 120), cells), "faint"),))
    return rows
