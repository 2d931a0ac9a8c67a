"""The options of `qualtui demo`."""

from pathlib import Path
from typing import Annotated

import typer

from qualtui.text import _

SpeedOption = Annotated[
    float,
    typer.Option(
        "--speed",
        min=0.1,
        max=100,
        help=_("How much faster than real time: delays and thresholds are divided by it."),
    ),
]
ScenarioOption = Annotated[
    str,
    typer.Option("--scenario", metavar="NAME", help=_("Play a story: 0310, a night in which WhatsApp fails.")),
]
SeedOption = Annotated[
    int, typer.Option("--seed", help=_("Seed of the traffic: the same seed gives the same customers."))
]
QuirksOption = Annotated[
    bool,
    typer.Option("--quirks", help=_("Use the bot's original database and webhook set-up, with all its faults.")),
]
SchemaOption = Annotated[
    str,
    typer.Option("--schema", help=_("The bot's database: working, original (as --quirks), triggers or relaxed.")),
]
KeepOption = Annotated[
    Path | None,
    typer.Option(
        "--keep", metavar="DIR", help=_("Keep the database in this folder, or continue with the one in it.")
    ),
]
HistoryOption = Annotated[
    bool,
    typer.Option(
        "--history/--no-history",
        help=_(
            "Begin with an invented day of history; without it, as on a first start. "
            "With --services-only there is none."
        ),
    ),
]
TvOption = Annotated[bool, typer.Option("--tv", help=_("Show the wall instead of the screen."))]
ServicesOnlyOption = Annotated[
    bool,
    typer.Option(
        "--services-only", help=_("Start no screen and no engine; print the addresses as one JSON line.")
    ),
]
