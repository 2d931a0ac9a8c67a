"""Only changed cells are sent to the terminal, and it shows the same as if all were."""

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from qualtui.screens.cell_diff import CellDiff
from qualtui.screens.pen import PLAIN, Codes, codes

WIDE, HIGH = 24, 4
CONSOLE = Console(color_system="truecolor", force_terminal=True, width=WIDE, height=HIGH)
STYLES = [Style.parse(one) for one in ("#ffffff on #000000", "#ff0000 on #000000", "bold #ffffff on #000000")]

pieces = st.lists(
    st.tuples(st.text("ab 0│●界é", min_size=1, max_size=9), st.sampled_from(STYLES)), min_size=1, max_size=5
)
lines = st.lists(pieces, min_size=HIGH, max_size=HIGH)


def strip_of(line: list[tuple[str, Style]]) -> Strip:
    """The line in exactly WIDE cells."""
    return Strip([Segment(text, style) for text, style in line]).adjust_cell_length(WIDE, STYLES[0])


def halves(strip: Strip) -> dict[int, Strip | None]:
    """The strip in two chops, as two widgets side by side give them."""
    left, right = strip.divide([WIDE // 2, WIDE])
    return {0: left, WIDE // 2: right}


def whole(picture: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate(
        [list(filter(None, halves(strip).values())) for strip in picture], Region(0, 0, WIDE, HIGH)
    )


def part(picture: list[Strip], rows: list[int]) -> ChopsUpdate:
    chops = [halves(strip) for strip in picture]
    return ChopsUpdate(chops, [(y, 0, WIDE) for y in rows], [[WIDE // 2, WIDE]] * HIGH)


def shown(screen: pyte.Screen) -> list[list[tuple[str, str, bool]]]:
    """Each cell of the terminal as a person sees it."""
    rows = [[screen.buffer[y][x] for x in range(WIDE)] for y in range(HIGH)]
    return [[(cell.data, cell.fg, cell.bold) for cell in row] for row in rows]


def painted(sent: list[str]) -> pyte.Screen:
    screen = pyte.Screen(WIDE, HIGH)
    stream = pyte.Stream(screen)
    for data in sent:
        stream.feed(data.replace("\n", ""))
    return screen


@settings(deadline=None, max_examples=40)
@given(st.lists(lines, min_size=2, max_size=5))
def test_a_terminal_shows_what_it_would_show_if_every_cell_were_sent(
    pictures: list[list[list[tuple[str, Style]]]],
) -> None:
    diff, sent = CellDiff(), []
    strips = [[strip_of(line) for line in lines] for lines in pictures]
    for number, picture in enumerate(strips):
        update = part(picture, list(range(HIGH))) if number else whole(picture)
        sent.append(diff.less(update).render_segments(CONSOLE))
    assert shown(painted(sent)) == shown(painted([whole(strips[-1]).render_segments(CONSOLE)]))


def picture(*texts: str) -> list[Strip]:
    return [strip_of([(text, STYLES[0])]) for text in texts]


def test_what_is_shown_already_is_not_sent_again() -> None:
    diff, rows = CellDiff(), list(range(HIGH))
    first = picture("last reply 1s ago", "b", "c", "d")
    diff.less(whole(first)).render_segments(CONSOLE)
    assert diff.less(part(first, rows)).render_segments(CONSOLE) == ""
    sent = diff.less(part(picture("last reply 2s ago", "b", "c", "d"), rows)).render_segments(CONSOLE)
    assert "2" in sent
    assert sent == "\x1b[1;12H\x1b[38;2;255;255;255;48;2;0;0;0m2\x1b[39;49m"


def test_all_is_sent_again_to_a_terminal_that_may_show_anything() -> None:
    diff, rows = CellDiff(), [0]
    update = part(picture("text", "", "", ""), rows)
    before = diff.less(update).render_segments(CONSOLE)
    assert "text" in before
    assert diff.less(update).render_segments(CONSOLE) == ""
    diff.forget()
    assert diff.less(update).render_segments(CONSOLE) == before


def test_an_update_that_is_not_sent_is_not_taken_for_shown() -> None:
    """The window draws in batches: what Textual drops meanwhile comes again, and must be sent then."""
    diff = CellDiff()
    update = part(picture("text", "", "", ""), [0])
    diff.less(update)
    assert "text" in diff.less(update).render_segments(CONSOLE)


@pytest.mark.parametrize(
    ("ansi", "apart"),
    [
        ("", PLAIN),
        ("1;38;2;1;2;3;48;2;4;5;6", Codes("1", "38;2;1;2;3", "48;2;4;5;6")),
        ("2;7;38;5;9;41", Codes("2;7", "38;5;9", "41")),
        ("97;104", Codes("", "97", "104")),
        ("31", Codes("", "31", "49")),
        ("48;5;100", Codes("", "39", "48;5;100")),
    ],
)
def test_a_style_is_known_by_its_attributes_and_both_colours(ansi: str, apart: Codes) -> None:
    assert codes(ansi) == apart
