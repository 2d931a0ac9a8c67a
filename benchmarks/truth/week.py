"""A simulated week, watched to its end, and what is judged by it: pages, whys, remedies, claims, exit codes."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.truth.faults import DAY, HARMLESS, Fault, Kind
from benchmarks.truth.must import MUST
from benchmarks.truth.watch import EPOCH, Alarm, Look, Notice, Watch
from benchmarks.truth.world import World
from qualtui.model import Severity
from qualtui.series.seasonality import Seasonality
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import NowState

WAITS = {Severity.CRITICAL: 590.0, Severity.WARNING: 175.0}  # s of waiting in truth that explain an incident
AFTER = 900.0  # s after a trouble in which its incidents may still come, or last
SETTLES = 60.0  # s after a session's restart in which the chats show what was delivered
# The newest 20 replies may be an hour old: a fault's slow ones are among them. So may sends that have no row.
# A budget's longest short window is 6 h.
AFTER_OF = {"reply-slow": 3600.0, "sources-disagree": 3600.0, "budget-up": 21_600.0, "budget-answered": 21_600.0}
# What fires for a link of the chain: that somebody waits does not explain it.
OF_LINKS = {
    "agent-down",
    "database-down",
    "database-slow",
    "gateway-not-working",
    "gateway-inbound-silent",
    "blind",
}
LOOK = 12  # ticks between two looks at the screen while nothing is wrong
CLOSER = 3  # ... while something is
CLAIMS = 45.0  # s until every witness has a message: an interval of the chats and the rows, and the overview's lag
RECOVERS = (
    120.0  # s of nothing wrong after which every probe has a good answer: an interval of /health, and its answer
)
REVISED = 180.0  # s in which the why of a page may be made good, where it may
LATE = 15.0  # s of a wait from which a reply may be overdue: one and a half times the bot's slowest, and 5 s
CRITICAL = 2  # exit code
SHARE = 0.7  # of the true 95th percentile of reply times that must be shown, at least, while a queue is answered


class Wrong(msgspec.Struct, frozen=True):
    """A claim that is not true."""

    at: float
    what: str
    says: str


class Seen(msgspec.Struct, frozen=True):
    """The first look at a fault at which the screen said the right why, and the remedies that it offered then."""

    after: float
    fixes: tuple[str, ...] = ()  # at each look with an incident and the right why


class Week(msgspec.Struct, frozen=True):
    """What a simulated week gave."""

    faults: tuple[Fault, ...]
    pages: tuple[Alarm, ...]
    customers: int
    rows: int
    harmless: dict[str, int]  # what happened that must alarm nobody
    worst_wait: float  # in truth, outside of faults
    seen: dict[int, Seen] = {}  # by fault
    uncalm: float = 0.0  # share of the looks at the screen, outside of trouble, at which it was not calm
    alarmed: dict[str, int] = {}  # what it said then
    wrong: tuple[Wrong, ...] = ()  # claims of the headline, exit codes and figures
    revised: dict[int, str] = {}  # by incident: its why a little later
    notices: tuple[Notice, ...] = ()  # that were decided


class _Log:
    """What a week gathers while it runs."""

    def __init__(self, watch: Watch, faults: Sequence[Fault]) -> None:
        self._watch = watch
        self._world = watch.world
        self._faults = faults
        self.pages: list[Alarm] = []
        self.worst = 0.0
        self.seen: dict[int, Seen] = {}
        self.calm: list[bool] = []
        self.alarmed: Counter[str] = Counter()  # what was said at the looks that were not calm
        self.wrong: list[Wrong] = []
        self.revised: dict[int, str] = {}
        self._ticks = 0
        self._troubled = 0.0
        self._well = 0.0  # since when nothing is wrong in truth

    async def tick(self) -> None:
        self.pages += await self._watch.tick()
        self._ticks += 1
        at = self._watch.now - EPOCH
        for page in self.pages[-5:]:
            if at - page.at <= REVISED:
                self.revised[page.number] = self._watch.cause_of(page.number)
        harmful = [n for n, fault in enumerate(self._faults) if fault.kind not in HARMLESS]
        near = [n for n in harmful if self._faults[n].begin <= at < self._faults[n].end + 1800]
        fault = self._faults[near[0]] if near else None
        wait = self._world.oldest_wait()
        if (fault is not None and fault.on(at)) or wait > 0 or self._world.gateway.status() != "WORKING":
            self._well = at
        if fault is None:
            self._peace(at, wait)
        close = fault is not None or wait > CLAIMS
        waits_for_why = fault is not None and fault.on(at) and near[0] not in self.seen
        if not waits_for_why and self._ticks % (CLOSER if close else LOOK):
            return
        look = self._watch.look()
        self._judge(look, fault)
        if fault is None:
            if at > self._troubled:
                # Issue 8, section 1: amber once a reply is overdue by the bot's own reply times. It is no alarm.
                late = wait >= LATE and look.now.state is NowState.WAITING and not look.now.number
                self.calm.append(look.now.calm or late)
                if not self.calm[-1]:
                    self.alarmed[f"{look.now.headline}: {look.now.why or look.now.detail}"] += 1
        elif fault.on(at):
            self._note(near[0], fault, look)

    def _peace(self, at: float, wait: float) -> None:
        """Outside of faults: how long anybody waited, and whether anything is left of a trouble."""
        self.worst = max(self.worst, wait)
        if wait > WAITS[Severity.WARNING] or (not self._ticks % LOOK and self._world.slow()):
            self._troubled = at + AFTER
        if (
            self._world.gateway.status() != "WORKING"
        ):  # a session that restarts is shown, and what it leaves in doubt
            self._troubled = max(self._troubled, at + SETTLES)

    def _note(self, number: int, fault: Fault, look: Look) -> None:
        must = MUST[fault.kind]
        said = not look.now.calm and any(word in str(look.now.why) for word in str(must.why).split("|"))
        if not said or look.at < fault.begin + must.begins:
            return
        known = self.seen.get(number, Seen(look.at - fault.begin))
        # DESIGN "Recovering": nothing holds any more, so that nothing is to be fixed then.
        if look.now.number and look.now.state is not NowState.RECOVERING:
            known = Seen(known.after, (*known.fixes, look.now.fix))
        self.seen[number] = known

    def _judge(self, look: Look, fault: Fault | None) -> None:
        """What is said at this moment, held against the truth."""
        waits = self._world.oldest_wait(knowable=True)
        blind = fault is not None and look.at < fault.begin + 2 * CLAIMS
        if look.green and waits > CLAIMS and not (blind and waits < 2 * CLAIMS):
            self._add(look, f"everyone answered, and one waits for {waits:.0f} s")
        if "REPLYING" in str(look.now.headline) and look.at - self._world.bot.busy_at() > 2 * CLAIMS:
            self._add(look, f"the bot is replying, and idle for {look.at - self._world.bot.busy_at():.0f} s")
        if look.code == CRITICAL and look.at - self._well > RECOVERS:
            self._add(look, f"exit code 2 after {look.at - self._well:.0f} s of nothing wrong")
        queues = [one for one in self._faults if one.kind is Kind.QUEUE and one.end - 300 <= look.at < one.end]
        if queues:
            true, shown = self._world.reply_p95(queues[0].begin), look.reply_p95 or 0.0
            if shown < SHARE * true and true > 60.0:
                self._add(look, f"reply time {shown:.0f} s, in truth {true:.0f} s")

    def _add(self, look: Look, what: str) -> None:
        self.wrong.append(Wrong(look.at, what, f"{look.now.headline} | {look.now.detail} | {look.now.why}"))


async def watched(
    world: World,
    faults: Sequence[Fault],
    days: float,
    folder: Path,
    rhythm: Seasonality | None = None,
    begin: float = 0.0,
) -> Week:
    """Runs a week from `begin` (s) to its end."""
    with SqliteStore.open(folder / "truth.db") as store:
        watch = Watch(world, store, rhythm or Seasonality(), begin)
        log = _Log(watch, faults)
        with watch.simulated():
            while watch.now < EPOCH + days * DAY:
                await log.tick()
        return Week(
            faults=tuple(faults),
            pages=tuple(log.pages),
            customers=len(world.people.all),
            rows=len(world.rows),
            harmless=dict(world.scene.harmless),
            worst_wait=log.worst,
            seen=log.seen,
            uncalm=log.calm.count(False) / max(1, len(log.calm)),
            alarmed=dict(log.alarmed),
            wrong=tuple(log.wrong),
            revised=log.revised,
            notices=tuple(watch.notices),
        )


def unexplained(week: Week) -> list[Alarm]:
    """Incidents of any severity but INFO that nothing in truth explains."""
    return [page for page in week.pages if page.severity is not Severity.INFO and not _explained(week, page)]


def _explained(week: Week, page: Alarm) -> bool:
    during = [fault for fault in week.faults if fault.kind not in HARMLESS and fault.begin <= page.at < fault.end]
    if any(page.rule in MUST[fault.kind].never for fault in during):
        return False
    waits = page.rule not in OF_LINKS and page.true_wait > WAITS[page.severity]
    slow = page.rule == "reply-slow" and page.slow
    after = AFTER_OF.get(page.rule, AFTER)
    return waits or slow or any(_begun(fault, page.at, after) for fault in week.faults)


def _begun(fault: Fault, at: float, after: float) -> bool:
    return fault.kind not in HARMLESS and fault.begin <= at < fault.end + after


def openings(week: Week) -> dict[int, list[Notice]]:
    """By fault the pages that began for it: of each incident the first CRITICAL notice.

    A page counts for the fault that began last before it.
    """
    harmful = [(fault.begin, n) for n, fault in enumerate(week.faults) if fault.kind not in HARMLESS]
    result: dict[int, list[Notice]] = {n: [] for _begin, n in harmful}
    for notice in week.notices:
        before = [each for each in harmful if each[0] <= notice.at]
        if notice.opens and before:
            result[max(before)[1]].append(notice)
    return result


class Found(msgspec.Struct, frozen=True):
    """Whether a fault was shown: after how many seconds, and with the right why and remedy."""

    fault: Fault
    after: float | None
    right: bool
    seen: float | None  # after how many seconds the screen said the right why
    remedy: bool  # whether that offered a right remedy, and never another
    fixes: tuple[str, ...] = ()  # that were offered
    first: str = ""  # the first page's why


def found(week: Week) -> list[Found]:
    """For each fault: when its rule reported it as severely as it must, and whether the first cause was right."""
    result = []
    for number, fault in enumerate(week.faults):
        if fault.kind in HARMLESS:
            continue
        must = MUST[fault.kind]
        pages = [
            page for page in week.pages if page.rule == must.rule and fault.begin <= page.at < fault.end + AFTER
        ]
        told = next((page.at - fault.begin for page in pages if page.severity == must.severity), None)
        words = (must.page or must.why).split("|")
        why = pages[0].why if pages else ""
        if pages and must.revised:
            why = week.revised.get(pages[0].number, why)
        right = bool(pages) and any(word in why for word in words)
        seen = week.seen.get(number)
        fixes = tuple(dict.fromkeys(seen.fixes)) if seen else ()
        result.append(
            Found(
                fault,
                told,
                right,
                seen.after if seen else None,
                bool(fixes) and set(fixes) <= set(must.fixes),
                fixes,
                why,
            )
        )
    return result
