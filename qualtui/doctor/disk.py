"""qualtui's own side: the store's disk and file, and the engine. Nothing is locked or written."""

import asyncio
import os
import shutil
from pathlib import Path

from qualtui.client import Client, ClientError
from qualtui.config.places import socket_path, store_path
from qualtui.config.values import Config
from qualtui.doctor.http_request import Time
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.store.errors import StoreError
from qualtui.store.sqlite.reader import SqliteReader
from qualtui.text import clean
from qualtui.text.message import joined, message
from qualtui.wire import EngineView

LITTLE, NONE_LEFT = 1_000_000_000, 100_000_000  # bytes
VERIFY = 10.0  # s
NO_STORE = -1


async def check_own_side(config: Config, time: Time) -> tuple[Finding, ...]:
    """Disk, file and engine."""
    path = store_path(config)
    return (disk_finding(path), await _store(path), await _engine(socket_path(config), time))


def disk_finding(path: Path) -> Finding:
    """Free space on the store's disk, and whether we may write there."""
    check, what = "store.disk", message("store's folder")
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return failed(check, what, f"{folder}: {error.strerror}", message("check [store] path"))
    gigabytes = free / 1e9
    wanted = [folder, *(part for part in (path, path.with_name(path.name + ".lock")) if part.exists())]
    if refused := [part for part in wanted if not os.access(part, os.W_OK)]:
        why = message("you can't write {path}", path=clean(refused[0]))
        todo = message("check its owner and group; an engine of another user keeps running")
        return failed(check, what, why, todo)
    if free < NONE_LEFT:
        why = message("only {free} GB free: {folder}", free=gigabytes, folder=clean(folder))
        return failed(check, what, why, message("free some space: soon no alert can be stored"))
    if free < LITTLE:
        why = message("only {free} GB free: {folder}", free=gigabytes, folder=clean(folder))
        return warning(check, what, why, message("free some space, or shorten [store] keep_*"))
    return ok(check, what, message("{free} GB free, writable", free=gigabytes))


async def _store(path: Path) -> Finding:
    check, what = "store.file", message("store")

    def look() -> int | None:
        if not path.exists():
            return NO_STORE
        with SqliteReader.look(path) as reader:
            return reader.verify()

    try:
        async with asyncio.timeout(VERIFY):
            broken = await asyncio.to_thread(look)
    except TimeoutError:
        return skipped(check, what, message("not verified within {limit:seconds}", limit=VERIFY))
    except StoreError as error:
        return failed(
            check,
            what,
            error.text,
            message("move it away with its -wal, not its .lock; the engine starts a new one"),
        )
    if broken == NO_STORE:
        return skipped(check, what, message("no store yet: the first engine creates it"))
    if broken is not None:
        why = message("event {seq} was changed after it was written", seq=str(broken))
        return failed(check, what, why, message("keep a copy as evidence; restore a backup, or move it away"))
    return ok(check, what, message("its log is complete"))


async def _engine(socket: Path, time: Time) -> Finding:
    check, what = "engine", message("engine")
    try:
        async with asyncio.timeout(5), Client(socket, who="doctor", watch=True) as client:
            return engine_finding((await anext(client.snapshots())).engine, time())
    except (ClientError, TimeoutError, StopAsyncIteration):
        why = message("Engine not running: nothing is watched, no one is notified")
        return warning(check, what, why, message("start it: qualtui watch, or systemctl start qualtui"))


def engine_finding(engine: EngineView, now: float) -> Finding:
    """What a running engine reports about itself."""
    check, what = "engine", message("engine")
    running = message(
        "running for {age:span}, pid {pid} on {host}",
        age=now - engine.started_at,
        pid=str(engine.pid),
        host=clean(engine.host),
    )
    if engine.troubles:
        why = message("{running}; it reports: {troubles}", running=running, troubles=joined(list(engine.troubles)))
        return warning(check, what, why, message("read its log"))
    if engine.channels:
        names = ", ".join(clean(channel.name, 40) for channel in engine.channels)
        why = message("{running}; these channels deliver nothing: {names}", running=running, names=names)
        first = clean(engine.channels[0].name, 40)
        return warning(check, what, why, message("qualtui notify test {name}", name=first))
    if engine.beside:
        return ok(check, what, message("{running}; it stops with the last window", running=running))
    return ok(check, what, running)
