"""What other rules would have paged, by the samples of the past. Pure.

A page here is an alert that becomes CRITICAL; an incident that collects several of them pages a person once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from operator import ge, gt, itemgetter, le, lt

import msgspec

from qualtui.alerts.look import events_of
from qualtui.alerts.replay import Timeline, step
from qualtui.config.values import Aggregate, Operator, Rule
from qualtui.model import AlertState, Phase, Sample, Severity, alert_key

GRAIN = 60.0  # s: what is kept of longer ago, and the least by which a page is earlier or later
FIRST = 180.0  # s for which a value of the past holds at least: three minutes of the roll-up
_ORDERED = {Operator.ABOVE: gt, Operator.AT_LEAST: ge, Operator.BELOW: lt, Operator.AT_MOST: le}


class Spell(msgspec.Struct, frozen=True):
    """A time in which an alert was CRITICAL. `until` infinity: to the end."""

    rule: str
    agent: str
    since: float
    until: float


class PageChange(msgspec.Struct, frozen=True):
    """A page that the other rules would give (`before` None), not give (`after` None), or give at another time."""

    rule: str
    agent: str
    before: float | None
    after: float | None


Past = Callable[[str, Aggregate], Sequence[Sample]]  # a series' samples, and how a minute's values become one


class Backtest:
    """One replay of an agent's rules over `past`."""

    def __init__(self, agent: str, rules: Mapping[str, Rule], past: Past, since: float, until: float) -> None:
        self._agent = agent
        self._rules = rules
        self._past = past
        self._since = since
        self._until = until
        self._firing: dict[str, list[Spell]] = {}
        self._critical: dict[str, list[Spell]] = {}

    def pages(self, name: str) -> list[Spell]:
        """When a rule's alert was CRITICAL, oldest first."""
        self._run(name)
        return self._critical.get(name, [])

    def _run(self, name: str) -> list[Spell]:
        """When a rule's alert fired. A circle of rules that hold each other holds nothing."""
        if name in self._firing:
            return self._firing[name]
        rule = self._rules.get(name)
        if rule is None or not rule.enabled:
            return []
        self._firing[name] = []
        holds = [spell for other in (rule.held_by, rule.unless) if other for spell in self._run(other)]
        critical, firing = Course(name, self._agent), Course(name, self._agent)
        for now, alert in self._walk(name, rule, holds):
            fires = alert is not None and alert.phase is Phase.FIRING
            firing.at(now, fires)
            critical.at(now, fires and alert is not None and alert.severity is Severity.CRITICAL)
        self._firing[name], self._critical[name] = firing.spells(), critical.spells()
        return self._firing[name]

    def _walk(self, name: str, rule: Rule, holds: Sequence[Spell]) -> Iterator[tuple[float, AlertState | None]]:
        """The alert after each look that may change it: at each sample, and where what holds it ends."""
        agent = self._agent
        series, counted = f"{agent}/{rule.series}", events_of(rule)
        samples = self._past(series, rule.aggregate)
        given = {series: samples}
        if rule.min_events and counted:
            given[f"{agent}/{counted}"] = self._past(f"{agent}/{counted}", Aggregate.LAST)
        timeline = Timeline(given)
        stale = {one: _stale(each) for one, each in given.items()}
        alert: AlertState | None = None
        key, only = alert_key(name, agent), {name: rule}
        times, suspect = self._moments(rule, timeline.times(series), samples, holds)
        place = 0
        while place < len(times):
            if alert is None:  # most of the past: go on to where one may begin
                place = suspect.find(1, place)
                if place < 0:
                    return
            now = times[place]
            place += 1
            held = {alert_key(one.rule, agent): _firing(one) for one in holds if one.since <= now < one.until}
            before = held if alert is None else {**held, key: alert}
            alert = step(agent, only, timeline, stale, before, now).get(key)
            yield now, alert

    def _moments(
        self, rule: Rule, times: Sequence[float], samples: Sequence[Sample], holds: Sequence[Spell]
    ) -> tuple[Sequence[float], bytes]:
        """When to look, oldest first, and for each time 1 where an alert may begin."""
        if rule.absent is not None:
            count = int((self._until - self._since) / GRAIN)
            return [self._since + n * GRAIN for n in range(1, count + 1)], b"\1" * count
        suspect = _suspect(rule, samples)
        ends = [one.until for one in holds if one.until < inf]
        if not ends:
            return times, suspect
        both = sorted([*zip(times, suspect, strict=True), *((end, 1) for end in ends)], key=itemgetter(0))
        return [at for at, _may in both], bytes(may for _at, may in both)


