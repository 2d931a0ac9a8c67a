"""`qualtui backup`: take a backup, list and verify archives."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qualtui.cli.common import FAILED, UNKNOWN, CommandError, resolve_config, say_error
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.text import _

if TYPE_CHECKING:
    from qualtui.backup.archive import Archive
    from qualtui.config.values import Config

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(_("Take a backup, list archives, verify one."), "qualtui backup now", "qualtui backup verify"),
)

LONGEST = 3600.0  # s that the engine may take for an archive, beside its hook

KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help=_("The key that signed the archives. Default: the one beside the store.")
    ),
]
IdentityOption = Annotated[
    Path | None,
    typer.Option("--identity", metavar="FILE", help=_("Identities of age, to read what is encrypted.")),
]
ArchiveArgument = Annotated[
    Path | None,
    typer.Argument(metavar="ARCHIVE", help=_("A file, or its name in the folder. Default: the newest.")),
]


@command.callback()
def backup() -> None:
    """Take, list and verify backups."""


@command.command("now", help=helped(_("Take a backup now."), "qualtui backup now"))
def now(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Take a backup: the engine does, where one is running, and writes it into its log."""
    import asyncio

    from qualtui.backup.errors import BackupError
    from qualtui.backup.gathering import gather
    from qualtui.backup.hook import run_hook
    from qualtui.backup.taking import BackupPlan, take_backup
    from qualtui.cli.engine import engine_connected
    from qualtui.client import Client
    from qualtui.config.places import socket_answers, socket_path, store_path
    from qualtui.wire import Answer, Done, Refused, TakeBackup

    read = resolve_config(config)
    folder = folder_of(read)
    patience = float(read.backup.hook_timeout) + LONGEST

    async def ask(client: Client) -> Answer:
        return await client.ask(TakeBackup(), timeout=patience)

    if socket_answers(socket_path(read)):
        answer = engine_connected(config, ask)
        if not isinstance(answer, Done):
            raise CommandError(answer.text if isinstance(answer, Refused) else _("No answer"), FAILED)
        if as_json:
            print_json({"text": answer.text})
        else:
            print(words(answer.text))
        return
    try:
        plan = BackupPlan(store_path(read), folder, read.backup.recipients)
        archive = take_backup(plan, asyncio.run(gather(read)), time.time())
        if read.backup.hook:
            asyncio.run(run_hook(read.backup.hook, archive.path, float(read.backup.hook_timeout)))
    except BackupError as error:
        raise CommandError(error.text, FAILED) from None
    manifest = archive.manifest
    for line in manifest.missing:
        say_error(_("Not in it: {line}").format(line=line))
    if as_json:
        print_json({"path": str(archive.path), "manifest": manifest})
    else:
        print(
            _("{path}: {parts} parts, {events} events").format(
                path=archive.path, parts=len(manifest.parts), events=manifest.store.events
            )
        )


@command.command("list", help=helped(_("List the archives, newest first."), "qualtui backup list"))
def list_(config: ConfigOption = None, key: KeyOption = None, as_json: JsonOption = False) -> None:
    """List archives."""
    from qualtui.backup.errors import BackupError
    from qualtui.backup.folder import listed

    read = resolve_config(config)
    try:
        found = listed(folder_of(read), key_of(read, key))
    except BackupError as error:
        raise CommandError(error.text, FAILED) from None
    if as_json:
        rows = [
            {
                "path": str(one.path),
                "size": one.size,
                "taken_at": one.archive.manifest.taken_at if one.archive else None,
                "events": one.archive.manifest.store.events if one.archive else None,
                "encrypted": one.archive.manifest.parts[0].encrypted if one.archive else None,
                "problem": one.problem,
            }
            for one in found
        ]
        print_json(rows)
    elif not found:
        print(_("No backup yet. Take one: qualtui backup now"))
    else:
        print_table(
            [_("taken"), _("MB"), _("events"), _("encrypted"), _("file")],
            [
                [
                    moment_text(one.archive.manifest.taken_at),
                    f"{one.size / 1e6:.1f}",
                    str(one.archive.manifest.store.events),
                    _("yes") if one.archive.manifest.parts[0].encrypted else _("no"),
                    one.path.name,
                ]
                if one.archive is not None
                else ["-", "-", "-", "-", f"{one.path.name}: {words(one.problem)}"]
                for one in found
            ],
        )


@command.command(
    "verify",
    help=helped(
        _("Check an archive: its signature, each part, and the store in it as a restore would find it."),
        "qualtui backup verify",
        "qualtui backup verify --identity offline.txt",
    ),
)
def verify(
    archive: ArchiveArgument = None,
    identity: IdentityOption = None,
    config: ConfigOption = None,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify an archive."""
    from qualtui.backup.age import identities_in
    from qualtui.backup.errors import BackupError
    from qualtui.backup.verifying import verify as prove

    read = resolve_config(config)
    try:
        found = chosen(read, archive, key)
        proved = prove(found, identities_in(identity) if identity else (), _scratch(read))
    except BackupError as error:
        raise CommandError(error.text, FAILED) from None
    if proved.facts is not None:
        _note(config, read, found)
    if as_json:
        print_json({"path": str(found.path), "restored": proved.facts is not None, "manifest": found.manifest})
        return
    for line in found.manifest.missing:
        print(_("not in it: {line}").format(line=line))
    if proved.facts is None:
        print(
            _("{path}: the signature and all parts are right. To check the store in it: --identity FILE").format(
                path=found.path
            )
        )
    else:
        print(
            _("{path}: the signature, all parts, and the store with {events} events are right").format(
                path=found.path, events=proved.facts.events
            )
        )


def folder_of(config: "Config") -> Path:
    """Where the archives are. Raises CommandError where the configuration says none."""
    from qualtui.config.places import backup_folder

    folder = backup_folder(config)
    if folder is None:
        raise CommandError(_("No backups are kept: set directory under [backup]"), UNKNOWN)
    return folder


def key_of(config: "Config", key: Path | None) -> bytes:
    """The key that signs. Raises BackupError."""
    from qualtui.backup.signing_key import key_path, read_key
    from qualtui.config.places import store_path

    return read_key(key or key_path(store_path(config)))


def chosen(config: "Config", path: Path | None, key: Path | None) -> "Archive":
    """The archive at a path, or of this name in the folder; without one the newest. Raises BackupError."""
    from qualtui.backup.archive import open_archive
    from qualtui.backup.folder import newest

    signing = key_of(config, key)
    if path is not None:
        if not path.exists() and len(path.parts) == 1 and config.backup.directory:
            path = folder_of(config) / path
        return open_archive(path, signing)
    found = newest(folder_of(config), signing)
    if found is None:
        raise CommandError(_("No backup yet. Take one: qualtui backup now"), FAILED)
    return found


def _note(option: Path | None, config: "Config", archive: "Archive") -> None:
    """Have a running engine note that the archive was verified: the rule backup-unverified rests on that."""
    from qualtui.cli.engine import ask
    from qualtui.config.places import socket_answers, socket_path
    from qualtui.wire import NoteVerified

    if socket_answers(socket_path(config)):
        ask(option, NoteVerified(archive.manifest.name, archive.manifest.taken_at))
    elif config.backup.recipients:
        say_error(_("No engine is running: it will not know that this archive was verified"))


def _scratch(config: "Config") -> Path | None:
    """Beside the store, where there is room for one; the system's folder for such files on another machine."""
    from qualtui.config.places import store_path

    folder = store_path(config).parent
    return folder if folder.is_dir() else None
