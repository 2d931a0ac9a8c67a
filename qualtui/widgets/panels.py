"""The groups of figures side by side."""

from qualtui.widgets.catalogue import groups, own
from qualtui.widgets.figures import panel
from qualtui.widgets.line import BLANK, Line, shares, side_by_side
from qualtui.widgets.look import Look
from qualtui.wire import AgentDetail

FOUR = 140  # cells from which the four groups stand side by side
GAP = 2  # cells between two of them


def roomy(cells: int, height: int) -> bool:
    """Whether there is room for the groups with their titles."""
    return cells >= 100 and height >= (34 if cells >= FOUR else 40)


def panels(view: AgentDetail, now: float, cells: int, spare: int, look: Look, *, live: bool) -> list[list[Line]]:
    """The rows of groups. The user's own come last, where `spare` rows hold them or a rule calls one bad."""
    mine = own(view)
    bad = mine is not None and any(view.figures[entry.series].severity for entry in mine.entries)
    if mine is not None and not bad and spare < len(mine.entries) + 2:
        mine = None
    columns = 4 if cells >= FOUR else 2
    widths = shares(cells, columns, GAP)
    drawn = [panel(group, view, now, widths[n % columns], look, live) for n, group in enumerate(groups())]
    if mine is not None:
        drawn.append(panel(mine, view, now, widths[0], look, live))
    blank: list[list[Line]] = [[BLANK]] * (columns - 1)
    rows = [(drawn[n : n + columns] + blank)[:columns] for n in range(0, len(drawn), columns)]
    return [side_by_side(row, cells, GAP) for row in rows]
