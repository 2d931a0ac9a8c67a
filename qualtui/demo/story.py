"""Scenarios: stories that the demo plays step by step, with a sentence for the screen at each."""

from collections.abc import Awaitable, Callable

import msgspec

from qualtui.demo.pace import Pace
from qualtui.text import _

_LOOK = 20.0  # virtual seconds between two looks whether a step's condition still holds
_READ = 240.0  # virtual seconds that the last sentence stays before the story is over


class StoryStep(msgspec.Struct, frozen=True):
    """After so many virtual seconds: an action (`on NAME`, `off NAME`, `write NAME`, or none) and a sentence.

    `given`: a condition (`on NAME`: this fault lasts, or `answered`: no one waits) without which the step is not
    played, and its `otherwise` is the sentence, if there is one. A viewer may end a story's fault at any time:
    the steps that rest on it are then left out at once.
    """

    after: float
    action: str = ""
    tell: str = ""
    given: str = ""
    otherwise: str = ""


class Story(msgspec.Struct, frozen=True):
    """A scenario: the hour of the virtual day at which it starts, and its steps in order."""

    name: str
    start_hour: float
    steps: tuple[StoryStep, ...]


class Told(msgspec.Struct, frozen=True):
    """A sentence that was shown, with the story's time of day."""

    clock: str
    text: str


def stories() -> dict[str, Story]:
    """All scenarios, by name, in the reader's language. A sentence fits a row of 80 cells beside its clock."""
    lasts = "on sends-failing"
    night = Story(
        "0310",
        3 + 10 / 60,
        (
            StoryStep(0, "", _("The office sleeps. The bot answers whoever writes.")),
            StoryStep(200, "on sends-failing", _("WhatsApp drops WAHA's session. /health still answers 200.")),
            StoryStep(120, "write Marina Exemplo", _("Marina has seen a video and writes to the bot.")),
            StoryStep(120, "write Rafael Modelo", _("Rafael writes, too.")),
            StoryStep(160, "", _("The bot stores its replies as sent. WhatsApp delivered none."), lasts),
            StoryStep(180, "", _("Two people look at an empty chat."), lasts),
            StoryStep(140, "", _("Ten minutes. Somebody has to restart WAHA's session."), lasts),
            StoryStep(
                1480,
                "off sends-failing",
                _("The session works again. Whoever still waits writes once more."),
                lasts,
                _("The session was restarted. Whoever still waits writes once more."),
            ),
            StoryStep(
                600,
                "",
                _("Everyone is answered. The log says who waited, and how long."),
                "answered",
                _("Somebody still waits. The screen says who, and why."),
            ),
        ),
    )
    return {story.name: story for story in (night,)}


class Teller:
    """Plays one story and keeps its sentences. `over`: it has no more."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._begun = 0.0
        self.told: tuple[Told, ...] = ()
        self.over = True

    async def play(
        self,
        story: Story,
        act: Callable[[str], Awaitable[None]],
        holds: Callable[[str], bool] = lambda _given: True,
    ) -> None:
        """From its first step to its last; `act` performs an action's text, `holds` judges a condition's."""
        self.over = False
        self._begun = due = self._pace.now()
        for step in story.steps:
            due += step.after
            if not await self._comes(step, due, holds):
                due = self._pace.now()
                self._tell(step.otherwise)
                continue
            self._tell(step.tell)
            if step.action:
                await act(step.action)
        await self._pace.sleep(_READ)
        self.over = True

    async def _comes(self, step: StoryStep, due: float, holds: Callable[[str], bool]) -> bool:
        """Wait until a step is due; return whether its condition holds. A fault's end ends the wait."""
        while (left := due - self._pace.now()) > 0:
            if step.given.startswith("on ") and not holds(step.given):
                return False
            await self._pace.sleep(min(left, _LOOK) if step.given else left)
        return not step.given or holds(step.given)

    def _tell(self, sentence: str) -> None:
        if sentence:
            clock = self._pace.clock(round(self._pace.now() - self._begun), seconds=True)
            self.told = (*self.told, Told(clock, sentence))
