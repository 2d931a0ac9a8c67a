"""Figures in groups: customers, sessions, replies, machines; each with its evidence and its short past."""

from functools import lru_cache

import msgspec

from qualtui.model import Evidence, Severity
from qualtui.text import _
from qualtui.widgets.line import BLANK, Line, Span, cut, fit, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.spark import Past, spark
from qualtui.widgets.words import age, count, evidence, lasting, quantity
from qualtui.wire import AgentView, Figure

_LABEL = 18  # cells of a row's label
_VALUE = 8  # cells of its value


class Entry(msgspec.Struct, frozen=True):
    """A row: its label, the series, and the goal that it is held against (None: only rules judge it).

    `zero`: 0 is good, more is neither until a rule says so. `grey`: never coloured.
    """

    label: str
    series: str
    goal: float | None = None
    goal_text: str = ""
    zero: bool = False
    grey: bool = False
    rare: bool = False  # shown only when it is not 0
    state: bool = False  # 1 or 0: told as up or down
    age: bool = False  # told in whole seconds
    up: str = ""  # the series that says whether there was an answer at all: where it is 0 that is told instead


class Group(msgspec.Struct, frozen=True):
    """A titled group; `lead` is the series of its chart."""

    title: str
    lead: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """The groups of the overview, in the order of importance."""
    return (
        Group(
            _("Customers"),
            "customers.answered_1h",
            (
                Entry(_("Waiting"), "customers.waiting", zero=True),
                Entry(_("Oldest"), "customers.oldest", rare=True, age=True),
                Entry(_("Said sent, was not"), "customers.phantom", goal=0, rare=True),
                Entry(_("Lost"), "customers.lost", goal=0, goal_text="= 0"),
                Entry(_("Answered"), "customers.answered_1h"),
                Entry(_("Backlog"), "customers.backlog", grey=True),
            ),
        ),
        Group(
            _("Sessions"),
            "sessions.bot_owes",
            (
                Entry(_("Bot owes reply"), "sessions.bot_owes", zero=True),
                Entry(_("Waiting for client"), "sessions.waiting_client", grey=True),
                Entry(_("Never messaged"), "sessions.never_messaged", grey=True),
                Entry(_("Active"), "sessions.active", grey=True),
            ),
        ),
        Group(
            _("Replies"),
            "reply.p95",
            (
                Entry(_("Reply p95"), "reply.p95", goal=30, goal_text="≤ 30s"),
                Entry(_("Reply median"), "reply.p50"),
                Entry(_("Last reply"), "customers.last_reply", grey=True, age=True),
                Entry(_("Last inbound"), "customers.last_inbound", grey=True, age=True),
            ),
        ),
        Group(
            _("Machines"),
            "health.seconds",
            (
                Entry(_("Agent /health"), "health.seconds", up="health.up"),
                Entry(_("Database"), "db.seconds", up="db.up"),
                Entry(_("WhatsApp gateway"), "waha.seconds", up="waha.up"),
                Entry(_("WhatsApp session"), "waha.working", state=True),
            ),
        ),
    )


@lru_cache(maxsize=1)
def literal() -> tuple[tuple[str, Entry, Entry], ...]:
    """The rows as written, each beside the truth that the screen goes by."""
    return (
        (
            "S2",
            Entry(_("Unprocessed leads"), "row.leads_unprocessed", grey=True),
            Entry(_("Waiting"), "customers.waiting", zero=True),
        ),
        (
            "S3",
            Entry(_("Stuck sessions"), "row.sessions_stuck", grey=True),
            Entry(_("Bot owes reply"), "sessions.bot_owes", zero=True),
        ),
    )


def mark(entry: Entry, figure: Figure, look: Look) -> tuple[str, str]:
    """Glyph and token of a figure: trouble first, then its evidence, then its goal."""
    if figure.evidence is Evidence.NO_SOURCE:
        return look.glyphs.none, "faint"
    if figure.severity is not None:
        return look.severity(figure.severity)
    if figure.evidence is not Evidence.FRESH:
        return look.glyphs.unknown, "unknown"
    if figure.value is None:
        return look.glyphs.unknown, "unknown"
    if entry.state:
        return look.severity(None) if figure.value else (look.glyphs.critical, "crit")
    if entry.goal is not None and not entry.grey:
        return look.severity(None if figure.value <= entry.goal else Severity.WARNING)
    if entry.zero and not figure.value:
        return look.severity(None)
    return " ", "label" if entry.grey else "text"


