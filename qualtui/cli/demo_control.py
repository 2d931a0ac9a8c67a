"""What a window on a demo is given of it: faults to switch, and the story."""

from qualtui.screens.engine_port import FaultState
from qualtui.widgets.view_state import StoryLine


class DemoSwitches:
    """The demo's faults over its control server."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def list(self) -> dict[str, FaultState]:
        """Each fault by its name. Raises OSError if the demo does not answer."""
        from qualtui.demo.switch import SwitchError, list_faults

        try:
            return {fault.name: FaultState(fault.title, fault.on) for fault in await list_faults(self._url)}
        except SwitchError as error:
            raise ConnectionError(str(error)) from None

    async def set(self, name: str, on: bool) -> None:
        """Switch one fault. Raises OSError if the demo does not answer."""
        from qualtui.demo.switch import SwitchError, set_fault

        try:
            await set_fault(self._url, name, on)
        except SwitchError as error:
            raise ConnectionError(str(error)) from None


class DemoStory:
    """The demo's story over its control server."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def newest(self) -> StoryLine:
        """The newest sentence. Raises OSError if the demo does not answer."""
        from qualtui.demo.switch import SwitchError, read_story

        try:
            story = await read_story(self._url)
        except SwitchError as error:
            raise ConnectionError(str(error)) from None
        if not story.told:
            return StoryLine(over=story.over)
        return StoryLine(story.told[-1].clock, story.told[-1].text, story.over)
