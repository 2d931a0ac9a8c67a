"""The server's clock was set back: what is known goes by the new one, and no row is folded twice. Pure.

Rows keep the time that they were stored under. So for as long as the clock was set back, rows of before and after
lie side by side, and only what was read before shows which is which.
"""

from collections.abc import Iterable, Mapping

import msgspec

from qualtui.tracking.replies import PendingReply, ReplyRow, ReplyState, RowKind

TOLERANCE = 5.0  # s by which one answer's clock may be behind an earlier one's
STRIDE = 30.0  # s that a clock must go on by more than time did, to count as set forward: a slow answer is none
STEADY = 600.0  # s: a clock that is set back again sooner is two servers' clocks, and not followed
STEPS = 16  # kept
KEPT = 7 * 86_400.0  # s for which a row that was folded before a step is known by its id
MARGIN = 60.0  # s by which the moment of a step may be misjudged, such as when our own clock was set back with it


class ClockStep(msgspec.Struct, frozen=True, array_like=True):
    """The clock was set back by `by` seconds; by it all until `at` had been read, and at `seen` that was noticed.

    By the clock of before, what is older than `settled` had been folded for good. `folded`: the times of such rows
    between `at` and `seen`, where rows of after may be as well.
    """

    at: float
    seen: float
    by: float
    settled: float
    folded: frozenset[float] = frozenset()


class Read(msgspec.Struct, frozen=True):
    """Three clocks read at one moment: the server's, the loop's (which stands still in sleep), and ours."""

    server: float
    loop: float
    ours: float

    def stride(self, before: "Read | None") -> float:
        """Seconds that the server's clock went on by more than both of ours did since `before`.

        A machine that slept shows in our wall clock, one whose clock is set in the loop's.
        """
        if before is None:
            return 0.0
        return self.server - before.server - max(self.loop - before.loop, self.ours - before.ours)

    def steady(self, server: float, loop: float) -> float:
        """The server's time by the clock of this reading, where that was set since; else as it says."""
        expected = self.server + loop - self.loop
        return server if -TOLERANCE <= server - expected <= STRIDE else expected


Passed = dict[str, float]  # by key of rows that were folded before a step: their time


def key(row: ReplyRow) -> str:
    """A row's identity among all streams."""
    return f"lead {row.id}" if row.what is RowKind.LEAD else row.id


def followed(row: ReplyRow, step: ClockStep, passed: Mapping[str, float], now: float) -> ReplyRow | None:
    """A row of a stream by the clock after the step; None: it was folded before."""
    if key(row) in passed or row.at < step.at or row.at in step.folded:
        return None
    if row.at <= max(now, step.seen) + TOLERANCE or row.at > step.seen + step.by + TOLERANCE:
        return row
    # No one writes under a time to come: a row of before. It was folded, or came too late to be.
    return None if row.at < step.settled else moved(row, step.by)


def found(row: ReplyRow, steps: Iterable[ClockStep], passed: Mapping[str, float]) -> ReplyRow | None:
    """A row that was found apart from the streams by today's clock; None: it was folded before a step."""
    if key(row) in passed:
        return None
    for step in steps:
        if row.at < step.at:
            row = moved(row, step.by)
    return row


def moved(row: ReplyRow, by: float) -> ReplyRow:
    """The row `by` seconds earlier."""
    return msgspec.structs.replace(row, at=row.at - by)


def earlier(book: ReplyState, by: float) -> ReplyState:
    """The book with all that it knows `by` seconds earlier."""

    def one(at: float | None) -> float | None:
        return None if at is None else at - by

    def every(times: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(at - by for at in times)

    def timed(replies: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        return tuple((at - by, seconds) for at, seconds in replies)

    return ReplyState(
        owed={lead: _owed(owed, by) for lead, owed in book.owed.items()},
        answered={lead: at - by for lead, at in book.answered.items()},
        replies=timed(book.replies),
        last_in=one(book.last_in),
        last_out=one(book.last_out),
        last_sent=one(book.last_sent),
        firsts=timed(book.firsts),
        unheard=every(book.unheard),
        asked={lead: every(times) for lead, times in book.asked.items()},
        settled=every(book.settled),
        last_settled=one(book.last_settled),
        sent=every(book.sent),
        hung=every(book.hung),
        claimed={lead: at - by for lead, at in book.claimed.items()},
        chatted={lead: tuple(at - by for at in times) for lead, times in book.chatted.items()},
        chats_read=one(book.chats_read),
        wrote=tuple((at - by, lead) for at, lead in book.wrote),
        replied=tuple((at - by, lead) for at, lead in book.replied),
    )


def _owed(owed: PendingReply, by: float) -> PendingReply:
    unheard = None if owed.unheard is None else owed.unheard - by
    return msgspec.structs.replace(owed, since=owed.since - by, last=owed.last - by, unheard=unheard)


def times(book: ReplyState) -> Iterable[float]:
    """When the messages that the book counts were stored: of a day those that came, of two hours those sent."""
    yield from book.sent
    yield from book.settled
    for asked in book.asked.values():
        yield from asked
