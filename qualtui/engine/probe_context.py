"""What the engine keeps for its probes: blobs, the past, the gateway's status, customers answered by hand."""

import contextlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from itertools import islice

from qualtui.config.values import Aggregate, Config
from qualtui.engine.derived import minute
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.customers import BacklogMarked, ClosingsEnded
from qualtui.model import ClosedUntil
from qualtui.probes.build import Deps
from qualtui.probes.probe import ProbeError
from qualtui.series.evidence import stale_after
from qualtui.store.errors import StoreError
from qualtui.store.ports import Points, Store
from qualtui.text import clean
from qualtui.text.message import Saying, message
from qualtui.tracking.deliverability import Deliverability, GatewayAt, broken_since, deliverability
from qualtui.tracking.manual_closes import Closed

SETTLE_EVERY = 3600.0  # s between two looks at which closings have ended
SETTLED_AFTER = 86400.0  # s beyond what learning again reads
SETTLED_AT_ONCE = 1000  # customers of an agent in one event

PAST = 3600.0  # s of samples that are looked at
DOWN = 300.0  # s: an older word says no longer that the bot is down


class ProbeContext:
    """Store, log and recent samples, as the probes need them."""

    def __init__(self, store: Store, journal: Journal, recent: SampleCache, clock: Callable[[], float]) -> None:
        self._store = store
        self._journal = journal
        self._recent = recent
        self._clock = clock
        self._marks: list[BacklogMarked] = []
        self._ended: list[ClosingsEnded] = []
        self._settled_at: dict[str, float] = {}  # by agent
        self._grouped_from: Mapping[str, ClosedUntil] | None = None
        self._grouped: dict[str, dict[str, ClosedUntil]] = {}  # by agent and lead

    def deps(self, config: Config) -> Deps:
        """What the probes of a configuration are given."""
        return Deps(
            load=self._load,
            save=self._save,
            learned=self._marks.append,
            gateway=partial(self._gateway, config),
            born=self._born,
            backlog_before=self._backlog_before,
            history=self._past,
            minute=minute(config),
            goals=config.goals,
            speed=config.demo.speed,
            retry_text=config.fixes.retry.text,
            broken_for=self._broken_for,
            logged_out=self._logged_out,
            unreachable=self._unreachable,
            answered=self._answered,
            acted_on=self._acted_on,
            down=self._down,
            heard=self._heard,
            by_hand=self._by_hand,
            owed=partial(self._still_owed, config),
        )

    async def keep_marks(self) -> None:
        """Writes the backlog of those fast lanes that have just read all, and which closings have ended."""
        marks, ended = tuple(self._marks), tuple(self._ended)
        self._ended.clear()
        entries = [(mark, f"backlog/{mark.agent}") for mark in marks]
        await self._journal.append(*entries, *((one, "") for one in ended))
        del self._marks[: len(marks)]  # the probes hold this very list

    async def _load(self, name: str) -> bytes | None:
        """A probe's memory from the store; a store that fails has none."""
        with contextlib.suppress(StoreError):
            return await self._journal.read(lambda: self._store.load_tracking(name))
        return None

    async def _save(self, name: str, blob: bytes) -> None:
        with contextlib.suppress(StoreError):
            await self._journal.run(lambda: self._store.save_tracking(name, blob))

    async def _past(self, series: str, since: float, until: float, step: float, how: Aggregate) -> Points:
        """A series' past in bins; raises ProbeError where the store fails."""
        try:
            return await self._journal.read(lambda: self._store.window(series, since, until, step, how))
        except StoreError as error:
            raise ProbeError(clean(error)) from None

    def _gateway(self, config: Config, agent: str) -> GatewayAt:
        """Whether the agent's gateway was working at an instant, from its own samples."""
        settings = config.agents[agent].gateway
        reach = stale_after(settings.interval, settings.timeout) if settings else 0.0
        series = f"{agent}/gateway.working"

        def word(at: float) -> Deliverability:
            samples, now = self._recent.since(series, at - reach), self._clock()
            near = deliverability(samples, at, now, reach)
            if near is not Deliverability.UNKNOWN:
                return near
            return deliverability(self._recent.since(series, at - PAST), at, now, reach, gap=PAST)

        return word

    def _broken_for(self, agent: str) -> float:
        """Return for how many seconds the agent's gateway has not been WORKING, by its samples; 0: it is."""
        now = self._clock()
        since = broken_since(self._recent.since(f"{agent}/gateway.working", now - PAST))
        return 0.0 if since is None else max(0.0, now - since)

    def _logged_out(self, agent: str) -> Saying:
        """The status of a gateway whose session a person must log in; empty: none is needed, or not known."""
        newest = [*self._recent.since(f"{agent}/gateway.needs_human", self._clock() - PAST)][-1:]
        return next((one.note or message("status not kept") for one in newest if one.value), "")

    def _unreachable(self, agent: str) -> Saying:
        """Why a gateway takes no calls: it gave no answer, and was not slow; empty: it does, or not known."""
        since = self._clock() - PAST
        up, silent, seconds = (
            next(iter(self._recent.since(f"{agent}/gateway.{name}", since)[-1:]), None)
            for name in ("up", "silent", "seconds")
        )
        if up is None or up.value != 0 or silent is None or silent.value != 0 or seconds is None:
            return ""
        return "" if seconds.value is not None else up.note or message("no connection")

    def _answered(self, agent: str) -> float | None:
        """When the bot's /health last answered well; None: not within the hour."""
        samples = self._recent.since(f"{agent}/health.up", self._clock() - PAST)
        return next((one.at for one in reversed(samples) if one.value == 1), None)

    def _down(self, agent: str) -> Saying:
        """Why the bot counts as down; empty: it works, or not known."""
        samples = self._recent.since(f"{agent}/health.down", self._clock() - DOWN)
        newest = next((one for one in reversed(samples) if one.at >= self._clock() - DOWN), None)
        return (newest.note or message("down")) if newest is not None and newest.value else ""

    def _heard(self, agent: str) -> float | None:
        """When a customer's newest message was stored; None: not known."""
        samples = self._recent.since(f"{agent}/customers.last_inbound", self._clock() - PAST)
        newest = next(iter(samples[-1:]), None)
        return None if newest is None or newest.value is None else newest.at - newest.value

    def _acted_on(self, agent: str, fix: str) -> frozenset[str]:
        """The subjects of a fix's runs on an agent, but of those that left all as it was."""
        runs = self._journal.state.runs.values()
        mine = (run for run in runs if (run.agent, run.fix) == (agent, fix) and run.outcome != "nothing")
        return frozenset(subject for run in mine for subject in run.subjects)

    def _born(self, agent: str) -> float | None:
        mark = self._journal.state.backlog.get(agent)
        return None if mark is None else mark.before

    def _backlog_before(self, agent: str) -> float | None:
        mark = self._journal.state.backlog.get(agent)
        if mark is None:
            return None
        return mark.before if mark.edge is None else mark.edge

    def _by_hand(self, agent: str) -> Closed:
        """Return who was answered by hand, by lead, and until when."""
        return {lead: one.upto for lead, one in self._closed(agent).items()}

    def _closed(self, agent: str) -> Mapping[str, ClosedUntil]:
        """The State's, grouped once for each State that differs in them: there may be many, and many agents."""
        closed = self._journal.state.closed
        if closed is not self._grouped_from:
            self._grouped_from, self._grouped = closed, {}
            for key, one in closed.items():
                agent_of, _slash, lead = key.partition("/")
                self._grouped.setdefault(agent_of, {})[lead] = one
        return self._grouped.get(agent, {})

    def _still_owed(self, config: Config, agent: str, leads: Collection[str]) -> None:
        """What a person said of a customer ends once no reply is pending, and a new start would not find one."""
        now = self._clock()
        if now < self._settled_at.get(agent, 0.0) + SETTLE_EVERY:
            return
        self._settled_at[agent] = now
        database = config.agents[agent].database
        kept = SETTLED_AFTER + (float(database.horizon) if database else 0.0)
        ended = (lead for lead, one in self._closed(agent).items() if lead not in leads and now - one.at > kept)
        if leads_ended := tuple(islice(ended, SETTLED_AT_ONCE)):
            self._ended.append(ClosingsEnded(agent, leads_ended))
