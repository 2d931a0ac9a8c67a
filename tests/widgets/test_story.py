"""The story's row: one sentence with the story's clock, at the end what to try; none beside old figures."""

import pytest

from qualtui.widgets.line import width
from qualtui.widgets.story import story_line
from qualtui.widgets.view_state import ConnectionState, StoryLine, ViewState
from tests import snapshots

KEYS = [(":", "commands"), ("f", "fix"), ("c", "who waits"), ("?", "help")]


def sight(story: StoryLine | None, bond: ConnectionState = ConnectionState.LIVE) -> ViewState:
    return ViewState(snapshot=snapshots.trouble(), bond=bond, story=story)


def words(seen: ViewState, cells: int = 80) -> list[str]:
    return ["".join(span.text for span in line) for line in story_line(seen, KEYS, cells)]


def test_a_sentence_stands_beside_the_storys_own_clock() -> None:
    assert words(sight(StoryLine("03:13:20", "Rafael writes, too."))) == [" 03:13:20  Rafael writes, too."]


def test_at_its_end_it_says_what_the_viewer_can_try() -> None:
    assert words(sight(StoryLine("04:00:00", "The end.", over=True))) == [
        " Try it: : switch a fault on, f fix it, c who waits, ? all keys"
    ]


@pytest.mark.parametrize("cells", [12, 40, 80])
def test_it_is_cut_to_the_row(cells: int) -> None:
    for story in (StoryLine("03:10:00", "word " * 60), StoryLine(over=True)):
        assert all(width(line) <= cells for line in story_line(sight(story), KEYS, cells))


def test_without_a_demo_a_first_sentence_or_an_engine_there_is_no_row() -> None:
    assert words(sight(None)) == []
    assert words(sight(StoryLine())) == []
    assert words(sight(StoryLine("03:10:00", "Something."), ConnectionState.LOST)) == []
