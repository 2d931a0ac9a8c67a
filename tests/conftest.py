"""Fixtures that every package's tests share."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.postgres import AgentDatabase, Postgres, fresh_database, running_postgres


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
