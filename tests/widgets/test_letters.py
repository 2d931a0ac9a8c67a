"""Large letters: each has a face, and what has none is not drawn by half."""

import string

import pytest

from qualtui.widgets.letters import BROAD, LARGE, PLAIN, ROWS, LetterScale, lettered, letters, letters_wide
from qualtui.widgets.line import width


@pytest.mark.parametrize("sign", [*string.ascii_uppercase, *string.digits, *"mhsd .:,-/%?✖▲●○"])
def test_every_letter_and_every_sign_of_the_wall_has_rows_of_one_width(sign: str) -> None:
    rows = letters(sign, "crit", "█")
    assert len(rows) == ROWS
    assert {width(row) for row in rows} == {letters_wide(sign)}
    assert sign == " " or any("█" in row[0].text for row in rows)


def test_no_two_letters_look_alike() -> None:
    faces = {sign: tuple(row[0].text for row in letters(sign, "crit", "#")) for sign in string.ascii_uppercase}
    assert len(set(faces.values())) == len(faces)


@pytest.mark.parametrize("scale", [PLAIN, BROAD, LARGE])
def test_a_scale_makes_columns_wider_and_rows_taller(scale: LetterScale) -> None:
    rows = letters("12", "crit", "█", scale)
    assert len(rows) == ROWS * scale.tall
    assert width(rows[0]) == letters_wide("12") * scale.wide


def test_accents_are_dropped_and_a_text_with_an_unknown_sign_is_left_to_plain_words() -> None:
    assert letters("ÃÇÉ", "crit", "█") == letters("ACE", "crit", "█")
    assert letters("漢A", "crit", "█") == []
    assert lettered("漢 A", 100, 20, "crit", "█", (PLAIN,)) == []


def test_a_long_text_is_broken_between_words_and_never_wider_than_its_room() -> None:
    rows = lettered("WHATSAPP SESSION FAILED", 100, 2 * ROWS + 1, "crit", "█", (PLAIN,))
    assert len(rows) == 2 * ROWS + 1
    assert max(map(width, rows)) <= 100
    assert lettered("WHATSAPP SESSION FAILED", 100, ROWS, "crit", "█", (PLAIN,)) == []
    assert lettered("WHATSAPP SESSION FAILED", 200, ROWS, "crit", "█", (BROAD, PLAIN))
