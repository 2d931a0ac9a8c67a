"""The ledger by a server's clock that was set back, or forward. Pure."""

import msgspec

from qualtui.tracking import clock_steps
from qualtui.tracking.ledger import OVERLAP, Ledger, Position, begun, behind
from qualtui.tracking.manual_closes import Closed


def closings(ledger: Ledger, closed: Closed) -> Closed:
    """What was closed by hand, by today's clock."""
    if not ledger.closed:
        return closed
    by_now = {lead: ledger.closed.get(lead, (at, at)) for lead, at in closed.items()}
    return {lead: now if then == closed[lead] else closed[lead] for lead, (then, now) in by_now.items()}


def set_back(ledger: Ledger, now: float, skew: float, horizon: float, by_hand: Closed) -> Ledger:
    """The ledger by the server's clock; itself where that was not set back since the last cycle.

    All that is known moves with the clock: who waits, since when, and who was answered before they wrote again.
    `skew`: seconds that the clock is ahead of ours; `by_hand`: who was closed. A ledger that is behind learns
    from `horizon` seconds ago.
    """
    before = max(ledger.read, ledger.mark)
    steady = not ledger.steps or now - ledger.steps[-1].seen >= clock_steps.STEADY
    if now >= before - clock_steps.TOLERANCE or not (steady or now < ledger.steps[-1].at):
        return ledger
    by = max(before - now, 0.0 if ledger.skew is None else ledger.skew - skew)
    if behind(ledger):
        return msgspec.structs.replace(
            begun(now, horizon, ledger.born - by, ledger.quick, ledger.edge - by),
            learned=ledger.learned,
            read=now,
            skew=skew,
            decided=None if ledger.decided is None else ledger.decided - by,
        )
    settled = min((ledger.mark - OVERLAP - 1.0, *(row.at for row in ledger.window[:1])))
    at = before - by - clock_steps.MARGIN
    folded = frozenset(
        time for time in clock_steps.times(ledger.book) if at <= time <= now + clock_steps.TOLERANCE
    )
    passed = {name: time for name, time in ledger.passed.items() if time >= now - clock_steps.KEPT}
    passed |= {clock_steps.key(row): row.at for row in ledger.window}
    closed = {lead: (by_hand[lead], until - by) for lead, until in closings(ledger, by_hand).items() if until > at}
    return msgspec.structs.replace(
        ledger,
        born=ledger.born - by,
        backlog_before=ledger.edge - by,
        decided=None if ledger.decided is None else ledger.decided - by,
        start=ledger.start - by,
        leads=Position(ledger.leads.at - by, "", more=False),
        messages=Position(ledger.messages.at - by, "", more=False),
        mark=ledger.mark - by,
        book=clock_steps.earlier(ledger.book, by),
        window=tuple(clock_steps.moved(row, by) for row in ledger.window),
        checks={lead: msgspec.structs.replace(one, at=one.at - by) for lead, one in ledger.checks.items()},
        dropped={lead: time - by for lead, time in ledger.dropped.items()},
        heard={lead: time - by for lead, time in ledger.heard.items()},
        waited=tuple((at - by, seconds) for at, seconds in ledger.waited),
        read=now,
        skew=skew,
        steps=(*ledger.steps, clock_steps.ClockStep(at, now, by, settled, folded))[-clock_steps.STEPS :],
        passed=passed,
        closed={**{lead: both for lead, both in ledger.closed.items() if lead in by_hand}, **closed},
    )


def set_forward(ledger: Ledger, by: float, by_hand: Closed) -> Ledger:
    """The ledger by the server's clock that went on by `by` more seconds than time did.

    All that is known moves with it, so that no one has waited for longer than before; the streams go on where they
    were. What was stored since the last cycle keeps its time, and looks as much older.
    """
    closed = {lead: (by_hand[lead], until + by) for lead, until in closings(ledger, by_hand).items()}
    return msgspec.structs.replace(
        ledger,
        born=ledger.born + by,
        backlog_before=ledger.edge + by,
        decided=None if ledger.decided is None else ledger.decided + by,
        book=clock_steps.earlier(ledger.book, -by),
        window=tuple(clock_steps.moved(row, -by) for row in ledger.window),
        checks={lead: msgspec.structs.replace(one, at=one.at + by) for lead, one in ledger.checks.items()},
        dropped={lead: time + by for lead, time in ledger.dropped.items()},
        heard={lead: time + by for lead, time in ledger.heard.items()},
        waited=tuple((at + by, seconds) for at, seconds in ledger.waited),
        closed=closed,
    )
