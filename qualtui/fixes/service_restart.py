"""Restarts the bot's service at its host. Success: a new instance runs, and the bot answers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from qualtui.config.values import HostSettings, HostWrite
from qualtui.config.values import ServiceRestartSettings as Settings
from qualtui.diagnosis.root_cause import SERVICE_RESTART
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.host_service import accepted, asked, not_allowed, until
from qualtui.hosts.host import Instance
from qualtui.hosts.registry import host_of, kind_of
from qualtui.text.message import Saying, Text, counted, message
from qualtui.wire import PreviewItem

BACK = 86_400.0  # s of deploys that are looked at
GRACE = 30.0  # s beyond the timeout for the calls themselves


class ServiceRestart:
    """Implements Fix. Its subjects are the instances that it replaces; without any, the service.

    `answered`: when the bot's /health last answered well; None: it is not polled.
    """

    name = SERVICE_RESTART
    not_now = ""

    def __init__(
        self,
        agent: str,
        host: HostSettings,
        settings: Settings,
        clock: Callable[[], float],
        answered: Callable[[], float | None] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.agent = agent
        self.unavailable = not_allowed(agent, host, HostWrite.RESTART)
        self.limit = float(settings.timeout) + 4 * float(host.timeout) + GRACE
        self._patience = float(settings.timeout)
        self._host = host_of(host)
        self._service = host.service
        self._product = kind_of(host).label
        self._clock = clock
        self._answered = answered
        self._sleep = sleep

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Restart the bot's service")

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return message(
            "Starts the bot again at its host. A reply that is being sent is cut off; nothing is deployed."
        )

    @property
    def final(self) -> Saying:
        """Why a run can't be undone."""
        return message("a restart can't be undone")

    @property
    def unstoppable(self) -> Saying:
        """Why a run that has begun is not stopped."""
        return message("the host accepted the restart")

    async def preview(self, mode: str) -> Plan:
        """Return the service and its instances now. Raises FixError, also where a restart fixes nothing."""
        if mode:
            raise FixError(message("no mode '{mode}'; this fix has none", mode=mode[:20]))
        now = self._clock()
        service = await asked(self._host.service())
        running = await asked(self._host.instances())
        deploys = await asked(self._host.deploys(now - BACK))
        refused: Saying = ""
        if service.suspended:
            refused = message("the service is suspended: resume it on the host's page")
        elif any(one.running for one in deploys):
            refused = message("a deploy is running: it starts the bot again by itself")
        return Plan(
            title=message("Restarts the bot's service {service}", service=service.name or self._service),
            explain=(
                self.explain,
                message("Success: a new instance, and the bot answers within {limit:span}.", limit=self._patience),
            ),
            items=self._items(running, now),
            subjects=tuple(one.id for one in running) or (self._service,),
            mode="",
            refused=refused,
        )

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:  # noqa: ARG002
        """Restart once, then look until the bot answers. Raises FixError."""
        if plan.refused:
            raise FixError(plan.refused)
        old = frozenset(plan.subjects)
        before = await asked(self._host.instances())
        if before and all(one.id not in old for one in before):
            return Outcome("nothing", message("It was restarted meanwhile, by somebody else"))
        began = self._clock()
        sure = await accepted(self._host.restart())
        if not await until(lambda: self._replaced(old), self._patience, self._sleep):
            raise FixError(
                _late(self._patience) if sure else message("no answer to the restart, and no new instance")
            )
        left = self._patience - (self._clock() - began)
        if self._answered is not None and not await until(lambda: self._answers(began), left, self._sleep):
            raise FixError(
                message(
                    "A new instance runs, but the bot does not answer within {limit:span}", limit=self._patience
                )
            )
        took = self._clock() - began
        if self._answered is None:
            return Outcome(
                "ok", message("A new instance runs, {took:span} after the restart", took=took), plan.subjects
            )
        return Outcome("ok", message("The bot answers, {took:span} after the restart", took=took), plan.subjects)

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """Which of the instances run no more. Raises FixError."""
        running = {one.id for one in await asked(self._host.instances())}
        if not running:
            return Outcome("nothing", message("no instance runs"))
        gone = tuple(one for one in subjects if one not in running and one != self._service)
        said = counted("{count} instance was replaced", "{count} instances were replaced", len(gone))
        return Outcome("ok" if gone else "nothing", said, gone)

    async def undo(self, done: tuple[str, ...]) -> Outcome:  # noqa: ARG002
        """There is none. Raises FixError."""
        raise FixError(self.final)

    async def close(self) -> None:
        """Gives back connections."""
        await self._host.close()

    async def _replaced(self, old: frozenset[str]) -> bool:
        running = await asked(self._host.instances())
        return bool(running) and all(one.id not in old for one in running)

    async def _answers(self, since: float) -> bool:
        at = None if self._answered is None else self._answered()
        return at is not None and at > since

    def _items(self, running: Sequence[Instance], now: float) -> tuple[PreviewItem, ...]:
        if not running:
            return (PreviewItem(self._service, self._product, message("no instance runs"), 0.0),)
        return tuple(
            PreviewItem(one.id, self._product, message("runs now"), max(0.0, now - one.since)) for one in running
        )


def _late(limit: float) -> Text:
    return message("Restarted, but no new instance within {limit:span}", limit=limit)
