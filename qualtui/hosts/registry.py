"""The kinds of hosts. A new one is a file, a line here, and its name in config/values.py."""

from collections.abc import Callable, Mapping

import msgspec

from qualtui.config.values import HostName, HostSettings
from qualtui.hosts.host import Host, HostCapability
from qualtui.hosts.process.adapter import ProcessHost
from qualtui.hosts.render.adapter import RenderHost


class HostKind(msgspec.Struct, frozen=True):
    """A kind of host, as `kind` in [agents.NAME.host] names it."""

    label: str  # the product's name, for people
    connect: Callable[[HostSettings], Host]
    capabilities: frozenset[HostCapability]


KINDS: Mapping[HostName, HostKind] = {
    HostName.RENDER: HostKind("Render", RenderHost, RenderHost.capabilities),
    HostName.PROCESS: HostKind("this machine", ProcessHost, ProcessHost.capabilities),
}


def kind_of(settings: HostSettings) -> HostKind:
    """The kind of a configured host."""
    return KINDS[settings.kind]


def keeps_log(settings: HostSettings) -> bool:
    """Whether the bot's log can be read there: of a process without a unit it needs a file."""
    named = settings.kind is not HostName.PROCESS or bool(settings.service or settings.log_file)
    return named and HostCapability.LOGS in kind_of(settings).capabilities


def host_of(settings: HostSettings) -> Host:
    """A configured host; nothing is opened yet."""
    return kind_of(settings).connect(settings)
