"""Stores to test. The contract tests take `open_store`: another adapter joins by standing in OPENERS."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qualtui.store.sqlite import SqliteStore

Opener = Callable[[Path], SqliteStore]

OPENERS: dict[str, Opener] = {"sqlite": SqliteStore.open}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture(params=list(OPENERS.values()), ids=list(OPENERS))
def open_store(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens stores, and closes at the end what is still open."""
    opener: Opener = request.param
    opened: list[SqliteStore] = []

    def open_one(path: Path) -> SqliteStore:
        opened.append(opener(path))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Opener, path: Path) -> SqliteStore:
    return open_store(path)
