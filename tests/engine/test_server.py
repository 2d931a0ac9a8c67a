"""A window gets every answer and the newest snapshot; one that stalls, lies or dies touches nothing."""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from qualtui.client import Client, ClientError, knock
from qualtui.engine.listening import SocketError
from qualtui.engine.peer import REQUEST_LIMIT
from qualtui.engine.server import MOST, Server
from qualtui.wire import (
    VERSION,
    Acknowledge,
    Answer,
    Command,
    Done,
    EngineView,
    Goodbye,
    Hello,
    ListCustomers,
    Publication,
    Pushed,
    Refresh,
    Refused,
    Request,
    Result,
    RunFix,
    ShowIncident,
    Snapshot,
    Welcome,
    frame,
    length,
    read_reply,
)
from qualtui.wire.commands import Capability
from tests.screens.stand_in import until


def snapshot(seq: int, padding: int = 0) -> Snapshot:
    troubles = ("x" * padding,) if padding else ()
    return Snapshot(1.0, seq, EngineView(1, "host", "0", 1, 1.0, 0, troubles=troubles), (), (), ())


def publication(seq: int, padding: int = 0) -> Publication:
    shot = snapshot(seq, padding)
    return Publication(shot, shot.detail)


async def latest() -> Publication:
    return publication(1)


async def handle(request: Request) -> Answer:
    if isinstance(request.ask, ShowIncident):
        raise ValueError("a fault with 5511900000001 in it")
    return Done(f"for {request.who}")


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[Server]:
    async with served(Server(path, 3, handle, latest)) as server:
        yield server


@asynccontextmanager
async def served(server: Server) -> AsyncIterator[Server]:
    ready = asyncio.Event()
    task = asyncio.ensure_future(server.serve(ready))
    await ready.wait()
    try:
        yield server
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def raw(path: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_unix_connection(str(path))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_a_window_sees_the_newest_snapshot_at_once_and_each_newer_one(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path) as server, Client(path, who="ana", watch=True, window=True) as client:
        seen = client.snapshots()
        assert (await anext(seen)).seq == 1
        assert (server.windows, server.watched, client.welcome.epoch) == (1, True, 3)
        server.publish(publication(2))
        assert (await anext(seen)).seq == 2


async def test_questions_are_answered_with_who_asked(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path), Client(path, who="ana") as client:
        assert await client.ask(Refresh()) == Done("for ana")


@pytest.mark.parametrize(
    ("asked", "granted"), [(Capability.VIEW, Capability.ADMINISTER), (Capability.ACT, Capability.VIEW)]
)
async def test_a_read_only_connection_sees_everything_and_changes_nothing(
    tmp_path: Path, asked: Capability, granted: Capability
) -> None:
    path, handled = tmp_path / "s", []

    async def record(request: Request) -> Answer:
        handled.append(type(request.ask))
        return Done("done")

    server = Server(path, 3, record, latest, granted)
    ready = asyncio.Event()
    task = asyncio.ensure_future(server.serve(ready))
    await ready.wait()
    async with raw(path) as (reader, writer):
        hello = Hello(VERSION, watch=False, window=True, who="wall", capability=asked)
        asks: tuple[Command, ...] = (hello, ListCustomers("bot"), Acknowledge(1), RunFix("token"), ShowIncident(1))
        writer.write(b"".join(frame(Request(number, ask, "wall")) for number, ask in enumerate(asks)))
        replies = [read_reply(await reader.readexactly(length(await reader.readexactly(4)))) for _ask in asks]
    assert isinstance(welcome := replies[0], Welcome)
    assert welcome.capability is Capability.VIEW  # a window dims its keys by it
    answers = {reply.id: reply.answer for reply in replies if isinstance(reply, Result)}
    assert [isinstance(answers[number], Refused) for number in (1, 2, 3, 4)] == [False, True, True, False]
    assert isinstance(refused := answers[2], Refused)
    assert str(refused.text) == "this connection is read-only: nothing was changed"
    assert sorted(kind.__name__ for kind in handled) == ["ListCustomers", "ShowIncident"]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("own", "refused"), [((os.geteuid(),), False), ((os.geteuid() + 1,), True)])
