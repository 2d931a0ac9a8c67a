"""What the doctor found fits every width and every text, and the worst comes first."""

import msgspec
import pytest

from qualtui.model.findings import Finding, FindingVerdict, failed
from qualtui.widgets.findings import counts, place, rows
from qualtui.widgets.line import width, wrapped
from qualtui.widgets.look import Look
from tests import snapshots

FOUND = snapshots.examined().findings


def shown(findings: tuple[Finding, ...], opened: set[int], cells: int = 100) -> list[str]:
    return ["".join(span.text for span in row.line) for row in rows(findings, opened, cells, Look(), "enter")]


def test_failures_come_first_then_warnings_then_what_was_not_looked_at_then_what_is_well() -> None:
    told = [FOUND[place(row.key)].verdict for row in rows(FOUND, (), 100, Look(), "enter")]
    order = [FindingVerdict.FAILED, FindingVerdict.WARNING, FindingVerdict.SKIPPED, FindingVerdict.OK]
    assert told == sorted(told, key=order.index)
    assert set(told) == set(order)


def test_every_row_says_its_verdict_in_a_sign_and_a_word_and_keeps_a_key_of_its_own() -> None:
    told = rows(FOUND, (), 100, Look(), "enter")
    assert len({row.key for row in told}) == len(told)
    heads = [row.line[0].text for row in told if row.key.endswith("/0")]
    signs = {"✖ failed", "▲ warning", "○ skipped", "● ok"}
    assert {head.strip() for head in heads} == signs
    assert len(heads) == len(FOUND)


def test_statements_stand_below_only_where_the_finding_is_opened() -> None:
    place = next(n for n, one in enumerate(FOUND) if one.check == "database.indexes")
    assert not any("CREATE INDEX" in row for row in shown(FOUND, set()))
    assert any("(2 statements: enter shows them)" in row for row in shown(FOUND, set()))
    opened = [row.strip() for row in shown(FOUND, {place}, 160)]
    assert "ANALYZE public.messages;" in opened
    assert any(row.startswith("CREATE INDEX") and row.endswith("DESC);") for row in opened)


def test_two_agents_are_told_apart_and_one_needs_no_name() -> None:
    twin = msgspec.structs.replace(FOUND[3], agent="twin", why="healthy in 9 ms")
    assert not any("ldc-bot " in row for row in shown(FOUND[3:6], set()))
    told = shown((*FOUND[3:6], twin), set())
    assert any("twin " in row for row in told)
    assert any("ldc-bot " in row for row in told)


def test_what_says_the_same_of_several_things_is_one_row_that_names_them() -> None:
    seven = tuple(
        failed("notify.channel", f"channel c{n}", "refuses connections", "look whether it runs") for n in range(7)
    )
    told = shown((*FOUND, *seven), set(), 200)
    assert sum("refuses connections" in row for row in told) == 1
    head = next(row for row in told if "channel c0" in row)
    assert all(f"c{n}" in head for n in range(4))
    place = len(FOUND)
    opened = [row.strip() for row in shown((*FOUND, *seven), {place}, 200)]
    assert all(f"· channel c{n}" in opened for n in range(7))


def test_the_same_of_several_agents_is_one_row_and_another_reason_is_not() -> None:
    one = msgspec.structs.replace(FOUND[4], agent="a")
    other = msgspec.structs.replace(one, agent="b")
    third = msgspec.structs.replace(one, agent="c", why="answers 200")
    told = shown((one, other, third), set(), 160)
    assert sum("2 agents" in row for row in told) == 1
    assert sum("▲ warning" in row for row in told) == 2


def test_the_counts_leave_out_what_there_is_none_of() -> None:
    told = "".join(span.text for span in counts(FOUND[:3], Look()))
    assert told.strip() == "● 3 ok"
    assert "1 warning " in "".join(span.text for span in counts(FOUND[4:5], Look()))


@pytest.mark.parametrize("cells", [160, 80, 30, 3])
def test_texts_from_outside_neither_break_a_row_nor_hide_another(cells: int) -> None:
    bad = tuple(
        Finding(one, verdict, one, one, one, (one, one), one)
        for verdict in FindingVerdict
        for one in snapshots.HOSTILE
    )
    told = rows(bad, range(len(bad)), cells, Look(), "enter")
    assert {place(row.key) for row in told} == set(range(len(bad)))
    text = "".join(span.text for row in told for span in row.line)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in text)
    if cells >= 80:
        assert all(width(row.line) <= cells for row in told if not row.key.endswith("/0"))


@pytest.mark.parametrize(
    ("text", "cells", "told"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 100, ["one two three"]),
        ("a verylongword b", 5, ["a", "veryl", "ongwo", "rd b"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("", 10, [""]),
        ("漢", 0, ["漢"]),
    ],
)
def test_text_is_wrapped_by_cells_and_loses_nothing(text: str, cells: int, told: list[str]) -> None:
    assert wrapped(text, cells) == told
