"""Outside text is harmless, and no phone number is readable however somebody wrote it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.text import clean, mask_phone, masked, span

WRITTEN = [
    "5511987654321", "+55 (11) 98765-4321", "55-11-98765-4321", "(11) 9 8765.4321", "11 98765\u20134321",
    "+55 (11) 9 8765\u20114321", "11/98765/4321", "11 9_8765_4321", "5511987654321@c.us", "tel:+5511987654321",
    "11 \u00b7 98765 \u00b7 4321", "11\u00a098765\u00a04321", "".join(chr(0xFF10 + n) for n in range(10)),
    "0055 11 98765 - 4321",
]  # fmt: skip


@pytest.mark.parametrize("phone", WRITTEN)
def test_a_phone_number_is_masked_however_it_is_written(phone: str) -> None:
    told = masked(clean(f"call {phone} now"))
    assert told.startswith("call ")
    assert told.endswith(" now")
    assert sum(char.isdigit() for char in told) <= 6
    assert "•••" in told


def test_what_is_no_phone_number_stays() -> None:
    text = "3 of 20 at 12:30:05, p95 31.5s, #42, HTTP 503"
    assert masked(text) == text


def test_masking_hostile_text_takes_no_time() -> None:
    began = time.process_time()
    for text in ("1 " * 50_000, ("1" * 7 + "    ") * 20_000, "1" * 100_000, "(" * 100_000):
        masked(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("5511987654321", "+55 11 •••••-••21"), ("1234", "••••"), ("", "•"), ("no number", "•")],
)
def test_a_masked_phone_keeps_country_area_and_two_digits(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_cleaned_text_is_one_line_without_anything_that_a_terminal_obeys() -> None:
    told = clean("\x1b[31mred\x1b]0;t\x07\n two\u202egnirts\ud800 \x9b5n", 60)
    assert told.isprintable()
    assert told == "[31mred ]0;t two gnirts 5n"
    assert len(clean("x" * 10_000, 50)) == 50


@given(st.text())
def test_cleaned_text_is_printable_whatever_was_said(text: str) -> None:
    assert clean(text).isprintable()


def test_what_no_table_of_characters_knows_is_left_out() -> None:
    assert clean("unassigned \ud7fc, private \ue000") == "unassigned , private"


@pytest.mark.parametrize(
    ("seconds", "told"), [(-5, "0s"), (59.9, "59s"), (61, "1m"), (3725, "1h 02m"), (90000, "1d 1h")]
)
def test_a_duration_has_at_most_two_units(seconds: float, told: str) -> None:
    assert span(seconds) == told
