"""A frame around rows, and a title on a rule."""

from collections.abc import Sequence

from rich.cells import cell_len

from qualtui.widgets.line import Line, Span, cut_line, fit
from qualtui.widgets.look import Look

INSET = 4  # cells that a frame takes from its rows


def boxed(rows: Sequence[Line], titles: Sequence[str], cells: int, look: Look, token: str) -> list[Line]:
    """The rows in a frame with titles in its upper border."""
    glyphs = look.glyphs
    tl, tr, bl, br = tuple(glyphs.corners)
    inner = max(0, cells - INSET)
    head = cut_line("".join(f"{glyphs.dash} {title} " for title in titles), max(0, cells - 2))
    rule = glyphs.dash * max(0, cells - 2 - cell_len(head))
    lines: list[Line] = [(Span(tl + head + rule + tr, token),)]
    lines += [(Span(glyphs.bar + " ", token), *fit(row, inner), Span(" " + glyphs.bar, token)) for row in rows]
    lines.append((Span(bl + glyphs.dash * max(0, cells - 2) + br, token),))
    return lines


def ruled(title: str, cells: int, look: Look, beside: str = "", token: str = "title") -> Line:  # noqa: S107 - a style's name
    """A title on a rule; `beside` stands quietly after it."""
    dash = look.glyphs.dash
    spans = [Span(dash, "rule"), Span(f" {title} ", token)]
    if beside:
        spans += [Span(f"{look.glyphs.dot} {beside} ", "faint")]
    left = cells - sum(cell_len(span.text) for span in spans)
    return fit((*spans, Span(dash * max(0, left), "rule")), cells)
