"""A trial: something really broken, what was promised, what happened."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table


class Trial(msgspec.Struct, frozen=True):
    """One row. `problems` are the broken promises; empty: all were kept."""

    done: str
    promised: str
    happened: str
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the promise was kept."""
        return not self.problems


Run = Callable[[], Awaitable[Trial]]


async def tried(done: str, promised: str, run: Run) -> Trial:
    """The trial; one that failed where its parts did not do what they must for it to be judged."""
    try:
        return await run()
    except Exception as error:  # one that fails must not take the others with it
        text = f"{type(error).__name__}: {str(error).strip()[:300]}"
        return Trial(done, promised, "it could not be judged", (text,))


def show(trials: Sequence[Trial], width: int = 150) -> None:
    """Prints the table."""
    table = Table(
        "what was done", "what was promised", "what happened", "", box=box.SIMPLE_HEAD, padding=(0, 1, 1, 0)
    )
    for one in trials:
        happened = "\n".join((one.happened, *one.problems))
        table.add_row(
            one.done, one.promised, happened, "ok" if one.ok else "FAILED", style="" if one.ok else "red"
        )
    Console(width=width, highlight=False).print(table)
