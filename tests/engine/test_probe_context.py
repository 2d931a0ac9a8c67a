"""What a person said of a customer is kept for as long as it can decide, and no longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.config.values import AgentSettings, Config, DatabaseSettings, GatewaySettings, HealthSettings, Secret
from qualtui.engine.journal import Journal
from qualtui.engine.probe_context import SETTLE_EVERY, SETTLED_AFTER, ProbeContext
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.customers import CustomerClosed
from qualtui.model import Sample
from qualtui.store.sqlite import SqliteStore
from qualtui.tracking.deliverability import Deliverability

HORIZON = float(DatabaseSettings(dsn=Secret("postgresql://h/d")).horizon)
CONFIG = Config(
    agents={
        "bot": AgentSettings(
            health=HealthSettings(url="http://bot.example.com/"),
            database=DatabaseSettings(dsn=Secret("postgresql://h/d")),
        )
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


async def test_who_was_answered_by_hand_stays_so_while_owed_and_is_forgotten_long_after(
    store: SqliteStore,
) -> None:
    now = [1000.0]
    journal = Journal(store, store.load(), store.epoch, lambda: now[0])
    memory = ProbeContext(store, journal, SampleCache(60.0, 2.0, 5), lambda: now[0])
    deps = memory.deps(CONFIG)
    closings = [(CustomerClosed("bot", f"lead{n}", "ana", "called", 5.0 + n), "") for n in range(1500)]
    await journal.append(*closings)
    assert deps.by_hand("bot")["lead0"] == 5.0
    assert deps.by_hand("other") == {}
    now[0] += HORIZON  # learning anew would still read what was closed
    deps.owed("bot", {"lead3"})
    await memory.keep_marks()
    assert len(deps.by_hand("bot")) == 1500
    now[0] += SETTLED_AFTER + SETTLE_EVERY
    for _hour in range(2):
        deps.owed("bot", {"lead3"})
        deps.owed("bot", {"lead3"})  # within the hour: nothing new is looked at
        await memory.keep_marks()
        now[0] += SETTLE_EVERY
    assert deps.by_hand("bot") == {"lead3": 8.0}
    assert store.load().closed == journal.state.closed


def test_rows_stored_while_no_engine_ran_and_the_session_was_failed_are_not_taken_at_their_word(
    store: SqliteStore,
) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 400.0)
    recent = SampleCache(3600.0, 2.0, 5)
    config = Config(agents={"bot": AgentSettings(gateway=GatewaySettings(url="http://w.example.com"))})
    gateway = ProbeContext(store, journal, recent, lambda: 400.0).deps(config).gateway("bot")
    for at in (10.0, 15.0, 20.0):  # then a kill -9, and another engine two minutes later
        recent.add((Sample("bot/gateway.working", at, float(at < 20)),))
    recent.add((Sample("bot/gateway.working", 300.0, 0.0),))

    assert gateway(12.0) is Deliverability.WORKING
    assert gateway(100.0) is Deliverability.DOUBT


def test_whether_a_person_must_log_in_is_told_by_the_newest_sample(store: SqliteStore) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 400.0)
    recent = SampleCache(3600.0, 2.0, 5)
    logged_out = ProbeContext(store, journal, recent, lambda: 400.0).deps(CONFIG).logged_out
    assert logged_out("bot") == ""
    recent.add((Sample("bot/gateway.needs_human", 300.0, 1.0, "SCAN_QR_CODE"),))
    assert logged_out("bot") == "SCAN_QR_CODE"
    recent.add((Sample("bot/gateway.needs_human", 310.0, 0.0, "WORKING"),))
    assert logged_out("bot") == ""


def test_a_gateway_that_refuses_takes_no_calls_and_a_slow_one_or_one_in_error_does(store: SqliteStore) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 400.0)
    recent = SampleCache(3600.0, 2.0, 5)
    unreachable = ProbeContext(store, journal, recent, lambda: 400.0).deps(CONFIG).unreachable

    def said(at: float, up: float, silent: float, seconds: float | None) -> str:
        note = "" if up else "connection refused"
        recent.add((
            Sample("bot/gateway.up", at, up, note),
            Sample("bot/gateway.silent", at, silent),
            Sample("bot/gateway.seconds", at, seconds),
        ))  # fmt: skip
        return str(unreachable("bot"))

    assert unreachable("bot") == ""  # not asked yet
    assert said(300.0, 0.0, 0.0, None) == "connection refused"
    assert said(310.0, 0.0, 1.0, 10.0) == ""  # no answer in time
    assert said(320.0, 0.0, 0.0, 0.2) == ""  # HTTP 500
    assert said(330.0, 1.0, 0.0, 0.2) == ""
