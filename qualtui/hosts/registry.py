"""The kinds of hosts. A new one is a file and a line here; until there is one, host.* has no source."""

from collections.abc import Callable, Mapping

from qualtui.config.values import AgentSettings
from qualtui.hosts.host import Host

KINDS: Mapping[str, Callable[[AgentSettings], Host]] = {}
