"""Since when a link of the chain has been broken: from samples and log, so that no restart begins it again."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from qualtui.config.values import Rule
from qualtui.diagnosis.chain import BAD, BUSY, UNKNOWN, carried, chain
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import AlertState, Link
from qualtui.series.evidence import NOTHING, Reading, evidence
from qualtui.wire import LinkView

PAST = 3600.0  # s of samples that are looked at
SERIES = (
    "host.suspended",
    "host.failing",
    "health.up",
    "health.seconds",
    "health.down",
    "health.refused",
    "db.up",
    "db.seconds",
    "gateway.up",
    "gateway.working",
    "customers.waiting",
    "customers.phantom",
    "customers.unstored",
    "customers.last_inbound",
)  # those that the chain is made of
_LINKS = {"health": Link.BOT, "db": Link.DATABASE, "gateway": Link.GATEWAY}  # by the first word of a series


def unknown_beginning(links: Sequence[LinkView], before: Sequence[LinkView]) -> bool:
    """Return whether a link is in trouble and it is unknown since when."""
    known = {view.link for view in before if view.status != UNKNOWN}
    return any(view.status in {BAD, BUSY} and view.link not in known for view in links)


def replayed(
    recent: SampleCache, agent: str, stale: Mapping[str, float], slow: float, now: float
) -> tuple[LinkView, ...]:
    """What `carried` would have given, had the chain been looked at with each sample of the last hour."""
    samples = {name: [*recent.since(f"{agent}/{name}", now - PAST)] for name in SERIES}
    before: tuple[LinkView, ...] = ()
    places = dict.fromkeys(SERIES, 0)
    for at in sorted({one.at for each in samples.values() for one in each if one.at <= now}):
        readings = {}
        for name, each in samples.items():
            while places[name] < len(each) and each[places[name]].at <= at:
                places[name] += 1
            newest = each[places[name] - 1] if places[name] else None
            worth = evidence(newest, stale.get(f"{agent}/{name}"), at)
            readings[name] = NOTHING if newest is None else Reading(worth, newest)
        before = carried(before, chain(readings, before, at, slow))
    return before


def earlier_break(
    links: Iterable[LinkView], standings: Iterable[AlertState], rules: Mapping[str, Rule]
) -> tuple[LinkView, ...]:
    """The links; a broken one began no later than the condition of a rule about it that stands in the log."""
    began: dict[Link, float] = {}
    for one in standings:
        rule = rules.get(one.rule)
        link = _LINKS.get(rule.series.partition(".")[0]) if rule is not None else None
        if link is not None:
            began[link] = min(one.since, began.get(link, one.since))
    return tuple(
        msgspec.structs.replace(view, since=min(began[view.link], view.since or began[view.link]))
        if view.status == BAD and view.link in began
        else view
        for view in links
    )
