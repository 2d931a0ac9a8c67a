"""WAHA over real HTTP: each call's address, what each answer means, and whose fault a failure is."""

import asyncio
import json
import socket
import time

import msgspec
import pytest

from qualtui.config.values import GatewaySettings, Seconds, Secret
from qualtui.gateways.gateway import Fate, Gateway, GatewayError, GatewayFault, SessionState
from qualtui.gateways.registry import gateway_of
from tests.fixes.waha import waha
from tests.probes.hostile import Script, body, forever, serving


def gateway(url: str, *, session: str = "default", timeout: float = 0.4, keep: bool = False) -> Gateway:
    settings = GatewaySettings(url=url, key=Secret("key-1"), session=session, timeout=Seconds(timeout))
    return gateway_of(settings, keep=keep)


def session(word: str, **more: object) -> Script:
    return body(json.dumps({"name": "default", "status": word, **more}).encode())


def coded(code: int) -> Script:
    return body(b'{"statusCode":1}', b"HTTP/1.1 %d X\r\n" % code)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("WORKING", SessionState.WORKING),
        ("STARTING", SessionState.STARTING),
        ("SCAN_QR_CODE", SessionState.LOGGED_OUT),
        ("PASSKEY_REQUIRED", SessionState.LOGGED_OUT),
        ("PASSKEY_CONFIRMATION_REQUIRED", SessionState.LOGGED_OUT),
        ("STOPPED", SessionState.DOWN),
        ("FAILED", SessionState.DOWN),
        ("SOMETHING_NEW", SessionState.DOWN),
        ("working", SessionState.DOWN),
        ("WORK\x1bING", SessionState.DOWN),
    ],
)
async def test_only_working_can_send_and_only_a_login_needs_a_person(word: str, state: SessionState) -> None:
    async with serving(session(word)) as url:
        status = await gateway(url).status()
    assert (status.up, status.can_send, status.state) == (True, state is SessionState.WORKING, state)
    assert status.needs_human == (state is SessionState.LOGGED_OUT)
    assert status.fault is None


@pytest.mark.parametrize(
    ("script", "fault", "up", "can_send"),
    [
        (coded(401), GatewayFault.UNAUTHORIZED, True, None),
        (coded(403), GatewayFault.UNAUTHORIZED, True, None),
        (coded(404), GatewayFault.NO_SESSION, True, False),
        (coded(429), GatewayFault.STATUS, True, None),
        (coded(502), GatewayFault.STATUS, False, False),
        (body(b"<html>hello</html>"), GatewayFault.NOT_A_GATEWAY, False, False),
        (forever(b" ", 0.02), GatewayFault.SILENT, False, False),
    ],
)
async def test_a_refusal_is_an_answer_whose_fault_is_named(
    script: Script, fault: GatewayFault, up: bool, can_send: bool | None
) -> None:
    async with serving(script) as url:
        status = await gateway(url).status()
    assert (status.fault, status.up, status.can_send, status.state) == (fault, up, can_send, None)
    assert status.note


async def test_a_refused_connection_is_theirs_and_a_name_that_is_not_known_is_ours() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        status = await gateway(f"http://127.0.0.1:{held.getsockname()[1]}").status()
    assert (status.fault, status.can_send) == (GatewayFault.REFUSED, False)
    with pytest.raises(GatewayError) as caught:
        await gateway("http://no-such-host.invalid").status()
    assert caught.value.fault is GatewayFault.LOCAL


@pytest.mark.parametrize(
    ("word", "more", "ownerless"),
    [
        ("WORKING", {"me": None}, True),
        ("WORKING", {"me": {"id": "x"}}, False),
        ("WORKING", {}, False),
        ("FAILED", {"me": None}, False),
    ],
)
async def test_a_working_session_that_knows_no_number_of_its_own_belongs_to_nobody(
    word: str, more: dict[str, object], ownerless: bool
) -> None:
    async with serving(session(word, **more)) as url:
        assert (await gateway(url).status()).ownerless is ownerless


async def test_each_call_has_its_address_and_its_key_and_none_where_that_is_the_question() -> None:
    asked: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        await body(b"{}")(reader, writer)

    async with serving(listen, read=False) as url:
        it = gateway(url, session="a/b c")
        await it.status()
        with pytest.raises(GatewayError):
            await it.uptime()
        await it.version()
        await it.webhooks()
        await it.without_key()
        await it.phone("1@lid")
        for called in (it.chats(2, 0.0, 25), it.messages("x@c.us", 0.0, 7)):
            with pytest.raises(GatewayError):
                await called
        await it.find("x@c.us", "m")
        await it.restart()
    assert [one.split(" http/")[0] for one in asked] == [
        "get /api/sessions/a%2fb%20c",
        "get /api/server/status",
        "get /api/server/version",
        "get /api/sessions/a%2fb%20c",
        "get /api/sessions/a%2fb%20c",
        "get /api/a%2fb%20c/lids/1@lid",
        "get /api/a%2fb%20c/chats/overview?limit=25&offset=50",
        "get /api/a%2fb%20c/chats/x@c.us/messages?limit=7&downloadmedia=false",
        "get /api/a%2fb%20c/chats/x@c.us/messages?limit=20&downloadmedia=false",
        "post /api/sessions/a%2fb%20c/restart",
    ]
    assert [place for place, one in enumerate(asked) if "x-api-key: key-1" not in one] == [4]


