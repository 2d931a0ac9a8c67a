"""What the doctor found as rows: the worst first, what to do below it, and what is well in one quiet row."""

from collections import Counter
from collections.abc import Collection, Sequence

from msgspec.structs import replace
from rich.cells import cell_len

from qualtui.model.findings import Finding, FindingVerdict
from qualtui.text import _, plural
from qualtui.widgets.line import Line, Span, padded, safe, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.table import TableRow

ORDER = (FindingVerdict.FAILED, FindingVerdict.WARNING, FindingVerdict.SKIPPED, FindingVerdict.OK)
BAD = (FindingVerdict.FAILED, FindingVerdict.WARNING)
_STATEMENT = 2000  # characters
_WORD = 9  # cells
_INDENT = 12  # cells: below the check's name
_GAP = 2  # cells


def sign(verdict: FindingVerdict, look: Look) -> tuple[str, str]:
    """Glyph and token of a verdict."""
    glyphs = look.glyphs
    return {
        FindingVerdict.FAILED: (glyphs.critical, "crit"),
        FindingVerdict.WARNING: (glyphs.warning, "warn"),
        FindingVerdict.SKIPPED: (glyphs.none, "label"),
        FindingVerdict.OK: (glyphs.good, "good"),
    }[verdict]


def counts(findings: Sequence[Finding], look: Look) -> Line:
    """How many of each verdict there are."""
    number = Counter(finding.verdict for finding in findings)
    n = number[FindingVerdict.WARNING]
    words = {
        FindingVerdict.FAILED: _("{n} failed").format(n=number[FindingVerdict.FAILED]),
        FindingVerdict.WARNING: plural("{n} warning", "{n} warnings", n).format(n=n),
        FindingVerdict.SKIPPED: _("{n} skipped").format(n=number[FindingVerdict.SKIPPED]),
        FindingVerdict.OK: _("{n} ok").format(n=number[FindingVerdict.OK]),
    }
    spans: list[Span] = []
    for verdict in (FindingVerdict.FAILED, FindingVerdict.WARNING, FindingVerdict.OK, FindingVerdict.SKIPPED):
        if number[verdict]:
            glyph, token = sign(verdict, look)
            spans.append(Span(f"{glyph} {words[verdict]}   ", token))
    return tuple(spans)


class Columns:
    """The widths that every row of one examination shares. `key`: opens a finding."""

    def __init__(self, findings: Sequence[Finding], cells: int, key: str) -> None:
        self.cells = cells
        self.key = key
        self.check = _widest([finding.check for finding in findings], max(17, cells // 5)) + _GAP
        self.what = _widest([str(finding.what) for finding in findings], max(20, cells // 5)) + _GAP
        agents = [finding.agent for finding in findings]
        self.agent = _widest(agents, 16) + _GAP if len(set(agents) - {""}) > 1 else 0


def rows(findings: Sequence[Finding], opened: Collection[int], cells: int, look: Look, key: str) -> list[TableRow]:
    """All rows. `opened`: places in `findings` whose statements, or whole reason, are shown; `key` shows them.

    A row's key begins with its finding's place: see `place`.
    """
    groups = grouped(findings)
    columns = Columns([_joined([findings[n] for n in places]) for places in groups], cells, key)
    found: list[TableRow] = []
    for verdict in ORDER:
        for places in groups:
            first = findings[places[0]]
            if first.verdict is verdict:
                members = [findings[n] for n in places]
                lines = _lines(_joined(members), places[0] in opened, columns, look, members)
                found += [TableRow(f"{places[0]}/{k}", line) for k, line in enumerate(lines)]
    return found


def grouped(findings: Sequence[Finding]) -> list[list[int]]:
    """The places of the findings, those together that say the same of several things: each once."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for n, one in enumerate(findings):
        kind = one.check.rpartition(".")[2]
        said = (kind, one.verdict, safe(one.why, 400), safe(one.todo, 400), tuple(map(str, one.sql)))
        groups.setdefault(said, []).append(n)
    return list(groups.values())


def _joined(members: Sequence[Finding]) -> Finding:
    """One finding for all that say the same: what it is about, and which agents."""
    first = members[0]
    if len(members) == 1:
        return first
    agents = list(dict.fromkeys(one.agent for one in members))
    who = agents[0] if len(agents) == 1 else _("{n} agents").format(n=len(agents))
    what = ", ".join(dict.fromkeys(safe(one.what) for one in members))
    return replace(first, what=what, agent=who)


def place(key: str) -> int:
    """The place of the finding that a row belongs to; -1 of none."""
    number = key.partition("/")[0]
    return int(number) if number.isdecimal() else -1


def _lines(
    finding: Finding, opened: bool, columns: Columns, look: Look, members: Sequence[Finding] = ()
) -> list[Line]:
    why, todo = safe(finding.why, 400), safe(finding.todo, 400)
    quiet = finding.verdict is FindingVerdict.OK and not opened
    head = _head(finding, columns, look, last=not quiet)
    if quiet:
        return [(*head, Span(why, "faint"))]
    lines = [head, *_block(why, "", "text" if finding.verdict in BAD else "label", columns)]
    if opened and len(members) > 1:
        for one in members:
            lines += _block(
                f"{safe(one.what)}  {safe(one.agent)}".rstrip(), f"{look.glyphs.dot} ", "label", columns
            )
    arrow = f"{look.glyphs.arrow} "
    if finding.sql and not opened:
        n = len(finding.sql)
        hint = plural("({n} statement: {key} shows it)", "({n} statements: {key} shows them)", n)
        todo = f"{todo} {hint.format(n=n, key=columns.key)}"
    if todo:
        lines += _block(todo, arrow, "label", columns)
    if finding.sql and opened:
        for statement in finding.sql:
            lines += _block(safe(statement, _STATEMENT) + ";", "  ", "busy", columns)
        hint = _("for the owner of the bot's tables; `qualtui doctor --sql` prints it")
        lines += _block(hint, arrow, "faint", columns)
    return lines


def _head(finding: Finding, columns: Columns, look: Look, *, last: bool) -> Line:
    """The row of a finding's name; `last`: nothing stands behind it, so that it need not be cut."""
    what = safe(finding.what, 400) if last else _column(safe(finding.what), columns.what)
    glyph, token = sign(finding.verdict, look)
    word = {
        FindingVerdict.OK: _("ok"),
        FindingVerdict.WARNING: _("warning"),
        FindingVerdict.FAILED: _("failed"),
        FindingVerdict.SKIPPED: _("skipped"),
    }[finding.verdict]
    return (
        Span(f" {glyph} {padded(word, _WORD)}", token),
        Span(_column(finding.agent, columns.agent), "faint"),
        Span(_column(finding.check, columns.check), "faint"),
        Span(what, "strong" if finding.verdict in BAD else "label"),
    )


def _column(text: str, cells: int) -> str:
    return padded(safe(text), cells - _GAP) + " " * _GAP if cells else ""


def _block(text: str, mark: str, token: str, columns: Columns) -> list[Line]:
    """The text in rows under a finding's name, `mark` before the first."""
    space = " " * _INDENT
    room = columns.cells - _INDENT - len(mark) - 1
    first, *more = wrapped(text, room)
    return [
        (Span(space + mark, "faint"), Span(first, token)),
        *((Span(space + " " * len(mark)), Span(row, token)) for row in more),
    ]


def _widest(texts: Sequence[str], most: int) -> int:
    return min(most, max((cell_len(safe(text)) for text in texts), default=0))
