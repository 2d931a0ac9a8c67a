"""The gateway's chats over real HTTP: what is read of them, what is not, and how they may not be told."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiohttp import web

from qualtui.config.values import GatewaySettings, Seconds, Secret
from qualtui.gateways.waha import chats as waha_chats
from qualtui.probes import gateway_chats as module
from qualtui.probes.gateway_chats import GatewayChatsProbe
from qualtui.probes.probe import ProbeError
from qualtui.tracking.gateway_witness import RowsToday
from tests.probes.hostile import Script, body, forever, reset, serving

ANA, BETO = "551190001111", "551190002222"  # as numbers are compared


def message(at: float, *, ours: bool = False, ack: int | None = 2, text: str = "texto secreto") -> dict[str, Any]:
    """A message in the gateway's form."""
    return {
        "id": f"false_x_{at}",
        "timestamp": int(at),
        "from": "x",
        "fromMe": ours,
        "ack": ack,
        "body": text,
        "hasMedia": False,
        "_data": {"notifyName": "Ana Exemplo"},
    }


def summary(digits: str, last: dict[str, Any] | None, suffix: str = "c.us") -> dict[str, Any]:
    """A chat in the overview."""
    return {"id": f"{digits}@{suffix}", "name": "Ana Exemplo", "picture": None, "lastMessage": last, "_chat": {}}


