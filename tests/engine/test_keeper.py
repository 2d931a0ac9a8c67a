"""The store stays bounded: a cleaning goes on until nothing is left to clean."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.config.values import Seconds
from qualtui.config.values import Store as Retention
from qualtui.engine.journal import Journal
from qualtui.engine.keeper import Keeper
from qualtui.model import Sample
from qualtui.store.store import PRUNE_LIMIT, Store

NOW = 10_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        yield opened


def keeper(store: Store) -> Keeper:
    return Keeper(store, Journal(store, store.load(), store.epoch, lambda: NOW), lambda: NOW)


async def test_a_cleaning_takes_all_that_is_too_old_however_much_it_is(store: Store) -> None:
    old = [Sample("a/x", NOW - 90_000 + n / 10, 1.0) for n in range(3 * PRUNE_LIMIT)]
    store.add_samples([*old, Sample("a/x", NOW - 10, 2.0)])
    kept = keeper(store)
    kept.retention = Retention(keep_raw=Seconds(3600))
    await kept.clean()
    raw = store._connection.execute("SELECT count(*) FROM samples").fetchone()[0]
    assert raw == 1


async def test_samples_wait_while_the_store_fails_and_are_written_afterwards(store: Store) -> None:
    kept = keeper(store)
    store._connection.execute("PRAGMA query_only = ON")
    kept.take((Sample("a/x", NOW, 1.0),))
    await kept.flush()
    store._connection.execute("PRAGMA query_only = OFF")
    kept.take((Sample("a/x", NOW + 1, 2.0),))
    await kept.flush()
    assert store.window("a/x", NOW, NOW + 1) == ((NOW, 1.0), (NOW + 1, 2.0))
