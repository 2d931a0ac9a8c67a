"""The help as rows: what to press at 3 a.m., the keys of the page below, then all keys by task. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualtui.text import _
from qualtui.widgets.footer import key_name
from qualtui.widgets.line import BLANK, Line, Span, column

KEY, WHAT = 12, 28  # cells of the columns


class Task(NamedTuple):
    """Keys that belong together, by the ids of their bindings."""

    title: Callable[[], str]
    ids: tuple[str, ...]


NIGHT: tuple[tuple[str, Callable[[], str]], ...] = (
    ("fix", lambda: _("fix it: shows what will change, then asks")),
    ("have", lambda: _("I've got it: no one else is called")),
    ("customers", lambda: _("who waits, for how long, and why")),
)
TASKS = (
    Task(
        lambda: _("PAGES"),
        (
            *("customers", "incidents", "machines", "failures", "sessions", "notices", "security", "activity"),
            *("doctor", "figures", "handover", "help"),
        ),
    ),
    Task(
        lambda: _("ACT"),
        (
            *("fix", "have", "release", "snooze", "note", "silence", "answered", "resend"),
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
    return [BLANK, (Span("  " + _("ON THIS PAGE"), "title"),), *(_row(key, word, "") for key, word in here)]


def task_rows(named: Named) -> list[Line]:
    """All keys by task."""
    by_id = {name: (key, what) for key, what, name in named}
    lines: list[Line] = []
    for title, ids in by_task(list(by_id)):
        lines += [BLANK, (Span(f"  {title}", "title"),)]
        lines += [_row(*by_id[name], name) for name in ids]
    return lines


def _row(key: str, what: str, name: str, token: str = "text") -> Line:  # noqa: S107 - a style's name
    text = column(what, WHAT) if name else what
    return (Span("  " + column(key_name(key), KEY), "key"), Span(text, token), Span(name, "faint"))
