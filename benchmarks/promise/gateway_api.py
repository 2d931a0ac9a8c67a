"""What fixes do at the gateway: restart its session, send a message. Reads are those of the weeks' simulation."""

import asyncio
from urllib.parse import unquote, urlsplit

import msgspec

from benchmarks.promise.world import MonthWorld
from benchmarks.truth.faults import Kind
from benchmarks.truth.gateway_api import GatewayApi, SimulatedFetcher
from qualtui.http import Answer, Failure, FetchError


class _Send(msgspec.Struct, rename="camel"):
    chat_id: str
    text: str


class ActingGateway(GatewayApi):
    """The gateway of a month. `epoch`: the wall clock at its second 0."""

    def __init__(self, world: MonthWorld, epoch: float) -> None:
        super().__init__(world, epoch)
        self._month = world
        self._start = epoch

    def fetcher(self, url: str, headers: dict[str, str], timeout: float, **_more: object) -> "ActingFetcher":
        """Stands in for qualtui.http.Fetcher."""
        del headers
        return ActingFetcher(self, url, timeout)

    def present(self) -> None:
        """The world is where the clock is: a fix acts between two looks of the probes."""
        at = asyncio.get_running_loop().time() - self._start
        if at > self._month.now:
            self._month.run(at)

    async def post(self, url: str, payload: bytes, timeout: float) -> Answer:
        """The answer to a POST. Raises FetchError as a real one fails."""
        self.present()
        world = self._month
        network = world.network()
        if network == "no route":
            raise FetchError(Failure.LOCAL, "no route from here", 0.0, unsent=True)
        if network:
            await self._silent(timeout)
        if world.scene.on(Kind.WAHA_GONE):
            raise FetchError(Failure.REFUSED, "refused", 0.0, unsent=True)
        path = [unquote(part) for part in urlsplit(url).path.split("/") if part]
        hangs = world.gateway.hangs()
        match path:
            case ["api", "sessions", _session, "restart"]:
                mute = world.scene.on(Kind.WAHA_HANGS)
                world.restart_session()
                if mute:  # it is carried out, and says nothing
                    await self._silent(timeout)
                return _told(201, {"name": "default", "status": "STARTING"})
            case ["api", "sendText"]:
                if hangs:
                    await self._silent(timeout)
                if world.gateway.refuses():
                    return _told(422, {"error": "Session status is not as expected"})
                sent = msgspec.json.decode(payload, type=_Send)
                arrives = not world.scene.on(Kind.PENDING)
                number = world.people.answered_by_us(sent.chat_id, sent.text, arrives=arrives)
                return _told(201, {"id": f"true_{sent.chat_id}_{number:X}"})
        return _told(404, {"message": "Not Found"})

    async def _silent(self, timeout: float) -> None:
        await asyncio.sleep(timeout)
        raise FetchError(Failure.TIMEOUT, f"no answer in {timeout:g}s", timeout)


def _told(status: int, body: dict[str, str]) -> Answer:
    return Answer(status, msgspec.json.encode(body), True, True, 0.05, {"content-type": "application/json"})


class ActingFetcher(SimulatedFetcher):
    """One URL, of which fixes also ask for more than to read it."""

    def __init__(self, api: ActingGateway, url: str, timeout: float) -> None:
        super().__init__(api, url, timeout)
        self._acting = api
        self._where = url
        self._limit = timeout

    async def get(self) -> Answer:
        """The answer. Raises FetchError."""
        self._acting.present()
        return await super().get()

    async def post(self, payload: bytes = b"", url: str = "") -> Answer:
        """The answer, after what was asked for was done. Raises FetchError."""
        return await self._acting.post(url or self._where, payload, self._limit)
