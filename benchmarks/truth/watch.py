"""The product's own judgement over a simulated week, on a fake clock: ledger, chain, why, rules and log."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.truth.faults import DAY, MUST, Fault, Kind
from benchmarks.truth.witness import EPOCH, Witness
from benchmarks.truth.world import World
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import Agent, Config, DatabaseProbe, Demo, HealthProbe, Secret, WahaProbe
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.recent import Recent
from qualtui.engine.view import View
from qualtui.model import Phase, RuleChanged, Sample, Severity
from qualtui.signals.book import Book, What
from qualtui.signals.gateway import GatewayWord, gateway_word
from qualtui.signals.ledger import Checked, Page, advance, begun, current, due, recheck
from qualtui.signals.reading import stale_after
from qualtui.signals.rhythm import HOUR, Rhythm, expected, hour_of_week, learned
from qualtui.signals.tally import Limits, answers, figures
from qualtui.store import Store
from qualtui.wire import EngineView, Now

BOT = "bot"
TICK = 5.0  # s: the fast lane's interval and the gateway's
WAITS = {Severity.CRITICAL: 590.0, Severity.WARNING: 175.0}  # s of waiting in truth that explain an incident
LOOK = 12  # ticks between two looks at the screen while nothing is wrong


class Alarm(msgspec.Struct, frozen=True):
    """An incident that began to fire, or got worse."""

    at: float  # virtual seconds since the week's start
    rule: str
    severity: Severity
    why: str
    true_wait: float  # the longest wait in truth at that moment


def configuration() -> Config:
    """Defaults throughout: what a user gets who writes only addresses."""
    agent = Agent(
        health=HealthProbe(url="http://127.0.0.1/health"),
        database=DatabaseProbe(dsn=Secret("postgresql://127.0.0.1/agent")),
        waha=WahaProbe(url="http://127.0.0.1"),
    )
    return Config(agents={BOT: agent}, rules=BUILT_IN, demo=Demo())


class Watch:
    """Asks the world as the probes would, and judges as the engine does."""

    def __init__(self, world: World, store: Store, rhythm: Rhythm) -> None:
        self.world = world
        self._rhythm = rhythm
        self.now = EPOCH
        self.config = configuration()
        agent = self.config.agents[BOT]
        assert agent.health
        assert agent.waha
        assert agent.database
        self._health = agent.health
        self._reach = stale_after(agent.waha.interval, agent.waha.timeout)
        self._limits = Limits(grace=agent.database.grace, lost_after=agent.database.lost_after)
        self.recent = Recent(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self._view = View(self.recent, self.config)
        self._evaluator = Evaluator(self.journal, self.recent, self._cause, lambda: self.now)
        self._stale()
        self._ledger = begun(EPOCH, 3600.0, EPOCH, agent.database.refused_takes)
        self._read = 0
        self._next_chats = EPOCH
        self._chats_every = float(agent.waha.chats_interval)
        self._witness = Witness(world)
        self._next_health = EPOCH
        self._answer: tuple[float, tuple[Sample, ...]] | None = None

    def _stale(self) -> None:
        lanes = {"db.up": 5.0, "db.seconds": 5.0, "customers.waiting": 5.0, "waha.up": 5.0, "waha.working": 5.0}
        known = figures(begun(EPOCH, 1.0), current(begun(EPOCH, 1.0), EPOCH, self._word), EPOCH, self._limits)
        lanes |= dict.fromkeys((*known, "inbound.expected"), 5.0)
        intervals = {f"{BOT}/{name}": (every, 5.0) for name, every in lanes.items()}
        for name in ("health.up", "health.refused", "health.seconds"):
            intervals[f"{BOT}/{name}"] = (float(self._health.interval), float(self._health.timeout))
        self._evaluator.use(self.config, self._view.use(self.config, intervals))

    def _cause(self, agent: str) -> str:
        return self._view.cause(agent, self.now)

    def _word(self, at: float) -> GatewayWord:
        return gateway_word(self.recent.since(f"{BOT}/waha.working", at - self._reach), at, self.now, self._reach)

    async def tick(self) -> tuple[Alarm, ...]:
        """One interval: the world moves, the probes ask, the rules judge."""
        self.now += TICK
        self.world.run(self.now - EPOCH)
        blind = self.world.on(Kind.OUR_NETWORK)
        for samples in (self._ask_health(blind), self._ask_gateway(blind), self._ask_database(blind)):
            self.recent.add(samples)
        self.recent.add(self._view.derive(BOT, self.now))
        pages = []
        for event in await self._evaluator.look((BOT,)):
            change = event.body
            if isinstance(change, RuleChanged) and change.new is Phase.FIRING:
                wait = self.world.oldest_wait()
                pages.append(Alarm(self.now - EPOCH, change.rule, change.severity, change.cause, wait))
        return tuple(pages)

    def screen(self) -> Now:
        """What the screen's NOW box says at this moment."""
        engine = EngineView(0, "", "", 0, self.now, 0)
        return self._view.snapshot(self.journal.state, engine, lambda _agent, _fix: "", self.now).agents[0].now

    def _samples(self, values: dict[str, float | None], note: str = "") -> tuple[Sample, ...]:
        return tuple(Sample(f"{BOT}/{name}", self.now, value, note) for name, value in values.items())

    def _ask_health(self, blind: bool) -> tuple[Sample, ...]:
        if self._answer is not None and self.now >= self._answer[0]:
            samples, self._answer = self._answer[1], None
            return tuple(msgspec.structs.replace(sample, at=self.now) for sample in samples)
        if self._answer is None and self.now >= self._next_health:
            self._next_health += self._health.interval
            if blind:
                names = dict.fromkeys(("health.up", "health.refused", "health.seconds"))
                return self._samples(names, "no route from here")
            seconds, word = self.world.health()
            note = "" if word == "ok" else "no answer in 30s" if word == "timeout" else word
            values = {"health.up": float(word == "ok"), "health.refused": float(word == "refused")}
            self._answer = (self.now + seconds, self._samples({**values, "health.seconds": seconds}, note))
        return ()

    def _ask_gateway(self, blind: bool) -> tuple[Sample, ...]:
        if blind:
            return self._samples({"waha.up": None, "waha.working": None}, "no route from here")
        word = self.world.gateway()
        good = float(word == "WORKING")
        silent = not word or word.startswith("no answer")
        up = self._samples({"waha.up": float(not silent)}, (word or "refused") if silent else "")
        if good and self.now >= self._next_chats:
            self._next_chats = self.now + self._chats_every
            self._witness.read(self.now)
        return (*up, *self._samples({"waha.working": good}, word or "refused"))

    def _ask_database(self, blind: bool) -> tuple[Sample, ...]:
        names = figures(self._ledger, self._ledger.book, self.now, self._limits)
        if blind or self.world.on(Kind.DATABASE_DOWN):
            note = "no route from here" if blind else "refused"
            down = {"db.up": None if blind else 0.0, "db.seconds": None, **dict.fromkeys(names)}
            return self._samples(down, note)
        rows = [msgspec.structs.replace(row, at=EPOCH + row.at) for row in self.world.rows[self._read :]]
        self._read = len(self.world.rows)
        for row in rows:
            self._witness.take_in(row)
        leads = Page(tuple(row for row in rows if not row.session))
        messages = Page(tuple(row for row in rows if row.session))
        self._ledger = advance(self._ledger, messages, leads, self.now, self._word)
        book = current(self._ledger, self.now, self._word)
        owed = due(self._ledger, book, 10)
        sessions = {book.owed[lead].session: True for lead in owed}
        checked = Checked(owed, dict.fromkeys(owed, "em_qualificacao"), sessions)
        self._ledger = recheck(self._ledger, book, checked, self.now, "finalizado")
        self._ledger, merged = self._witness.matched(self._ledger, book)
        seconds = 2.5 if self.world.on(Kind.DATABASE_SLOW) else 0.002
        return (
            *self._samples({"db.up": 1.0, "db.seconds": seconds, **self._silence(book)}),
            *(
                Sample(f"{BOT}/{name}", self.now, *answer)
                for name, answer in answers(self._ledger, merged, self.now, self._limits).items()
            ),
        )

    def _silence(self, book: Book) -> dict[str, float | None]:
        """How many customers the rhythm would have brought since the last one."""
        if not self._rhythm.enough or book.last_in is None:
            return {"inbound.expected": None}
        return {"inbound.expected": expected(self._rhythm, book.last_in, self.now)}


