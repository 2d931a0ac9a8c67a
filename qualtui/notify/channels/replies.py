"""What comes back through a channel: presses of a button under a message."""

from typing import Protocol

import msgspec

from qualtui.text.message import Saying


class ButtonPress(msgspec.Struct, frozen=True):
    """One press. `place`: where the reader goes on after it; `channels`: those that it can have come through.

    Its repr shows no token.
    """

    token: str
    place: str
    channels: tuple[str, ...]
    age: float = 0.0  # s since it was pressed, as far as the service says
    personal: bool = False  # the channel leads to one person, who pressed it
    handle: str = ""  # by which the service is answered

    def __repr__(self) -> str:
        return f"ButtonPress({self.channels!r}, ***)"


class Replies(msgspec.Struct, frozen=True):
    """What one read found. `trouble`: why nothing could be read; `conflict`: another program reads instead."""

    presses: tuple[ButtonPress, ...] = ()
    strangers: int = 0  # replies that no button of ours can have sent
    place: str = ""  # where the next read goes on; empty: as before
    trouble: Saying = ""
    conflict: bool = False
    wait: float = 0.0  # s until the next read, at least


class ReplyReader(Protocol):
    """Reads what comes back through channels that share one source of replies. One task calls it at a time."""

    @property
    def source(self) -> str:
        """Under which its place is kept: the same after a restart, another one for another source."""

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels whose replies it reads."""

    @property
    def always(self) -> bool:
        """Whether it reads also while no button can be pressed."""

    async def read(self, place: str) -> Replies:
        """What is new since a place (empty: not known). Never raises; a service that hangs ends it in time."""

    async def answer(self, press: ButtonPress, text: str) -> None:
        """Show the result to who pressed, where the service can. Never raises."""

    async def close(self) -> None:
        """Let go of what it holds."""