async def test_only_the_first_calls_connection_is_kept() -> None:
    connections: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append("")
        place = len(connections) - 1
        while head := await reader.readuntil(b"\r\n\r\n"):
            connections[place] += head.decode().split(" ")[1].rpartition("/")[2] + " "
            await session("WORKING")(reader, writer)

    async with serving(listen, read=False) as url:
        it = gateway(url, keep=True)
        for _ in range(3):
            await it.status()
        with pytest.raises(GatewayError):
            await it.uptime()
        await it.status()
        await it.close()
    assert connections == ["default default default default ", "status "]


@pytest.mark.parametrize(
    ("code", "fault"),
    [(401, GatewayFault.UNAUTHORIZED), (404, GatewayFault.NO_SESSION), (422, GatewayFault.NO_SESSION),
     (500, GatewayFault.STATUS)],
)  # fmt: skip
async def test_a_restart_that_is_refused_names_its_fault(code: int, fault: GatewayFault) -> None:
    async with serving(coded(code)) as url:
        with pytest.raises(GatewayError) as caught:
            await gateway(url).restart()
    assert (caught.value.fault, caught.value.http) == (fault, code)


async def test_what_was_sent_is_found_in_its_chat_by_an_id_without_a_phone() -> None:
    async with waha() as stand_in:
        it = gateway_of(stand_in.settings)
        result = await it.send("5511900000001@c.us", "hello")
        assert result.fate is Fate.ACCEPTED
        assert "5511900000001" not in result.message
        seen = await it.find("5511900000001@c.us", result.message)
        assert seen is not None
        assert seen.ack == 2
        assert await it.find("5511900000001@c.us", "another") is None
        assert await it.find("5511900000002@c.us", result.message) is None


@pytest.mark.parametrize(
    ("code", "fate"), [(201, Fate.ACCEPTED), (422, Fate.REFUSED), (500, Fate.DOUBT), (302, Fate.DOUBT)]
)
async def test_only_a_refusal_may_be_sent_again(code: int, fate: Fate) -> None:
    async with serving(coded(code)) as url:
        assert (await gateway(url).send("5511900000001@c.us", "hello")).fate is fate


async def test_a_page_tells_who_wrote_last_and_drops_what_was_said() -> None:
    now = float(int(time.time()))
    async with waha() as stand_in:
        stand_in.chats = [("551190001111@c.us", now - 5, False), ("551190002222@c.us", now - 9, True)]
        page = await gateway_of(stand_in.settings).chats(0, now, 50)
        lines = await gateway_of(stand_in.settings).messages("551190001111@c.us", now, 20)
    assert page.listed == 2
    assert [(one.chat, one.last.at, one.last.ours) for one in page.lasts] == [
        ("551190001111@c.us", now - 5, False),
        ("551190002222@c.us", now - 9, True),
    ]
    assert page.date is not None
    assert abs(page.date - now) < 10
    assert [(one.said.at, one.words.partition(",")[0]) for one in lines] == [(now - 5, "oi")]
    assert "oi" not in repr(page)


async def test_webhooks_are_hosts_and_events_without_paths_which_may_hold_a_secret() -> None:
    hooks = [{"url": "https://bot.example.com/webhook?token=secret", "events": ["message"]}, {"url": "http://[x"}]
    async with serving(session("WORKING", config={"webhooks": hooks})) as url:
        found = await gateway(url).webhooks()
    assert [(one.host, sorted(one.events)) for one in found] == [("bot.example.com", ["message"]), ("?", [])]
    async with serving(session("WORKING", config={"webhooks": None})) as url:
        with pytest.raises(GatewayError):
            await gateway(url).webhooks()
        assert (await gateway(url).status()).can_send is True  # whatever its configuration looks like


async def test_no_error_names_the_address_or_the_key() -> None:
    settings = GatewaySettings(url="http://127.0.0.1:1", key=Secret("key-1"), timeout=Seconds(1))
    for url in ("http://127.0.0.1:1", "http://user:secret@no-such-host.invalid"):
        it = gateway_of(msgspec.structs.replace(settings, url=url))
        for call in (it.uptime, it.version, it.webhooks, it.restart):
            with pytest.raises(GatewayError) as caught:
                await call()
            assert not any(word in repr(caught.value) for word in ("127.0.0.1", "key-1", "secret", "invalid"))
