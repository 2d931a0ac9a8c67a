"""The `status` command of the command line: its options and its help."""

from typing import Annotated

import typer

from qualtui.cli.options import ConfigOption, JsonOption
from qualtui.cli.status import show
from qualtui.text import _


def command(
    short: Annotated[
        bool, typer.Option("--short", help=_("Print one line, for a prompt or a status bar."))
    ] = False,
    once: Annotated[bool, typer.Option("--once", help=_("Poll everything once, without an engine."))] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print the present state. Exit code 0 ok, 1 warning, 2 critical, 3 unknown.

    \b
    Example:
      qualtui status
      qualtui status --short || echo "look at the bot"
    """
    return show(config, short=short, once=once, as_json=as_json)
