"""The help as rows: what to press at 3 a.m., the keys of the page below, then all keys by task. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualtui.text import _
from qualtui.widgets.footer import key_name
from qualtui.widgets.line import BLANK, Line, Span, column, shares, side_by_side, width, wrapped

KEY, WHAT = 12, 28  # cells of a key, and of what it does
COLUMN, GAP, MOST = 51, 2, 3  # cells of a column at least, between two, and how many there are at most


class Task(NamedTuple):
    """Keys that belong together, by the ids of their bindings."""

    title: Callable[[], str]
    ids: tuple[str, ...]


NIGHT: tuple[tuple[str, Callable[[], str]], ...] = (
    ("fix", lambda: _("fix it: shows first what will change")),
    ("have", lambda: _("I've got it: no one else is called")),
    ("customers", lambda: _("who waits, for how long, and why")),
)
TASKS = (
    Task(
        lambda: _("PAGES"),
        (
            *("customers", "incidents", "machines", "failures", "sessions", "notices", "security", "activity"),
            *("doctor", "figures", "handover", "wall", "help"),
        ),
    ),
    Task(
        lambda: _("ACT"),
        (
            *("fix", "have", "release", "snooze", "note", "silence", "answered", "reveal", "resend"),
            *("stop", "automatic", "undo"),
        ),
    ),
    Task(
        lambda: _("LOOK CLOSER"),
        (
            *("open", "filter", "sort", "list", "shorter", "longer", "earlier", "later"),
            *("refresh", "pause", "literal", "copy"),
        ),
    ),
    Task(
        lambda: _("MOVE"),
        ("back", "down", "up", "first", "last", "page_down", "page_up", "previous", "next", "commands", "quit"),
    ),
)

Named = Sequence[tuple[str, str, str]]  # key, what it does, and its id


def by_task(ids: Sequence[str]) -> list[tuple[str, list[str]]]:
    """These bindings by task, each once; those of no task come last, so that none is missing."""
    listed: set[str] = set()
    found: list[tuple[str, list[str]]] = []
    rest = Task(lambda: _("MORE"), tuple(ids))
    for task in (*TASKS, rest):
        mine = [name for name in task.ids if name in ids and name not in listed]
        listed.update(mine)
        if mine:
            found.append((task.title(), mine))
    return found


def night_rows(named: Named) -> list[Line]:
    """What to press first, whoever is woken."""
    keys = {name: key for key, _what, name in named}
    lines: list[Line] = [(Span("  " + _("3 A.M."), "title"),)]
    return [*lines, *(_row(keys[name], text(), "", "strong") for name, text in NIGHT if name in keys)]


def page_rows(here: Sequence[tuple[str, str]]) -> list[Line]:
    """The keys of the page from which the help was opened."""
    if not here:
        return []
    return [(Span("  " + _("ON THIS PAGE"), "title"),), *(_row(key, word, "") for key, word in here)]


def task_blocks(named: Named) -> list[list[Line]]:
    """All keys, a block a task."""
    by_id = {name: (key, what) for key, what, name in named}
    return [
        [(Span(f"  {title}", "title"),), *(_row(*by_id[name], name) for name in ids)]
        for title, ids in by_task(list(by_id))
    ]


def column_cells(cells: int) -> int:
    """The width of one column of the help on a screen of this width."""
    return min(shares(cells, _columns(cells), GAP))


def _columns(cells: int) -> int:
    return max(1, min(MOST, (cells + GAP) // (COLUMN + GAP)))


def in_columns(blocks: Sequence[Sequence[Line]], cells: int) -> list[Line]:
    """The blocks below each other, or in columns of nearly equal height, read downwards; none is broken."""
    shown = [block for block in blocks if block]
    count = _columns(cells)
    height = max((len(block) for block in shown), default=0)
    while len(columns := _filled(shown, height)) > count:
        height += 1
    return list(columns[0]) if count == 1 and columns else side_by_side(columns, cells, GAP) if columns else []


def _filled(blocks: Sequence[Sequence[Line]], height: int) -> list[list[Line]]:
    """The blocks in columns of at most this height, with a blank row between two."""
    columns: list[list[Line]] = []
    for block in blocks:
        if columns and len(columns[-1]) + 1 + len(block) <= height:
            columns[-1] += [BLANK, *block]
        else:
            columns.append(list(block))
    return columns


def explained(start: Span, what: str, cells: int) -> list[Line]:
    """A sign or a word, and what it means, on as many rows as that takes."""
    indent = width((start,))
    first, *rest = wrapped(what, max(20, cells - indent))
    return [(start, Span(first, "text")), *((Span(" " * indent), Span(row, "text")) for row in rest)]


def _row(key: str, what: str, name: str, token: str = "text") -> Line:  # noqa: S107 - a style's name
    text = column(what, WHAT) if name else what
    return (Span("  " + column(key_name(key), KEY), "key"), Span(text, token), Span(name, "faint"))
