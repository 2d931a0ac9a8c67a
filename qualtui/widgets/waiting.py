"""The panel of those who wait: each with the age, and a bar against the limits of a wait."""

from collections.abc import Sequence

from qualtui.model import Severity
from qualtui.text import _
from qualtui.widgets.frame import ruled
from qualtui.widgets.line import Line, Span, column, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, lasting
from qualtui.wire import CustomerView, Limit

PHONE, AGE = 18, 7  # cells
BAR = 14  # cells of a bar where there is room


def waiting_panel(
    people: Sequence[CustomerView] | None,
    number: int,
    limits: Sequence[Limit],
    now: float,
    cells: int,
    rows: int,
    look: Look,
) -> list[Line]:
    """A title, and at most `rows` customers, the longest wait first. `number`: how many wait in all."""
    critical, warning = (_limit(limits, severity) for severity in (Severity.CRITICAL, Severity.WARNING))
    marks = ((look.glyphs.line, warning), (look.glyphs.bar, critical))
    beside = "  ".join(f"{sign} {lasting(limit)}" for sign, limit in marks if limit)
    lines = [ruled(f"{_('Waiting')} {number}", cells, look, beside)]
    if people is None:
        return [*lines, (Span(" " + _("reading who waits ..."), "faint"),)] if rows else lines
    shown = people[: max(0, rows - 1)] if max(number, len(people)) > rows else people[:rows]
    lines += [_row(person, warning, critical, now, cells, look) for person in shown]
    left = max(number, len(people)) - len(shown)
    if left > 0 and rows > len(shown):
        lines.append((Span(" " + _("and {n} more").format(n=left), "label"),))
    return lines


def wait_limit(limits: Sequence[Limit], severity: Severity = Severity.CRITICAL) -> float | None:
    """From which wait on in seconds it has this severity; None where no rule says so."""
    return _limit(limits, severity)


def _limit(limits: Sequence[Limit], severity: Severity) -> float | None:
    return min((one.value for one in limits if one.severity is severity and one.value > 0), default=None)


def _row(
    person: CustomerView, warning: float | None, critical: float | None, now: float, cells: int, look: Look
) -> Line:
    bar = min(BAR, max(0, cells - PHONE - AGE - 14))
    waits = max(0.0, now - person.since)
    token = (
        "critspark" if critical and waits >= critical else "warnspark" if warning and waits >= warning else "spark"
    )
    end = (critical or warning or waits or 1.0) * (1.0 if critical else 2.0)
    full = max(1, min(bar, round(waits / end * bar)))
    mark = min(bar - 1, round((warning or 0) / end * bar)) if warning else -1
    signs = [look.glyphs.fill if n < full else look.glyphs.line if n == mark else " " for n in range(bar)]
    return (
        Span(" " + column(safe(person.phone, 40), PHONE), "text"),
        Span(padded(age(now, person.since), AGE - 1, right=True) + " ", "strong"),
        Span("".join(signs[:full]), token),
        Span("".join(signs[full:]), "faint"),
        Span(look.glyphs.bar if bar else "", "crit" if full >= bar else "faint"),
        Span(" " + _known(person), "label"),
    )


def _known(person: CustomerView) -> str:
    """What is known of the customer, in a few words."""
    return _('"sent", not delivered') if person.unheard is not None else safe(person.cause, 100)
