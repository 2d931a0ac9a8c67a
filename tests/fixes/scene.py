"""A bot's database, a gateway, customers who wait, and engines that retry them; the clock is ours."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from qualtui.config.values import (
    AgentSettings,
    DatabaseSettings,
    GatewaySettings,
    HealthSettings,
    Mapping,
    Seconds,
    Secret,
)
from qualtui.config.values import RetrySettings as Settings
from qualtui.database import Database
from qualtui.fixes.claims import Claims
from qualtui.fixes.fix import FixError
from qualtui.fixes.retry import Retry, Tools
from qualtui.fixes.strategies import Strategy, strategies_of
from qualtui.gateways.registry import gateway_of
from qualtui.probes.chat_matching import ChatMatching
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.gateway_chats import GatewayChatsProbe
from qualtui.probes.probe import ProbeError
from qualtui.tracking.deliverability import GatewayAt as Word
from qualtui.tracking.deliverability import no_gateway
from qualtui.wire import CustomerView
from tests.fixes.waha import Waha
from tests.postgres import AgentDatabase

TEXT = "Desculpe a demora!"
MINUTE = 60.0
# What system_logs holds of a customer who was answered: accepted by the gateway, then delivered.
ANSWERED = [f"qualtui_retry_{event}" for event in ("claim", "accepted", "delivered")]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now: float | None = None) -> None:
        self.now = time.time() if now is None else now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Eyes:
    """The fast lane of one engine: who waits, in truth."""

    def __init__(self, dsn: Secret, word: Word = no_gateway, chats: GatewayChatsProbe | None = None) -> None:
        self._database = Database(dsn)
        self._chats = chats
        match = None
        if chats is not None:
            match = ChatMatching(Mapping(), lambda: chats.chats, chats.refresh, 60.0, self._nothing, self._forget)
        self.probe = CustomersProbe(
            "bot",
            self._database,
            DatabaseSettings(dsn=dsn),
            Mapping(),
            gateway=word,
            load=self._nothing,
            save=self._forget,
            learned=lambda _mark: None,
            born=time.time() - 86400.0,
            match=match,
        )

    async def __call__(self) -> Sequence[CustomerView]:
        if self._chats is not None:
            with suppress(ProbeError):  # an engine asks it apart: where it fails, what it read before stays
                await self._chats.ask(time.time())
        await self.probe.ask(time.time())
        return await self.probe.who()

    async def sure(self) -> Sequence[CustomerView]:
        try:
            await self.probe.ask(time.time())
            return await self.probe.who(certain=True)
        except ProbeError as error:
            raise FixError(str(error)) from None

    async def close(self) -> None:
        await self.probe.close()
        if self._chats is not None:
            await self._chats.close()

    async def _nothing(self) -> bytes | None:
        return None

    async def _forget(self, blob: bytes) -> None:
        pass


class Engine:
    """One engine's retry on a database; `close` gives everything back."""

    def __init__(
        self,
        database: AgentDatabase,
        waha: Waha | None = None,
        *,
        write: Secret | None = None,
        clock: Clock | None = None,
        word: Word = no_gateway,
        agent_url: str = "",
        ways: tuple[Strategy, ...] | None = None,
        chats: bool = False,
        **settings: object,
    ) -> None:
        given: dict[str, object] = {"text": TEXT, "hours": "", "pace": Seconds(10), **settings}
        self.settings = Settings(**given)  # type: ignore[arg-type]
        self.clock = clock or Clock()
        seen = GatewayChatsProbe("bot", waha.settings, lambda: time.time() - 86400.0) if chats and waha else None
        self.eyes = Eyes(database.dsn, word, seen)
        probe = DatabaseSettings(dsn=database.dsn, write_dsn=write or database.dsn, timeout=Seconds(5))
        waha_settings: GatewaySettings | None = waha.settings if waha is not None else None
        agent = AgentSettings(
            database=probe,
            gateway=waha_settings,
            health=HealthSettings(url=f"{agent_url}/health") if agent_url else None,
        )
        gateway = gateway_of(waha_settings) if waha_settings is not None else None
        chosen = strategies_of(agent, self.settings, gateway) if ways is None else ways
        chat = self.eyes.probe.chat_id if chats else None
        tools = Tools(
            self.eyes, chosen, gateway, self.clock, self.clock.sleep, self.eyes.sure if chats else None, chat
        )
        claims = Claims("bot", probe, Mapping(), float(self.settings.window))
        self.fix = Retry("bot", claims, Mapping(), self.settings, tools)

    async def close(self) -> None:
        await self.fix.close()
        await self.eyes.close()


async def owed(database: AgentDatabase, number: int, age: float = 10 * MINUTE) -> tuple[str, str]:
    """A customer whose last word nobody answered: the lead, and the phone's digits."""
    phone = f"55119000{number:05d}"
    lead = await database.lead(age + 60, telefone=phone)
    session = await database.session(lead, age + 60)
    await database.message(lead, session, "enviada", age + 50)
    await database.message(lead, session, "recebida", age)
    return lead, phone


async def told(database: AgentDatabase) -> list[str]:
    """What system_logs holds, oldest first."""
    rows = await database.connection.fetch("SELECT evento FROM system_logs ORDER BY created_at")
    return [row[0] for row in rows]