class Week(msgspec.Struct, frozen=True):
    """What a simulated week gave."""

    faults: tuple[Fault, ...]
    pages: tuple[Alarm, ...]
    customers: int
    rows: int
    noise: int
    worst_wait: float  # in truth, outside of faults
    seen: dict[int, float] = {}  # by fault: seconds until the screen was not calm and said its why
    uncalm: float = 0.0  # share of the looks at the screen, outside of faults, at which it was not calm


def rhythm_of(world: World, days: float) -> Rhythm:
    """What the rows of the days before the week would have taught: `world` is run to its end."""
    world.run(days * DAY)
    start = EPOCH - days * DAY
    wrote = {(int((start + row.at) // HOUR), row.lead) for row in world.rows if row.what is What.RECEIVED}
    counts = Counter(hour_of_week(hour * HOUR) for hour, _lead in wrote)
    return learned(counts, start, EPOCH)


async def watched(
    world: World, faults: Sequence[Fault], days: float, folder: Path, rhythm: Rhythm | None = None
) -> Week:
    """Runs a week to its end."""
    with Store.open(folder / "truth.db") as store:
        watch = Watch(world, store, rhythm or Rhythm())
        pages: list[Alarm] = []
        worst, ticks = 0.0, 0
        seen: dict[int, float] = {}
        looks: list[bool] = []
        while watch.now < EPOCH + days * DAY:
            pages += await watch.tick()
            at, ticks = watch.now - EPOCH, ticks + 1
            near = [n for n, fault in enumerate(faults) if fault.begin <= at < fault.end + 1800]
            if not near:
                worst = max(worst, world.oldest_wait())
                if ticks % LOOK == 0:
                    looks.append(watch.screen().calm)
            elif faults[near[0]].on(at) and near[0] not in seen and says(watch.screen(), faults[near[0]].kind):
                seen[near[0]] = at - faults[near[0]].begin
        uncalm = looks.count(False) / max(1, len(looks))
        return Week(
            tuple(faults), tuple(pages), len(world.customers), len(world.rows), world.noise, worst, seen, uncalm
        )


def says(now: Now, kind: Kind) -> bool:
    """Whether the screen is not calm, and has the right why."""
    return not now.calm and any(word in now.why for word in MUST[kind].why.split("|"))


def unexplained(week: Week) -> list[Alarm]:
    """Incidents of any severity but INFO that nothing in truth explains."""
    return [page for page in week.pages if page.severity is not Severity.INFO and not _explained(week, page)]


def _explained(week: Week, page: Alarm) -> bool:
    waits = page.true_wait > WAITS[page.severity]
    return waits or any(fault.begin <= page.at < fault.end + 900 for fault in week.faults)


class Found(msgspec.Struct, frozen=True):
    """Whether a fault was told: after how many seconds, and with the right why on its first page."""

    fault: Fault
    after: float | None
    right: bool
    seen: float | None  # after how many seconds the screen said the right why


def found(week: Week) -> list[Found]:
    """For each fault when its rule told it as severely as it must, and whether the first word of it was right."""
    result = []
    for number, fault in enumerate(week.faults):
        must = MUST[fault.kind]
        pages = [
            page for page in week.pages if page.rule == must.rule and fault.begin <= page.at < fault.end + 900
        ]
        told = next((page.at - fault.begin for page in pages if page.severity == must.severity), None)
        right = bool(pages) and any(word in pages[0].why for word in must.why.split("|"))
        result.append(Found(fault, told, right, week.seen.get(number)))
    return result
