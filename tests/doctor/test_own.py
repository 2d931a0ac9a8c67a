"""qualtui's own side, and the channels: looked at without a lock, a write, or a notice."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from qualtui.config.values import ChannelSettings, Secret
from qualtui.doctor import channels, disk
from qualtui.eventlog.incidents import Noted
from qualtui.model.findings import Finding, FindingVerdict
from qualtui.notify.channels.registry import channel_kind
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import ChannelView, EngineView
from tests.config.sample import AGENT, read


def config(folder: Path, more: str = "") -> str:
    return AGENT + f'[store]\npath = "{folder}/qualtui.db"\n' + more


async def examined(folder: Path) -> dict[str, Finding]:
    found = await disk.check_own_side(read(config(folder)), time.time)
    return {finding.check: finding for finding in found}


async def test_before_the_first_engine_there_is_no_store_and_none_is_made(tmp_path: Path) -> None:
    found = await examined(tmp_path / "not yet")
    assert found["store.disk"].verdict is FindingVerdict.OK
    assert found["store.file"].verdict is FindingVerdict.SKIPPED
    assert (found["engine"].verdict, "qualtui watch" in str(found["engine"].todo)) == (
        FindingVerdict.WARNING,
        True,
    )
    assert os.listdir(tmp_path) == []


async def test_a_store_that_an_engine_holds_is_verified_beside_it(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "qualtui.db")
    try:
        store.append([(Noted(1, "ana", "a note"), "")], time.time())
        assert (await examined(tmp_path))["store.file"].verdict is FindingVerdict.OK
        store.append([(Noted(1, "ana", "the lease is still ours"), "")], time.time())
    finally:
        store.close()


async def test_a_log_that_was_tampered_with_is_a_failure(tmp_path: Path) -> None:
    import sqlite3

    store = SqliteStore.open(tmp_path / "qualtui.db")
    store.append([(Noted(1, "ana", "a note"), ""), (Noted(1, "ana", "another"), "")], time.time())
    store.close()
    with sqlite3.connect(tmp_path / "qualtui.db") as connection:
        connection.execute("UPDATE events SET at = at + 1 WHERE seq = 1")
    found = (await examined(tmp_path))["store.file"]
    assert (found.verdict, "event 1" in str(found.why)) == (FindingVerdict.FAILED, True)


async def test_a_file_that_is_no_store_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "qualtui.db").write_bytes(b"not a database" * 400)
    assert (await examined(tmp_path))["store.file"].verdict is FindingVerdict.FAILED


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert disk.disk_finding(tmp_path / "qualtui.db").verdict is FindingVerdict.FAILED


@pytest.mark.parametrize(
    ("troubles", "beside", "verdict", "word"),
    [
        ((), False, FindingVerdict.OK, "running for 1h 00m, pid 7"),
        ((), True, FindingVerdict.OK, "last window"),
        (("the store is read-only",), False, FindingVerdict.WARNING, "read-only"),
    ],
)
def test_a_running_engine_tells_how_long_and_its_troubles(
    troubles: tuple[str, ...], beside: bool, verdict: FindingVerdict, word: str
) -> None:
    view = EngineView(7, "host", "1", 1, 1000.0, 0, beside, troubles)
    found = disk.engine_finding(view, 4600.0)
    assert (found.verdict, word in str(found.why)) == (verdict, True)


async def tried(url: str) -> Finding:
    text = AGENT + f'[notify.channels.ops]\nurl = "{url}"\n'
    return (await channels.check_channels(read(text))).findings[0]


async def test_a_channel_is_connected_to_and_told_nothing() -> None:
    heard: list[bytes] = []
    ended = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()
        ended.set()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await tried(f"json://127.0.0.1:{port}/secret-token")
        await asyncio.wait_for(ended.wait(), 5)
    assert (found.verdict, heard) == (FindingVerdict.OK, [b""])
    assert "secret-token" not in str(found.why)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("json://127.0.0.1:1/token-1", "refused"),
        ("json://no-such-host.invalid/token-1", "looked up"),
        ("nosuchservice://token-1", "does not understand"),
    ],
)
async def test_a_channel_that_cannot_work_says_why_without_its_secret(url: str, word: str) -> None:
    found = await tried(url)
    assert (found.verdict, word in str(found.why)) == (FindingVerdict.FAILED, True)
    assert "token-1" not in f"{found.why!s} {found.todo!s}"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", ("hooks.slack.com", 443)),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", ("discord.com", 443)),
        ("mailto://ana:pw@mail.example.com:2525?to=b@example.com", ("mail.example.com", 2525)),
        ("jsons://example.com/hook", ("example.com", 443)),
        ("json://example.com:8080/hook", ("example.com", 8080)),
        ("tgram://123456789:AAEabcdefghijklmnopqrstuvwxyz1234567/12315544", ("api.telegram.org", 443)),
    ],
)
def test_where_a_channel_leads_is_read_from_its_plugin(url: str, place: tuple[str, int]) -> None:
    settings = ChannelSettings(url=Secret(url))
    found = channel_kind(settings).place(settings)
    assert found is not None
    assert (found.host, found.port) == place


def test_a_running_engine_names_the_channels_that_deliver_nothing() -> None:
    view = EngineView(7, "host", "1", 1, 1000.0, 0, channels=(ChannelView("ops", 1200.0, "HTTP 404"),))
    finding = disk.engine_finding(view, 1300.0)
    assert finding.verdict is FindingVerdict.WARNING
    assert "deliver nothing: ops" in str(finding.why)
    assert str(finding.todo) == "qualtui notify test ops"
