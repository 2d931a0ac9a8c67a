"""What must hold of a host's settings together: its service, and a key that no other user here can read."""

import re
from collections.abc import Sequence

from qualtui.config import files
from qualtui.config.errors import shown_value
from qualtui.config.reader import ConfigReader, Table
from qualtui.config.references import has_reference, open_files
from qualtui.config.values import HostName, HostSettings
from qualtui.text import clean

_RENDER_SERVICE = re.compile(r"srv-[A-Za-z0-9]{4,40}")
_PRIVATE = "a file that only its owner may read (chmod 600): the key may change everything that its user may"


def check_host(reader: ConfigReader, agent: str, host: HostSettings, tables: Sequence[Table]) -> None:
    """Report a service's id that is none, and a key that is missing or open.

    `tables`: the agent's, and the defaults.
    """
    key = ("agents", agent, "host")
    if host.kind is HostName.RENDER:
        if not _RENDER_SERVICE.fullmatch(host.service):
            expected = "the service's id at Render, such as srv-cukouhrtq21c73e9scng: it is in its address there"
            reader.report((*key, "service"), shown_value(host.service), expected)
        if host.key is None:
            reader.report(
                (*key, "key"), "nothing", 'a key of Render\'s API, such as "${file:/etc/qualtui/render.key}"'
            )
        elif not (
            host.key.reveal().isascii() and host.key.reveal().isprintable() and " " not in host.key.reveal()
        ):
            reader.report((*key, "key"), "***", "printable ASCII without spaces")
    given = next((one["host"]["key"] for one in tables if "key" in _table(one.get("host"))), "")
    if isinstance(given, str) and given:
        _private(reader, (*key, "key"), given)


def _table(raw: object) -> Table:
    return raw if isinstance(raw, dict) else {}


def _private(reader: ConfigReader, key: tuple[str, ...], given: str) -> None:
    """The file in which the key stands, this one or another, is its owner's alone."""
    if not has_reference(given):
        if files.open_to_others(reader.path):
            reader.report(key, "a key in a file that others may read", _PRIVATE)
        return
    for reference in open_files(given, reader.folder, files.open_to_others):
        reader.report(key, clean(reference), _PRIVATE)
