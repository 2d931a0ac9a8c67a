"""Error budgets of goals: how fast they burn, what is left. From counters by the minute, kept in our own store."""

from collections.abc import Callable

from qualtui.alerts.burn import Budget, Burn, Objective, budget_of, burn_of
from qualtui.config.values import Aggregate, Goals
from qualtui.model import Sample
from qualtui.probes.goals import History
from qualtui.text.message import Saying, message
from qualtui.tracking.minute_counts import COARSE, FINE, HOUR, Counts, MinuteCounts

UP, ANSWERED = "goal.up", "goal.answered"
MINUTE_GOOD, MINUTE_FAILED = "goal.minute_answered", "goal.minute_failed"
AGAIN = 15  # minutes that are read again: the store may have failed, and written its samples late
LATE = 12.0  # s after which the samples of a minute are in the store: it writes every 5 s

Decided = Callable[
    [], Counts | None
]  # messages whose time for a reply is over since the last call; None: not known


class BudgetProbe:
    """goal.up_burn, goal.up_left, goal.up_lasts, the same of messages, and the counters of these.

    At its first look it reads 30 days by the hour and 6 h by the minute, later the newest minutes alone.
    `minute`: seconds that a sample of goal.minute stands for; `decided` None: no one reads messages.
    """

    def __init__(
        self, agent: str, history: History, minute: float, goals: Goals, decided: Decided | None = None
    ) -> None:
        self.name = f"{agent}/budget"
        self.interval = minute
        self.timeout = 10.0
        self._agent = agent
        self._history = history
        self._minute = minute
        self._decided = decided
        self._up = Objective(goals.up, steady=True)
        self._answered = Objective(goals.answered)
        names = [f"{UP}_{one}" for one in ("burn", "left", "lasts")]
        if decided is not None:
            names += [MINUTE_GOOD, MINUTE_FAILED, *(f"{ANSWERED}_{one}" for one in ("burn", "left", "lasts"))]
        self.series = tuple(f"{agent}/{name}" for name in names)
        self._minutes = MinuteCounts(minute)
        self._messages = MinuteCounts(minute)
        self._filled = False

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The figures of this moment. Raises ProbeError where the store fails."""
        if not self._filled:
            await self._fill(now)
        await self._follow(now)
        last = self._minutes.place(now - LATE) - 1  # the newest minute that is over and written
        unknown = self._minutes.missing(last)
        samples = self._figures(UP, self._up, self._minutes, last, now, unknown)
        if self._decided is not None:
            new = self._decided()
            samples += [
                self._sample(MINUTE_GOOD, now, None if new is None else new.good),
                self._sample(MINUTE_FAILED, now, None if new is None else new.bad),
            ]
            if new is not None:
                self._messages.add(now, new.good, new.total)
            place = self._messages.place(now)
            samples += self._figures(ANSWERED, self._answered, self._messages, place, now, unknown)
        return tuple(samples)

    async def close(self) -> None:
        """Holds nothing."""

    async def _fill(self, now: float) -> None:
        """Read the past: of minutes those that are over, of messages all that was counted before now."""
        minutes, messages = MinuteCounts(self._minute), MinuteCounts(self._minute)
        over = self._minutes.place(now - LATE) * self._minute
        for bin_, since in ((HOUR, COARSE * HOUR), (1, FINE)):
            for at, counts in await self._counted("goal.minute", over, since, bin_):
                (minutes.fill_hour if bin_ == HOUR else minutes.fill_minute)(at, counts.good, counts.total)
            if self._decided is not None:
                for at, counts in await self._summed(now, since, bin_):
                    (messages.fill_hour if bin_ == HOUR else messages.fill_minute)(at, counts.good, counts.total)
        self._minutes, self._messages, self._filled = minutes, messages, True

    async def _follow(self, now: float) -> None:
        """Read the newest minutes of goal.minute; of those that were read before what came late."""
        over = self._minutes.place(now - LATE) * self._minute
        for at, counts in await self._counted("goal.minute", over, AGAIN, 1):
            self._minutes.put(at, counts.good, counts.total)

    async def _counted(self, name: str, until: float, back: int, bin_: int) -> list[tuple[float, Counts]]:
        """The bins of a series of 1 and 0 before `until`: how many samples were 1, and how many there were."""
        known = await self._bins(name, until, back, bin_, Aggregate.COUNT)
        good = await self._bins(name, until, back, bin_, Aggregate.SUM)
        return [(at, Counts(good.get(at, 0.0), total)) for at, total in known.items() if total]

    async def _summed(self, until: float, back: int, bin_: int) -> list[tuple[float, Counts]]:
        """The bins of the messages' two counters before `until`."""
        good = await self._bins(MINUTE_GOOD, until, back, bin_, Aggregate.SUM)
        bad = await self._bins(MINUTE_FAILED, until, back, bin_, Aggregate.SUM)
        found = {at: Counts(good.get(at, 0.0), good.get(at, 0.0) + bad.get(at, 0.0)) for at in {*good, *bad}}
        return sorted((at, counts) for at, counts in found.items() if counts.total)

    async def _bins(self, name: str, until: float, back: int, bin_: int, how: Aggregate) -> dict[float, float]:
        step = bin_ * self._minute
        since = (until // step - back // bin_ + 1) * step
        points = await self._history(f"{self._agent}/{name}", since, until - 0.001, step, how)
        return {at: value for at, value in points if value is not None}

    def _figures(
        self, name: str, goal: Objective, counts: MinuteCounts, last: int, now: float, unknown: float
    ) -> list[Sample]:
        """A goal's burn, and what is left of its budget."""
        if not goal.allowed:
            note = message("a goal of 100 % has no error budget")
            return [self._sample(f"{name}_{each}", now, None, note) for each in ("burn", "left", "lasts")]

        def sums(minutes: int) -> Counts:
            return counts.of(minutes, last)

        def watched(minutes: int) -> Counts:
            return self._minutes.of(minutes, last)

        burn, budget = burn_of(goal, sums, watched), budget_of(goal, sums)
        lasts = None if budget is None or budget.lasts is None else budget.lasts * self._minute
        left = self._left(goal, budget, unknown)
        return [
            self._sample(f"{name}_burn", now, None if burn is None else burn.times, self._burning(burn, left)),
            self._sample(f"{name}_left", now, None if budget is None else budget.left, left),
            self._sample(f"{name}_lasts", now, lasts),
        ]

    def _burning(self, burn: Burn | None, left: Saying) -> Saying:
        if burn is None:
            return message("not known whether it still burns")
        if not burn.rate:
            return ""
        window = burn.pair.long * self._minute
        return message(
            "{rate:number} times too fast over {window:span}, limit {limit:number}; {left}",
            rate=burn.rate,
            window=window,
            limit=burn.pair.limit,
            left=left,
        )

    def _left(self, goal: Objective, budget: Budget | None, unknown: float) -> Saying:
        """What is left, of how much, for how long; and the time of which nothing is known."""
        if budget is None:
            return message("too few events")
        parts = {"left": budget.left, "whole": budget.whole, "unknown": unknown}
        if goal.steady:
            text = message("{left:whole} of {whole:whole} min left, {unknown:whole} min not watched", **parts)
        else:
            text = message("{left:whole} of {whole:whole} messages left, {unknown:whole} min not watched", **parts)
        if budget.lasts is None or not 0 < budget.lasts < COARSE * HOUR:
            return text
        lasts = budget.lasts * self._minute
        return message("{budget}; spent in {lasts:span} at the last hour's rate", budget=text, lasts=lasts)

    def _sample(self, name: str, now: float, value: float | None, note: Saying = "") -> Sample:
        return Sample(f"{self._agent}/{name}", now, value, note)
