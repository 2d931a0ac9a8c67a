"""The groups of figures side by side, with charts where there is room."""

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


def panels(view: AgentDetail, now: float, cells: int, height: int, look: Look, *, live: bool) -> list[list[Line]]:
    """The rows of groups; the user's own figures last, where they fit or a rule calls one of them bad."""
    calm = view.now.level is None and live
    spare = height - (32 if calm else 41)  # rows beyond what everything else needs
    mine = own(view)
    if mine is not None:
        room = len(mine.entries) + 2
        if spare < room and not any(view.figures[entry.series].severity for entry in mine.entries):
            mine = None
        else:
            spare -= room
    chart = 0 if cells < FOUR or spare < 3 else min(spare, 8 if calm else 5)
    columns = 4 if cells >= FOUR else 2
    widths = shares(cells, columns, GAP)
    drawn = [panel(group, view, now, widths[n % columns], look, live, chart) for n, group in enumerate(groups())]
    if mine is not None:
        drawn.append(panel(mine, view, now, widths[0], look, live, 0))
    blank: list[list[Line]] = [[BLANK]] * (columns - 1)
    rows = [(drawn[n : n + columns] + blank)[:columns] for n in range(0, len(drawn), columns)]
    return [side_by_side(row, cells, GAP) for row in rows]
