"""A link in a notice takes its incident once, for 15 minutes, over real HTTP; looking at it changes nothing."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from qualtui.config.values import HttpSettings
from qualtui.engine.ack_keys import SUFFIX, AckKeys
from qualtui.engine.ack_links import CONFIRM, AckLinks
from qualtui.engine.journal import Journal
from qualtui.eventlog.ack_links import AckLinkLapsed, link_owner
from qualtui.eventlog.incidents import Acknowledged
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import EventBody, Phase, Severity
from qualtui.store.sqlite import SqliteStore
from qualtui.text.message import render
from qualtui.web.ack_listener import ack_application
from qualtui.web.serving import HttpServing
from tests.eventlog.bodies import changed, fired, queued

PUBLIC = "https://alerts.example.com"
HOST = {"Host": "alerts.example.com"}


class Scene:
    """Links on a real store, their page on loopback, and a clock that is set by hand."""

    def __init__(self, store: SqliteStore) -> None:
        self.now = 1_800_000_000.0
        self.store = store
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.links = AckLinks(store.path, self.journal, lambda: self.now)
        self.links.use(HttpSettings(ack_listen="127.0.0.1:0", public_url=PUBLIC))
        self.url = ""
        self.session: aiohttp.ClientSession

    async def append(self, *bodies: EventBody) -> None:
        await self.journal.append(*((body, "") for body in bodies))

    def token(self, key: str = "1/1/ops") -> str:
        line = render(self.links.line(self.journal.state.notices[key]))
        found = re.fullmatch(rf"I've got it: {PUBLIC}/ack/(\S+)", line)
        assert found is not None
        return found[1]

    @property
    def owner(self) -> str:
        return self.journal.state.incidents[1].owner

    async def get(self, token: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(f"{self.url}/ack/{token}", headers={**HOST, **headers}) as answer:
            return answer.status, await answer.text()

    async def post(self, token: str, **headers: str) -> tuple[int, str]:
        async with self.session.post(
            f"{self.url}/ack", data={"token": token}, headers={**HOST, **headers}
        ) as answer:
            return answer.status, await answer.text()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


@asynccontextmanager
async def served(store: SqliteStore) -> AsyncIterator[Scene]:
    scene, serving = Scene(store), HttpServing()
    await scene.append(fired(1, summary="<b>3 customers wait"), queued())
    task = asyncio.create_task(serving.run("127.0.0.1:0", ack_application(scene.links, PUBLIC, lambda: scene.now)))
    try:
        async with asyncio.timeout(5):
            while not serving.port:  # noqa: ASYNC110 - a state that appears, no event
                await asyncio.sleep(0)
        scene.url = f"http://127.0.0.1:{serving.port}"
        async with aiohttp.ClientSession() as scene.session:
            yield scene
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_looking_at_a_link_changes_nothing_and_shows_no_markup_from_outside(store: SqliteStore) -> None:
    async with served(store) as scene:
        seq, token = scene.journal.state.seq, scene.token()
        for _ in range(3):
            status, page = await scene.get(token)
            assert status == 200
        assert "&lt;b&gt;3 customers wait" in page
        assert f'value="{token}"' in page
        assert scene.journal.state.seq == seq
        assert not scene.owner


async def test_a_link_takes_its_incident_once_and_says_who_had_it(store: SqliteStore) -> None:
    async with served(store) as scene:
        token = scene.token()
        status, page = await scene.post(token)
        assert (status, scene.owner) == (200, "link sent to ops")
        assert "for 15 minutes" in page
        assert (await scene.post(token))[0] == 409
        scene.now += CONFIRM
        await scene.links.lapse()
        assert not scene.owner
        assert (await scene.post(token))[0] == 410  # used, for ever
        assert not scene.owner


async def test_a_used_link_stays_used_for_the_next_engine(store: SqliteStore) -> None:
    async with served(store) as scene:
        token = scene.token()
        await scene.post(token)
        await scene.append(AckLinkLapsed(1))
        after = AckLinks(
            store.path, Journal(store, store.load(), store.epoch, lambda: scene.now), lambda: scene.now
        )
        assert (await after.accept(token)).status == "used"


async def test_a_person_who_takes_it_confirms_and_nothing_lapses(store: SqliteStore) -> None:
    async with served(store) as scene:
        await scene.post(scene.token())
        await scene.append(Acknowledged(1, "ana"))
        scene.now += CONFIRM
        await scene.links.lapse()
        assert scene.owner == "ana"
        assert not scene.journal.state.link_acks


async def test_a_link_of_an_incident_with_an_owner_or_an_end_takes_nothing(store: SqliteStore) -> None:
    async with served(store) as scene:
        token = scene.token()
        await scene.append(Acknowledged(1, "ana"))
        status, page = await scene.post(token)
        assert (status, scene.owner) == (409, "ana")
        assert "ana" in page
        await scene.append(changed(Phase.RESOLVED, 1, old=Phase.FIRING))
        assert (await scene.post(token))[0] == 410


async def test_a_link_that_is_old_or_invented_is_refused(store: SqliteStore) -> None:
    async with served(store) as scene:
        token = scene.token()
        assert (await scene.post(token[:-2] + "AA"))[0] == 404
        scene.now += 86401
        assert (await scene.get(token))[0] == 410
        assert (await scene.post(token))[0] == 410
        assert not scene.owner


async def test_another_host_is_misdirected_and_another_origin_forbidden(store: SqliteStore) -> None:
    async with served(store) as scene:
        token = scene.token()
        assert (await scene.get(token, Host="evil.example.com"))[0] == 421
        assert (await scene.post(token, Host="127.0.0.1"))[0] == 421
        assert (await scene.post(token, Origin="https://evil.example.com"))[0] == 403
        assert not scene.owner
        assert (await scene.post(token, Origin=PUBLIC))[0] == 200


async def test_a_page_is_never_stored_referred_to_or_framed(store: SqliteStore) -> None:
    async with served(store) as scene:
        for path in (f"/ack/{scene.token()}", "/ack/none", "/nothing"):
            async with scene.session.get(scene.url + path, headers=HOST) as answer:
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["X-Frame-Options"] == "DENY"
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_who_tries_too_often_waits(store: SqliteStore) -> None:
    async with served(store) as scene:
        codes = [(await scene.get("wrong"))[0] for _ in range(11)]
        assert codes == [404] * 10 + [429]
        assert (await scene.get(scene.token()))[0] == 200
        codes = [(await scene.get(f"guess{n}"))[0] for n in range(60)]
        assert 429 in codes


async def test_only_notices_that_ask_for_someone_carry_a_link(store: SqliteStore) -> None:
    scene = Scene(store)
    await scene.append(fired(1), queued(), NoticeQueued("1/2/ops", 1, "ops", "update", Severity.INFO, "t", "b"))
    await scene.append(NoticeQueued("test/x/ops", 0, "ops", "test", Severity.INFO, "t", "b"))
    assert scene.token()
    assert not scene.links.line(scene.journal.state.notices["1/2/ops"])
    assert not scene.links.line(scene.journal.state.notices["test/x/ops"])
    scene.links.use(HttpSettings())
    assert not scene.links.line(scene.journal.state.notices["1/1/ops"])


async def test_the_store_never_holds_a_link(store: SqliteStore) -> None:
    async with served(store) as scene:
        token = scene.token()
        await scene.post(token)
        await asyncio.to_thread(store.check)
        files = [one for one in store.path.parent.iterdir() if one.name.startswith(store.path.name)]
        assert not any(token.encode() in one.read_bytes() for one in files)


def test_keys_are_kept_for_the_next_engine_and_for_nobody_else(tmp_path: Path) -> None:
    keys = AckKeys(tmp_path / "q.db").at(1000.0)
    assert AckKeys(tmp_path / "q.db").at(2000.0) == keys
    assert (tmp_path / f"q.db{SUFFIX}").stat().st_mode & 0o777 == 0o600
    fresh = AckKeys(tmp_path / "q.db").at(1000.0 + 31 * 86400)
    assert fresh[1:] == keys
    assert AckKeys(tmp_path / "q.db").at(1000.0 + 31 * 86400) == fresh


def test_a_spoilt_file_of_keys_is_replaced(tmp_path: Path) -> None:
    (tmp_path / f"q.db{SUFFIX}").write_text("{")
    assert AckKeys(tmp_path / "q.db").at(1000.0)
    assert link_owner("ops") == "link sent to ops"
