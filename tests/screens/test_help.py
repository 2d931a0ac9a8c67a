"""Help: the night's keys first, those of the page below it, and every key by task."""

from qualtui.config.keys import BINDINGS
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window
from tests.screens.test_pictures import answering


async def rows_after(*keys: str) -> list[str]:
    app = window(answering(StandIn(snapshots.trouble())))
    async with app.run_test(size=(80, 24)) as pilot:
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
