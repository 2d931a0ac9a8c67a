"""Fixtures that every package's tests share."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from benchmarks.disk import Disk, disk
from benchmarks.trial import Skip
from tests.postgres import AgentDatabase, Postgres, fresh_database, running_postgres

# What a shell runs in the background ignores Ctrl+C and Ctrl+\, and so would each process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
# How long an example takes says nothing on a busy machine.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture
def small_disk() -> Iterator[Disk]:
    """A disk of its own, to fill and to write-protect; skips where none may be mounted."""
    with ExitStack() as stack:
        try:
            mounted = stack.enter_context(disk())
        except Skip as reason:
            pytest.skip(str(reason))
        yield mounted


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One real PostgreSQL for the whole run. Don't stop it: take `own_postgres` for that."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for this test alone, to be stopped and started (about a second)."""
    with running_postgres() as server:
        yield server


@pytest.fixture
async def agent_db(postgres: Postgres) -> AsyncIterator[AgentDatabase]:
    """A database with the agent's six tables, as its schema really creates them: without triggers."""
    async with fresh_database(postgres) as database:
        yield database


@pytest.fixture
async def trigger_db(postgres: Postgres) -> AsyncIterator[AgentDatabase]:
    """The variant in which `updated_at` is kept by triggers."""
    async with fresh_database(postgres, "agent_triggers") as database:
        yield database
