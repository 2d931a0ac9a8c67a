"""`qualtui restore --sessions`: put an agent's session states back from an archive, and undo that."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qualtui.backup.archive import Archive
from qualtui.backup.errors import BackupError
from qualtui.backup.session_states import SessionPlace, differing, put_back, states_in
from qualtui.backup.verifying import extract, placed
from qualtui.cli.common import UNKNOWN, CommandError
from qualtui.cli.engine import ask
from qualtui.config.places import store_path
from qualtui.config.values import AgentSettings, Config
from qualtui.text import _
from qualtui.wire import NoteSessions


def restore_sessions(
    config: Config, option: Path | None, agent: str, archive: Archive, identities: Sequence[Any], *, yes: bool
) -> None:
    """Show what would be put back; with `yes` do it. Raises BackupError, CommandError."""
    settings = _agent(config, agent)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sessions.json"
            extract(archive, placed(archive, f"bot/{agent}/sessions.json"), path, identities)
            states = states_in(path.read_bytes())
    except OSError as error:
        raise CommandError(_("The archive can't be unpacked: {why}").format(why=error.strerror), UNKNOWN) from None
    _put(config, option, settings, agent, states, archive.manifest.name, yes=yes)


def undo_sessions(config: Config, option: Path | None, agent: str, file: Path, *, yes: bool) -> None:
    """Put sessions back where they stood before a restore. Raises BackupError, CommandError."""
    try:
        states = states_in(file.read_bytes())
    except OSError as error:
        raise CommandError(
            _("{path} can't be read: {why}").format(path=file, why=error.strerror), UNKNOWN
        ) from None
    _put(config, option, _agent(config, agent), agent, states, file.name, yes=yes)


def _put(
    config: Config,
    option: Path | None,
    settings: AgentSettings,
    agent: str,
    states: Sequence[SessionPlace],
    name: str,
    *,
    yes: bool,
) -> None:
    found = asyncio.run(differing(settings, states))
    print(
        _("{count} of {all} sessions stand elsewhere now, with nothing newer").format(
            count=len(found), all=len(states)
        )
    )
    for one in found[:20]:
        print(f"  {one}")
    if not found:
        return
    if not yes:
        print(_("Nothing was changed. To do it: the same with --yes"))
        return
    ask(option, NoteSessions(agent, name, len(found)))  # a running engine: it is in the log before it is done
    store = store_path(config)
    undo = store.with_name(f"{store.name}.sessions-{agent}-{int(time.time()):x}.json")
    try:
        count = asyncio.run(put_back(settings, states, undo))
    except BackupError:
        if undo.exists():
            print(_("If it was done all the same, this undoes it: --undo {path}").format(path=undo))
        raise
    print(
        _("Put back: {count}. To undo it: qualtui restore --sessions {agent} --undo {path} --yes").format(
            count=count, agent=agent, path=undo
        )
    )


def _agent(config: Config, name: str) -> AgentSettings:
    if name not in config.agents:
        known = ", ".join(config.agents)
        raise CommandError(_("No agent '{name}'; there is: {known}").format(name=name[:40], known=known), UNKNOWN)
    return config.agents[name]