def value(entry: Entry, figure: Figure) -> str:
    """The newest value as a text."""
    if figure.evidence is Evidence.NO_SOURCE or (figure.value is None and figure.evidence is Evidence.NO_DATA):
        return ""
    if entry.state and figure.value is not None:
        return safe(figure.note, 20) or (_("up") if figure.value else _("down"))
    if entry.age and figure.value is not None:
        return lasting(figure.value)
    return quantity(figure.value, figure.unit)


def row(entry: Entry, figure: Figure | None, now: float, cells: int, look: Look, live: bool) -> Line:
    """One figure: label, value, mark, evidence or goal, and a sparkline in what room is left."""
    label = Span(" " + padded(entry.label, min(_LABEL, max(0, cells - _VALUE - 3))), "label")
    if figure is None:
        return (label, Span(padded(look.glyphs.dash, _VALUE, right=True), "faint"))
    glyph, token = mark(entry, figure, look)
    text = value(entry, figure)
    wrong = evidence(figure, now)
    if not live and figure.at is not None and not wrong:
        wrong = _("{age} ago").format(age=age(now, figure.at))
    note = wrong if wrong else entry.goal_text if token == "warn" else ""  # noqa: S105 - a style's name
    if not text:
        return (label, Span(padded(wrong or "?", _VALUE, right=True) + f" {glyph}", token))
    shade = (
        "faint"
        if figure.evidence in {Evidence.OLD, Evidence.NO_DATA}
        else "text"
        if token in {"good", "label"}
        else token
    )
    beside = token if glyph != " " else shade
    spans = [label, Span(padded(text, _VALUE, right=True), shade), Span(f" {glyph} ", beside)]
    if note:
        spans.append(Span(f"{note} ", token))
    room = cells - sum(len(span.text) for span in spans) - 1
    if figure.past and not entry.state and not entry.grey and room >= 6:
        spans += _bars(entry, figure, min(room, 24), look)[0]
    return tuple(spans)


def _bars(entry: Entry, figure: Figure, cells: int, look: Look, rows: int = 1) -> list[Line]:
    """The past as bars: coloured where it is over the goal, or where a rule says that the figure is bad."""
    over = "critspark" if figure.severity is Severity.CRITICAL else "warnspark"
    limit = 0.0 if entry.zero and figure.severity is not None else entry.goal
    return spark(figure.past, cells, look.glyphs, rows=rows, limit=limit, over=over)


def shown(group: Group, view: AgentView) -> list[Entry]:
    """The entries of a group that have something to say for this agent."""
    return [entry for entry in group.entries if not entry.rare or _some(view.figures.get(entry.series))]


def _some(figure: Figure | None) -> bool:
    return figure is not None and bool(figure.value)


def answered(entry: Entry, view: AgentView) -> Entry:
    """The entry; or, where a fresh answer is that there is none, the entry that says so."""
    up = view.figures.get(entry.up)
    if up is None or up.evidence is not Evidence.FRESH or up.value != 0:
        return entry
    return msgspec.structs.replace(entry, series=entry.up, state=True)


def held(view: AgentView, pasts: dict[str, Past]) -> AgentView:
    """The view with the pasts of a little while ago: bars that move every second are restless and cost bytes."""
    figures = {
        name: msgspec.structs.replace(figure, past=tuple(pasts.get(name, figure.past)))
        for name, figure in view.figures.items()
    }
    return msgspec.structs.replace(view, figures=figures)


