"""The rows of the evidence page: problems first, then each family of series, then what has no source. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from qualtui.model import Evidence
from qualtui.series.catalogue import BY_NAME
from qualtui.series.queries import query_of
from qualtui.text import _, plural
from qualtui.widgets.catalogue import Entry
from qualtui.widgets.figures import few, mark
from qualtui.widgets.line import Line, Span, column, safe, wrapped
from qualtui.widgets.list_keys import matches
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, evidence_text, quantity, unasked
from qualtui.wire import AgentDetail, Figure

WIDE = 110  # cells from which each row says what the figure means
WIDEST = 140  # cells from which no name is cut
COLUMNS = (26, 10, 8, 12, 22)  # cells of the name, the value, its age, its evidence, its source
Statement = Callable[[str], Sequence[str]]  # the rows of a file in probes/sql, by its name
_INDENT = 6  # cells before what an opened row shows


class FigureGroup(NamedTuple):
    """The heading of some figures."""

    title: str
    number: int
    bad: bool = False


class Row(NamedTuple):
    """A row: a heading, a figure, or a line of what an opened figure shows."""

    key: str
    entry: FigureGroup | Figure | Line


def family(name: str) -> str:
    """What the series are about whose names begin with this."""
    titles = {
        "health": _("Bot's health"),
        "deep": _("Bot's deep health"),
        "db": _("Database"),
        "customers": _("Customers"),
        "reply": _("Reply times"),
        "messages": _("Messages"),
        "failures": _("Failures"),
        "leads": _("Leads"),
        "sessions": _("Sessions"),
        "agent": _("Bot's own counters"),
        "goal": _("Goals"),
        "row": _("What the rows say"),
        "gateway": _("Gateway"),
        "chats": _("Chats as evidence"),
        "inbound": _("Rhythm of the customers"),
        "control": _("Our own network"),
        "tls": _("Certificates"),
        "host": _("Host"),
        "logs": _("Errors in the bot's log"),
        "sight": _("What qualtui sees"),
        "engine": _("Engine"),
        "user": _("Your own series"),
    }
    return titles.get(name, name)


def words() -> dict[Evidence, str]:
    """Return the word for each kind of evidence."""
    return {
        Evidence.FRESH: _("fresh"),
        Evidence.OLD: _("stale"),
        Evidence.NO_DATA: _("no data"),
        Evidence.DISAGREE: _("disagree"),
        Evidence.NO_SOURCE: _("no source"),
    }


def is_problem(figure: Figure) -> bool:
    """Whether an incident rests on it, or what it rests on is old, missing or contradicted."""
    if figure.severity is not None:
        return True
    bad = figure.evidence in {Evidence.OLD, Evidence.NO_DATA, Evidence.DISAGREE}
    return bad and not unasked(figure)


def arranged(
    figures: Mapping[str, Figure],
    filter_text: str,
    opened: Collection[str],
    now: float,
    cells: int,
    statement: Statement,
) -> list[Row]:
    """All rows of what matches the filter, in groups; an opened figure has its rows below it."""
    found = [one for one in figures.values() if matches(_searchable(one), filter_text)]
    groups: dict[str, list[Figure]] = {}
    problems = [one for one in found if is_problem(one)]
    missing = [one for one in found if one.evidence is Evidence.NO_SOURCE and not is_problem(one)]
    for one in found:
        if not is_problem(one) and one.evidence is not Evidence.NO_SOURCE:
            groups.setdefault(one.name.partition(".")[0], []).append(one)
    rows: list[Row] = []
    parts = [
        (_("Problems"), problems, True),
        *((family(name), members, False) for name, members in groups.items()),
    ]
    for title, members, bad in [*parts, (_("No source"), missing, False)]:
        if members:
            rows.append(Row(f"\n{title}", FigureGroup(title, len(members), bad)))
            for one in members:
                rows.append(Row(one.name, one))
                if one.name in opened:
                    told = explained(one, now, cells, statement)
                    rows += [Row(f"{one.name}\n{n}", line) for n, line in enumerate(told)]
    return rows


def _searchable(figure: Figure) -> str:
    return f"{safe(figure.name, 80)} {safe(figure.source, 80)} {words()[figure.evidence]}".lower()


def explained(figure: Figure, now: float, cells: int, statement: Statement) -> list[Line]:
    """Everything about one figure: meaning, evidence, age, source, and the statement that answers it."""
    room = max(10, cells - _INDENT - 12)
    parts = [(_("means"), meaning(figure))]
    wrong = evidence_text(figure, now) or words()[figure.evidence]
    told = _("never answered") if figure.at is None else _("{age} ago").format(age=age(now, figure.at))
    parts += [(_("evidence"), f"{wrong}, {told}"), (_("source"), source_of(figure))]
    if figure.idle:
        parts.append((_("can't begin"), ", ".join(safe(rule, 64) for rule in figure.idle)))
    query = query_of(figure.name, figure.source) if figure.name in BY_NAME else ""
    if query:
        parts.append((_("query"), f"probes/sql/{query}.sql"))
    lines: list[Line] = []
    for name, text in parts:
        for n, row in enumerate(wrapped(text, room)):
            title = column(name if n == 0 else "", 12)
            lines.append((Span(" " * _INDENT), Span(title, "faint"), Span(row, "label")))
    if query:
        lines += [(Span(" " * (_INDENT + 2)), Span(row.rstrip(), "busy")) for row in statement(query)]
    return lines


def group_row(group: FigureGroup, look: Look) -> Line:
    """A heading with the number of its figures."""
    return (
        Span(f" {look.glyphs.dash * 2} ", "rule"),
        Span(safe(group.title, 40), "unknown" if group.bad else "strong"),
        Span(f"   {group.number}", "faint"),
    )


def columns(cells: int) -> tuple[int, ...]:
    """The widths of the columns: the longest name has room where there is any."""
    first, *others = COLUMNS
    return (first + 11 if cells >= WIDEST else first, *others)


def head(cells: int) -> Line:
    """The titles of the columns."""
    titles = (_("figure"), _("value"), _("age"), _("evidence"), _("source"))
    text = "".join(column(title, wide) for title, wide in zip(titles, columns(cells), strict=True))
    return (Span("  " + text, "faint"), Span(_("what it is") if cells >= WIDE else "", "faint"))


def figure_row(figure: Figure, view: AgentDetail, now: float, cells: int, look: Look) -> Line:
    """One figure: its sign, value, age, evidence and source."""
    glyph, token = mark(Entry("", figure.name), figure, look)
    if glyph == " ":  # neither good nor bad
        glyph, token = look.glyphs.dot, "faint"
    name, value, old, proof, source = columns(cells)
    shown = few(view, figure.name) or ("" if figure.value is None else quantity(figure.value, figure.unit))
    since = "" if figure.at is None else age(now, figure.at)
    missing = figure.evidence is Evidence.NO_SOURCE
    wrong = evidence_text(figure, now)
    rests = "faint" if missing or unasked(figure) else "unknown" if wrong else "text"
    spans = (
        Span(f" {glyph} ", token),
        Span(column(safe(figure.name, 80), name - 1), "faint" if missing else "label"),
        Span(column(shown, value), "text" if figure.severity is None else token),
        Span(column(since, old), "faint"),
        Span(column(wrong or words()[Evidence.FRESH], proof), rests),
        Span(column(source_of(figure), source), "faint"),
    )
    return (*spans, Span(meaning(figure), "faint")) if cells >= WIDE else spans


def source_of(figure: Figure) -> str:
    """Return where the value comes from."""
    return _(safe(figure.source, 80))


def meaning(figure: Figure) -> str:
    """Return the rules that can't begin without its value, the value's note, and what the figure means."""
    declared = BY_NAME.get(figure.name)
    rules = ", ".join(safe(rule, 64) for rule in figure.idle)
    idle = plural("rule {rules} can't begin", "rules {rules} can't begin", len(figure.idle)).format(rules=rules)
    note = safe(figure.note, 160)
    parts = (idle if rules else "", note, _(declared.meaning) if declared is not None else "")
    return "; ".join(part for part in parts if part)
