"""A story is told in order and acts."""

from qualtui.demo.pace import Pace
from qualtui.demo.story import Teller, stories


async def test_0310_acts_and_tells_in_order() -> None:
    acts: list[str] = []

    async def act(action: str) -> None:
        acts.append(action)

    story = stories()["0310"]
    teller = Teller(Pace(20_000, story.start_hour))
    await teller.play(story, act)
    assert acts == ["on sends-failing", "write Marina Exemplo", "write Rafael Modelo", "off sends-failing"]
    assert [told.text for told in teller.told] == [step.tell for step in story.steps if step.tell]
    assert teller.told[0].clock == "03:10"


def test_every_story_is_in_order_of_time() -> None:
    for name, story in stories().items():
        assert story.name == name
        times = [step.at for step in story.steps]
        assert times == sorted(times)
