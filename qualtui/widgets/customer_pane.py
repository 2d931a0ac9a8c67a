"""The pane about one waiting customer: the window of WhatsApp, the fixes, the timeline. No text, no number."""

from collections.abc import Callable

from qualtui.text import _
from qualtui.text.message import Saying
from qualtui.widgets.line import BLANK, Line, Span, column, safe, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, day_clock, lasting
from qualtui.wire import CustomerDetail, CustomerView

WINDOW = 86_400.0  # s after the customer's last message in which WhatsApp takes a free text
STAGES: dict[str, tuple[Callable[[], str], str]] = {
    "stored": (lambda: _("stored"), "text"),
    "not stored": (lambda: _("not stored by the bot"), "crit"),
    "claimed": (lambda: _("claimed: a row says sent"), "warn"),
    "not delivered": (lambda: _("not delivered"), "crit"),
    "accepted": (lambda: _("accepted"), "text"),
    "delivered": (lambda: _("delivered"), "good"),
}


def customer_pane(
    person: CustomerView,
    detail: CustomerDetail | None,
    refused: Saying,
    now: float,
    zone: str,
    cells: int,
    look: Look,
) -> list[Line]:
    """All that is known of one customer; what was not read yet says so."""
    waits = _("{phone} waits for {age}").format(phone=safe(person.phone, 40), age=age(now, person.since))
    lines: list[Line] = [(Span(waits, "title"),), *_rows(safe(person.cause), cells, "strong")]
    lines += _rows(safe(person.lead, 60), cells, "faint")
    if person.by_hand:
        lines += _rows(_("by hand: {why}").format(why=safe(person.by_hand)), cells, "warn")
    lines.append(BLANK)
    if detail is None:
        return [
            *lines,
            *(_rows(safe(refused), cells, "unknown") if refused else [(Span(_("reading ..."), "faint"),)]),
        ]
    lines += [*_window(detail, now, cells), BLANK, (Span(_("What a fix can do"), "title"),)]
    for fix in detail.fixes:
        sign, token = (look.glyphs.good, "good") if fix.helps else (look.glyphs.none, "faint")
        lines.append((Span(f"{sign} ", token), Span(safe(fix.title), "strong" if fix.helps else "label")))
        lines += [(Span("  "), *row) for row in _rows(safe(fix.why), cells - 2, "label")]
    if not detail.fixes:
        lines.append((Span(_("no fix is configured"), "faint"),))
    lines += [BLANK, (Span(_("Messages, the newest first"), "title"),)]
    for one in detail.messages:
        word, token = STAGES.get(one.stage, (lambda: "?", "unknown"))
        who = _("bot") if one.sent else _("customer")
        time = column(day_clock(one.at, zone, now), 14)
        lines.append((Span(time, "faint"), Span(column(who, 10), "label"), Span(word(), token)))
    if not detail.messages:
        lines.append((Span(_("none is stored"), "faint"),))
    return lines


def _window(detail: CustomerDetail, now: float, cells: int) -> list[Line]:
    """How long WhatsApp still takes a free text."""
    wrote = max((one.at for one in detail.messages if not one.sent), default=None)
    if wrote is None:
        return _rows(_("WhatsApp's 24 h window: never opened, the customer wrote nothing"), cells, "label")
    left = wrote + WINDOW - now
    if left <= 0:
        return _rows(_("WhatsApp's 24 h window: closed {age} ago").format(age=lasting(-left)), cells, "warn")
    return _rows(_("WhatsApp's 24 h window: {left} left").format(left=lasting(left)), cells, "text")


def _rows(text: str, cells: int, token: str) -> list[Line]:
    return [(Span(row, token),) for row in wrapped(text, max(1, cells))]