async def test_another_user_s_connection_may_do_what_the_configuration_grants(
    tmp_path: Path, own: tuple[int, ...], refused: bool
) -> None:
    server = Server(tmp_path / "s", 3, handle, latest, Capability.VIEW, own=own)
    async with served(server), Client(tmp_path / "s", who="ana", capability=Capability.ADMINISTER) as client:
        assert isinstance(await client.ask(Refresh()), Refused) == refused
        assert not isinstance(await client.ask(ListCustomers("bot")), Refused)


@pytest.mark.parametrize(("difference", "ahead"), [(100.0, 100.0), (-3600.0, -3600.0), (1.0, 0.0), (0.0, 0.0)])
async def test_a_window_knows_how_far_the_engine_s_clock_is_ahead(
    tmp_path: Path, difference: float, ahead: float
) -> None:
    server = Server(tmp_path / "s", 3, handle, latest, clock=lambda: 1000.0 + difference)
    async with served(server), Client(tmp_path / "s", who="ana", clock=lambda: 1000.0) as client:
        assert client.ahead == ahead


async def test_a_fault_in_the_engine_is_an_answer_without_its_details(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path), Client(path, who="ana") as client:
        answer = await client.ask(ShowIncident(1))
        assert isinstance(answer, Refused)
        assert "ValueError" in str(answer.text)
        assert "5511" not in str(answer.text)
        assert await client.ask(Refresh()) == Done("for ana")


async def test_a_stalled_window_keeps_one_snapshot_waiting_and_delays_no_other(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path) as server, raw(path) as (reader, writer), Client(path, who="b", watch=True) as client:
        writer.write(frame(Request(0, Hello(VERSION, watch=True, window=True))))
        await reader.readexactly(4)  # welcome has come; from here on it reads nothing
        seen = client.snapshots()
        last = 0
        for seq in range(2, 60):
            server.publish(publication(seq, padding=500_000))
            while last < seq:
                last = (await anext(seen)).seq
        assert last == 59
        held = [peer.box for peer in server._peers if peer.hello.window]
        assert len(held) == 1
        await reader.readexactly(length_of(Pushed(snapshot(1))))  # it reads on: the connection still lives


def length_of(message: Pushed) -> int:
    return len(frame(message)) - 4


async def test_the_engine_s_end_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path):
        client = await Client(path, who="ana", watch=True).__aenter__()
        seen = client.snapshots()
        await anext(seen)
    with pytest.raises(ClientError, match="the engine has stopped"):
        await anext(seen)
    with pytest.raises(ClientError):
        await client.ask(Refresh())
    await client.__aexit__(None, None, None)
    assert not path.exists()


async def test_no_engine_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="there is no socket"):
        await Client(tmp_path / "none", who="ana").__aenter__()


async def test_another_version_is_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path), raw(path) as (reader, writer):
        writer.write(frame(Request(0, Hello(VERSION + 1, watch=False, window=False))))
        head = await reader.readexactly(4)
        told = read_reply(await reader.readexactly(length(head)))
    assert isinstance(told, Goodbye)
    assert "restart the older one" in told.reason


NOT_OURS = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    struct.pack(">I", 2**31) + b"x",
    struct.pack(">I", 4) + b"\xff\xff\xff\xff",
    struct.pack(">I", 100_000) + b"\x91" * 100_000,
    frame(Request(1, Refresh())),
    b"",
    msgspec.msgpack.encode({"id": 1}),
]


@pytest.mark.parametrize("data", NOT_OURS, ids=range(len(NOT_OURS)))
async def test_a_peer_that_speaks_something_else_is_sent_away_and_the_others_stay(
    data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "s"
    async with serving(path), Client(path, who="ana") as client, raw(path) as (reader, writer):
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(5):
            await reader.read()
        assert await client.ask(Refresh()) == Done("for ana")


async def test_the_socket_is_for_its_group_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path):
        assert path.stat().st_mode & 0o777 == 0o660