class Course:
    """Makes the spells of a condition that is looked at now and then."""

    def __init__(self, rule: str, agent: str) -> None:
        self._rule = rule
        self._agent = agent
        self._found: list[Spell] = []
        self._since: float | None = None

    def at(self, now: float, holds: bool) -> None:
        """Take in whether the condition holds."""
        if holds and self._since is None:
            self._since = now
        elif not holds and self._since is not None:
            self._found.append(Spell(self._rule, self._agent, self._since, now))
            self._since = None

    def spells(self) -> list[Spell]:
        """The times in which it held."""
        rest = [] if self._since is None else [Spell(self._rule, self._agent, self._since, inf)]
        return [*self._found, *rest]


def _suspect(rule: Rule, samples: Sequence[Sample]) -> bytes:
    """Return a 1 for each sample at which an alert may begin; only ones where each sample must be evaluated."""
    compare = _ORDERED.get(rule.op)
    levels = [level for level in (rule.info, rule.warning, rule.critical) if level is not None]
    if rule.aggregate is not Aggregate.LAST or compare is None or not levels:
        return b"\1" * len(samples)
    mildest = float(levels[0])
    return bytes([sample.value is not None and compare(sample.value, mildest) for sample in samples])


def _stale(samples: Sequence[Sample]) -> float:
    """The age from which a value of the past is old: three of the series' usual steps."""
    if len(samples) < 2:
        return FIRST
    return max(FIRST, 3 * (samples[-1].at - samples[0].at) / (len(samples) - 1))


def _firing(one: Spell) -> AlertState:
    return AlertState(one.rule, one.agent, Phase.FIRING, Severity.WARNING, one.since)


def compared(before: Sequence[Spell], after: Sequence[Spell]) -> list[PageChange]:
    """Return the pages of a rule that differ: two times that overlap are the same page."""
    left = list(after)
    changes: list[PageChange] = []
    for old in before:
        same = next((one for one in left if one.since <= old.until and old.since <= one.until), None)
        if same is None:
            changes.append(PageChange(old.rule, old.agent, old.since, None))
            continue
        left.remove(same)
        if abs(same.since - old.since) >= GRAIN:
            changes.append(PageChange(old.rule, old.agent, old.since, same.since))
    changes += [PageChange(one.rule, one.agent, None, one.since) for one in left]
    return changes


class Comparison(msgspec.Struct, frozen=True):
    """The pages of two sets of rules by rule, and those that differ, the oldest first."""

    before: dict[str, int]
    after: dict[str, int]
    changes: tuple[PageChange, ...]

    @property
    def rules(self) -> list[str]:
        """The rules that paged, by either set."""
        return sorted(
            name for name in {*self.before, *self.after} if self.before.get(name) or self.after.get(name)
        )

    def counts(self, rule: str) -> tuple[int, int, int, int]:
        """How many pages of a rule are added, removed, earlier, later."""
        mine = [(one.before, one.after) for one in self.changes if one.rule == rule]
        both = [(old, new) for old, new in mine if old is not None and new is not None]
        earlier = sum(new < old for old, new in both)
        return (
            sum(old is None for old, _new in mine),
            sum(new is None for _old, new in mine),
            earlier,
            len(both) - earlier,
        )


def compare_rules(
    agents: Sequence[str],
    before: Mapping[str, Rule],
    after: Mapping[str, Rule],
    past: Past,
    since: float,
    until: float,
) -> Comparison:
    """Replay the same samples by both sets of rules."""
    changes: list[PageChange] = []
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for agent in agents:
        old = Backtest(agent, before, past, since, until)
        new = old if before == after else Backtest(agent, after, past, since, until)
        for name in {**before, **after}:
            pages = old.pages(name), new.pages(name)
            counts[0][name] += len(pages[0])
            counts[1][name] += len(pages[1])
            changes += compared(*pages)
    ordered = sorted(changes, key=lambda one: one.before or one.after or 0.0)
    return Comparison(dict(counts[0]), dict(counts[1]), tuple(ordered))
