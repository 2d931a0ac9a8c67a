"""What must hold of a host's settings together: its service, and a key that no other user here can read."""

import re
from collections.abc import Sequence

from qualtui.config import files
from qualtui.config.errors import shown_value
from qualtui.config.reader import ConfigReader, Table
from qualtui.config.references import has_reference, open_files
from qualtui.config.values import HostName, HostSettings, HostWrite
from qualtui.text import clean

_RENDER_SERVICE = re.compile(r"srv-[A-Za-z0-9]{4,40}")
_UNIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}\.service")
_PRIVATE = "a file that only its owner may read (chmod 600): the key may change everything that its user may"


def check_host(reader: ConfigReader, agent: str, host: HostSettings, tables: Sequence[Table]) -> None:
    """Report what its kind can't do with its settings, and a key that is missing or open.

    `tables`: the agent's, and the defaults.
    """
    key = ("agents", agent, "host")
    match host.kind:
        case HostName.RENDER:
            _check_render(reader, key, host)
        case HostName.PROCESS:
            _check_process(reader, key, host)
    given = next((one["host"]["key"] for one in tables if "key" in _table(one.get("host"))), "")
    if isinstance(given, str) and given:
        _private(reader, (*key, "key"), given)


def _check_render(reader: ConfigReader, key: tuple[str, ...], host: HostSettings) -> None:
    if not _RENDER_SERVICE.fullmatch(host.service):
        expected = "the service's id at Render, such as srv-cukouhrtq21c73e9scng: it is in its address there"
        reader.report((*key, "service"), shown_value(host.service), expected)
    for name in ("pid_file", "log_file"):
        if getattr(host, name):
            reader.report((*key, name), shown_value(getattr(host, name)), 'nothing: it is of kind = "process"')
    if host.key is None:
        reader.report(
            (*key, "key"), "nothing", 'a key of Render\'s API, such as "${file:/etc/qualtui/render.key}"'
        )
    elif not (host.key.reveal().isascii() and host.key.reveal().isprintable() and " " not in host.key.reveal()):
        reader.report((*key, "key"), "***", "printable ASCII without spaces")


def _check_process(reader: ConfigReader, key: tuple[str, ...], host: HostSettings) -> None:
    if bool(host.service) == bool(host.pid_file):
        found = "both" if host.service else "nothing"
        reader.report((*key, "service"), found, "service (a unit of systemd) or pid_file, one of them")
    elif host.service and not _UNIT.fullmatch(host.service):
        reader.report((*key, "service"), shown_value(host.service), "a unit of systemd, such as ldc-bot.service")
    for name in ("pid_file", "log_file"):
        if (path := getattr(host, name)) and not path.startswith("/"):
            reader.report((*key, name), shown_value(path), "an absolute path")
    if host.key is not None:
        reader.report((*key, "key"), "***", "nothing: a process on this machine needs no key")
    if HostWrite.ROLLBACK in host.allow:
        reader.report((*key, "allow"), '"rollback"', '"restart": a process on this machine keeps no deploys')
    elif host.allow and host.pid_file and not host.service:
        reader.report((*key, "allow"), '"restart"', "nothing: only a unit of systemd can be restarted")


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
