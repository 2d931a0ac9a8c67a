"""`qualtui people`: list who can be called."""

import typer

from qualtui.cli.common import resolve_config
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import print_json, print_table
from qualtui.text import _
from qualtui.wire import PersonView

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(_("List the people who can be called."), "qualtui people list"),
)


@command.callback()
def people() -> None:
    """List the people who can be called."""


@command.command(
    "list", help=helped(_("List the people of [people.NAME] and their channels."), "qualtui people list")
)
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List people."""
    read = resolve_config(config)
    channels, order = read.notify.channels, read.oncall.order
    rows = tuple(
        PersonView(
            name,
            one.channels,
            any(channels[channel].ringing for channel in one.channels),
            order.index(name) + 1 if name in order else 0,
        )
        for name, one in read.people.items()
    )
    if as_json:
        print_json(rows)
    elif not rows:
        print(_("No one can be called: the configuration has no [people.NAME]."))
    else:
        titles = [_("name"), _("channels"), _("rings"), _("order")]
        print_table(
            titles,
            [
                [
                    one.name,
                    ", ".join(one.channels) or "-",
                    _("yes") if one.ringing else _("no"),
                    str(one.order) if one.order else "-",
                ]
                for one in rows
            ],
        )
