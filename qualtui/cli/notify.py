"""`qualtui notify`: test the targets, and see what became of notices."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, OK, CommandError
from qualtui.cli.engine import ask, engine_connected
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.client import Client
from qualtui.text import _
from qualtui.wire import Done, NoticeLog, Notices, NoticeView, Refused, TestNotice

PATIENCE = 20.0  # s for the outcome of a test

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(_("Test the targets; see what was sent."), "qualtui notify test", "qualtui notify log"),
)


@command.command(
    "test",
    help=helped(
        _("Send a harmless notice to one target, or to all, and tell its outcome (exit code 1: not delivered)."),
        "qualtui notify test ops",
    ),
)
def send_test(
    target: Annotated[
        str, typer.Argument(metavar="[TARGET]", help=_("As in [notify.targets.NAME]; none: all."))
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Sends a test notice."""
    notices = engine_connected(config, lambda client: try_targets(client, target, PATIENCE), watch=True)
    for notice in notices:
        print(f"{notice.target}: {outcome(notice)}")
    raise typer.Exit(OK if notices and all(one.status == "delivered" for one in notices) else FAILED)


async def try_targets(client: Client, target: str, patience: float) -> Sequence[NoticeView]:
    """The test notices as they stand once each was tried, or nobody waits any longer. CommandError: refused."""
    queued = await client.ask(TestNotice(target))
    if isinstance(queued, Refused):
        raise CommandError(words(queued.text), FAILED)
    assert isinstance(queued, Done)
    if not queued.notices:  # an engine of an older version does not name them
        raise CommandError(words(queued.text), FAILED)
    mine: list[NoticeView] = []
    try:
        async with asyncio.timeout(patience):
            async for _shot in client.snapshots():  # one comes each second, and where something happens
                told = await client.ask(NoticeLog())
                assert isinstance(told, Notices)
                mine = [one for one in told.notices if one.key in queued.notices]
                tried = [one for one in mine if one.reason or one.status in {"delivered", "failed"}]
                if len(tried) == len(queued.notices):
                    break
    except TimeoutError:
        pass
    if len(mine) < len(queued.notices):  # pushed out of the newest by others
        raise CommandError(_("no outcome yet; `qualtui notify log` tells it"), FAILED)
    return sorted(mine, key=lambda one: queued.notices.index(one.key))


def outcome(notice: NoticeView) -> str:
    """What became of a notice, in words."""
    if notice.status == "delivered":
        return _("delivered")
    if notice.status == "failed":
        word = _("not delivered: {}")
        return (word + " " + _("(a test is tried once)") if notice.kind == "test" else word).format(notice.reason)
    if notice.reason:
        return _("not delivered: {}; it is tried again").format(notice.reason)
    return _("no outcome yet; `qualtui notify log` tells it")


@command.command(help=helped(_("The newest notices and what became of them."), "qualtui notify log --json"))
def log(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Lists notices."""
    notices = ask(config, NoticeLog())
    assert isinstance(notices, Notices)
    if as_json:
        print_json(notices.notices)
    elif not notices.notices:
        print(_("no notice yet"))
    else:
        titles = [_("queued"), _("target"), _("outcome"), _("tries"), _("title"), _("why not")]
        rows = [
            [moment_text(one.queued_at), one.target, one.status, str(one.attempt), one.title, one.reason or "-"]
            for one in notices.notices
        ]
        print_table(titles, rows)