class Gateway:
    """A gateway's chats: `overview` is newest first, `messages` by chat id; what was asked for is kept."""

    def __init__(self) -> None:
        self.overview: list[Any] = []
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.born: float | None = time.time() - 3600
        self.broken: set[str] = set()  # chats whose messages are not told
        self.pages = 1000  # after so many the gateway gives up
        self.me: Any = {"id": "5511900090000@c.us"}
        self.lids: dict[str, str] = {}  # by hidden id the phone
        self.rows = RowsToday()
        self.request_time = False  # messages of ours bear the time of the answer
        self.one_page = False  # whatever page is asked for, it gives the first
        self.url = ""

    async def chats(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        assert request.headers["X-Api-Key"] == "key-1"
        limit, offset = int(request.query["limit"]), int(request.query["offset"])
        for one in self.overview if self.request_time else ():
            last = one["lastMessage"]
            last["timestamp"] = int(time.time()) if last["fromMe"] else last["timestamp"]
        if offset >= self.pages * limit:
            return web.json_response({}, status=503)
        offset = 0 if self.one_page else offset
        return web.json_response(self.overview[offset : offset + limit])

    async def chat(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        assert request.query["downloadMedia"] == "false"
        if request.match_info["chat"] in self.broken:
            return web.json_response({}, status=404)
        return web.json_response(self.messages.get(request.match_info["chat"], []))

    async def session(self, _request: web.Request) -> web.Response:
        return web.json_response({"name": "default", "status": "WORKING", "me": self.me})

    async def lid(self, request: web.Request) -> web.Response:
        lid = request.match_info["lid"]
        self.asked.append(request.path_qs)
        return web.json_response({"lid": lid, "pn": self.lids.get(lid)})

    def probe(self, retry_text: str = "", speed: float = 1.0) -> GatewayChatsProbe:
        settings = GatewaySettings(url=self.url, key=Secret("key-1"))
        born, rows = (lambda: self.born), (lambda: self.rows)
        return GatewayChatsProbe("bot", settings, born, rows, speed=speed, retry_text=retry_text)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway that tells of its chats."""
    made = Gateway()
    app = web.Application()
    app.router.add_get("/api/default/chats/overview", made.chats)
    app.router.add_get("/api/default/chats/{chat}/messages", made.chat)
    app.router.add_get("/api/sessions/default", made.session)
    app.router.add_get("/api/default/lids/{lid}", made.lid)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@asynccontextmanager
async def reading(gateway: Gateway, retry_text: str = "", speed: float = 1.0) -> AsyncIterator[GatewayChatsProbe]:
    probe = gateway.probe(retry_text, speed)
    try:
        yield probe
    finally:
        await probe.close()


async def waiting(probe: GatewayChatsProbe) -> float | None:
    sample, _evidence = await probe.ask(time.time())
    assert sample.series == "bot/gateway.chats_waiting"
    return sample.value


async def test_who_wrote_last_waits_and_nothing_that_was_said_is_kept(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [summary("5511990001111", message(now - 30)), summary(BETO, message(now - 40, ours=True))]
    async with reading(gateway) as probe:
        assert await waiting(probe) == 1
        assert probe.chats.waiting(0) == [ANA]
        kept = repr(probe.chats) + repr(vars(probe))
    assert "secreto" not in kept
    assert "Exemplo" not in kept


async def test_groups_notices_and_what_is_older_than_the_first_look_do_not_wait(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [
        summary("120363000000000000", message(now - 10), "g.us"),
        summary("551190003333", message(now - 20, text="")),  # a notice of the chat itself
        summary("551190004444", None),
        summary("551190005555", message(now - 7200)),
        {"id": "status@broadcast", "lastMessage": {**message(now), "timestamp": 1e300}},
    ]
    async with reading(gateway) as probe:
        assert await waiting(probe) == 0


async def test_since_when_somebody_waits_is_read_from_the_chat_itself(gateway: Gateway) -> None:
    now = float(int(time.time()))
    gateway.overview = [summary("5511990001111", message(now - 90))]
    gateway.messages = {
        "5511990001111@c.us": [message(now - 90), message(now - 400), message(now - 500, ours=True, ack=3)]
    }
    async with reading(gateway) as probe:
        await waiting(probe)
        assert probe.chats.open[ANA].since == now - 400
        await waiting(probe)
    looks = [path for path in gateway.asked if "/messages" in path]
    assert len(looks) == 1  # not again while nothing changes


async def test_who_repeats_words_that_were_answered_does_not_wait_and_no_word_is_kept(gateway: Gateway) -> None:
    bucket = time.time() // 300 * 300
    asked, answer = message(bucket + 10), message(bucket + 20, ours=True, ack=3)
    again, other = message(bucket + 30, text=" Texto SECRETO"), message(bucket + 40, text="outra coisa")
    async with reading(gateway) as probe:
        gateway.overview = [summary("5511990001111", again)]
        gateway.messages = {"5511990001111@c.us": [again, answer, asked]}
        at = bucket + 45
        assert (await probe.ask(at))[0].value == 0
        assert (await probe.ask(at + 30))[0].value == 0
        assert "secreto" not in (repr(probe.chats) + repr(vars(probe))).lower()
        gateway.overview = [summary("5511990001111", other)]
        gateway.messages = {"5511990001111@c.us": [other, again, answer, asked]}
        assert (await probe.ask(at + 60))[0].value == 1
        assert probe.chats.open[ANA].since == bucket + 40


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        pytest.param({"body": "Qual faixa de patrimônio?", "source": "api"}, 0, id="the bot"),
        pytest.param({"body": "Desculpe a demora.", "source": "api"}, 1, id="the fix retry"),
        pytest.param({"body": "Já ligo para você", "source": "app"}, 1, id="a person on the phone"),
    ],
)
async def test_the_same_words_are_owed_an_answer_where_another_than_the_bot_answered_them(
    gateway: Gateway, answer: dict[str, str], waits: int
) -> None:
    bucket = time.time() // 300 * 300
    asked, again = message(bucket + 10), message(bucket + 30)
    gateway.overview = [summary("5511990001111", again)]
    gateway.messages = {"5511990001111@c.us": [again, {**message(bucket + 20, ours=True), **answer}, asked]}
    async with reading(gateway, retry_text="Desculpe a demora.") as probe:
        assert (await probe.ask(bucket + 45))[0].value == waits


async def test_a_chat_that_was_looked_into_tells_how_much_its_customer_wrote(gateway: Gateway) -> None:
    now = float(int(time.time()))
    many = [message(now - 3 * n, text=f"oi {n}") for n in range(18)]
    gateway.overview = [summary("5511990001111", many[0])]
    gateway.messages = {"5511990001111@c.us": [*many, message(now - 60, ours=True)]}
    async with reading(gateway) as probe:
        await probe.ask(now)
        assert probe.chats.open[ANA].wrote == tuple(now - 3 * n for n in reversed(range(18)))
        gateway.overview = [summary("5511990001111", message(now + 5, text="oi"))]
        gateway.broken = {"5511990001111@c.us"}  # the next look fails
        await probe.ask(now + 6)
        assert probe.chats.open[ANA].wrote[-2:] == (now, now + 5)


async def test_pages_are_read_as_far_back_as_the_read_before(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "LAST", 1)
    now = time.time()
    gateway.overview = [summary(f"55119000{n:04}", message(now - 60 * n, ours=True)) for n in range(1, 31)]
    async with reading(gateway) as probe:
        await waiting(probe)
        assert len(gateway.asked) == 11  # all, the last page is empty
        gateway.asked.clear()
        await waiting(probe)
        assert len(gateway.asked) == 1
        assert len(probe.chats.answered) == 30


async def test_a_gateway_that_nobody_looked_at_before_is_not_read_to_the_end(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "LAST", 1)
    now, day = time.time(), 86_400.0
    gateway.born = None
    times = [*(now - 60 * n for n in range(1, 5)), *(now - day - 60 * n for n in range(1, 31))]
    gateway.overview = [summary(f"55119000{n:04}", message(at)) for n, at in enumerate(times)]
    async with reading(gateway) as probe:
        assert await waiting(probe) == 4  # who wrote in the day before the first start waits
        assert len([url for url in gateway.asked if "overview" in url]) == 2


async def test_who_is_about_to_act_sees_what_is_new_and_does_not_ask_without_end(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    gateway.overview = [summary("5511990001111", message(now - 30))]
    async with reading(gateway) as probe:
        await probe.refresh()  # nothing was asked yet: there is no clock to go by
        assert gateway.asked == []
        await waiting(probe)
        gateway.overview = [summary("5511990001111", message(now, ours=True))]
        await probe.refresh()
        assert probe.chats.waiting(0) == [ANA]  # read a moment ago
        monkeypatch.setattr(module, "RECENT", 0.0)
        await probe.refresh()
        assert probe.chats.waiting(0) == []
        gateway.url = ""
        gateway.overview = [{"id": 7}]
        assert "not the gateway's chats" in str(await probe.refresh())  # no answer changes nothing, and is told
        assert probe.chats.waiting(0) == []


async def test_in_a_fast_demo_a_read_is_old_sooner(gateway: Gateway) -> None:
    async with reading(gateway, speed=100_000) as probe:  # five seconds of its time are less than a question takes
        assert await waiting(probe) == 0
        gateway.overview = [summary("5511990001111", message(time.time() - 30))]
        await probe.refresh()
        assert probe.chats.waiting(0) == [ANA]


async def test_one_chat_that_cannot_be_looked_into_hides_no_other(gateway: Gateway) -> None:
    now = float(int(time.time()))
    gateway.overview = [summary(f"55119000{n:04}", message(now - 90 - n)) for n in range(10)]
    gateway.messages = {"551190000000@c.us": [message(now - 90), message(now - 400)]}
    gateway.broken = {f"55119000{n:04}@c.us" for n in range(1, 10)}
    async with reading(gateway) as probe:
        assert await waiting(probe) == 10
        await waiting(probe)
        assert probe.chats.open["551190000000"].since == now - 400


async def test_one_message_that_cannot_be_read_hides_no_other_chat(gateway: Gateway) -> None:
    now = time.time()
    odd = {**message(now), "timestamp": {"low": 1}}
    typed = {**message(now - 30), "timestamp": str(int(now - 30)), "ack": "2", "hasMedia": None}
    gateway.overview = [summary("5511990003333", odd), summary(ANA, typed)]
    async with reading(gateway) as probe:
        assert await waiting(probe) == 1


@pytest.mark.parametrize("given", [{"id": None}, {"id": {"_serialized": "x@c.us"}}, {"id": 7}, "no chat", None])
async def test_one_chat_that_cannot_be_read_hides_no_other(gateway: Gateway, given: Any) -> None:
    now = time.time()
    broken = {**given, "lastMessage": message(now - 90)} if isinstance(given, dict) else given
    gateway.overview = [broken, summary(ANA, message(now - 100))]
    probe = gateway.probe()
    sample, _evidence = await probe.ask(now)
    assert sample.value == 1
    gateway.overview = [broken]
    with pytest.raises(ProbeError, match="not the gateway's chats"):
        await probe.ask(now + 30)
    await probe.close()


@pytest.mark.parametrize("at", [-5.0, 0.0, 1e300, 3e9, 2.9e9])
async def test_a_date_that_is_none_keeps_nobody_waiting_and_answers_nobody(gateway: Gateway, at: float) -> None:
    now = time.time()
    gateway.overview = [summary("5511990001111", message(now - 30))]
    async with reading(gateway) as probe:
        await waiting(probe)
        gateway.overview = [summary("5511990001111", message(at, ours=True)), summary(BETO, message(at))]
        await waiting(probe)
        assert probe.chats.waiting(0) == [ANA]


async def test_a_read_that_is_too_much_for_the_gateway_goes_less_far_back_and_keeps_what_it_saw(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "LAST", 1)
    now = time.time()
    gateway.born = now - 30 * 86_400
    gateway.overview = [summary(f"55119000{n:04}", message(now - 1800 * n)) for n in range(1, 300)]
    gateway.pages = 4
    async with reading(gateway) as probe:
        for _ in range(3):
            with pytest.raises(ProbeError):
                await waiting(probe)
            assert len(probe.chats.open) == 12
            assert probe.chats.read_at == 0
            probe._whole_at = float("-inf")
        assert await waiting(probe) == 12
        assert probe.chats.read_at >= now


async def test_all_is_read_once_and_then_no_further_than_to_who_waits(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "LAST", 1)
    now = time.time()
    gateway.born = now - 30 * 86_400
    gateway.overview = [summary(f"55119000{n:04}", message(now - 1800 * n, ours=True)) for n in range(1, 60)]
    async with reading(gateway) as probe:

        async def again() -> tuple[float | None, int]:
            gateway.asked.clear()
            probe._whole_at = float("-inf")
            return await waiting(probe), sum("overview" in path for path in gateway.asked)

        pending = gateway.overview[29]["lastMessage"]
        pending["ack"] = 0
        assert await again() == (1, 20)
        assert await again() == (1, 11)
        pending["ack"] = 2
        assert await again() == (0, 11)
        assert await again() == (0, 1)
        probe.chats = msgspec.structs.replace(probe.chats, read_at=now - 6 * 3600)  # not told for so long
        assert await again() == (0, 5)


async def test_a_chat_that_is_pinned_does_not_end_the_reading(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 10)
    now = time.time()
    pinned = summary("551190009999", message(now - 90 * 86_400, ours=True))
    gateway.overview = [pinned, *(summary(f"55119000{n:04}", message(now - n)) for n in range(1, 31))]
    async with reading(gateway) as probe:
        assert await waiting(probe) == 30


async def test_an_answer_between_two_reads_ends_the_wait_of_a_lively_chat(gateway: Gateway) -> None:
    now = float(int(time.time()))
    gateway.overview = [summary("5511990001111", message(now - 100))]
    gateway.messages = {"5511990001111@c.us": [message(now - 100), message(now - 101, ours=True)]}
    async with reading(gateway) as probe:
        await waiting(probe)
        gateway.overview = [summary("5511990001111", message(now - 5))]
        gateway.messages = {"5511990001111@c.us": [message(now - 5), message(now - 20, ours=True)]}
        await waiting(probe)
        assert probe.chats.open[ANA].since == now - 5


async def test_the_gateways_clock_is_told_by_its_answers(gateway: Gateway) -> None:
    async with reading(gateway) as probe:
        await waiting(probe)
        assert probe.chats.apart(0.0) == 0
        await probe.ask(time.time() + 3600)  # our clock is an hour ahead
        assert probe.chats.apart(0.0) == pytest.approx(-3600, abs=3)
        assert probe.chats.apart(-3600.0) == pytest.approx(0, abs=3)


def coded(code: int, told: bytes = b"{}") -> Script:
    return body(told, b"HTTP/1.1 %d X\r\n" % code)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (coded(400), "NOWEB needs its store"),
        (coded(401), "unauthorized"),
        (coded(404), "no chats overview"),
        (coded(422), "not WORKING"),
        (coded(503), "HTTP 503"),
        (body(b"<html>"), "not the gateway's chats"),
        (body(b'{"id": 1}'), "not the gateway's chats"),
        (body(b"[" * 100_000), "not the gateway's chats"),
        (body(b'[{"id": 7}]'), "not the gateway's chats"),
        (body(b'[{"id": "5511", "lastMessage": {"timestamp": "soon"}}]'), "not the gateway's chats"),
        (reset(), "closed without an answer"),
        (forever(b" ", 0.01), "no answer in"),
    ],
)
async def test_what_is_no_answer_is_no_data_and_leaves_what_was_known(
    script: Script, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_TIMEOUT", 0.4)
    async with serving(script) as url:
        settings = GatewaySettings(url=url, timeout=Seconds(0.2))
        probe = GatewayChatsProbe("bot", settings, lambda: 0.0)
        try:
            with pytest.raises(ProbeError, match=told):
                await probe.ask(time.time())
            assert probe.chats.read_at == 0
        finally:
            await probe.close()


@pytest.mark.parametrize(
    "hostile", [b"[" + b"0," * 4_000_000 + b"0]", b"[" * 8_000_000, b'["' + b'\\"' * 4_000_000]
)
async def test_a_hostile_answer_does_not_hold_up_the_loop(hostile: bytes) -> None:
    gaps = [0.0]

    async def beat() -> None:
        last = time.process_time()  # of this process: others may have the machine
        while True:
            await asyncio.sleep(0)
            now = time.process_time()
            gaps.append(now - last)
            last = now

    async with serving(body(hostile)) as url:
        probe = GatewayChatsProbe("bot", GatewaySettings(url=url), lambda: 0.0)
        beating = asyncio.create_task(beat())
        try:
            with pytest.raises(ProbeError, match="not the gateway's chats"):
                await probe.ask(time.time())
            await asyncio.sleep(0.01)  # the beat after it counts too
        finally:
            beating.cancel()
            await probe.close()
    assert max(gaps) < 1.0


async def test_a_gateway_that_makes_up_new_chats_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 100)
    numbers = itertools.count(551190000000)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made = [summary(str(next(numbers)), message(time.time(), ours=True)) for _ in range(50)]
        await body(json.dumps(made).encode())(reader, writer)

    async with serving(script) as url:
        probe = GatewayChatsProbe("bot", GatewaySettings(url=url), lambda: 0.0)
        try:
            for _ in range(3):
                await probe.ask(time.time())
            assert len(probe.chats.answered) == 100
        finally:
            await probe.close()


async def test_a_read_of_all_that_failed_is_tried_again_at_the_next_poll(gateway: Gateway) -> None:
    gateway.overview = [summary(f"55119000{n:05d}", message(time.time() - 20 * n, ours=True)) for n in range(120)]
    async with reading(gateway) as probe:
        await probe.ask(time.time())
        gateway.pages, later = 1, time.time() + module.WHOLE_EVERY
        with pytest.raises(ProbeError):
            await probe.ask(later)
        gateway.pages, gateway.asked = 1000, []
        await probe.ask(later + 30)
        assert len([one for one in gateway.asked if "offset" in one]) == 3


async def test_chats_that_are_listed_by_their_numbers_again_are_believed_again(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [summary("204000000001111", message(now - 30, ours=True), suffix="lid")]
    async with reading(gateway) as probe:
        assert await waiting(probe) is None
        assert "@lid" in str(probe.chats.doubt)
        gateway.overview = [summary(BETO, message(now - 30, ours=True))]
        await waiting(probe)  # nothing hidden is listed: the next read looks at all
        assert await waiting(probe) == 0
        assert probe.chats.doubt == ""


async def test_a_page_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waha_chats, "BODY", 64 * 1024)
    page = json.dumps([summary(ANA, message(time.time(), text="x" * 100_000))]).encode()
    async with serving(body(page)) as url:
        probe = GatewayChatsProbe("bot", GatewaySettings(url=url), lambda: 0.0)
        try:
            with pytest.raises(ProbeError, match="MB of chats"):
                await probe.ask(time.time())
        finally:
            await probe.close()
