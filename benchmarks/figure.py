"""A figure beside what it is compared with, and the table of many."""

from collections.abc import Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table


class Beside(msgspec.Struct, frozen=True):
    """A peer's or a floor's figure; `recorded`: not of this run, but written down from an earlier one."""

    name: str
    value: float
    recorded: bool = False


class Figure(msgspec.Struct, frozen=True):
    """What was measured. `ours` None: it could not be taken, `note` says why. `ratio`: ours to the first beside.

    `budget` is in the figure's unit, or in multiples of the first beside where `times`. None: none is set.
    """

    what: str
    unit: str
    ours: float | None
    beside: tuple[Beside, ...] = ()
    budget: float | None = None
    times: bool = False
    ratio: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """ok, over, not taken, or empty where no budget is set."""
        if self.ours is None:
            return "not taken"
        if self.budget is None:
            return ""
        held = self._ratio() if self.times else self.ours
        if held is None:
            return "not taken"
        return "ok" if held <= self.budget else "over"

    def _ratio(self) -> float | None:
        if self.ratio is not None or self.ours is None or not self.beside:
            return self.ratio
        return self.ours / self.beside[0].value if self.beside[0].value else None

    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        ratio = self._ratio()
        limit = "" if self.budget is None else f"{self.budget:g} {'x' if self.times else self.unit}"
        return (
            self.what,
            "-" if self.ours is None else f"{_number(self.ours)} {self.unit}",
            "\n".join(
                f"{_number(one.value)} {one.name}{' (recorded)' if one.recorded else ''}" for one in self.beside
            ),
            "" if ratio is None else f"{ratio:.2f} x",
            limit,
            self.verdict,
            self.note,
        )


def missing(what: str, unit: str, why: str) -> Figure:
    """A figure that could not be taken."""
    return Figure(what, unit, None, note=why)


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def show(figures: Sequence[Figure], width: int = 150) -> None:
    """Prints the table."""
    table = Table(
        "what", "ours", "beside", "ratio", "budget", "", "note", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for one in figures:
        colour = {"over": "bold red", "not taken": "yellow"}.get(one.verdict, "")
        table.add_row(*one.cells(), style=colour)
    Console(width=width, highlight=False).print(table)
