"""The demo's Render: one service with deploys, events, an instance and metrics; it runs the simulated bot."""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from qualtui.demo.pace import Pace

MEMORY_LIMIT = 512e6  # bytes
CPU_LIMIT = 0.5  # cores
_BASE = 190e6  # bytes of a bot that has just started
_LEAK = 11e6 / 60  # bytes a virtual second: from 85 % to the limit takes seven minutes
_CALM, _BURN = 0.03, 0.47  # cores
_BOOT = 20.0  # virtual seconds until a new instance answers
_WAKE = 50.0  # virtual seconds of a cold start
_AGAIN = 6  # steps between two starts of an instance that crashes
_STEP = 5.0  # virtual seconds between two looks at the memory
_LIVE_FOR = 3 * 86_400.0  # s: the first deploy's age
_KEPT = 5000  # answers and log lines
_LETTERS = "0123456789abcdefghijklmnopqrstuv"


class HostDeploy(msgspec.Struct):
    """A deploy. `bad`: its code fails on every message."""

    id: str
    commit: str
    trigger: str
    status: str
    at: float
    ended: float
    bad: bool = False


class SimulatedHost:
    """The state behind the API. `run_bot` starts and stops the bot's process; `bad_code` gets what runs."""

    def __init__(
        self,
        pace: Pace,
        seed: int,
        run_bot: Callable[[bool], Awaitable[None]],
        bad_code: Callable[[bool], None],
    ) -> None:
        self._pace = pace
        self._rng = random.Random(seed + 7)  # noqa: S311 - ids and noise, nothing secret
        self._run_bot = run_bot
        self._bad_code = bad_code
        self._turn = asyncio.Lock()
        self.service = self._id("srv")
        self.owner = self._id("tea")
        self.suspended = False
        self.leaking: float | None = None  # since when the running instance leaks
        self.leaks = False  # every instance does
        self.burning = False
        self.crashes = False  # every instance ends before it answers
        self.wakes: float | None = None  # when a service that slept answers again
        self.limited = False  # every call is answered 429
        self.auto_deploy = True
        now = time.time()
        self.deploys = [self._deploy("new_commit", "live", now - _LIVE_FOR)]
        self.events: list[dict[str, Any]] = []
        self.instance, self.since = self._instance(), self.deploys[0].ended
        self.answers: deque[tuple[float, int, float]] = deque(maxlen=_KEPT)  # of the webhook: when, status, s
        self.lines: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def _id(self, kind: str, length: int = 20) -> str:
        return f"{kind}-{''.join(self._rng.choice(_LETTERS) for _ in range(length))}"

    def _instance(self) -> str:
        return f"{self.service}-{''.join(self._rng.choice(_LETTERS) for _ in range(5))}"

    def _deploy(self, trigger: str, status: str, at: float, *, bad: bool = False) -> HostDeploy:
        commit = "".join(self._rng.choice("0123456789abcdef") for _ in range(40))
        return HostDeploy(self._id("dep"), commit, trigger, status, at, at, bad)

    # --- what the bot's process reports ---

    def answered(self, status: int, seconds: float = 0.0) -> None:
        """The webhook answered after so many virtual seconds."""
        self.answers.append((time.time(), status, seconds))

    def log(self, text: str, level: str = "info") -> None:
        """A line of the bot's log."""
        labels = {"resource": self.service, "instance": self.instance, "level": level, "type": "app"}
        self.lines.append(
            {
                "id": self._id("log", 24),
                "message": text,
                "timestamp": stamp(time.time()),
                "labels": [{"name": name, "value": value} for name, value in labels.items()],
            }
        )

    # --- what happens to the service ---

    def happened(self, kind: str, details: dict[str, Any] | None = None) -> None:
        """Notes an event, the newest first."""
        event = {
            "id": self._id("evt"),
            "timestamp": stamp(time.time()),
            "serviceId": self.service,
            "type": kind,
            "details": details or {},
        }
        self.events.insert(0, event)

    async def _boot(self, pause: float) -> None:
        """A new instance in place of the old one, after so many virtual seconds without any."""
        await self._run_bot(False)
        await self._pace.sleep(pause)
        self.instance, self.since = self._instance(), time.time()
        self.leaking = self.since if self.leaks else None
        self.log("Application services initialised")
        if not self.suspended and not self.crashes:
            await self._run_bot(True)

    async def restart(self) -> None:
        """A restart by a person or the API; it ends a leak."""
        async with self._turn:
            self.leaks = False
            self.happened("server_restarted", {"triggeredByUser": None})
            await self._boot(0.0)
            self.happened("server_available")

    async def deploy(self, trigger: str, *, bad: bool = False, commit: str = "") -> HostDeploy:
        """A deploy that succeeds and goes live; what its code does is another matter."""
        async with self._turn:
            new = self._deploy(trigger, "live", time.time(), bad=bad)
            new.commit = commit or new.commit
            flags = ("firstBuild", "envUpdated", "manual", "deployedByRender", "clearCache")
            why = {**dict.fromkeys(flags, False), "rollback": trigger == "rollback", "newCommit": new.commit}
            self.happened("deploy_started", {"deployId": new.id, "trigger": why})
            for old in self.deploys:
                old.status = "deactivated" if old.status == "live" else old.status
            self.deploys.insert(0, new)
            self._bad_code(bad)
            await self._boot(0.0)
            new.ended = time.time()
            ended = {"deployId": new.id, "deployStatus": "succeeded", "reason": {}, "status": 2}
            self.happened("deploy_ended", ended)
            return new

    async def rollback(self, deploy: str) -> HostDeploy | None:
        """Deploys an older deploy again; None where there is none that was live."""
        found = next((one for one in self.deploys if one.id == deploy and one.status == "deactivated"), None)
        return None if found is None else await self.deploy("rollback", bad=found.bad, commit=found.commit)

    async def suspend(self, on: bool) -> None:
        """Free hours used up, or paid for again."""
        async with self._turn:
            self.suspended = on
            self.happened("service_suspended" if on else "service_resumed")
            if on:
                await self._run_bot(False)
            else:
                await self._boot(0.0)

    def leak(self, on: bool) -> None:
        """From now on memory grows, or no longer."""
        self.leaks = on
        self.leaking = time.time() if on else None

    async def crash(self, on: bool) -> None:
        """From now on every instance ends before it answers, or the next one runs."""
        async with self._turn:
            self.crashes = on
            if on:
                await self._run_bot(False)
                self._crashed()
            else:
                await self._boot(0.0)
                self.happened("server_available")

    def _crashed(self) -> None:
        self.log("Failed to initialise services", "critical")
        self.happened("server_failed", {"instanceID": self.instance, "reason": {"nonZeroExit": 1}})

    def sleep(self, on: bool) -> None:
        """An idle service of a free plan was put to sleep: the next request wakes it, and waits so long."""
        self.wakes = time.time() + self._pace.real(_WAKE) if on else None

    async def _woken(self) -> None:
        async with self._turn:
            self.wakes = None
            await self._boot(0.0)
            self.happened("server_available")

    @property
    def bad(self) -> bool:
        """Whether the code that is live is bad."""
        return next(one for one in self.deploys if one.status == "live").bad

    # --- what is measured ---

    def memory(self, at: float) -> float:
        """Bytes at a time."""
        grown = 0.0 if self.leaking is None else max(0.0, at - self.leaking) * self._pace.speed * _LEAK
        return min(MEMORY_LIMIT, _BASE + 4e6 * math.sin(at / 7) + grown)

    def cpu(self, at: float) -> float:
        """Cores at a time."""
        return (_BURN if self.burning else _CALM) * (1 + 0.05 * math.sin(at / 5))

    async def run(self) -> None:
        """Kills an instance that has no memory left, starts another; ends those that crash, wakes the service."""
        crashed = 0
        while True:
            await asyncio.sleep(max(0.05, self._pace.real(_STEP)))
            crashed = crashed + 1 if self.crashes else 0
            if crashed == _AGAIN:
                crashed = 0
                self._crashed()
            if self.wakes is not None and time.time() >= self.wakes:
                await self._woken()
            if self.leaking is not None and self.memory(time.time()) >= MEMORY_LIMIT:
                await self.out_of_memory()

    async def out_of_memory(self) -> None:
        """Render kills the instance, and starts another."""
        async with self._turn:
            reason = {"oomKilled": {"memoryLimit": "512Mi"}}
            self.happened("server_failed", {"instanceID": self.instance, "reason": reason})
            await self._boot(_BOOT)
            self.happened("server_available")


def stamp(at: float) -> str:
    """A time as Render writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
