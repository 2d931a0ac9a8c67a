"""A trial: something really broken, what was promised, what happened."""

import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table


class Trial(msgspec.Struct, frozen=True):
    """One row. `problems` are the broken promises; empty: all were kept. `skipped`: why it can't be tried here."""

    done: str
    promised: str
    happened: str
    problems: tuple[str, ...] = ()
    skipped: str = ""
    took: float = 0.0  # s

    @property
    def ok(self) -> bool:
        """Whether no promise was broken."""
        return not self.problems

    @property
    def word(self) -> str:
        """For the table's last column."""
        return "skipped" if self.skipped else "ok" if self.ok else "FAILED"


class Skip(Exception):  # noqa: N818 - no error
    """The trial can't be made on this machine; the text says why."""


Run = Callable[[], Awaitable[Trial]]


async def tried(done: str, promised: str, run: Run) -> Trial:
    """The trial; one that failed where its parts did not do what they must for it to be judged."""
    began = time.perf_counter()
    try:
        outcome = await run()
    except Skip as skip:
        outcome = Trial(done, promised, "skipped", skipped=str(skip))
    except Exception as error:  # one that fails must not take the others with it
        text = f"{type(error).__name__}: {str(error).strip()[:300]}"
        outcome = Trial(done, promised, "it could not be judged", (text,))
    return msgspec.structs.replace(outcome, took=time.perf_counter() - began)


def show(trials: Sequence[Trial], width: int = 150) -> None:
    """Prints the table."""
    table = Table(
        *("what was done", "what was promised", "what happened", "s", ""),
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 1, 0),
    )
    for one in trials:
        happened = "\n".join((one.happened, *one.problems, *filter(None, (one.skipped,))))
        row = (one.done, one.promised, happened, f"{one.took:.0f}", one.word)
        table.add_row(*row, style="" if one.ok else "red")
    Console(width=width, highlight=False).print(table)