async def test_what_a_window_asked_for_is_done_though_the_window_dies(tmp_path: Path) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Answer:
        begun.set()
        await may_end.wait()
        ended.set()
        return Done("done")

    ready = asyncio.Event()
    path = tmp_path / "s"
    server = Server(path, 3, slow, latest)
    serve = asyncio.ensure_future(server.serve(ready))
    await ready.wait()
    async with raw(path) as (_reader, writer):
        writer.write(frame(Request(0, Hello(VERSION, watch=True, window=True))) + frame(Request(1, Refresh())))
        await begun.wait()
    await until(lambda: not server.windows)
    may_end.set()
    async with asyncio.timeout(5):
        await ended.wait()
    serve.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serve


async def test_a_request_longer_than_any_of_ours_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path), raw(path) as (reader, writer):
        writer.write(struct.pack(">I", REQUEST_LIMIT + 1))
        async with asyncio.timeout(5):
            head = await reader.readexactly(4)
            told = read_reply(await reader.readexactly(length(head)))
        assert isinstance(told, Goodbye)
        assert "over the limit" in told.reason


async def test_more_connections_than_it_has_room_for_are_told_so_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path), Client(path, who="ana") as client, contextlib.AsyncExitStack() as crowd:
        for _ in range(MOST - 1):
            await crowd.enter_async_context(raw(path))
        with pytest.raises(ClientError, match="too many connections"):
            await Client(path, who="late").__aenter__()
        assert await client.ask(Refresh()) == Done("for ana")


async def test_a_file_that_is_no_socket_is_never_removed_for_one(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(SocketError, match="not a socket"):
        await Server(path, 3, handle, latest).serve(asyncio.Event())
    assert path.read_text() == "mine"


async def test_a_socket_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SocketError, match="can't listen"):
        await Server(tmp_path / "none" / "s", 3, handle, latest).serve(asyncio.Event())


async def test_a_window_that_knocked_ahead_finds_its_snapshot_waiting(tmp_path: Path) -> None:
    path = tmp_path / "s"
    assert knock(path, "ana") is None
    async with serving(path) as server:
        early = knock(path, "ana")
        assert early is not None
        async with Client(path, who="ana", watch=True, window=True, early=early) as client:
            assert (await anext(client.snapshots())).seq == 1
            assert server.windows == 1
            assert await client.ask(Refresh()) == Done("for ana")


@pytest.mark.parametrize("there", ["", "a dead engine's socket"])
async def test_a_socket_that_is_removed_is_made_again_and_who_is_connected_stays_so(
    tmp_path: Path, there: str
) -> None:
    path = tmp_path / "s"
    async with serving(path) as server, Client(path, who="ana") as client:
        path.unlink()
        if there:
            with socket.socket(socket.AF_UNIX) as dead:
                dead.bind(str(path))
        await until(lambda: server.remade == 1)
        assert await client.ask(Refresh()) == Done("for ana")
        async with Client(path, who="ben") as other:
            assert await other.ask(Refresh()) == Done("for ben")
        assert path.stat().st_mode & 0o777 == 0o660
        assert server.trouble == ""
    assert not path.exists()


async def test_a_socket_that_another_program_answers_on_is_left_to_it_and_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path) as server:
        path.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            other.listen()
            await until(lambda: bool(server.trouble))
            assert "another program listens" in str(server.trouble)
        await until(lambda: server.remade == 1)
        assert server.trouble == ""


async def test_an_engine_that_ends_removes_its_own_socket_and_never_anothers(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with serving(path):
        path.unlink()
        winner = socket.socket(socket.AF_UNIX)
        winner.bind(str(path))
        winner.listen()
    assert path.exists()
    winner.close()


async def test_a_folder_that_is_gone_with_the_socket_is_told_until_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "run" / "s"
    path.parent.mkdir()
    async with serving(path) as server:
        path.unlink()
        path.parent.rmdir()
        await until(lambda: bool(server.trouble))
        assert "can't listen" in str(server.trouble)
        path.parent.mkdir()
        await until(lambda: server.remade == 1)
        async with Client(path, who="ben") as other:
            assert await other.ask(Refresh()) == Done("for ben")
