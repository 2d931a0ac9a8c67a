"""The smallest screens, a phone's among them: how many wait, why, who has it, and the first keys stay."""

import pytest

from qualtui.widgets.chips import chips
from qualtui.widgets.line import Span, packed
from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window
from tests.screens.test_pictures import answering, settled


async def shown(scene: str, size: tuple[int, int], *keys: str) -> list[str]:
    app = window(answering(StandIn(snapshots.SCENES[scene]())))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
        await settled(pilot)
        return text(app).splitlines()


@pytest.mark.parametrize("size", [(44, 20), (50, 20), (60, 20), (80, 24)])
async def test_count_cause_owner_and_the_first_keys_are_whole_on_the_smallest_screens(
    size: tuple[int, int],
) -> None:
    rows = await shown("trouble", size)
    page = " ".join(" ".join(rows).replace("│", " ").replace("█", " ").split())
    assert sum("█████" in row for row in rows[:7]) >= 3  # the number in digits
    assert "3 CUSTOMERS WAITING FOR THE BOT oldest 5m limit 10m, in 4m" in page
    assert 'WHY WhatsApp session FAILED since 03:08; database says "sent" WHO no one' in page
    for key in ("f fix", "a I've got it", "c who waits", "? help"):
        assert key in rows[-1], rows[-1]


async def test_the_bars_of_what_broke_first_end_at_now_on_every_width() -> None:
    for cells in (44, 60, 80, 100):
        rows = await shown("trouble", (cells, 24))
        bar = next(row for row in rows if row.startswith(" ✖ WhatsApp ") and "→" not in row)
        assert "█ FAILED" in bar, bar
        assert 12 <= bar.count("█") <= 60


async def test_what_has_no_room_in_a_calm_row_is_left_out_as_a_whole() -> None:
    rows = await shown("calm", (44, 20))
    assert "EVERYONE ANSWERED" in rows[1]
    assert rows[1].rstrip().endswith("ago")
    assert any("▁" in row or "█" in row for row in rows[5:11])  # the chart of the day is no empty title


@pytest.mark.parametrize("scene", ["calm", "trouble", "huge", "hostile", "no-data", "learning", "nobody"])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (20, 5), (43, 19), (60, 10)])
async def test_no_size_is_too_small_to_draw(scene: str, size: tuple[int, int]) -> None:
    rows = await shown(scene, size)
    assert len(rows) <= size[1]


def test_pieces_share_a_row_where_they_fit_and_no_word_is_cut_where_not() -> None:
    pieces = [Span("one two"), Span(""), Span("three")]
    rows = [["".join(span.text for span in row) for row in packed(pieces, cells, 3)] for cells in (15, 14, 7, 5)]
    assert rows == [["one two   three"], ["one two  three"], ["one two", "three"], ["one", "two", "three"]]


def test_keys_stand_closer_together_where_the_row_is_short() -> None:
    keys = [("f", "fix"), ("a", "I've got it")]
    whole = "".join(span.text for span in chips(keys, 22, gap=1))
    assert whole == " f fix  a I've got it"
    assert "".join(span.text for span in chips(keys, 21)) == " f fix"
