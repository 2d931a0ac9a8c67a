"""Large digits: every number that is shown can be told from every other, in rows of one width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.widgets.digits import MOST, ROWS, digits
from qualtui.widgets.line import width


def drawn(number: int, *, slim: bool = False) -> str:
    return "\n".join("".join(span.text for span in row) for row in digits(number, "crit", "#", slim=slim))


@given(st.integers(0, MOST), st.booleans())
def test_a_number_has_five_rows_of_one_width(number: int, slim: bool) -> None:
    rows = digits(number, "crit", "█", slim=slim)
    assert len(rows) == ROWS
    assert len({width(row) for row in rows}) == 1


@pytest.mark.parametrize("slim", [False, True])
def test_no_two_digits_look_alike(slim: bool) -> None:
    assert len({drawn(number, slim=slim) for number in range(10)}) == 10


def test_a_three_is_the_three_of_the_sketch() -> None:
    assert drawn(3) == "######\n    ##\n######\n    ##\n######"
    assert drawn(3, slim=True) == "#####\n   ##\n#####\n   ##\n#####"


@pytest.mark.parametrize("number", [-1, MOST + 1, 10**18])
def test_what_has_no_digits_is_not_drawn(number: int) -> None:
    assert digits(number, "crit", "█") == []
