"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from qualtui.text import _

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help=_("The configuration file. Default: $QUALTUI_CONFIG, ./config.toml, then your own file."),
    ),
]
AgentOption = Annotated[
    str, typer.Option("--agent", metavar="NAME", help=_("The agent; required if there are several."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON, for programs."))]
LowBandwidthOption = Annotated[
    bool,
    typer.Option(
        "--low-bandwidth",
        help=_(
            "Draw the screen each 5 s, for a slow line; incidents and keys at once. Or set $QUALTUI_LOW_BANDWIDTH."
        ),
    ),
]


def helped(text: str, *examples: str) -> str:
    """A command's help: what it does, and examples."""
    return f"{text}\n\n\b\n{_('Example:')}\n  " + "\n  ".join(examples)
