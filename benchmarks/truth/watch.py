"""The product's own judgement over a simulated week, on a fake clock: ledger, chain, why, rules and log."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.truth.faults import DAY, MUST, Fault, Kind
from benchmarks.truth.witness import EPOCH, Witness
from benchmarks.truth.world import World
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    Agent,
    Config,
    ControlProbe,
    DatabaseProbe,
    Demo,
    HealthProbe,
    MetricsProbe,
    Secret,
    WahaProbe,
)
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.recent import Recent
from qualtui.engine.view import View
from qualtui.model import Phase, RuleChanged, Sample, Severity
from qualtui.signals.book import Book, What
from qualtui.signals.counters import NAMES, Looks, counters, looked
from qualtui.signals.counters import told as counted
from qualtui.signals.gateway import GatewayWord, gateway_word
from qualtui.signals.ledger import Checked, Page, advance, begun, current, due, recheck
from qualtui.signals.reading import stale_after
from qualtui.signals.rhythm import HOUR, Rhythm, expected, hour_of_week, learned
from qualtui.signals.root import Why
from qualtui.signals.tally import Limits, answers, figures
from qualtui.store import Store
from qualtui.wire import EngineView, Now

BOT = "bot"
HEALTH = ("health.up", "health.refused", "health.seconds", "health.silent")
TICK = 5.0  # s: the fast lane's interval and the gateway's
WAITS = {Severity.CRITICAL: 590.0, Severity.WARNING: 175.0}  # s of waiting in truth that explain an incident
AFTER = 900.0  # s after a trouble in which its incidents may still come, or last
SETTLES = 60.0  # s after a session's restart in which the chats tell what was delivered
# The newest 20 replies may be an hour old: a fault's slow ones are among them. So may sends that have no row.
AFTER_OF = {"reply-slow": 3600.0, "sources-disagree": 3600.0}
LOOK = 12  # ticks between two looks at the screen while nothing is wrong


class Alarm(msgspec.Struct, frozen=True):
    """An incident that began to fire, or got worse."""

    at: float  # virtual seconds since the week's start
    rule: str
    severity: Severity
    why: str
    true_wait: float  # the longest wait in truth at that moment
    slow: bool = False  # whether replies were slow in truth
    summary: str = ""


def configuration() -> Config:
    """Defaults throughout: what a user gets who writes only addresses."""
    agent = Agent(
        health=HealthProbe(url="http://bot.invalid/health"),
        database=DatabaseProbe(dsn=Secret("postgresql://db.invalid/agent")),
        waha=WahaProbe(url="http://waha.invalid"),
        metrics=MetricsProbe(url="http://bot.invalid/metrics"),
        control=ControlProbe(url="http://control.invalid"),
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
        assert agent.metrics
        self._health = agent.health
        self._metrics = agent.metrics
        self._believed = stale_after(agent.metrics.interval, agent.metrics.timeout)
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
        self._next_metrics = EPOCH
        self._counting: tuple[float, float, str] | None = (
            None  # when asked, when answered, and what is wrong with it
        )
        self._looks = Looks()

    def _stale(self) -> None:
        lanes = {"db.up": 5.0, "db.seconds": 5.0, "customers.waiting": 5.0, "waha.up": 5.0, "waha.working": 5.0}
        known = figures(begun(EPOCH, 1.0), current(begun(EPOCH, 1.0), EPOCH, self._word), EPOCH, self._limits)
        lanes |= dict.fromkeys((*known, "inbound.expected", "control.up", "db.silent", "waha.silent"), 5.0)
        intervals = {f"{BOT}/{name}": (every, 5.0) for name, every in lanes.items()}
        for name in HEALTH:
            intervals[f"{BOT}/{name}"] = (float(self._health.interval), float(self._health.timeout))
        counting = (float(self._metrics.interval), float(self._metrics.timeout))
        intervals |= dict.fromkeys((f"{BOT}/{name}" for name in NAMES), counting)
        self._evaluator.use(self.config, self._view.use(self.config, intervals))

    def _cause(self, agent: str) -> Why:
        return self._view.reason(agent, self.now)

    def _word(self, at: float) -> GatewayWord:
        return gateway_word(self.recent.since(f"{BOT}/waha.working", at - self._reach), at, self.now, self._reach)

    async def tick(self) -> tuple[Alarm, ...]:
        """One interval: the world moves, the probes ask, the rules judge."""
        self.now += TICK
        self.world.run(self.now - EPOCH)
        network = self.world.network()
        for ask in (self._ask_health, self._ask_metrics, self._ask_gateway, self._ask_database, self._ask_control):
            self.recent.add(self._view.excused(ask(network), self.now))
        self.recent.add(self._view.derive(BOT, self.now))
        pages = []
        for event in await self._evaluator.look((BOT,)):
            change = event.body
            if isinstance(change, RuleChanged) and change.new is Phase.FIRING:
                wait = self.world.oldest_wait()
                slow, at = self.world.slow(), self.now - EPOCH
                pages.append(Alarm(at, change.rule, change.severity, change.cause, wait, slow, change.summary))
        return tuple(pages)

    def screen(self) -> Now:
        """What the screen's NOW box says at this moment."""
        engine = EngineView(0, "", "", 0, self.now, 0)
        return self._view.snapshot(self.journal.state, engine, lambda _agent, _fix: "", self.now).agents[0].now

    def _samples(self, values: dict[str, float | None], note: str = "") -> tuple[Sample, ...]:
        return tuple(Sample(f"{BOT}/{name}", self.now, value, note) for name, value in values.items())

    def _ask_control(self, _network: str) -> tuple[Sample, ...]:
        return self._samples({"control.up": float(self.world.control())})

    def _ask_health(self, network: str) -> tuple[Sample, ...]:
        if self._answer is not None and self.now >= self._answer[0]:
            samples, self._answer = self._answer[1], None
            return tuple(msgspec.structs.replace(sample, at=self.now) for sample in samples)
        if self._answer is None and self.now >= self._next_health:
            self._next_health += self._health.interval
            if network == "no route":
                return self._samples(dict.fromkeys(HEALTH), "no route from here")
            seconds, word = (30.0, "timeout") if network else self.world.health()
            note = "" if word == "ok" else "no answer in 30s" if word == "timeout" else word
            told = {"up": word == "ok", "refused": word == "refused", "silent": word == "timeout"}
            values = {f"health.{name}": float(value) for name, value in told.items()}
            self._answer = (self.now + seconds, self._samples({**values, "health.seconds": seconds}, note))
        return ()

    def _ask_metrics(self, network: str) -> tuple[Sample, ...]:
        """The probe's own arithmetic over what the worker answers, in its turn."""
        if self._counting is None:
            if self.now < self._next_metrics:
                return ()
            self._next_metrics += self._metrics.interval
            seconds, word = (30.0, network) if network else self.world.health()
            self._counting = (self.now, self.now + seconds, word)
        asked, answered, word = self._counting
        if self.now < answered:
            return ()
        self._counting = None
        if word != "ok":
            return self._samples(dict.fromkeys(NAMES), word)
        self._looks = looked(self._looks, counters(self.world.metrics()), asked, self.now)
        answers_ = counted(self._looks, self.now, self._believed)
        return tuple(Sample(f"{BOT}/{name}", self.now, *answer) for name, answer in answers_.items())

    def _ask_gateway(self, network: str) -> tuple[Sample, ...]:
        if network == "no route":
            return self._samples({"waha.up": None, "waha.working": None}, "no route from here")
        word = "no answer in 5s" if network else self.world.gateway()
        good = float(word == "WORKING")
        silent = word.startswith("no answer")
        gone = silent or not word
        told = {"waha.up": float(not gone), "waha.silent": float(silent)}
        up = self._samples(dict(told), (word or "refused") if gone else "")
        if good and self.now >= self._next_chats:
            self._next_chats = self.now + self._chats_every
            self._witness.read(self.now)
        return (*up, *self._samples({"waha.working": good}, word or "refused"))

    def _ask_database(self, network: str) -> tuple[Sample, ...]:
        names = figures(self._ledger, self._ledger.book, self.now, self._limits)
        if network or self.world.on(Kind.DATABASE_DOWN):
            note = {"": "refused", "silent": "no answer in 5s"}.get(network, "no route from here")
            up = None if network == "no route" else 0.0
            silent = None if up is None else float(network == "silent")
            down = {"db.up": up, "db.silent": silent, "db.seconds": None, **dict.fromkeys(names)}
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
            *self._samples({"db.up": 1.0, "db.silent": 0.0, "db.seconds": seconds, **self._silence(book)}),
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
    harmless: dict[str, int]  # what happened that must alarm nobody
    worst_wait: float  # in truth, outside of faults
    seen: dict[int, float] = {}  # by fault: seconds until the screen was not calm and said its why
    uncalm: float = 0.0  # share of the looks at the screen, outside of trouble, at which it was not calm