def panel(group: Group, view: AgentView, now: float, cells: int, look: Look, live: bool, chart: int) -> list[Line]:
    """A group: its title on a rule, its rows, and a chart of its lead where there is room."""
    title = f" {group.title} "
    rule = look.glyphs.dash * max(0, cells - len(title) - 1)
    lines: list[Line] = [(Span(look.glyphs.dash, "rule"), Span(title, "title"), Span(rule, "rule"))]
    entries = [answered(entry, view) for entry in group.entries]
    lines += [row(entry, view.figures.get(entry.series), now, cells, look, live) for entry in entries]
    if chart > 1:
        most = max(len(other.entries) for other in groups())
        lines += [BLANK] * (most + 1 - len(lines))
        lines += _chart(group, view.figures.get(group.lead), cells, look, chart)
    return lines


def _chart(group: Group, figure: Figure | None, cells: int, look: Look, rows: int) -> list[Line]:
    """The past of the lead, with its name and its highest value above."""
    entry = next(entry for entry in group.entries if entry.series == group.lead)
    if figure is None or not any(value is not None for value in figure.past):
        return [BLANK, (Span(" " + _("no past yet"), "faint"),)]
    top = max(value for value in figure.past if value is not None)
    head = (
        Span(f" {entry.label}", "faint"),
        Span("  " + _("peak {value}").format(value=quantity(top, figure.unit)), "faint"),
    )
    bars = _bars(entry, figure, max(1, cells - 2), look, rows)
    return [BLANK, head, *[(Span(" "), *line) for line in bars]]


def compact(view: AgentView, now: float, cells: int, look: Look, *, live: bool, rows: int) -> list[Line]:
    """The figures that matter most in few rows, without titles."""
    wanted = [entry for group in groups() for entry in shown(group, view)]
    order = [
        "customers.waiting",
        "customers.lost",
        "sessions.bot_owes",
        "reply.p95",
        "customers.oldest",
        "customers.answered_1h",
        "customers.phantom",
        "db.seconds",
        "customers.backlog",
    ]
    ranked = sorted(
        (entry for entry in wanted if entry.series in order and entry.series in view.figures),
        key=lambda entry: order.index(entry.series),
    )
    columns = max(1, cells // 26)
    each = cells // columns
    lines: list[Line] = []
    for start in range(0, min(len(ranked), columns * rows), columns):
        cellsful = ranked[start : start + columns]
        lines.append(
            tuple(
                span
                for entry in cellsful
                for span in fit(_small(entry, view.figures[entry.series], now, look, live), each)
            )
        )
    return lines


def _small(entry: Entry, figure: Figure, now: float, look: Look, live: bool) -> Line:
    glyph, token = mark(entry, figure, look)
    wrong = evidence(figure, now)
    if not live and figure.at is not None:
        wrong = _("{age} ago").format(age=age(now, figure.at))
    text = value(entry, figure)
    shade = "text" if token in {"good", "label"} else token
    past = _bars(entry, figure, 6, look)[0] if figure.past and not wrong else ()
    return (
        Span(f" {cut(entry.label, 14)} ", "label"),
        Span(text + " " if text else "", shade),
        Span(f"{glyph} " if glyph != " " else "", token),
        Span(f"{wrong} " if wrong else "", token),
        *past,
    )


def literal_rows(view: AgentView, now: float, cells: int, look: Look) -> list[Line]:
    """What the rows as written say, beside the truth."""
    lines: list[Line] = [(Span(f" {_('As the row is written')}   {_('and the truth')}", "title"),)]
    for name, wrote, truth in literal():
        told, true = view.figures.get(wrote.series), view.figures.get(truth.series)
        spans = [Span(f" {name}  ", "label"), Span(padded(wrote.label, 18), "label")]
        spans.append(Span(padded(_told(told, now), 20), "text"))
        spans += [Span(f"{look.glyphs.arrow} ", "faint"), Span(padded(truth.label, 15), "label")]
        spans.append(Span(_told(true, now), mark(truth, true, look)[1] if true else "faint"))
        lines.append(tuple(spans))
    return [fit(line, cells) for line in lines]


def _told(figure: Figure | None, now: float) -> str:
    if figure is None:
        return _("no source")
    wrong = evidence(figure, now)
    shown_value = "" if figure.value is None else padded(count(figure.value), 5, right=True) + " "
    when = _("{age} ago").format(age=age(now, figure.at)) if figure.at is not None and not wrong else ""
    return " ".join(part for part in (shown_value, wrong or when) if part) or "?"
