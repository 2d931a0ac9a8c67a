"""The faults of the demo, by name: each does something real, can be switched off again, and may be set twice."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec

from qualtui.demo.cluster import ClusterError
from qualtui.demo.listener import Mode
from qualtui.demo.persona import Persona
from qualtui.demo.world import World
from qualtui.text import _

# An invented number of the kind that no phone has: the bot answers 55 and this, which is somebody else.
FOREIGNER = Persona(0.0, "12025550123", "Pat Example", "Hello, do you also work with clients abroad?", (), ())
FOREIGNER_ANSWER = "Hello! Yes, we do. A colleague writes to you here."
_SLOW = 3.0  # virtual seconds that a slow database adds to each answer
_SLOW_LEAST = 0.25  # real seconds
_FELT = frozenset(
    {
        "bad-deploy",
        "customers-unanswered",
        "sends-failing",
        "sends-hanging",
        "sends-refused",
        "logged-out",
        "error-burst",
    }
)  # they only show when a customer writes
_CALLED_IN = (2.0, 12.0, 25.0)  # virtual seconds after which customers write, so that a fault is felt


class UnknownFaultError(Exception):
    """There is no fault of this name."""


class FaultError(Exception):
    """The fault can't be switched now; one line."""


class FaultView(msgspec.Struct, frozen=True):
    """A fault as the control server lists it. `since`: Unix time, None while off."""

    name: str
    on: bool
    title: str
    since: float | None


