"""Restarts the gateway's session: stop and start, its login stays. Success: it is WORKING."""

import asyncio
from collections.abc import Awaitable, Callable

from qualtui.config.values import GatewayRestartSettings as Settings
from qualtui.config.values import GatewaySettings
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.gateway_session import restart_session, session_status
from qualtui.gateways.gateway import SessionState
from qualtui.gateways.registry import gateway_of, kind_of
from qualtui.text.message import Saying, Text, message
from qualtui.wire import PreviewItem

LOOKS = 40  # at the status, over the whole timeout ...
LONGEST = 1.0  # ... but at least one a second
LEAVES = 5.0  # s after which a session that was WORKING and is WORKING has been restarted between two looks
THOUGH_WORKING = "though-working"
GRACE = 10.0  # s beyond the timeout for the calls themselves


class GatewayRestart:
    """Implements Remedy. `sleep` is asyncio's, given for tests.

    `broken_for`: the seconds for which the session has not been WORKING; 0: not known.
    """

    name = "gateway-restart"

    def __init__(
        self,
        agent: str,
        gateway: GatewaySettings,
        settings: Settings,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        despite: Callable[[], Saying] = lambda: "",
        broken_for: Callable[[], float] = lambda: 0.0,
        logged_out: Callable[[], Saying] = lambda: "",
        unreachable: Callable[[], Saying] = lambda: "",
    ) -> None:
        """`despite`: why a session that says WORKING is to be restarted all the same; empty where it is not.

        `logged_out`: the status by which a person must log in; empty: none is needed, as far as is known.
        `unreachable`: why the gateway takes no calls; empty: it does, as far as is known.
        """
        self._unreachable = unreachable
        self._logged_out = logged_out
        self._despite = despite
        self.agent = agent
        self.unavailable = ""
        self.limit = float(settings.timeout) + 2 * float(gateway.timeout) + GRACE
        self._settings = settings
        self._gateway = gateway_of(gateway)
        self._product = kind_of(gateway).label
        self._sleep = sleep
        self._broken_for = broken_for

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Restart {product}'s session", product=self._product)

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return message("Stops and starts the session; the login stays. It sends no answers by itself.")

    @property
    def not_now(self) -> Saying:
        """A session that is logged out needs a person, and a gateway that takes no calls takes no restart."""
        if why := self._unreachable():
            return message(
                "the gateway takes no calls ({why}), and a restart is one: start the gateway itself. {call}",
                why=why,
                call=self._whom(),
            )
        status = self._logged_out()
        return self._scan(status) if status else ""

    @property
    def final(self) -> Saying:
        """Why a run can't be undone."""
        return message("a restart can't be undone")

    @property
    def unstoppable(self) -> Saying:
        """Why a run that has begun is not stopped."""
        return message("the gateway accepted the restart")

    async def preview(self, mode: str) -> Plan:
        """Return the session's status now. Raises FixError, also where a restart fixes nothing."""
        _no_mode(mode)
        status = await session_status(self._gateway)
        session, word = self._gateway.session, str(status.note)
        refused: Saying = ""
        how, despite = "", self._despite()
        warnings: tuple[Saying, ...] = ()
        if status.can_send and despite:
            how = THOUGH_WORKING
            warnings = (message("The session says WORKING; it is restarted because: {why}", why=despite),)
        elif status.can_send:
            refused = message("the session is WORKING: a restart would only interrupt it")
        elif status.needs_human:
            refused = self._scan(word)
        elif status.state is SessionState.STARTING:
            warnings = (message("It is starting already: give it a minute before you restart it again"),)
        return Plan(
            title=message("Restarts the WhatsApp session {session}", session=session),
            explain=(
                self.explain,
                message("Success: the session is WORKING within {limit:span}.", limit=self._patience()),
            ),
            items=(PreviewItem(session, self._product, word, 0.0 if status.can_send else self._broken_for()),),
            subjects=(session,),
            mode=how,
            warnings=warnings,
            refused=refused,
        )

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:  # noqa: ARG002
        """Restarts, and looks until it is WORKING or a person is needed. Raises FixError."""
        if plan.refused:
            raise FixError(plan.refused)
        though = plan.mode == THOUGH_WORKING
        if not though and (await session_status(self._gateway)).can_send:
            return Outcome("nothing", message("The session works again already"))
        await restart_session(self._gateway)
        clock = asyncio.get_running_loop().time
        started = clock()
        leaves = min(LEAVES, float(self._settings.timeout) / 4)
        step = min(LONGEST, float(self._settings.timeout) / LOOKS)
        word, left = "", not though
        while clock() - started < self._settings.timeout:
            await self._sleep(step)
            try:
                status = await session_status(self._gateway)
            except FixError as error:  # it may be away for a moment while it starts
                word, left = str(error), True
                continue
            word, left = str(status.note), left or not status.can_send
            if status.can_send and (left or clock() - started >= leaves):
                told = message("The session is WORKING, {took:span} after the restart", took=clock() - started)
                return Outcome("ok", told, plan.subjects)
            if status.needs_human:
                raise FixError(message("Restarted, but {problem}", problem=self._scan(word)))
        raise FixError(
            message(
                "Restarted, but not WORKING within {limit:span}: {state}. {call}",
                limit=self._patience(),
                state=word,
                call=self._whom(),
            )
        )

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """The session's status now. Raises FixError."""
        status = await session_status(self._gateway)
        done = subjects if status.can_send else ()
        return Outcome("ok" if done else "nothing", message("the session is {state} now", state=status.note), done)

    async def undo(self, done: tuple[str, ...]) -> Outcome:  # noqa: ARG002
        """There is none. Raises FixError."""
        raise FixError(self.final)

    async def close(self) -> None:
        """Gives back connections."""
        await self._gateway.close()

    def _patience(self) -> float:
        return max(1.0, float(self._settings.timeout))

    def _scan(self, status: Saying) -> Text:
        return message(
            "WhatsApp is logged out ({status}): a person must log in with the phone. {call}",
            status=status,
            call=self._whom(),
        )

    def _whom(self) -> Text:
        if self._settings.call:
            return message("Call {person}", person=self._settings.call)
        return message("Who to call: `call` in [fixes.gateway-restart] is not set")


def _no_mode(mode: str) -> None:
    if mode:
        raise FixError(message("no mode '{mode}'; this fix has none", mode=mode[:20]))
