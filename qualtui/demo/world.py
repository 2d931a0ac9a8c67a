"""Everything that the demo runs, wired together."""

import asyncio
import itertools
import random
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web

from qualtui.demo.agent import BotSettings, SimulatedBot
from qualtui.demo.catcher import Catcher
from qualtui.demo.cluster import Cluster
from qualtui.demo.flood import Flood
from qualtui.demo.gateway import NOISY, QUIET, SimulatedGateway
from qualtui.demo.history import Ongoing, Past, last_words, write_history
from qualtui.demo.listener import Listener, Mode
from qualtui.demo.pace import Pace
from qualtui.demo.persona import Persona, persona, plan
from qualtui.demo.proxy import DatabaseProxy
from qualtui.demo.render import SimulatedHost
from qualtui.demo.render_api import render_application
from qualtui.demo.schema import DATABASE, Variant, ensure_schema
from qualtui.demo.stuck import StuckSessions
from qualtui.demo.switches import BotSwitches
from qualtui.demo.traffic import Customer, Traffic
from qualtui.demo.waha_api import waha_application

_EXTRA_NUMBER = 97_000  # phones of customers that a fault or a person calls in


class Settings(msgspec.Struct, frozen=True):
    """How the demo is started."""

    folder: str
    speed: float = 20.0
    seed: int = 1
    start_hour: float = 10.0
    variant: Variant = Variant.WORKING
    traffic: bool = True
    history_hours: float = 48.0
    extras: bool = False


class World:
    """The running system. `run` drives it; faults and stories act on its parts."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pace = Pace(settings.speed, settings.start_hour)
        self.cluster = Cluster(Path(settings.folder))
        self.proxy = DatabaseProxy()
        self.switches = BotSwitches()
        self.traffic = Traffic(self.pace, settings.seed, self._write)
        self.gateway = SimulatedGateway(
            self.pace,
            settings.seed,
            self.traffic.delivered,
            self.traffic.nudge,
            events=QUIET if settings.variant.clean else NOISY,
        )
        self.waha_key = secrets.token_hex(12)
        self.waha = Listener(self._waha)
        self.agent = Listener(self._agent)
        self.bot_mode = Mode.UP  # what a fault wants of its process, while the host runs it
        self.host = SimulatedHost(self.pace, settings.seed, self._host_runs, self.switches.run_code)
        self._hosted = True
        self.render_key = f"rnd_{secrets.token_hex(12)}"
        self.render = Listener(self._render)
        self.catcher = Catcher()
        self.stuck = StuckSessions(self.pace, settings.seed, self.traffic, self.gateway.recall)
        self.flood = Flood(self.pace, self.gateway, self.traffic)
        self._passwords: dict[str, str] = {}
        self._rng = random.Random(settings.seed + 3)  # noqa: S311 - invented customers
        self._extra = 0
        self._lives = 0
        self._leads = 0
        self._ongoing: list[Ongoing] = []

    def _write(self, phone: str, name: str, text: str) -> None:
        self.gateway.receive(phone, name, text)

    def _waha(self) -> web.Application:
        return waha_application(self.gateway, self.pace, self.waha_key)

    def _render(self) -> web.Application:
        return render_application(self.host, self.render_key, time.time)

    async def _host_runs(self, on: bool) -> None:
        self._hosted = on
        await self.run_bot(self.bot_mode)

    async def run_bot(self, mode: Mode) -> None:
        """Sets how the bot's process behaves; one that the host does not run is down."""
        self.bot_mode = mode
        if self.host.wakes is not None and mode is Mode.UP:
            mode = Mode.HANGING
        await self.agent.become(mode if self._hosted else Mode.DOWN)

    def _agent(self) -> web.Application:
        self._lives += 1
        settings = BotSettings(
            dsn=self.dsn("agent_app"),
            waha_url=self.waha.url,
            waha_key=self.waha_key,
            seed=self.settings.seed + self._lives,
            extras=self.settings.extras,
            answered=self.host.answered,
            log=self._bot_wrote,
            unheard=self.traffic.unheard,
        )
        return SimulatedBot(settings, self.pace, self.switches).application()

    def _bot_wrote(self, text: str, level: str) -> None:
        """A line of the bot's log, as its library forms it."""
        at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.host.log(f"{at} [{level:<8}] {text}", level)

    def dsn(self, role: str) -> str:
        """A role's DSN, through the proxy."""
        return (
            f"postgresql://{role}:{self._passwords[role]}@127.0.0.1:{self.proxy.port}/{DATABASE}?sslmode=disable"
        )

    async def open(self) -> None:
        """Starts every part. Raises ClusterError."""
        await self.cluster.prepare()
        await self.start_database()
        self._passwords = await ensure_schema(self.cluster, self.settings.variant)
        self.stuck.dsn = self.cluster.dsn(DATABASE)
        past = Past(
            seed=self.settings.seed,
            hours=self.settings.history_hours,
            start_hour=self.settings.start_hour,
            speed=self.settings.speed,
            now=time.time(),
            variant=self.settings.variant,
        )
        self._leads, self._ongoing = await write_history(self.cluster.dsn(DATABASE), past)
        self.gateway.recall(await last_words(self.cluster.dsn(DATABASE)))
        await self.waha.become(Mode.UP)
        await self.agent.become(Mode.UP)
        await self.render.become(Mode.UP)
        await self.catcher.become(Mode.UP)
        self.pace.restart()

    async def start_database(self) -> None:
        """PostgreSQL and the way to it. Raises ClusterError."""
        await self.cluster.start()
        await self.proxy.open(self.cluster.socket_path)

    async def stop_database(self) -> None:
        """A real stop: refused, and every connection gone."""
        await self.proxy.close()
        await self.cluster.stop()

    async def run(self) -> None:
        """Drives gateway, customers and faults until cancelled."""
        for one in self._ongoing if self.settings.traffic else ():
            self.traffic.go_on(one.persona, one.answered, one.due)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.gateway.run(f"{self.agent.url}/webhook"))
            tasks.create_task(self.traffic.run(self._plan()))
            tasks.create_task(self.stuck.run())
            tasks.create_task(self.flood.run())
            tasks.create_task(self.host.run())

    async def close(self) -> None:
        """Stops every part."""
        await self.agent.close()
        await self.waha.close()
        await self.render.close()
        await self.catcher.close()
        await self.stop_database()

    def _plan(self) -> Iterator[Persona]:
        whole = plan(self.settings.seed, self.settings.start_hour, first=self._leads + 1)
        return whole if self.settings.traffic else itertools.islice(whole, 0)

    def call_in(self, delay: float = 0.0, name: str = "") -> Customer:
        """One more customer, who writes after so many virtual seconds."""
        self._extra += 1
        someone = persona(self._rng, 0.0, _EXTRA_NUMBER + self._extra % 1000)
        return self.traffic.expect(msgspec.structs.replace(someone, name=name or someone.name), delay)
