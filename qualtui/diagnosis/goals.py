"""Goals (S15-S18) in truth: could customers be answered, are they, and how soon. Pure."""

from collections.abc import Sequence

from qualtui.config.values import Goals
from qualtui.diagnosis.chain import BAD, UNKNOWN
from qualtui.diagnosis.proof import link_name
from qualtui.model import Link
from qualtui.text.message import Saying, joined, message
from qualtui.tracking.answered_share import Told
from qualtui.tracking.failures import percent
from qualtui.wire import LinkView

NEEDED = (Link.BOT, Link.DATABASE, Link.GATEWAY)  # without one of these no one is answered

Bins = Sequence[tuple[float, float | None]]


def targets(goals: Goals) -> dict[str, float]:
    """What each series of a goal is held against, in its unit."""
    return {
        "goal.up": goals.up,
        "goal.answered": goals.answered,
        "reply.follow_p95": float(goals.follow_up),
        "reply.first_p95": float(goals.first_reply),
        "customers.lost": float(goals.lost),
    }


def answerable(links: Sequence[LinkView]) -> tuple[float | None, Saying]:
    """Whether customers could be answered at this moment, and the link that says no or nothing.

    A link without any source is left out; a broken one decides even where another is not known. None: unknown.
    """
    needed = [view for view in links if view.link in NEEDED]
    broken = [link_name(view.link) for view in needed if view.status == BAD]
    if broken:
        return 0.0, joined(broken, ", ")
    unknown = [link_name(view.link) for view in needed if view.status == UNKNOWN]
    if unknown or not needed:
        return None, joined(unknown, ", ")
    return 1.0, ""


def availability(counts: Bins, sums: Bins, now: float, minute: float, bin_: float) -> Told:
    """S15: the share of good minutes among those that are known, and how many are not known.

    `counts` and `sums` are the bins of `bin_` seconds of goal.minute, one sample standing for `minute` seconds.
    Minutes before the first sample are no one's; those in which no engine watched are unknown, not good.
    """
    known = sum(value or 0.0 for _at, value in counts)
    good = sum(value or 0.0 for _at, value in sums)
    began = next((at for at, value in counts if value), None)
    # In its first bin an engine may have begun late, so that bin counts as it is.
    since = 0.0 if began is None else max(0.0, now - began - bin_) / minute
    first = next((value for _at, value in counts if value), 0.0) or 0.0
    unknown = max(0.0, since + first - known)
    note = message(
        "{good:whole} of {known:whole} minutes, {unknown:whole} unknown", good=good, known=known, unknown=unknown
    )
    return {
        "goal.up": (percent(good, known), note),
        "goal.minutes_good": (good, ""),
        "goal.minutes_known": (known, ""),
        "goal.minutes_unknown": (unknown, ""),
    }


def reply_goals(counts: Bins, sums: Bins) -> Told:
    """S15 literally: the share of our polls of GET /health that were answered well, whatever that means."""
    asked, good = (sum(value or 0.0 for _at, value in bins) for bins in (counts, sums))
    return {
        "row.availability": (
            percent(good, asked),
            message("{good:whole} of {asked:whole} answers", good=good, asked=asked),
        )
    }