class Faults:
    """Switches faults of one world, one at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._since: dict[str, float] = {}
        self._turn = asyncio.Lock()
        self._table: dict[str, tuple[str, Callable[[bool], Awaitable[None]]]] = {
            "agent-down": (_("The agent refuses connections"), self._agent),
            "agent-hanging": (_("The agent accepts and never answers"), self._agent),
            "database-stopped": (_("PostgreSQL is stopped"), self._database),
            "database-slow": (_("Every answer of the database is late"), self._slow),
            "sessions-stuck": (_("Four sessions make the bot fail"), self._stuck),
            "customers-unanswered": (_("The bot stores messages and does not answer"), self._unanswered),
            "sends-failing": (_("WAHA's session is FAILED; the bot stores its messages as sent"), self._sends),
            "sends-hanging": (_("WAHA says WORKING, accepts each send and never answers it"), self._hanging),
            "sends-refused": (
                _("WAHA says WORKING and refuses each send with HTTP 422 or 500"),
                self._habit("refuses"),
            ),
            "logged-out": (_("WhatsApp is logged out: a person with the phone has to log in"), self._logged_out),
            "error-burst": (_("The webhook answers 500 to every message"), self._errors),
            "flood": (_("One phone writes without end"), self._flood),
            "foreign-number": (
                _("A customer from another country writes, and the bot puts 55 before the number"),
                self._foreign,
            ),
            "chats-hidden": (
                _("WAHA lists chats under hidden ids (@lid) alone, without their phones"),
                self._habit("hidden"),
            ),
            "chats-doubled": (
                _("WAHA lists each chat twice: under its hidden id (@lid) and its number"),
                self._habit("doubled"),
            ),
            "chats-request-time": (
                _("WAHA dates our messages with the time of the request"),
                self._habit("request_time"),
            ),
            "acks-pending": (_("Acks stay PENDING on messages that arrived"), self._habit("pending")),
            "session-nameless": (
                _("WAHA says WORKING, has no number (me: null) and lists no chats"),
                self._habit("nameless"),
            ),
            "memory-leak": (_("The bot's memory grows until Render kills it, or a restart ends it"), self._leak),
            "cpu-burn": (_("The bot takes nearly all of its CPU"), self._burn),
            "bad-deploy": (_("A deploy whose code answers 500 to every message"), self._deploy),
            "suspended": (_("Render suspends the service: its free hours are used up"), self._suspended),
            "crash-loop": (_("The bot ends at each start; Render starts it again and again"), self._crash),
            "cold-start": (
                _("Render put the idle service to sleep: the next request waits"),
                self._cold,
            ),
            "host-down": (_("Render's API refuses connections"), self._render),
            "host-limited": (_("Render's API answers 429 to everything"), self._limited),
            "catcher-down": (_("The notice catcher refuses connections"), self._catcher),
            "catcher-hangs": (_("The notice catcher never answers"), self._catcher),
            "catcher-drips": (_("The notice catcher answers a byte at a time"), self._catcher),
        }

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._table)

    def views(self) -> list[FaultView]:
        """All of them, as they stand."""
        return [
            FaultView(name, self.is_on(name), title, self._since.get(name) if self.is_on(name) else None)
            for name, (title, _act) in self._table.items()
        ]

    def is_on(self, name: str) -> bool:
        """Whether it lasts. A new session ends sends-failing and sends-hanging, a rollback or restart a fault."""
        logged_out = "logged-out" in self._since and self._world.gateway.needs_qr
        if name == "logged-out":
            return logged_out
        if name == "sends-hanging":
            return self._world.gateway.hanging
        if name == "cold-start":
            return self._world.host.wakes is not None
        if name == "bad-deploy":
            return self._world.host.bad
        if name == "memory-leak":
            return self._world.host.leaks
        if name == "sends-failing":
            return self._world.gateway.broken and not logged_out
        return name in self._since

    async def switch(self, name: str, on: bool, *, call_in: bool = True) -> None:
        """Switches one; what is so already stays. Raises UnknownFaultError, FaultError.

        `call_in`: a fault that only customers can feel brings three of them.
        """
        if name not in self._table:
            raise UnknownFaultError(name)
        async with self._turn:
            if self.is_on(name) is on:
                return
            before = dict(self._since)
            if on:
                self._since[name] = time.time()
            else:
                self._since.pop(name, None)
            try:
                await self._table[name][1](on)
            except (ClusterError, OSError, TimeoutError, asyncpg.PostgresError) as error:
                self._since = before
                text = str(error) if isinstance(error, ClusterError) else type(error).__name__
                raise FaultError(f"{name}: {text}") from error
            if not on:
                self._world.traffic.nudge()
            elif call_in and name in _FELT:
                for delay in _CALLED_IN:
                    self._world.call_in(delay)

    async def _agent(self, _on: bool) -> None:
        mode = Mode.UP
        if "agent-hanging" in self._since:
            mode = Mode.HANGING
        if "agent-down" in self._since:
            mode = Mode.DOWN
        await self._world.run_bot(mode)

    async def _database(self, on: bool) -> None:
        await (self._world.stop_database() if on else self._world.start_database())

    async def _slow(self, on: bool) -> None:
        self._world.proxy.delay = max(_SLOW_LEAST, self._world.pace.real(_SLOW)) if on else 0.0

    async def _stuck(self, on: bool) -> None:
        await (self._world.stuck.start() if on else self._world.stuck.stop())

    async def _unanswered(self, on: bool) -> None:
        self._world.switches.unanswered = on

    async def _sends(self, on: bool) -> None:
        if on:
            self._world.gateway.fail()
        else:
            self._world.gateway.repair()

    async def _logged_out(self, on: bool) -> None:
        if on:
            self._world.gateway.log_out_from_phone()
        else:
            self._world.gateway.repair()

    def _habit(self, name: str) -> Callable[[bool], Awaitable[None]]:
        """Switches one of the gateway's habits."""

        async def act(on: bool) -> None:
            setattr(self._world.gateway.habits, name, on)

        return act

    async def _foreign(self, on: bool) -> None:
        if on:
            self._world.traffic.arrive(FOREIGNER, insists=False)
        else:
            self._world.gateway.answer_by_hand(FOREIGNER.phone, FOREIGNER_ANSWER)

    async def _hanging(self, on: bool) -> None:
        self._world.gateway.hanging = on

    async def _errors(self, on: bool) -> None:
        self._world.switches.broken = on

    async def _flood(self, on: bool) -> None:
        (self._world.flood.start if on else self._world.flood.stop)()

    async def _leak(self, on: bool) -> None:
        self._world.host.leak(on)

    async def _burn(self, on: bool) -> None:
        self._world.host.burning = on

    async def _deploy(self, on: bool) -> None:
        host = self._world.host
        if on:
            await host.deploy("new_commit", bad=True)
        else:
            await host.rollback(next(one.id for one in host.deploys if not one.bad))

    async def _crash(self, on: bool) -> None:
        await self._world.host.crash(on)

    async def _cold(self, on: bool) -> None:
        self._world.host.sleep(on)
        await self._agent(on)

    async def _suspended(self, on: bool) -> None:
        await self._world.host.suspend(on)

    async def _render(self, on: bool) -> None:
        await self._world.render.become(Mode.DOWN if on else Mode.UP)

    async def _limited(self, on: bool) -> None:
        self._world.host.limited = on

    async def _catcher(self, _on: bool) -> None:
        mode = Mode.UP
        for name, wanted in (
            ("catcher-drips", Mode.DRIPPING),
            ("catcher-hangs", Mode.HANGING),
            ("catcher-down", Mode.DOWN),
        ):
            if name in self._since:
                mode = wanted
        await self._world.catcher.become(mode)
