"""Deploys the newest deploy again that once was live. Success: it is live, and the bot answers."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import NamedTuple

import msgspec

from qualtui.config.values import DeployRollbackSettings as Settings
from qualtui.config.values import HostSettings, HostWrite
from qualtui.diagnosis.deploy_test import DeployCounts, unproven
from qualtui.diagnosis.root_cause import DEPLOY_ROLLBACK
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.host_service import accepted, asked, not_allowed, until
from qualtui.hosts.host import Deploy, ServiceState, webhook_errors
from qualtui.hosts.registry import host_of
from qualtui.text.message import Saying, Text, message
from qualtui.wire import PreviewItem

BACK = 30 * 86_400.0  # s of deploys that are looked at
GRACE = 60.0  # s beyond the timeout for the calls themselves
STILL = 0.5  # of what came since the rollback: as in S30, where more than this fails nothing is repaired
ENOUGH = 3  # answers or customers, before their share says anything
WATCH = 180.0  # s in which that many may come
BUCKET = 60.0  # s: the host counts answers by the minute, those before the rollback among them

Around = Callable[[float], Awaitable[DeployCounts]]  # the customers around a time; raises FixError


class DeployTools(msgspec.Struct, frozen=True):
    """What a rollback works with.

    `around`: None where no database says who was answered. `answered`: when the bot's /health last answered well;
    None: it is not polled. `tried`: the deploys for which a rollback was begun, by a person or a policy.
    """

    clock: Callable[[], float]
    around: Around | None = None
    answered: Callable[[], float | None] | None = None
    tried: Callable[[], Collection[str]] = tuple
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    speed: float = 1.0


class DeployRollback:
    """Implements Fix. Its one subject is the deploy that it takes back; `mode` of a plan is where it goes."""

    name = DEPLOY_ROLLBACK
    not_now = ""

    def __init__(self, agent: str, host: HostSettings, settings: Settings, tools: DeployTools) -> None:
        self.agent = agent
        self.unavailable = not_allowed(agent, host, HostWrite.ROLLBACK)
        self.limit = float(settings.timeout) + 6 * float(host.timeout) + GRACE
        self._patience = float(settings.timeout)
        self._host = host_of(host)
        self._tools = tools

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Roll the deploy back")

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return message("Switches automatic deploys off, then deploys the code again that was live before.")

    @property
    def final(self) -> Saying:
        """Why a run can't be undone."""
        return message("a rollback can't be undone here: deploy the newer code again on the host's page")

    @property
    def unstoppable(self) -> Saying:
        """Why a run that has begun is not stopped."""
        return message("the host accepted the rollback")

    async def preview(self, mode: str) -> Plan:
        """Return the deploy that is live and the one to go back to. Raises FixError."""
        if mode:
            raise FixError(message("no mode '{mode}'; this fix has none", mode=mode[:20]))
        now = self._tools.clock()
        service = await asked(self._host.service())
        deploys = await asked(self._host.deploys(now - BACK))
        live, tried = _live(deploys), frozenset(self._tools.tried())
        if live is None:
            raise FixError(message("no deploy is live"))
        target = target_of(deploys, live, tried)
        refused: Saying = ""
        if service.suspended:
            refused = message("the service is suspended: resume it on the host's page")
        elif any(one.running for one in deploys):
            refused = message("a deploy is running: wait for its end")
        elif target is None:
            refused = message("no earlier deploy that was live, and was not rolled back, is known")
        return Plan(
            title=message("Rolls back the deploy {commit}", commit=_name(live)),
            explain=self._explanation(service),
            items=tuple(_item(one, what, now) for one, what in _rows(live, target)),
            subjects=(live.id,),
            mode="" if target is None else target.id,
            warnings=await self._warnings(live, tried, now),
            refused=refused,
        )

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:  # noqa: ARG002
        """Switch automatic deploys off, roll back once, then look until it works. Raises FixError."""
        if plan.refused:
            raise FixError(plan.refused)
        now = self._tools.clock()
        live = _live(await asked(self._host.deploys(now - BACK)))
        if live is None or live.id not in plan.subjects:
            return Outcome("nothing", message("Another deploy is live meanwhile"))
        switched = (await asked(self._host.service())).deploys_itself
        if switched:
            await asked(self._host.stop_automatic_deploys())
        began = self._tools.clock()
        await accepted(self._host.rollback(plan.mode))
        if not await until(lambda: self._gone(live), self._patience, self._tools.sleep):
            raise FixError(message("The older code is not live within {limit:span}", limit=self._patience))
        back = self._tools.clock()
        left = max(0.0, self._patience - (back - began))
        if self._tools.answered is not None and not await until(
            lambda: self._answers(back), left, self._tools.sleep
        ):
            raise FixError(message("The older code is live, but the bot does not answer"))
        said = await self._judged(back, max(0.0, self._patience - (self._tools.clock() - began)))
        off = message("automatic deploys are off") if switched else ""
        took = self._tools.clock() - began
        text = message("The older code is live and answers, {took:span} after; {errors}", took=took, errors=said)
        if off:
            text = message("{text}; {off}", text=text, off=off)
        return Outcome("ok", text, plan.subjects)

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """Whether the deploy is live no more. Raises FixError."""
        live = _live(await asked(self._host.deploys(self._tools.clock() - BACK)))
        if live is None or live.id in subjects:
            return Outcome("nothing", message("the deploy is live still"))
        return Outcome("ok", message("the deploy {commit} is live now", commit=_name(live)), subjects)

    async def undo(self, done: tuple[str, ...]) -> Outcome:  # noqa: ARG002
        """There is none. Raises FixError."""
        raise FixError(self.final)

    async def close(self) -> None:
        """Gives back connections."""
        await self._host.close()

    async def _warnings(self, live: Deploy, tried: frozenset[str], now: float) -> tuple[Saying, ...]:
        """What a person has to weigh. No policy runs with any of them."""
        found: list[Saying] = []
        if live.id in tried:
            found.append(message("It was rolled back once already: look at the host's page first"))
        if live.is_rollback:
            found.append(message("What is live is a rollback itself"))
        if self._tools.around is None:
            found.append(message("No database says who was answered: nothing proves that the deploy is the cause"))
            return tuple(found)
        went_live = live.ended or live.at
        counts = await self._tools.around(went_live)
        if why := unproven(counts, max(0.0, now - went_live), self._tools.speed):
            found.append(message("Not proven: {why}", why=why))
        return tuple(found)

    def _explanation(self, service: ServiceState) -> tuple[Saying, ...]:
        push: Saying = (
            message("Automatic deploys are switched off first: the next push would undo the rollback.")
            if service.deploys_itself
            else message("Automatic deploys are off already.")
        )
        limit = message(
            "Success: the older code is live and the bot answers without errors, within {limit:span}.",
            limit=self._patience,
        )
        return self.explain, push, limit

    async def _gone(self, live: Deploy) -> bool:
        """Whether another deploy is live. Raises FixError."""
        now = _live(await asked(self._host.deploys(self._tools.clock() - BACK)))
        return now is not None and now.id != live.id

    async def _answers(self, since: float) -> bool:
        at = None if self._tools.answered is None else self._tools.answered()
        return at is not None and at > since

    async def _judged(self, back: float, left: float) -> Saying:
        """What became of messages since then, in words. Raises FixError where most fail still."""
        said: list[Saying] = []

        async def known() -> bool:
            found = await self._answers_since(back) or await self._customers_since(back)
            if found is None:
                return False
            said.append(found.words)
            if found.failed > STILL * found.all:
                raise _StillFailingError(message("The older code is live, but {errors}", errors=found.words))
            return True

        try:
            watched = await until(known, min(left, WATCH / self._tools.speed), self._tools.sleep)
        except _StillFailingError as error:
            raise FixError(error.text) from None
        return said[-1] if watched else message("no message since")

    async def _answers_since(self, back: float) -> "_Since | None":
        """What the webhook answered, from the first whole bucket on. Raises FixError."""
        now = self._tools.clock()
        if now <= back + BUCKET:
            return None
        counted = (await asked(self._host.requests(back + BUCKET, now))).by_status
        _share, whole, bad = webhook_errors(counted or {})
        words = message("{bad:whole} of {whole:whole} answers failed since", bad=bad, whole=whole)
        return _Since(bad, whole, words) if whole >= ENOUGH else None

    async def _customers_since(self, back: float) -> "_Since | None":
        """Who wrote, and who of them waits. Raises FixError."""
        if self._tools.around is None:
            return None
        counts = await self._tools.around(back)
        failed, whole = counts.since_failed, counts.since
        words = message("{bad:whole} of {whole:whole} customers failed since", bad=failed, whole=whole)
        return _Since(failed, whole, words) if whole >= ENOUGH else None


