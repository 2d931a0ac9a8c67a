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
