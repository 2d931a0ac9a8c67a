"""`qualtui notify`: test the targets, and see what became of notices."""

from typing import Annotated

import typer

from qualtui.cli.engine import ask
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment, print_json, print_table
from qualtui.text import _
from qualtui.wire import Done, NoticeLog, Notices, TestNotice

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(_("Test the targets; see what was sent."), "qualtui notify test", "qualtui notify log"),
)


@command.command(
    "test", help=helped(_("Send a harmless notice to one target, or to all."), "qualtui notify test ops")
)
def send_test(
    target: Annotated[
        str, typer.Argument(metavar="[TARGET]", help=_("As in [notify.targets.NAME]; none: all."))
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Queues a test notice."""
    done = ask(config, TestNotice(target))
    assert isinstance(done, Done)
    print(done.text)


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
            [moment(one.queued_at), one.target, one.status, str(one.attempt), one.title, one.reason or "-"]
            for one in notices.notices
        ]
        print_table(titles, rows)
