"""Scenarios: stories that the demo plays, step by step, and tells."""

from collections.abc import Awaitable, Callable

import msgspec

from qualtui.demo.pace import Pace
from qualtui.text import _


class StoryStep(msgspec.Struct, frozen=True):
    """At so many virtual seconds: an action (`on NAME`, `off NAME`, `write NAME`, or none) and a sentence."""

    at: float
    action: str = ""
    tell: str = ""


class Story(msgspec.Struct, frozen=True):
    """A scenario: the hour of the virtual day at which it starts, and its steps in order of time."""

    name: str
    start_hour: float
    steps: tuple[StoryStep, ...]


class Told(msgspec.Struct, frozen=True):
    """A sentence that was told, with the virtual time of day."""

    clock: str
    text: str


def stories() -> dict[str, Story]:
    """All scenarios, by name, in the reader's language."""
    night = Story(
        "0310",
        3 + 10 / 60,
        (
            StoryStep(0, "", _("The office sleeps. The bot answers whoever writes.")),
            StoryStep(40, "on sends-failing", _("WhatsApp drops WAHA's session: FAILED. Nobody notices.")),
            StoryStep(70, "write Marina Exemplo", _("Marina has seen a video and writes.")),
            StoryStep(110, "write Rafael Modelo", _("Rafael writes, too.")),
            StoryStep(
                240,
                "",
                _("The bot has tried three times for each and stored its texts as sent. Nobody received one."),
            ),
            StoryStep(
                420, "", _("/health answers 200. The webhook answered 200. Two people look at an empty chat.")
            ),
            StoryStep(720, "", _("Ten minutes. Somebody has to restart WAHA's session.")),
            StoryStep(
                2400, "off sends-failing", _("The session works again. Whoever still waits writes once more.")
            ),
            StoryStep(3000, "", _("Everyone is answered. The log says who waited, and for how long.")),
        ),
    )
    return {story.name: story for story in (night,)}


class Teller:
    """Plays one story and keeps what was told."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.told: tuple[Told, ...] = ()

    async def play(self, story: Story, act: Callable[[str], Awaitable[None]]) -> None:
        """From its first step to its last; `act` performs an action's text."""
        begun = self._pace.now()
        for step in story.steps:
            await self._pace.sleep(max(0.0, begun + step.at - self._pace.now()))
            if step.tell:
                self.told = (*self.told, Told(self._pace.clock(), step.tell))
            if step.action:
                await act(step.action)