def rhythm_of(world: World, days: float) -> Rhythm:
    """What the rows of the days before the week would have taught: `world` is run to its end."""
    world.run(days * DAY)
    start = EPOCH - days * DAY
    wrote: dict[str, float] = {}  # by lead, when it did last
    counts: Counter[int] = Counter()
    for row in sorted(row for row in world.rows if row.what is What.RECEIVED):
        counts[hour_of_week(start + row.at)] += row.at - wrote.get(row.lead, -HOUR) >= HOUR
        wrote[row.lead] = row.at
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
        troubled = 0.0
        while watch.now < EPOCH + days * DAY:
            pages += await watch.tick()
            at, ticks = watch.now - EPOCH, ticks + 1
            near = [n for n, fault in enumerate(faults) if fault.begin <= at < fault.end + 1800]
            if not near:
                worst = max(worst, world.oldest_wait())
                if world.slow() or world.oldest_wait() > WAITS[Severity.WARNING]:
                    troubled = at + AFTER
                if world.gateway() != "WORKING":  # a session that restarts is shown, and what it leaves in doubt
                    troubled = max(troubled, at + SETTLES)
                if ticks % LOOK == 0 and at > troubled:
                    looks.append(watch.screen().calm)
            elif faults[near[0]].on(at) and near[0] not in seen and says(watch.screen(), faults[near[0]].kind):
                seen[near[0]] = at - faults[near[0]].begin
        uncalm = looks.count(False) / max(1, len(looks))
        harmless = dict(world.harmless)
        return Week(
            tuple(faults), tuple(pages), len(world.customers), len(world.rows), harmless, worst, seen, uncalm
        )


def says(now: Now, kind: Kind) -> bool:
    """Whether the screen is not calm, and has the right why."""
    return not now.calm and any(word in now.why for word in MUST[kind].why.split("|"))


def unexplained(week: Week) -> list[Alarm]:
    """Incidents of any severity but INFO that nothing in truth explains."""
    return [page for page in week.pages if page.severity is not Severity.INFO and not _explained(week, page)]


def _explained(week: Week, page: Alarm) -> bool:
    waits = page.true_wait > WAITS[page.severity]
    slow = page.rule == "reply-slow" and page.slow
    after = AFTER_OF.get(page.rule, AFTER)
    return waits or slow or any(fault.begin <= page.at < fault.end + after for fault in week.faults)


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
            page for page in week.pages if page.rule == must.rule and fault.begin <= page.at < fault.end + AFTER
        ]
        told = next((page.at - fault.begin for page in pages if page.severity == must.severity), None)
        right = bool(pages) and any(word in pages[0].why for word in must.why.split("|"))
        result.append(Found(fault, told, right, week.seen.get(number)))
    return result
