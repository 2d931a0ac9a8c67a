"""The ways to answer a customer that the bot left waiting. Each says who it reaches, and sends once at most."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote, urlsplit

import msgspec

from qualtui.config.values import AgentSettings, DatabaseSettings, RetrySettings
from qualtui.database import Database, DatabaseError, Kind
from qualtui.fixes.claims import Case, Claim
from qualtui.gateways.gateway import Fate, Gateway, SendResult
from qualtui.http import Answer, Fetcher, FetchError
from qualtui.text.message import Saying, message

AGENT_LIMIT = 150.0  # s; the bot tries three times and sleeps before each, gunicorn ends it after 120
SQL_LIMIT = 30.0  # s
WATCHER = "/leads/run-watcher"


class Strategy(Protocol):
    """A way to answer."""

    @property
    def name(self) -> str:
        """As in the configuration: http, gateway, sql, watcher."""

    @property
    def stores(self) -> str:
        """The text that is to be stored once it was accepted; empty: whoever writes stores it."""

    def out_of_reach(self, case: Case) -> Saying:
        """Why it does not reach this customer; empty where it does."""

    async def send(self, claim: Claim) -> SendResult:
        """Answers once. Never raises; cancellation passes through."""

    async def close(self) -> None:
        """Gives back connections."""


class _Whatsapp(msgspec.Struct, frozen=True):
    message_id: str | None = None
    success: bool = False
    simulado: bool = False
    skipped: str = ""


class _Retried(msgspec.Struct, frozen=True):
    whatsapp: _Whatsapp = _Whatsapp()


_retried = msgspec.json.Decoder(_Retried)


class ByAgent:
    """The agent's own call. Its success says that the gateway accepted the text, `simulado` that it did not."""

    name = "http"
    stores = ""

    def __init__(self, url: str, message_id: Callable[[str], str] = lambda _told: "") -> None:
        """`url`: {id} in it stands for the lead's; `message_id`: the gateway's own form of an id that it gave."""
        self._url = url
        self._message_id = message_id
        self._fetcher = Fetcher(url, {}, AGENT_LIMIT, keep=False)

    def out_of_reach(self, case: Case) -> Saying:
        """It may be tried with anybody: the agent refuses customers that it does not know."""
        del case
        return ""

    async def send(self, claim: Claim) -> SendResult:
        """Asks the agent, once."""
        try:
            answer = await self._fetcher.post(url=self._url.replace("{id}", quote(claim.case.lead, safe="")))
        except FetchError as error:
            return SendResult(Fate.REFUSED if error.unsent else Fate.DOUBT, error.text)
        if answer.status != 200:
            return _plain(answer)
        try:
            said = _retried.decode(answer.body).whatsapp
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return SendResult(Fate.DOUBT, message("an answer that says nothing of a delivery"))
        if said.skipped:
            return SendResult(Fate.REFUSED, message("the bot skipped it"))
        if said.success and not said.simulado:
            return SendResult(Fate.ACCEPTED, message=self._message_id(said.message_id or ""))
        return SendResult(Fate.DOUBT, message("the bot could not say that it was delivered"))

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


class ByGateway:
    """A configured text through the gateway; accepted means that the gateway answered 201."""

    name = "gateway"

    def __init__(self, gateway: Gateway, text: str) -> None:
        self.stores = text
        self._gateway = gateway

    def out_of_reach(self, case: Case) -> Saying:
        """A row of messages needs a session, and WhatsApp a phone."""
        if case.session is None:
            return message("no session to store the answer in")
        return "" if case.dialable else message("its phone is not one")

    async def send(self, claim: Claim) -> SendResult:
        """Sends, once."""
        return await self._gateway.send(claim.place, self.stores)

    async def close(self) -> None:
        """The gateway is closed by whoever made it."""


class BySql:
    """A configured statement that makes the bot write. It returns what it changed, not a delivery."""

    name = "sql"
    stores = ""

    def __init__(self, database: DatabaseSettings, statement: str) -> None:
        self._statement = statement
        dsn = database.write_dsn or database.dsn
        self._writes = Database(dsn, pooler=database.pooler, connect_timeout=float(database.timeout))

    def out_of_reach(self, case: Case) -> Saying:
        """It may be tried with anybody."""
        del case
        return ""

    async def send(self, claim: Claim) -> SendResult:
        """Run the statement in a separate transaction."""
        try:
            async with self._writes.write(SQL_LIMIT) as session:
                told = await session.execute(self._statement, claim.case.lead)
        except DatabaseError as error:
            return SendResult(Fate.DOUBT if error.kind in {Kind.GONE, Kind.TIMEOUT} else Fate.REFUSED, error.text)
        if told.rpartition(" ")[2] == "0":
            return SendResult(Fate.REFUSED, message("the statement changed no row"))
        return SendResult(Fate.ASKED)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._writes.close()


class ByWatcher:
    """Makes the bot read its sheet now. It says ok without a sheet too, so nothing is delivered by its word."""

    name = "watcher"
    stores = ""

    def __init__(self, url: str, channels: tuple[str, ...]) -> None:
        self._channels = channels
        self._fetcher = Fetcher(url, {}, AGENT_LIMIT, keep=False)

    def out_of_reach(self, case: Case) -> Saying:
        """The sheet holds those who were never written to and never wrote."""
        if case.session is not None or case.said is not None or case.heard is not None:
            return message("the bot wrote to it before")
        return "" if case.channel in self._channels else message("not from the sheet")

    async def send(self, claim: Claim) -> SendResult:
        """Asks the agent to read its sheet, once."""
        del claim
        try:
            answer = await self._fetcher.post()
        except FetchError as error:
            return SendResult(Fate.REFUSED if error.unsent else Fate.DOUBT, error.text)
        return SendResult(Fate.ASKED) if answer.status == 200 else _plain(answer)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def _plain(answer: Answer) -> SendResult:
    refused = 400 <= answer.status < 500
    return SendResult(Fate.REFUSED if refused else Fate.DOUBT, answer.words)


def bot_calls(agent: AgentSettings, settings: RetrySettings) -> dict[str, str]:
    """By way, where the bot is asked; {id} stands for the lead's. None where its address is not known."""
    if agent.health is None:
        return {}
    parts = urlsplit(agent.health.url)
    paths = {"http": settings.http, "watcher": WATCHER if settings.watcher else ""}
    return {name: f"{parts.scheme}://{parts.netloc}{path}" for name, path in paths.items() if path}


def strategies_of(agent: AgentSettings, settings: RetrySettings, gateway: Gateway | None) -> tuple[Strategy, ...]:
    """What the configuration gives, in the order in which it is tried."""
    found: list[Strategy] = []
    calls = bot_calls(agent, settings)
    if "http" in calls:
        found.append(ByAgent(calls["http"], gateway.message_id) if gateway is not None else ByAgent(calls["http"]))
    if settings.text and gateway is not None:
        found.append(ByGateway(gateway, settings.text))
    if settings.sql.strip() and agent.database is not None:
        found.append(BySql(agent.database, settings.sql))
    if "watcher" in calls:
        found.append(ByWatcher(calls["watcher"], settings.channels))
    return tuple(found)
