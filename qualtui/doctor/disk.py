"""qualtui's own side: the store's disk and file, and the engine that keeps it. Nothing is locked or written."""

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
from qualtui.text import _, clean, span
from qualtui.wire import EngineView

LITTLE, NONE_LEFT = 1_000_000_000, 100_000_000  # bytes
VERIFY = 10.0  # s
NO_STORE = -1


async def check_own_side(config: Config, time: Time) -> tuple[Finding, ...]:
    """Disk, file and engine."""
    path = store_path(config)
    return (disk_finding(path), await _store(path), await _engine(socket_path(config), time))


def disk_finding(path: Path) -> Finding:
    """Room on the store's disk, and whether we may write there."""
    check, what = "store.disk", _("store's folder")
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return failed(check, what, f"{folder}: {error.strerror}", _("see [store] path"))
    room = _("{:.1f} GB free").format(free / 1e9)
    wanted = [folder, *(part for part in (path, path.with_name(path.name + ".lock")) if part.exists())]
    if refused := [part for part in wanted if not os.access(part, os.W_OK)]:
        why = _("{} cannot be written by you").format(clean(refused[0]))
        return failed(check, what, why, _("see its owner and group; an engine of another user keeps running"))
    if free < NONE_LEFT:
        return failed(check, what, f"{room}: {clean(folder)}", _("make room: no alert can be recorded soon"))
    if free < LITTLE:
        return warning(check, what, f"{room}: {clean(folder)}", _("make room, or shorten [store] keep_*"))
    return ok(check, what, _("{}, can be written").format(room))


async def _store(path: Path) -> Finding:
    check, what = "store.file", _("store")

    def look() -> int | None:
        if not path.exists():
            return NO_STORE
        with SqliteReader.look(path) as reader:
            return reader.verify()

    try:
        async with asyncio.timeout(VERIFY):
            broken = await asyncio.to_thread(look)
    except TimeoutError:
        return skipped(check, what, _("not verified within {:.0f} s").format(VERIFY))
    except StoreError as error:
        return failed(
            check, what, str(error), _("move it aside with its -wal, not its .lock; the engine begins a new one")
        )
    if broken == NO_STORE:
        return skipped(check, what, _("there is none yet: the first engine makes it"))
    if broken is not None:
        why = _("event {} is not as it was written").format(broken)
        return failed(check, what, why, _("keep a copy as evidence; put back a backup, or move it aside"))
    return ok(check, what, _("its log is whole"))


async def _engine(socket: Path, time: Time) -> Finding:
    check, what = "engine", _("engine")
    try:
        async with asyncio.timeout(5), Client(socket, who="doctor", watch=True) as client:
            return engine_finding((await anext(client.snapshots())).engine, time())
    except (ClientError, TimeoutError, StopAsyncIteration):
        why = _("none answers: nobody watches, nobody is told")
        return warning(check, what, why, _("qualtui watch, or systemctl status qualtui"))


def engine_finding(engine: EngineView, now: float) -> Finding:
    """What a running engine says of itself."""
    check, what = "engine", _("engine")
    running = _("running for {}, pid {} on {}").format(
        span(now - engine.started_at), engine.pid, clean(engine.host)
    )
    if engine.troubles:
        return warning(check, what, f"{running}: {clean('; '.join(engine.troubles))}", _("see its log"))
    if engine.channels:
        names = ", ".join(clean(channel.name, 40) for channel in engine.channels)
        why = _("{running}; these channels deliver nothing: {names}").format(running=running, names=names)
        return warning(check, what, why, _("qualtui notify test {}").format(clean(engine.channels[0].name, 40)))
    if engine.beside:
        return ok(check, what, running + _("; it ends with the last window"))
    return ok(check, what, running)
