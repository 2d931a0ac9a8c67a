"""Real engines to kill: `python -m tests.store.processes PATH append|hold` opens a store and says what it did."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

from qualtui.store.sqlite import SqliteStore
from tests.eventlog.bodies import queued

ROOT = Path(__file__).parents[2]


@contextmanager
def engine(path: Path, what: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has the store open; killed (SIGKILL) at the end if it still lives."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.processes", str(path), what],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert said(process).readline() == "open\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> IO[str]:
    """What the process writes."""
    assert process.stdout is not None
    return process.stdout


def main() -> None:
    """Holds the store until the input ends, or appends for ever: a line for each batch that is on the disk."""
    store = SqliteStore.open(Path(sys.argv[1]))
    print("open", flush=True)
    if sys.argv[2] == "hold":
        sys.stdin.read()
        return
    for n in count():
        keys = [f"{store.epoch}-{n}-{part}" for part in range(3)]
        store.append([(queued(key), key) for key in keys], float(n))
        if n % 5 == 4:
            store.checkpoint(store.load())
        print(*keys, flush=True)


if __name__ == "__main__":
    main()
