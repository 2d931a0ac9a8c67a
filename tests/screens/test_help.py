"""Help: the night's keys first, those of the page below it, and every key by task."""

from qualtui.config.keys import BINDINGS
from qualtui.widgets.help_rows import in_columns
from qualtui.widgets.line import Span
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window
from tests.screens.test_pictures import answering


async def rows_after(*keys: str, size: tuple[int, int] = (80, 24)) -> list[str]:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press(*keys, "question_mark")
        await until(lambda: "3 A.M." in text(app))
        return ["".join(span.text for span in line) for line in table(app, "#manual").shown]


async def test_the_first_rows_are_what_a_person_presses_at_night() -> None:
    rows = await rows_after()
    start = rows.index("  3 A.M.")
    assert start == 1
    assert [row.split()[0] for row in rows[start + 1 : start + 4]] == ["f", "a", "c"]


async def test_the_keys_of_the_page_below_it_come_next() -> None:
    rows = await rows_after("4")
    start = rows.index("  ON THIS PAGE")
    end = next(n for n in range(start, len(rows)) if not rows[n].strip())
    told = rows[start + 1 : end]
    assert any(row.split()[:2] == ["-/+", "range"] for row in told)
    assert not any("who waits" in row for row in told)


async def test_no_key_is_missing_and_each_task_has_a_title() -> None:
    rows = await rows_after()
    names = [row.split()[-1] for row in rows if row.strip()]
    hidden = {"suspend"}
    assert set(BINDINGS) - hidden <= set(names)
    titles = [row.strip() for row in rows]
    assert [title for title in titles if title in {"PAGES", "ACT", "LOOK CLOSER", "MOVE", "SIGNS", "WORDS"}] == [
        "PAGES", "ACT", "LOOK CLOSER", "MOVE", "SIGNS", "WORDS",
    ]  # fmt: skip


async def test_where_there_is_room_all_of_it_stands_on_one_screen_in_columns() -> None:
    rows = await rows_after(size=(160, 48))
    assert len(rows) <= 47
    assert not any("…" in row for row in rows)
    words = {word for row in rows for word in row.split()}
    assert set(BINDINGS) <= words
    assert [rows[1].split()[0], *(rows[n].split()[0] for n in (2, 3, 4))] == ["3", "f", "a", "c"]


async def test_two_columns_break_no_block_and_one_stays_as_it_is() -> None:
    blocks = [[(Span(f"{name}{n}"),) for n in range(size)] for name, size in (("a", 5), ("b", 3), ("c", 2))]
    plain = ["".join(span.text for span in line).strip() for line in in_columns(blocks, 60)]
    assert plain == ["a0", "a1", "a2", "a3", "a4", "", "b0", "b1", "b2", "", "c0", "c1"]
    beside = ["".join(span.text for span in line).split() for line in in_columns(blocks, 110)]
    assert beside == [["a0", "b0"], ["a1", "b1"], ["a2", "b2"], ["a3"], ["a4", "c0"], ["c1"]]
