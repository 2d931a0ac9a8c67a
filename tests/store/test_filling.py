"""A store that was filled at once holds what one that was written sample by sample holds."""

from pathlib import Path

from qualtui.eventlog.incidents import Noted
from qualtui.model import Sample
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.filling import fill

NOW = 1_800_000_030.0  # within a minute and an hour
PAST = [
    Sample(f"bot/{name}", NOW - ago, None if ago % 7 == 0 else ago * slope)
    for name, slope in (("health.up", 0.0), ("customers.waiting", 1.5))
    for ago in range(1, 9000, 11)
]


def test_it_is_rolled_up_as_if_it_had_been_written_as_it_came(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "one.db") as filled, SqliteStore.open(tmp_path / "other.db") as written:
        fill(filled, (), PAST, NOW)
        written.add_samples(PAST)
        written.roll_up(NOW)
        span = NOW - 9000, NOW
        for step in (10.0, 60.0, 300.0):
            for name in ("bot/health.up", "bot/customers.waiting"):
                assert filled.cells(name, *span, step) == written.cells(name, *span, step)
        filled.roll_up(NOW)  # the engine's first cleaning adds the hours
        assert filled.cells("bot/health.up", *span, 3600.0) == written.cells("bot/health.up", *span, 3600.0)


def test_minutes_that_are_over_are_marked_as_rolled_up(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "qualtui.db") as store:
        fill(store, (), PAST, NOW)
        store.add_samples([Sample("bot/health.up", NOW + 1, 1.0)])
        assert store.window("bot/health.up", NOW - 60, NOW + 1, 60.0)[-1][1] is not None
        rows = store.writer.connection.execute("SELECT minutes_until, raw_from FROM marks").fetchone()
    assert rows == (NOW - 30, 0.0)


def test_its_events_are_in_the_log_at_their_times_and_the_log_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "qualtui.db"
    notes = [(NOW - 60 + n, Noted(7, "Ana", f"note {n}"), f"note/{n}") for n in range(3)]
    with SqliteStore.open(path) as store:
        fill(store, notes, (), NOW)
        fill(store, notes, (), NOW)  # keys that are known already
        assert [(event.at, event.body, event.key) for event in store.events()] == notes
        assert store.verify() is None
