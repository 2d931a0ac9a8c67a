"""A sentence is data until somebody reads it: rendered in his language, never broken by its values."""

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.text.message import EMPTY, Param, Text, TextReader, counted, joined, message, render

DOWN = "The database is down for {lasted:span}: {reason}"


class Shouting:
    """A language for tests."""

    def gettext(self, message: str) -> str:
        return {DOWN: "{reason}! ({lasted:span})"}.get(message, message.upper())

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"[{n}] " + (msgid1 if n == 1 else msgid2)


def test_the_english_sentence_has_its_values_in_their_formats() -> None:
    text = message(DOWN, lasted=312.0, reason=message("refused by {host}", host="db.example.com"))
    assert str(text) == "The database is down for 5m: refused by db.example.com"


@pytest.mark.parametrize(
    ("template", "value", "said"),
    [
        ("{x:percent}", 0.3696, "37 %"),
        ("{x:percent}", 0.9968, "99.7 %"),
        ("{x:percent}", 0.086, "8.6 %"),
        ("{x:seconds}", 0.2512, "0.25 s"),
        ("{x:seconds}", 22.04, "22 s"),
        ("{x:number}", 1234.56, "1235"),
        ("{x:whole}", 3.0, "3"),
        ("{x}", 3, "3"),
        ("{x:clock}", 0.0, "00:00"),
        ("{x:clock}", 1e30, "?"),
        ("{x:nonsense}", 2.5, "2.5"),
    ],
)
def test_formats_round_as_a_person_needs_it(template: str, value: float, said: str) -> None:
    assert render(Text(template, {"x": value})) == said


def test_a_reader_gets_his_language_and_his_time_zone() -> None:
    text = message(DOWN, lasted=61.0, reason="refused")
    assert render(text, TextReader(Shouting())) == "refused! (1m)"
    assert render(message("{at:clock}", at=0.0), TextReader(zone=ZoneInfo("America/Sao_Paulo"))) == "21:00"


def test_the_form_follows_the_number() -> None:
    one, many = "{count} customer waits", "{count} customers wait"
    assert [str(counted(one, many, n)) for n in (0, 1, 2, 1.5)] == [
        "0 customers wait", "1 customer waits", "2 customers wait", "1.5 customers wait",
    ]  # fmt: skip
    assert render(counted(one, many, 1), TextReader(Shouting())) == "[1] 1 customer waits"


def test_sentences_in_a_row_keep_their_languages() -> None:
    assert str(joined([EMPTY, message("One."), "", "two"])) == "One.; two"
    assert joined([message("One.")]) == message("One.")
    assert not joined([])


def test_what_does_not_fit_stays_visible_and_nothing_raises() -> None:
    assert render(Text("{gone} and {", {})) == "{gone} and {"
    assert render(Text("{gone}!", {})) == "{gone}!"
    assert render("\x1b[31mold event\n") == "[31mold event"


def test_a_value_from_outside_is_neither_template_nor_control_sequence() -> None:
    assert render(message("said {what}", what="{0} {x} \x1b]8;;evil\x07")) == "said {0} {x} ]8;;evil"


def test_it_travels() -> None:
    text = counted("{count} of {all}", "{count} of {all}", 2, all=message("{n:whole} rows", n=7.0))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(text), type=Text) == text
    assert str(msgspec.msgpack.decode(msgspec.msgpack.encode(text), type=Text)) == "2 of 7 rows"


VALUES = st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.none())


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=8), VALUES, max_size=4), st.text(max_size=60))
def test_any_template_and_values_give_one_clean_line(code: str, params: dict[str, Param], many: str) -> None:
    said = render(Text(code, params, many))
    assert said.isprintable()


def test_a_text_within_itself_many_times_ends() -> None:
    text = message("end")
    for _depth in range(50):
        text = message("{inner}", inner=text)
    assert render(text) == ""
