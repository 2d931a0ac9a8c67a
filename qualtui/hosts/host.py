"""What a host is for probes, fixes and the doctor: one Protocol, and its values."""

from typing import Protocol

import msgspec

from qualtui.model import Sample

DeployId = str


class Deploy(msgspec.Struct, frozen=True):
    """One deploy of the bot. `live`: it is what runs now."""

    id: DeployId
    at: float  # when it began
    status: str  # in the host's own word
    live: bool
    commit: str = ""


class LogPage(msgspec.Struct, frozen=True):
    """Lines of the bot's log, oldest first; `after` is where the next page begins."""

    lines: tuple[str, ...]
    after: str


class Host(Protocol):
    """A place that runs the bot. An adapter translates its errors at its own edge."""

    async def metrics(self, since: float) -> tuple[Sample, ...]:
        """The samples of host.* since a time."""

    async def deploys(self) -> tuple[Deploy, ...]:
        """The newest deploys, newest first."""

    async def logs(self, after: str) -> LogPage:
        """The lines after a place in the log; empty: the newest ones."""

    async def restart(self) -> None:
        """Restarts the bot's service."""

    async def rollback(self, deploy: DeployId) -> DeployId:
        """Deploys an older deploy again; returns the new one."""
