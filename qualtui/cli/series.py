"""`qualtui series`: the past of a figure, as a small chart or as JSON."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import UNKNOWN, CommandError
from qualtui.cli.engine import ask_when
from qualtui.cli.options import AgentOption, ConfigOption, JsonOption, helped
from qualtui.cli.tables import print_json
from qualtui.text import _, span
from qualtui.widgets.chart import chart
from qualtui.widgets.line import Span
from qualtui.widgets.look import terminal_look
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.time_range import RANGES
from qualtui.wire import MOST_CELLS, History, ShowHistory

HEIGHT = 12  # rows of the chart
PIPED = 100  # columns where stdout is no terminal
BESIDE = 14  # columns of the value axis

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("Show the past of a figure."),
        "qualtui series show reply.p95",
        "qualtui series show db.seconds --range 24h",
    ),
)


@command.command(
    help=helped(
        _("Show the past of a series as a chart, or as JSON: lowest, highest and last value of each cell."),
        "qualtui series show customers.oldest --range 24h",
        "qualtui series show db.seconds --range 7d --json",
    )
)
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("The series, as docs/series.md names it."))],
    range_: Annotated[
        str, typer.Option("--range", metavar="RANGE", help=_("15m, 1h, 6h, 24h, 7d or 30d, up to now."))
    ] = "1h",
    cells: Annotated[
        int,
        typer.Option(
            "--cells", min=0, max=MOST_CELLS, metavar="N", help=_("At most this many cells; 0: as many as fit.")
        ),
    ] = 0,
    agent: AgentOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the past of a series."""
    seconds = next((one.seconds for one in RANGES if one.name == range_), None)
    if seconds is None:
        known = ", ".join(one.name for one in RANGES)
        raise CommandError(_("no range '{name}'; there is: {known}").format(name=range_, known=known), UNKNOWN)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED
    number = cells or max(10, min(120, width - BESIDE))
    past, now = ask_when(config, ShowHistory(agent, (name,), seconds=seconds, cells=number))
    assert isinstance(past, History)
    if as_json:
        print_json(past)
        return
    print("\n".join(drawn(past, range_, width, now)))


def drawn(past: History, range_: str, width: int, now: float) -> list[str]:
    """The chart as plain lines, with the times of this machine's zone."""
    (series,) = past.series
    axis = TimeAxis(past.since, past.step, len(series.highs), local_zone())
    text = _("last {range}, 1 cell = {step}").format(range=range_, step=span(past.step))
    title = (Span(f"{past.agent}/{series.name}"), Span(f"   {text}"))
    look = terminal_look()
    lines = chart(series, axis, now, title, width, HEIGHT, look)
    return [look.writable("".join(part.text for part in line)).rstrip() for line in lines]


def local_zone() -> str:
    """The name of this machine's zone; UTC where it has none."""
    named = os.environ.get("TZ", "").lstrip(":")
    if named:
        return named
    _before, found, name = os.path.realpath(Path("/etc/localtime")).partition("zoneinfo/")
    return name if found else "UTC"
