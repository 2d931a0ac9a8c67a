"""`qualtui guard`: what the guard before the bot's webhook keeps, and what becomes of it."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import CommandError, who
from qualtui.cli.options import JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.config.durations import DurationError, seconds
from qualtui.guard.decision import MessageState
from qualtui.guard.ledger import WORKER_LIMIT, GuardLedger, KeptMessage
from qualtui.guard.places import ledger_path, log_path
from qualtui.guard.settings import GuardSettings, load_guard
from qualtui.guard.short_name import short_name
from qualtui.text import _, plural, span
from qualtui.text.message import message

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("Look after the guard before the bot's webhook: what it holds, and who may write."),
        "qualtui guard list",
        "qualtui guard release 3f2a9c10",
        "qualtui guard block 0123456789abcdef --for 7d --reason 'sends advertisements'",
    ),
)

_File = Annotated[
    Path,
    typer.Option("--guard", metavar="FILE", envvar="QUALTUI_GUARD", help=_("The guard's own configuration file.")),
]
_FILE = Path("guard.toml")
_Sender = Annotated[str, typer.Argument(metavar="SENDER", help=_("The sender's name in `guard list`."))]
_Reason = Annotated[str, typer.Option("--reason", help=_("Why. Your colleagues can read it."))]
_For = Annotated[str, typer.Option("--for", metavar="DURATION", help=_("How long, such as 7d. Default: no end."))]


@command.command(help=helped(_("Check the file, and say what the guard would do with it."), "qualtui guard check"))
def check(guard: _File = _FILE) -> None:
    """Check guard.toml."""
    settings = load_guard(guard, os.environ)
    mode = _("enforce") if settings.enforces else _("observe: what would be refused passes, and is logged")
    proofs = [
        *([_("signature")] if settings.keys else []),
        *([_("token")] if settings.origin.path_token is not None else []),
    ]
    print(f"{_('Mode')}: {mode}")
    print(f"{_('Origin')}: {', '.join(proofs) or _('not proven: set origin.hmac_key or origin.path_token')}")
    print(f"{_('Ledger')}: {ledger_path(settings)}")
    print(f"{_('Log')}: {log_path(settings)}")
    if settings.ring.key is None:
        print(_("Refused posts are not kept: set ring.key to be able to release them after a wrong key."))


@command.command("list", help=helped(_("List what is held or in doubt, the oldest first."), "qualtui guard list"))
def list_(guard: _File = _FILE, as_json: JsonOption = False) -> None:
    """List what waits."""
    now = time.time()
    waiting = _ledger(load_guard(guard, os.environ)).waiting()
    if as_json:
        print_json([_row(one) for one in waiting])
        return
    if not waiting:
        print(_("Nothing waits."))
        return
    rows = [
        (
            short_name(one.key),
            _("in doubt") if one.state is MessageState.DOUBT else _("held"),
            span(now - one.received),
            one.sender or "-",
            _("released by {who}").format(who=one.released) if one.released else one.why,
        )
        for one in waiting
    ]
    print_table((_("ID"), _("STATE"), _("AGE"), _("SENDER"), _("WHY")), rows)


@command.command(
    help=helped(
        _("Give the bot what waits; the guard does it within seconds. What is in doubt can be released once."),
        "qualtui guard release 3f2a9c10",
    )
)
def release(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help=_("As in `guard list`."))] = None,
    refused: Annotated[
        bool, typer.Option("--refused", help=_("Release the refused messages that today's keys prove."))
    ] = False,
    guard: _File = _FILE,
) -> None:
    """Release messages."""
    if bool(ids) == refused:
        raise typer.BadParameter(_("Name messages, or --refused: see `qualtui guard list`."))
    if refused:
        _release_refused(load_guard(guard, os.environ))
        return
    ledger, by = _ledger(load_guard(guard, os.environ)), who()
    waiting = ledger.waiting()
    chosen = [_named(waiting, one) for one in ids or []]
    for one in chosen:
        if one.state is MessageState.DOUBT and one.tries:
            raise CommandError(
                message("{id} was tried again already. Answer its sender by hand.", id=short_name(one.key))
            )
    released = [one for one in chosen if ledger.ask_release(one.key, by)]
    count = len(released)
    print(plural("{count} message is released.", "{count} messages are released.", count).format(count=count))
    if any(one.state is MessageState.DOUBT for one in released):
        print(
            _("What is in doubt goes {wait} after it came: the bot drops an id that it has just seen.").format(
                wait=span(WORKER_LIMIT)
            )
        )


@command.command(
    help=helped(_("Hold whatever a sender writes."), "qualtui guard block 0123456789abcdef --reason 'sends spam'")
)
def block(sender: _Sender, for_: _For = "", reason: _Reason = "", guard: _File = _FILE) -> None:
    """Block a sender."""
    _list(guard, sender, for_, reason, allowed=False)
    print(_("What {sender} writes is held from now on.").format(sender=sender))


@command.command(
    help=helped(_("Never hold what a sender writes."), "qualtui guard allow 0123456789abcdef --reason 'our phone'")
)
def allow(sender: _Sender, for_: _For = "", reason: _Reason = "", guard: _File = _FILE) -> None:
    """Let a sender through."""
    _list(guard, sender, for_, reason, allowed=True)
    print(_("What {sender} writes is never held from now on.").format(sender=sender))


def _release_refused(settings: GuardSettings) -> None:
    """Release what was refused under a wrong key."""
    if settings.ring.key is None:
        raise CommandError(message("Refused posts are not kept. Set ring.key in {file}.", file="guard.toml"))
    from qualtui.guard.origin import expected_of
    from qualtui.guard.refused import take_back
    from qualtui.guard.wiring import make_names, make_ring

    ring = make_ring(settings)
    assert ring is not None
    ledger = GuardLedger(ledger_path(settings))
    count = take_back(ring, ledger, expected_of(settings), make_names(settings), who(), time.time())
    print(
        plural("{count} refused message is released.", "{count} refused messages are released.", count).format(
            count=count
        )
    )


def _list(guard: Path, sender: str, for_: str, reason: str, *, allowed: bool) -> None:
    if not reason.strip():
        raise typer.BadParameter(_("Say why: --reason TEXT."))
    if len(sender) != 16 or any(char not in "0123456789abcdef" for char in sender):
        raise typer.BadParameter(_("A sender is 16 signs such as 0123456789abcdef: see `qualtui guard list`."))
    try:
        until = time.time() + seconds(for_) if for_ else None
    except DurationError as error:
        raise typer.BadParameter(_("--for takes {expected}.").format(expected=error)) from None
    ledger = _ledger(load_guard(guard, os.environ))
    ledger.list_sender(sender, allowed=allowed, until=until, who=who(), reason=reason.strip()[:200])


def _ledger(settings: GuardSettings) -> GuardLedger:
    """The ledger, whole. Raises CommandError where there is none or it can't be read."""
    path = ledger_path(settings)
    if not path.exists():
        raise CommandError(message("The guard has kept nothing yet at {path}.", path=str(path)))
    ledger = GuardLedger(path)
    try:
        ledger.waiting(limit=1)
    except sqlite3.Error as error:
        raise CommandError(
            message("The ledger {path} can't be read: {why}.", path=str(path), why=str(error))
        ) from None
    return ledger


def _named(waiting: list[KeptMessage], name: str) -> KeptMessage:
    found = [one for one in waiting if short_name(one.key).startswith(name)]
    if len(found) == 1 and len(name) >= 4:
        return found[0]
    raise CommandError(message("No message {id} waits. See: qualtui guard list", id=name[:40]))


def _row(one: KeptMessage) -> dict[str, object]:
    return {
        "id": short_name(one.key),
        "state": one.state.value,
        "received": moment_text(one.received),
        "sender": one.sender,
        "session": one.session,
        "why": one.why,
        "released_by": one.released,
    }