class _Since(NamedTuple):
    """What came since a rollback, and how much of it failed."""

    failed: float
    all: float
    words: Saying


class _StillFailingError(Exception):
    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def target_of(deploys: Sequence[Deploy], live: Deploy, tried: Collection[str]) -> Deploy | None:
    """The newest older deploy that once was live, of other code, and was never rolled back."""
    bad = {one.commit for one in deploys if one.commit and (one.id in tried or one.id == live.id)}
    return next(
        (
            one
            for one in sorted(deploys, key=lambda one: -one.at)
            if one.once_live and one.at < live.at and one.id not in tried and one.commit not in bad
        ),
        None,
    )


def _live(deploys: Sequence[Deploy]) -> Deploy | None:
    return next((one for one in deploys if one.live), None)


def _name(deploy: Deploy) -> str:
    return deploy.commit[:7] or deploy.id


def _rows(live: Deploy, target: Deploy | None) -> tuple[tuple[Deploy, Saying], ...]:
    """The live deploy, and where it goes."""
    rows: list[tuple[Deploy, Saying]] = [(live, message("live now: is rolled back"))]
    if target is not None:
        rows.append((target, message("live before: deployed again")))
    return tuple(rows)


def _item(deploy: Deploy, why: Saying, now: float) -> PreviewItem:
    return PreviewItem(deploy.id, _name(deploy), why, max(0.0, now - (deploy.ended or deploy.at)))
