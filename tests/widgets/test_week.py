"""The panel of the week: every line, or how many more there are; nothing where there is nothing to do."""

from qualtui.widgets.look import Look
from qualtui.widgets.week import week_panel


def text(lines: tuple[str, ...], rows: int) -> list[str]:
    return ["".join(span.text for span in line).rstrip() for line in week_panel(lines, 60, rows, Look())][1:]


def test_lines_that_have_no_room_are_counted() -> None:
    assert text(("one", "two", "three"), 4) == [" · one", " · two", " · three"]
    assert text(("one", "two", "three"), 3) == [" · one", "   ... and 2 more"]


def test_without_a_line_or_room_there_is_no_heading() -> None:
    assert week_panel((), 60, 4, Look()) == []
    assert week_panel(("one",), 60, 1, Look()) == []


def test_no_control_character_of_a_host_gets_through() -> None:
    assert text(("certificate of \x1b[31mx",), 4) == [" · certificate of [31mx"]
