"""Keys as chips: whole words only, in the width that there is."""

from hypothesis import given
from hypothesis import strategies as st

from qualtui.widgets.chips import chip, chips
from qualtui.widgets.line import width

PAIRS = [("f", "Fix it"), ("a", "I've got it"), ("enter", "everything about #42")]


def test_keys_stand_in_reverse_before_their_words_and_dim_where_they_do_nothing() -> None:
    assert [span.token for span in chip("f", "Fix it")] == ["chip", "text"]
    assert [span.token for span in chip("f", "Fix it", dim=True)] == ["dimchip", "faint"]


@given(st.integers(0, 80))
def test_as_many_as_fit_and_no_half_words(cells: int) -> None:
    line = chips(PAIRS, cells)
    text = "".join(span.text for span in line)
    assert width(line) <= cells
    assert "  ".join(f" {key} {word}" for key, word in PAIRS).startswith(text)
    rest = PAIRS[sum(word in text for _key, word in PAIRS) :]
    if rest:  # the next one would not have fitted
        assert len(text) + len(rest[0][0]) + len(rest[0][1]) + 2 + (2 if text else 0) > cells


@given(st.integers(0, 80))
def test_the_key_of_the_help_keeps_its_place_where_others_have_no_room(cells: int) -> None:
    line = chips([*PAIRS, ("?", "help")], cells, last="?")
    text = "".join(span.text for span in line)
    assert width(line) <= cells
    assert (" ? help" in text) is (cells >= len(" ? help"))
    assert "  ".join(f" {key} {word}" for key, word in PAIRS).startswith(text.removesuffix(" ? help").rstrip())
