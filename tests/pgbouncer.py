"""A real PgBouncer in front of the tests' PostgreSQL: two backends, handed out a transaction at a time."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.config.values import Secret
from tests.postgres import AgentDatabase, Postgres

PROGRAM = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")

_SETTINGS = """\
[databases]
* = host={socket}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = 2
logfile = {folder}/log
"""


class PgBouncer:
    """The pooler. `dsn` leads through it to a database of the server behind."""

    def __init__(self, port: int) -> None:
        self.port = port

    def dsn(self, database: AgentDatabase, user: str = "postgres") -> Secret:
        """As the configuration gives it."""
        return Secret(f"postgresql://{user}@127.0.0.1:{self.port}/{database.name}")


@contextlib.contextmanager
def running_pgbouncer(server: Postgres, *users: str, mode: str = "transaction") -> Iterator[PgBouncer]:
    """A pooler of one's own. It refuses to run as root: it runs as the server's user."""
    assert PROGRAM is not None
    folder = Path(tempfile.mkdtemp(prefix="qualtui-bouncer-"))
    folder.chmod(0o777)
    port = _free_port()
    names = "".join(f'"{name}" ""\n' for name in ("postgres", *users))
    (folder / "users").write_text(names)
    place = str(Path(server.socket).parent)
    (folder / "ini").write_text(_SETTINGS.format(socket=place, port=port, folder=folder, mode=mode))
    process = subprocess.Popen(
        [PROGRAM, "-q", str(folder / "ini")],
        user=server.system_user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _listens(process, port, folder / "log")
        yield PgBouncer(port)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + 5
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        told = log.read_text() if log.exists() else ""
        assert process.poll() is None, f"pgbouncer ended: {told}"
        assert time.monotonic() < until, f"pgbouncer does not listen: {told}"
        time.sleep(0.02)
