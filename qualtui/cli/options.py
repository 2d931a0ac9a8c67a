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
        help=_("The configuration; else $QUALTUI_CONFIG, ./config.toml, the user's folder."),
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("For programs: JSON on stdout."))]


def helped(text: str, *examples: str) -> str:
    """A command's help: what it does, and how it is typed."""
    return f"{text}\n\n\b\n{_('Example:')}\n  " + "\n  ".join(examples)
