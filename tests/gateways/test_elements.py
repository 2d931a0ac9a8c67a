"""A large JSON list from outside: its elements as a parser would find them, or a reason, within bounds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.gateways.elements import ElementsError, cut

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 2]))
def test_each_element_is_what_a_parser_finds(values: list[object], indent: int | None) -> None:
    assert [json.loads(one) for one in cut(json.dumps(values, indent=indent).encode(), 10)] == values


@pytest.mark.parametrize("text", ["", "{}", "[1", "[1]]", '["a', "7", "[1] 2"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ElementsError, match="not a list"):
        cut(text.encode(), 10)


def test_more_elements_than_asked_for_are_refused_without_reading_on() -> None:
    with pytest.raises(ElementsError, match="more than 3"):
        cut(b"[1,2,3,4,", 3)


def test_a_list_that_takes_too_long_is_left() -> None:
    with pytest.raises(ElementsError, match="not read within"):
        cut(b"[" * 100_000, 3, patience=0.0)
