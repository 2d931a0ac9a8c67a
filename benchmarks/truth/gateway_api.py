"""The gateway's HTTP answers, as the product's probes fetch them: the world's chats, by the habits of the day."""

from collections.abc import Callable, Mapping
from email.utils import formatdate
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from benchmarks.truth.faults import Kind
from benchmarks.truth.gateway import Chat
from benchmarks.truth.records import Message
from benchmarks.truth.world import World
from qualtui.http import Answer, Failure, FetchError

OURS = "5511900000000@c.us"  # the bot's own number
HABITS = (Kind.LIDS, Kind.LIDS_UNLINKED, Kind.DOUBLED, Kind.REQUEST_TIME)
_NOT_FOUND = b'{"statusCode":404,"message":"Not Found"}'


class GatewayApi:
    """Answers for the world's present instant. `epoch`: the wall clock at its second 0."""

    def __init__(self, world: World, epoch: float) -> None:
        self._world = world
        self._epoch = epoch
        self._encoded: dict[tuple[str, Kind | None], tuple[int, list[bytes]]] = {}

    def fetcher(
        self, url: str, headers: dict[str, str], timeout: float, *, keep: bool, **_more: object
    ) -> "SimulatedFetcher":
        """Stands in for qualtui.http.Fetcher."""
        del headers, keep
        return SimulatedFetcher(self, url, timeout)

    def get(self, url: str, timeout: float) -> Answer:
        """The answer to a GET. Raises FetchError as a real one fails."""
        network, status = self._world.network(), self._world.gateway.status()
        if network == "no route":
            raise FetchError(Failure.LOCAL, "no route from here", 0.0)
        if network or status.startswith("no answer"):
            raise FetchError(Failure.TIMEOUT, f"no answer in {timeout:g}s", timeout)
        if not status:
            raise FetchError(Failure.REFUSED, "refused", 0.0)
        parts = urlsplit(url)
        path = [unquote(part) for part in parts.path.split("/") if part]
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        code, body = self._answer(path, asked, status)
        date = formatdate(self._epoch + self._world.now, usegmt=True)
        return Answer(code, body, True, True, 0.02, {"date": date, "content-type": "application/json"})

    def _answer(self, path: list[str], asked: Mapping[str, str], status: str) -> tuple[int, bytes]:
        scene = self._world.scene
        nobody = scene.on(Kind.ME_NULL)
        me = None if nobody or status != "WORKING" else {"id": OURS, "pushName": "bot"}
        match path:
            case ["api", "sessions", _session]:
                return 200, msgspec.json.encode({"name": "default", "status": status, "me": me})
            case ["api", "sessions", _session, "me"]:
                return 200, msgspec.json.encode(me)
            case ["api", _session, "lids", lid]:
                return self._linked(lid)
            case ["api", _session, "chats", *rest]:
                if status != "WORKING":
                    return 422, b'{"error":"Session status is not as expected"}'
                if scene.on(Kind.CHATS_AWAY):
                    return 500, b'{"statusCode":500,"message":"Internal server error"}'
                if rest == ["overview"]:
                    return 200, self._overview(int(asked["limit"]), int(asked["offset"])) if not nobody else b"[]"
                if len(rest) == 2 and rest[1] == "messages":
                    return self._messages(rest[0], int(asked["limit"]))
        return 404, _NOT_FOUND

    def _linked(self, lid: str) -> tuple[int, bytes]:
        """GET /api/{session}/lids/{lid}."""
        lid = lid if lid.endswith("@lid") else f"{lid}@lid"
        found = self._world.gateway.by_lid.get(lid)
        unlinked = found is None or self._world.scene.on(Kind.LIDS_UNLINKED)
        return 200, msgspec.json.encode({"lid": lid, "pn": None if unlinked or found is None else found.name})

    def _habit(self) -> Kind | None:
        return next((kind for kind in HABITS if self._world.scene.on(kind)), None)

    def _overview(self, limit: int, offset: int) -> bytes:
        habit = self._habit()
        parts: list[bytes] = []
        for chat in reversed(self._world.gateway.chats.values()):
            parts += self._summaries(chat, habit)
            if len(parts) >= offset + limit:
                break
        return b"[" + b",".join(parts[offset : offset + limit]) + b"]"

    def _summaries(self, chat: Chat, habit: Kind | None) -> list[bytes]:
        """A chat in the overview: once, or under both of its names."""
        known = self._encoded.get((chat.name, habit))
        if known is not None and known[0] == chat.changes and habit is not Kind.REQUEST_TIME:
            return known[1]
        names = {Kind.LIDS: [chat.lid], Kind.LIDS_UNLINKED: [chat.lid], Kind.DOUBLED: [chat.lid, chat.name]}
        found = [
            msgspec.json.encode(
                {"id": name, "name": "somebody", "lastMessage": self._message(chat.said[-1], name, habit)}
            )
            for name in (names.get(habit, [chat.name]) if habit else [chat.name])
        ]
        self._encoded[chat.name, habit] = (chat.changes, found)
        return found

    def _message(self, said: Message, name: str, habit: Kind | None) -> dict[str, object]:
        """One message. Where it bears the time of the request, that of ours is not when it was sent."""
        at = self._world.now if habit is Kind.REQUEST_TIME and said.ours else said.at
        told: dict[str, object] = {
            "id": f"{str(said.ours).lower()}_{name}_{said.number:X}",
            "timestamp": int(self._epoch + at),
            "from": OURS if said.ours else name,
            "to": name if said.ours else OURS,
            "fromMe": said.ours,
            "body": said.text,
            "hasMedia": False,
        }
        return told if said.ack is None else {**told, "ack": said.ack}

    def _messages(self, name: str, limit: int) -> tuple[int, bytes]:
        habit = self._habit()
        gateway = self._world.gateway
        chat = gateway.chats.get(name) or gateway.by_lid.get(name)
        if chat is None:
            return 404, _NOT_FOUND
        newest = reversed(chat.said[-limit:])
        return 200, msgspec.json.encode([self._message(one, name, habit) for one in newest])


class SimulatedFetcher:
    """One URL."""

    def __init__(self, api: GatewayApi, url: str, timeout: float) -> None:
        self._api = api
        self._url = url
        self._timeout = timeout

    async def get(self) -> Answer:
        """The answer. Raises FetchError."""
        return self._api.get(self._url, self._timeout)

    async def close(self) -> None:
        """Nothing is held."""


Fetchers = Callable[..., SimulatedFetcher]
