"""`qualtui restore`: put the store back from an archive."""

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qualtui.cli.backup import ArchiveArgument, IdentityOption, KeyOption, chosen
from qualtui.cli.common import FAILED, UNKNOWN, CommandError, resolve_config, who
from qualtui.cli.options import ConfigOption
from qualtui.cli.tables import moment_text
from qualtui.text import _, clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from qualtui.backup.archive import Archive
    from qualtui.backup.restoring import RestorePlan
    from qualtui.config.values import Config


def command(
    archive: ArchiveArgument = None,
    identity: IdentityOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Do it. Without this, it only shows what it would do."))
    ] = False,
    configuration: Annotated[
        Path | None,
        typer.Option(
            "--configuration",
            metavar="FILE",
            help=_("Only write the archive's configuration to a new file, and show which addresses differ."),
        ),
    ] = None,
    sessions: Annotated[
        str,
        typer.Option(
            "--sessions",
            metavar="AGENT",
            help=_("Only put this agent's session states back, if not newer."),
        ),
    ] = "",
    undo: Annotated[
        Path | None,
        typer.Option("--undo", metavar="FILE", help=_("With --sessions: undo that, by the file that it wrote.")),
    ] = None,
    key: KeyOption = None,
    config: ConfigOption = None,
) -> None:
    """Put the store back from an archive: shown first, done with --yes, while no engine runs.

    \b
    The former store stays beside it. Every fix is set to suggest; old notices are not sent.
    Example:
      qualtui restore
      qualtui restore --identity offline.txt --yes
    """
    from qualtui.backup.age import identities_in
    from qualtui.backup.errors import BackupError
    from qualtui.backup.restoring import plan_restore, restore
    from qualtui.config.places import store_path

    read = resolve_config(config)
    if undo is not None and not sessions:
        raise CommandError(_("--undo needs --sessions AGENT"), UNKNOWN)
    try:
        if undo is not None:
            from qualtui.cli.restore_sessions import undo_sessions

            undo_sessions(read, config, sessions, undo, yes=yes)
            return
        found = chosen(read, archive, key)
        identities = identities_in(identity) if identity else ()
        if sessions:
            from qualtui.cli.restore_sessions import restore_sessions

            restore_sessions(read, config, sessions, found, identities, yes=yes)
            return
        if configuration is not None:
            _configuration(read, found, identities, configuration)
            return
        plan = plan_restore(found, store_path(read))
        _show(plan)
        if plan.refused:
            raise CommandError(plan.refused, FAILED)
        if not yes:
            print(_("Nothing was changed. To do it: the same with --yes, while no engine runs"))
            return
        done = restore(plan, identities, who(), _fixes(read), time.time())
    except BackupError as error:
        raise CommandError(error.text, FAILED) from None
    print(_("Restored: {events} events. Start the engine: qualtui watch").format(events=done.facts.events))
    if done.former:
        print(_("The former store: {name}").format(name=plan.store.with_name(done.former)))


def _show(plan: "RestorePlan") -> None:
    manifest, present = plan.archive.manifest, plan.present
    print(
        _("{path}, taken {at}: {events} events, {samples} samples").format(
            path=plan.archive.path,
            at=moment_text(manifest.taken_at),
            events=manifest.store.events,
            samples=manifest.store.samples + manifest.store.buckets,
        )
    )
    if present is not None:
        print(
            _("It replaces {path}, whose newest event is #{seq} of {at}; the archive's is #{then}").format(
                path=plan.store, seq=present.seq, at=moment_text(present.at), then=manifest.store.seq
            )
        )
    elif plan.store.exists():
        print(_("It replaces {path}, which can't be read; that file is kept").format(path=plan.store))
    else:
        print(_("There is no store at {path} now").format(path=plan.store))
    print(_("Every fix is set to suggest; notices, calls and scheduled answers of that time are not sent"))


def _fixes(config: "Config") -> tuple[str, ...]:
    import msgspec

    return tuple(field.encode_name for field in msgspec.structs.fields(type(config.policies)))


def _configuration(config: "Config", found: "Archive", identities: "Sequence[Any]", target: Path) -> None:
    """Write the archived configuration to a new file. Raises BackupError, CommandError."""
    import tomllib

    from qualtui.backup.configuration import CONFIGURATION_PART, configuration_part
    from qualtui.backup.differences import differences
    from qualtui.backup.verifying import extract, placed

    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config.toml"
            extract(found, placed(found, CONFIGURATION_PART), path, identities)
            content = path.read_bytes()
        archived = tomllib.loads(content.decode())
        present = tomllib.loads(configuration_part(config).content.decode())
        for one in differences(present, archived):
            print(f"{one.key}: {clean(one.present, 500) or '-'} -> {clean(one.archived, 500) or '-'}")
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise CommandError(_("{path} exists: it is not replaced").format(path=target), FAILED) from None
    except OSError as error:
        why = error.strerror or ""
        raise CommandError(_("{path} can't be written: {why}").format(path=target, why=why), UNKNOWN) from None
    print(_("Written to {path}; fill in what is ***, then: qualtui config check").format(path=target))
