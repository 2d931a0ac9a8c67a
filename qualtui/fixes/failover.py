"""S32: moves the gateway's webhook to a standby of the bot, or back. By hand: two bots must never answer both."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from qualtui.config.values import GatewaySettings, StandbySettings
from qualtui.diagnosis.root_cause import FAILBACK, FAILOVER
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.gateway_session import session_status
from qualtui.fixes.host_service import until
from qualtui.gateways.gateway import GatewayError, WebhookMove
from qualtui.gateways.registry import gateway_of, kind_of
from qualtui.http import Fetcher, FetchError
from qualtui.text.message import Saying, Text, message
from qualtui.wire import PreviewItem

GRACE = 60.0  # s beyond the timeout for the calls themselves
STEP = 10.0  # s of one request to a bot's /health


class FailoverTools(msgspec.Struct, frozen=True):
    """What both directions work with.

    `down`: why the bot counts as broken; empty: it works, or that is not known. `heard`: when a customer's newest
    message was stored; None: no database says.
    """

    down: Callable[[], Saying]
    heard: Callable[[], float | None]
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Failover:
    """Implements Fix. `back`: from the standby to the bot, else from the bot to the standby."""

    not_now = ""
    unavailable: Saying

    def __init__(
        self,
        agent: str,
        gateway: GatewaySettings,
        health: str,
        standby: StandbySettings | None,
        tools: FailoverTools,
        *,
        back: bool = False,
    ) -> None:
        """`health`: the address of the bot's /health."""
        self.name = FAILBACK if back else FAILOVER
        self.agent = agent
        self.unavailable = "" if standby is not None else message("no standby configured")
        self._standby = StandbySettings(url="") if standby is None else standby
        self.limit = float(self._standby.timeout) + GRACE
        self._gateway = gateway_of(gateway)
        self._product = kind_of(gateway).label
        self._back = back
        spare = self._standby.url.rstrip("/") + self._standby.health
        self._from, self._to = (spare, health) if back else (health, spare)
        self._tools = tools

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Fail back to the bot") if self._back else message("Fail over to the standby")

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return message("Moves the session's webhook to the other address, and starts the session again.")

    @property
    def final(self) -> Saying:
        """Why a run can't be undone."""
        if self._back:
            return message("failover moves it again")
        return message("failback moves it back")

    @property
    def unstoppable(self) -> Saying:
        """Why a run that has begun is not stopped."""
        return message("the gateway accepted the new address")

    async def preview(self, mode: str) -> Plan:
        """Return both addresses, and why it may not be. Raises FixError."""
        if mode:
            raise FixError(message("no mode '{mode}'; this fix has none", mode=mode[:20]))
        move = await self._planned()
        item = PreviewItem(self._gateway.session, self._product, message("webhook: {old}", old=move.old), 0.0)
        return Plan(
            title=message("Moves the webhook from {old} to {new}", old=move.old, new=move.new),
            explain=(
                self.explain,
                message("All else of the session's configuration is kept (digest {digest}).", digest=move.digest),
                message("Only one of both gets messages at any time."),
            ),
            items=(item,),
            subjects=(move.new,),
            mode="",
            refused=await self._against(),
        )

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:  # noqa: ARG002
        """Move the address once, then look until the session works and a message came. Raises FixError."""
        if against := plan.refused or await self._against():
            raise FixError(against)
        try:
            move = await self._gateway.move_webhook(self._from, self._to)
        except GatewayError as error:
            raise FixError(error.text) from None
        began, patience = self._tools.clock(), float(self._standby.timeout)
        if not await until(self._works, patience, self._tools.sleep):
            raise FixError(message("The webhook is moved, but the session is not WORKING: restart it"))
        left = max(0.0, patience - (self._tools.clock() - began))
        came = await until(lambda: self._came(began), left, self._tools.sleep)
        said = (
            message("a message came through it")
            if came
            else message("no customer wrote since: nothing proves yet that messages come through")
        )
        return Outcome(
            "ok" if came else "accepted",
            message("The webhook is {new} now; {said} (digest before: {digest})", new=move.new, said=said,
                    digest=move.digest),
            plan.subjects,
        )  # fmt: skip

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """Whether the gateway posts to the new address. Raises FixError."""
        try:
            move = await self._gateway.planned_move(self._to, self._from)
        except GatewayError as error:
            return Outcome("nothing", message("the webhook was not moved: {reason}", reason=error.text))
        return Outcome("ok", message("the webhook is {new} now", new=move.old), subjects)

    async def undo(self, done: tuple[str, ...]) -> Outcome:  # noqa: ARG002
        """There is none. Raises FixError."""
        raise FixError(self.final)

    async def close(self) -> None:
        """Gives back connections."""
        await self._gateway.close()

    async def _planned(self) -> WebhookMove:
        try:
            return await self._gateway.planned_move(self._from, self._to)
        except GatewayError as error:
            raise FixError(error.text) from None

    async def _against(self) -> Saying:
        """Why the webhook may not be moved now; empty where it may."""
        if not self._back and not self._tools.down():
            return message("the bot is not known to be broken: both would answer")
        if why := await _unwell(self._to):
            return message("the other one is not well: {why}", why=why)
        return ""

    async def _works(self) -> bool:
        return bool((await session_status(self._gateway)).can_send)

    async def _came(self, since: float) -> bool:
        at = self._tools.heard()
        return at is not None and at > since


async def _unwell(url: str) -> Text | Saying:
    """Why a bot does not answer its /health with 200; empty where it does."""
    fetcher = Fetcher(url, {}, STEP, keep=False)
    try:
        answer = await fetcher.get()
    except FetchError as error:
        return error.text
    finally:
        await fetcher.close()
    return "" if answer.status == 200 else answer.words
