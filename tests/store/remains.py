"""What an earlier engine left behind."""

import signal
from pathlib import Path

from qualtui.model import Sample, State
from qualtui.store.sqlite import SqliteStore
from tests.eventlog.bodies import fired, queued
from tests.store.processes import engine, said


def left(path: Path) -> State:
    """It ended in order, and left an open incident, a notice, samples and a probe's memory."""
    with SqliteStore.open(path) as store:
        store.append([(fired(), ""), (queued(), "k")], 1.0)
        store.add_samples([Sample("bot/x", 1.0, 5.0)])
        store.save_tracking("bot/customers", b"known")
        return store.load()


def killed(path: Path) -> None:
    """It was killed, and left its write-ahead log."""
    with engine(path, "append") as process:
        said(process).readline()
        process.send_signal(signal.SIGKILL)


def torn(path: Path) -> bytes:
    """It left a store whose end is missing; its bytes."""
    left(path)
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    return half
