"""`qualtui notify`: test the channels, send again what was given up, and list notices with their results."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, OK, UNKNOWN, CommandError
from qualtui.cli.engine import ask, engine_connected
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.client import Client
from qualtui.text import _
from qualtui.wire import Done, NoticeLog, Notices, NoticeView, Refused, ResendNotice, TestNotice

PATIENCE = 20.0  # s for the outcome of a test

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(_("Test the channels; list the notices."), "qualtui notify test", "qualtui notify log"),
)


@command.command(
    "test",
    help=helped(
        _("Send a test notice to one channel, or to all, and print the result. Exit code 1: not delivered."),
        "qualtui notify test ops",
    ),
)
def send_test(
    target: Annotated[
        str, typer.Argument(metavar="CHANNEL", help=_("The NAME in [notify.channels.NAME]. Default: all."))
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Send a test notice."""
    notices = engine_connected(config, lambda client: try_targets(client, target, PATIENCE), watch=True)
    for notice in notices:
        print(f"{notice.target}: {outcome(notice)}")
    raise typer.Exit(OK if notices and all(one.status == "delivered" for one in notices) else FAILED)


async def try_targets(client: Client, target: str, patience: float) -> Sequence[NoticeView]:
    """The test notices, once each was tried or `patience` seconds are over. Raises CommandError."""
    queued = await client.ask(TestNotice(target))
    if isinstance(queued, Refused):
        raise CommandError(words(queued.text), FAILED)
    assert isinstance(queued, Done)
    if not queued.notices:  # an engine of an older version does not name them
        raise CommandError(words(queued.text), FAILED)
    mine: list[NoticeView] = []
    try:
        async with asyncio.timeout(patience):
            async for _shot in client.snapshots():  # at least one a second
                listed = await client.ask(NoticeLog())
                assert isinstance(listed, Notices)
                mine = [one for one in listed.notices if one.key in queued.notices]
                tried = [one for one in mine if one.reason or one.status in {"delivered", "failed"}]
                if len(tried) == len(queued.notices):
                    break
    except TimeoutError:
        pass
    if len(mine) < len(queued.notices):  # newer notices pushed them out of the list
        raise CommandError(_("No result yet. See it later: qualtui notify log"), FAILED)
    return sorted(mine, key=lambda one: queued.notices.index(one.key))


def outcome(notice: NoticeView) -> str:
    """The result of a notice, in words."""
    if notice.status == "delivered":
        return _("delivered")
    if notice.status == "failed":
        if notice.kind == "test":
            return _("not delivered: {why} (a test is tried once)").format(why=words(notice.reason))
        return _("not delivered: {why}").format(why=words(notice.reason))
    if notice.reason:
        return _("not delivered: {why}; retrying").format(why=words(notice.reason))
    return _("No result yet. See it later: qualtui notify log")


@command.command(
    help=helped(
        _("Send notices again that were given up: one by its key, or all of them."),
        "qualtui notify resend --all",
        "qualtui notify resend 42/1/firing/0.0/ops",
    ),
)
def resend(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help=_("The last line of the notice; `notify log --json` lists it."))
    ] = "",
    every: Annotated[bool, typer.Option("--all", help=_("All that were given up; tests are left out."))] = False,
    config: ConfigOption = None,
) -> None:
    """Send again what was given up."""
    if bool(key) == every:
        raise CommandError(_("Name one notice by its KEY, or all of them by --all."), UNKNOWN)
    answer = ask(config, ResendNotice(key))
    assert isinstance(answer, Done)
    print(words(answer.text))


@command.command(help=helped(_("List the newest notices and their results."), "qualtui notify log --json"))
def log(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List notices."""
    notices = ask(config, NoticeLog())
    assert isinstance(notices, Notices)
    if as_json:
        print_json(notices.notices)
    elif not notices.notices:
        print(_("No notice yet."))
    else:
        titles = [_("queued"), _("channel"), _("result"), _("tries"), _("title"), _("reason")]
        rows = [
            [
                moment_text(one.queued_at),
                one.target,
                one.status,
                str(one.attempt),
                words(one.title),
                words(one.reason) or "-",
            ]
            for one in notices.notices
        ]
        print_table(titles, rows)
