"""Reads the past of an agent's series from the store, beside the appends."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from qualtui.config.values import Aggregate, Config, Rule
from qualtui.diagnosis.goals import targets
from qualtui.engine.journal import Journal
from qualtui.model.cells import Cell
from qualtui.model.values import Severity
from qualtui.series.declaration import Series
from qualtui.series.rows_past import COUNTED, NAMES, RowsPast, blob_name, filled
from qualtui.series.timeline import Extent, extents
from qualtui.series.today import STEP
from qualtui.store.ports import SampleStore
from qualtui.wire import Limit, SeriesHistory

_COUNTED = {Aggregate.SUM, Aggregate.COUNT}  # such a rule compares a sum or a count, not a value of its series


WATCHED = 0.75  # of a time that must have been watched, for its count to be known


class Answered(msgspec.Struct, frozen=True):
    """How many, None where it is not known; and whether the bot's rows say so."""

    count: float | None = None
    from_rows: bool = False


class HistoryReader:
    """The past of series in cells. `holds`: by series with its agent, for how many seconds a value counts."""

    def __init__(
        self,
        journal: Journal,
        store: SampleStore,
        declared: Callable[[str], Mapping[str, Series]],
        holds: Callable[[str], float],
    ) -> None:
        self._journal = journal
        self._store = store
        self._declared = declared
        self._holds = holds

    async def read(
        self, agent: str, names: tuple[str, ...], since: float, step: float, count: int
    ) -> tuple[SeriesHistory, ...]:
        """Return these series in `count` cells of `step` seconds from `since` on. Raises StoreError."""
        series = self._declared(agent)
        holds = {name: self._holds(f"{agent}/{name}") for name in names}
        until = since + count * step - 0.001  # both ends are included

        def cells() -> tuple[list[tuple[Cell, ...]], RowsPast | None]:
            own = [self._store.cells(f"{agent}/{name}", since - holds[name] - step, until, step) for name in names]
            return own, rows_past(self._store, agent) if NAMES & set(names) else None

        found, past = await self._journal.read(cells)
        return tuple(
            _history(series[name], some, extents(some, since, step, count, holds[name]), since, step, past)
            for name, some in zip(names, found, strict=True)
        )

    async def answered(self, agent: str, times: Sequence[tuple[float, float]]) -> list[Answered]:
        """Return how many messages were answered in time in each of these times. Raises StoreError."""

        def counts() -> list[Answered]:
            past = rows_past(self._store, agent)
            return [_answered(self._store, f"{agent}/{COUNTED}", past, *time) for time in times]

        return await self._journal.read(counts)


def _answered(store: SampleStore, series: str, past: RowsPast | None, since: float, until: float) -> Answered:
    """By rows up to the first look, by our own counter from then on. A time watched in part is not known."""
    if past is not None and since < past.until:
        end = min(until, past.until)
        if not past.covers(since, end):
            return Answered()
        own = store.window(series, end, until - 0.001, STEP, Aggregate.SUM) if end < until else ()
        return Answered(past.sum_of(since, end) + sum(value or 0.0 for _at, value in own), from_rows=True)
    own = store.window(series, since, until - 0.001, STEP, Aggregate.SUM) if since < until else ()
    known = [value for _at, value in own if value is not None]
    return Answered(sum(known)) if len(known) >= WATCHED * len(own) > 0 else Answered()


def rows_past(store: SampleStore, agent: str) -> RowsPast | None:
    """What the rows say of the time before the first look, as far as it was read. Raises StoreError."""
    blob = store.load_tracking(blob_name(agent))
    try:
        return None if blob is None else msgspec.msgpack.decode(blob, type=RowsPast)
    except msgspec.DecodeError:  # of another version: it is read again
        return None


def _history(
    series: Series,
    found: Sequence[Cell],
    own: Sequence[Extent],
    since: float,
    step: float,
    past: RowsPast | None,
) -> SeriesHistory:
    inside = [cell for cell in found if cell.at >= since]
    samples = sum(cell.count for cell in inside)
    mean = sum(cell.total for cell in inside) / samples if samples else None
    cells, from_rows = filled(own, past, series.name, since, step)
    lows, highs, lasts = (tuple(values) for values in zip(*cells, strict=True))
    return SeriesHistory(
        series.name, series.unit, series.worse, lows, highs, lasts, mean=mean, from_rows=from_rows
    )


def limits(config: Config, series: Series, rule: str = "") -> tuple[Limit, ...]:
    """What a series is held against: by the rules that look at it (by `rule` alone, where given), and its goal."""
    rules = {name: one for name, one in config.rules.items() if one.series == series.name and _compares(one)}
    if rule:
        return tuple(_levels(rule, rules[rule])) if rule in rules else ()
    found = [limit for name, one in rules.items() for limit in _levels(name, one)]
    goal = targets(config.goals).get(series.name)
    if goal is not None:
        found.append(Limit(goal, "<" if series.worse == "down" else ">"))
    return tuple(found)


def _compares(rule: Rule) -> bool:
    return rule.enabled and rule.aggregate not in _COUNTED


def _levels(name: str, rule: Rule) -> list[Limit]:
    levels = ((Severity.CRITICAL, rule.critical), (Severity.WARNING, rule.warning), (Severity.INFO, rule.info))
    return [
        Limit(float(level), rule.op.value, severity, name, float(rule.for_))
        for severity, level in levels
        if level is not None
    ]
