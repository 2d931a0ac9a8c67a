"""A story is told in order, acts, and says nothing that a viewer has made untrue."""

import pytest
from rich.cells import cell_len

from qualtui.demo.pace import Pace
from qualtui.demo.story import Story, StoryStep, Teller, stories

FAST = 20_000


async def nothing(_action: str) -> None:
    """Nobody acts."""


async def test_0310_acts_and_tells_in_order() -> None:
    acts: list[str] = []

    async def act(action: str) -> None:
        acts.append(action)

    story = stories()["0310"]
    teller = Teller(Pace(FAST, story.start_hour))
    await teller.play(story, act)
    assert acts == ["on sends-failing", "write Marina Exemplo", "write Rafael Modelo", "off sends-failing"]
    assert [told.text for told in teller.told] == [step.tell for step in story.steps]
    assert teller.told[0].clock == "03:10:00"
    assert teller.over


async def test_what_rests_on_a_fault_is_left_out_at_once_where_the_viewer_ends_it() -> None:
    story = Story(
        "short",
        3.0,
        (
            StoryStep(0, "", "It begins."),
            StoryStep(1e9, "", "Nobody helps.", "on a-fault", "Somebody helped."),
            StoryStep(0, "", "All is well.", "answered", "Somebody waits."),
        ),
    )
    teller = Teller(Pace(FAST, story.start_hour))
    await teller.play(story, nothing, lambda _given: False)
    assert [told.text for told in teller.told] == ["It begins.", "Somebody helped.", "Somebody waits."]


def test_before_a_story_nothing_is_to_come() -> None:
    assert Teller(Pace()).over


@pytest.mark.parametrize("story", stories().values(), ids=lambda story: story.name)
def test_each_sentence_fits_a_row_of_80_cells_beside_its_clock(story: Story) -> None:
    clock = len(" 03:10:00  ")
    for step in story.steps:
        assert cell_len(step.tell) <= 80 - clock - 1
        assert cell_len(step.otherwise) <= 80 - clock - 1


def test_every_story_has_its_name_and_starts_at_once() -> None:
    for name, story in stories().items():
        assert story.name == name
        assert story.steps[0].after == 0
