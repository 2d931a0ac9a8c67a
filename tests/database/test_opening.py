"""A connection is opened as a browser would: no silent address hides a good one; our own faults are not theirs."""

import os
import resource
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from qualtui.config.values import Secret
from qualtui.database import Database, DatabaseError, Kind
from qualtui.doctor import server
from qualtui.probes.postgres import DatabaseProbe
from qualtui.probes.probe import ProbeError
from tests.certificates import Authority, needs_openssl
from tests.database.servers import free_port, over_tcp, refusing
from tests.database.test_connection import kind_of
from tests.postgres import AgentDatabase
from tests.silent import GOOD, HOST, silent_address, two_addresses


async def answers(dsn: str, timeout: float = 4.0) -> bool:
    async with Database(Secret(dsn), connect_timeout=timeout) as database, database.read(timeout) as reader:
        return bool((await reader.ask("one", "SELECT 1"))[0][0] == 1)


async def up(dsn: str, timeout: float = 4.0) -> float | None:
    probe = DatabaseProbe("bot", Database(Secret(dsn), connect_timeout=timeout), 5.0, timeout)
    try:
        return (await probe.ask(0.0))[0].value
    finally:
        await probe.close()


async def test_a_silent_address_before_the_good_one_is_no_database_down(
    agent_db: AgentDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_addresses(monkeypatch)
    async with over_tcp(agent_db.server) as port:
        with silent_address(port):
            assert await up(f"postgresql://postgres@{HOST}:{port}/{agent_db.name}") == 1


async def test_a_silent_host_of_two_leaves_time_for_the_other(agent_db: AgentDatabase) -> None:
    async with over_tcp(agent_db.server) as port:
        with silent_address(port):
            dsn = f"postgresql://postgres@127.0.0.2:{port},{GOOD}:{port}/{agent_db.name}?sslmode=disable"
            assert await up(dsn, 2.0) == 1


async def test_hostaddr_is_dialled_in_the_hosts_place(agent_db: AgentDatabase) -> None:
    async with over_tcp(agent_db.server) as port:
        way = f"{port}/{agent_db.name}"
        assert await answers(f"postgresql://postgres@no-such-host.invalid:{way}?hostaddr={GOOD}")
        assert await answers(f"postgresql://postgres@/{agent_db.name}?hostaddr={GOOD}&port={port}")


async def test_what_libpq_takes_and_asyncpg_does_not_is_done_here(agent_db: AgentDatabase) -> None:
    async with over_tcp(agent_db.server) as port:
        query = "connect_timeout=3&keepalives_idle=30&keepalives_count=3&channel_binding=prefer&gssencmode=disable"
        assert await answers(f"postgresql://postgres@{GOOD}:{port}/{agent_db.name}?{query}")


@needs_openssl
async def test_verify_full_checks_the_hosts_name_whichever_address_won(
    agent_db: AgentDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_addresses(monkeypatch)
    authority = Authority(tmp_path)
    async with over_tcp(agent_db.server, authority.signed(HOST)) as port:
        query = f"sslmode=verify-full&sslrootcert={authority.file}"
        with silent_address(port):
            assert await answers(f"postgresql://postgres@{HOST}:{port}/{agent_db.name}?{query}")
        dsn = f"postgresql://postgres@other.example.test:{port}/{agent_db.name}?{query}&hostaddr={GOOD}"
        error = await kind_of(dsn)
    assert (error.kind, error.text) == (Kind.CONFIG, "TLS failed: the certificate is for another name")


@needs_openssl
@pytest.mark.parametrize(
    ("kind", "word"),
    [("expired", "has expired"), ("stranger", "not trusted here"), ("self-signed", "not trusted here")],
)
async def test_a_certificate_that_fails_is_no_data_with_its_name(
    agent_db: AgentDatabase, tmp_path: Path, kind: str, word: str
) -> None:
    authority = Authority(tmp_path)
    shown = {
        "expired": lambda: authority.signed(days=-1),
        "stranger": lambda: Authority(tmp_path, "stranger").signed(),
        "self-signed": authority.self_signed,
    }[kind]()
    async with over_tcp(agent_db.server, shown) as port:
        query = f"sslmode=verify-full&sslrootcert={authority.file}&hostaddr={GOOD}"
        with pytest.raises(ProbeError, match=word):
            await up(f"postgresql://postgres@localhost:{port}/{agent_db.name}?{query}")


async def test_a_file_of_ours_that_is_missing_is_no_data_and_no_refusal() -> None:
    dsn = f"postgresql://u:hunter2@127.0.0.1:{free_port()}/x?sslmode=verify-full&sslrootcert=/nowhere/ca.pem"
    error = await kind_of(dsn)
    assert error.kind is Kind.CONFIG
    assert "can't be read" in error.text
    assert "sslrootcert" in str(error.todo)


async def test_a_resolver_that_is_silent_is_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def mute(*_words: Any, **_named: Any) -> Any:
        ended.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "x")

    monkeypatch.setattr(socket, "getaddrinfo", mute)
    try:
        error = await kind_of("postgresql://u:hunter2@db.example.test/x", 0.5)
    finally:
        ended.set()
    assert (error.kind, "in time" in error.text) == (Kind.UNREACHABLE, True)


async def test_no_file_descriptor_left_is_no_data_with_its_name(agent_db: AgentDatabase) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with over_tcp(agent_db.server) as port:
        dsn = f"postgresql://postgres@{GOOD}:{port}/{agent_db.name}"
        assert await answers(dsn)
        lowest = os.open("/dev/null", os.O_RDONLY)
        os.close(lowest)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
            error = await kind_of(dsn)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (error.kind, error.text) == (Kind.UNREACHABLE, "this process has too many open files")


@pytest.mark.parametrize(
    ("state", "message", "kind", "why", "todo"),
    [
        ("08P01", "no more connections allowed (max_client_conn)", Kind.REFUSED, "connection limit", "pool size"),
        (
            "XX000",
            "MaxClientsInSessionMode: max clients reached - in Session mode",
            Kind.REFUSED,
            "limit",
            "who holds",
        ),
        ("XX000", "Max client connections reached", Kind.REFUSED, "connection limit", "who holds"),
        ("XX000", "Tenant or user not found", Kind.AUTH, "no such project or user", "paused"),
        ("XX000", "(ENOTFOUND) tenant/user u.hunter2 not found", Kind.AUTH, "no such project", "paused"),
        ("08P01", "query_wait_timeout", Kind.TIMEOUT, "no server connection free", "pool size"),
        ("08P01", "unsupported startup parameter: statement_timeout", Kind.CONFIG, "statement_timeout", "DSN"),
        (
            "08P01",
            "server login has been failing, cached error: connect failed (server_login_retry)",
            Kind.REFUSED,
            "does not reach the database",
            "does it run",
        ),
        (
            "28000",
            'no pg_hba.conf entry for host "10.0.0.7", user "hunter2", no encryption',
            Kind.CONFIG,
            "TLS",
            "ssl",
        ),
        (
            "28000",
            'no pg_hba.conf entry for host "10.0.0.7", user "hunter2"',
            Kind.AUTH,
            "does not accept",
            "pg_hba",
        ),
        ("XX000", "Circuit breaker open: Too many authentication errors", Kind.AUTH, "blocks", "wait"),
        ("XX000", "the moon is in 10.0.0.7 for hunter2 today", Kind.REFUSED, "the moon is in …", ""),
        ("57P03", "the database system is starting up", Kind.REFUSED, "starting up", ""),
    ],
)
async def test_a_poolers_refusal_is_sorted_by_its_words(
    state: str, message: str, kind: Kind, why: str, todo: str
) -> None:
    async with refusing(state, message) as port:
        dsn = f"postgresql://u.ref:hunter2@127.0.0.1:{port}/x"
        error = await kind_of(dsn)
        asked = None
        try:
            asked = await up(dsn)
        except ProbeError:
            assert kind is Kind.CONFIG
    assert (error.kind, why in error.text, todo in str(error.todo)) == (kind, True, True), (error.text, error.todo)
    assert asked == (None if kind is Kind.CONFIG else 0)
    assert "10.0.0.7" not in error.text
    found = server.unreachable("database.reach", "database", error)
    assert found.todo


def test_the_next_step_of_a_refusal_is_its_own() -> None:
    error = DatabaseError(Kind.REFUSED, "x", todo="look there")
    assert server.unreachable("database.reach", "database", error).todo == "look there"
