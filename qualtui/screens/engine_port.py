"""What a window needs of the engine: snapshots, and answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from qualtui.widgets.view_state import StoryLine
from qualtui.wire import Answer, Command, Snapshot, Subscribe
from qualtui.wire.commands import Capability


class EnginePort(Protocol):
    """One connection: qualtui.client.Client, or a stand-in of the tests. Both may raise ClientError."""

    ahead: float  # s, the engine's clock minus ours

    @property
    def capability(self) -> Capability:
        """The most that the engine does for this connection."""

    def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest snapshot, each time there is a newer one."""

    def subscribe(self, wanted: Subscribe) -> None:
        """From now on snapshots carry the details of these agents."""

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        """The engine's answer."""


Connect = Callable[[], AbstractAsyncContextManager[EnginePort]]


class FaultState(NamedTuple):
    """A fault of the demo in plain words, and whether it is on."""

    title: str
    on: bool


class FaultSwitches(Protocol):
    """The demo's faults, to be switched from the palette."""

    async def list(self) -> dict[str, FaultState]:
        """Each fault by its name. Raises OSError where the demo does not answer."""

    async def set(self, name: str, on: bool) -> None:
        """Switches one. Raises OSError where the demo does not answer."""


class StoryTeller(Protocol):
    """The demo's story, to be shown as it happens."""

    async def newest(self) -> StoryLine:
        """The newest sentence. Raises OSError where the demo does not answer."""


Say = Callable[[str, str], None]  # text, token: one line in the status row
Asker = Callable[[Command], Awaitable[Answer]]
