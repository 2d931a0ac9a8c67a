"""The figures of customers out of a book: the newest replies, and what is only on its way."""

import msgspec
import pytest

from qualtui.tracking.figures import Limits, customer_figures, reply_figures
from qualtui.tracking.ledger import Ledger, PendingCheck, begun
from qualtui.tracking.replies import PendingReply, ReplyState
from qualtui.tracking.wait_cause import WaitCause, cause_of, of_the_oldest
from tests.english import english

NOW = 100_000.0


def ledger() -> Ledger:
    return begun(NOW, 86_400.0, NOW - 86_400.0)


def said(book: ReplyState) -> dict[str, float | None]:
    return customer_figures(ledger(), book, NOW, Limits(error_window=600.0, reply_within=180.0))


def replies(*counted: tuple[int, float, float]) -> ReplyState:
    """So many replies, each so many seconds ago, after so many seconds."""
    return ReplyState(replies=tuple((NOW - ago, took) for count, ago, took in counted for _ in range(count)))


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (replies((19, 60.0, 90.0)), 0),  # too few to say anything
        (replies((20, 60.0, 90.0)), 90),
        (
            replies((25, 1800.0, 10.0), (12, 60.0, 90.0)),
            90,
        ),  # a small bot has no twenty in 10 min
        (replies((25, 1800.0, 90.0), (20, 60.0, 10.0)), 10),  # ... and is well again after twenty good ones
        (replies((20, 60.0, 10.0), (12, 50.0, 900.0)), 10),  # late after an outage is failed, not slow
        (replies((30, 3700.0, 90.0), (10, 60.0, 10.0)), 0),  # older than an hour is nobody's
    ],
)
def test_the_recent_percentile_speaks_of_the_newest_twenty_at_least(book: ReplyState, expected: float) -> None:
    assert said(book)["reply.recent_p95"] == expected


@pytest.mark.parametrize(
    ("owed", "cause", "series"),
    [
        (PendingReply(NOW - 300, NOW - 300, "s"), WaitCause.BOT_OWES, ""),
        (PendingReply(NOW - 300, NOW - 300), WaitCause.NEVER_GREETED, "customers.never_greeted"),
        (PendingReply(NOW - 300, NOW - 300, "s", unheard=NOW - 200), WaitCause.NOT_DELIVERED, "customers.phantom"),
        (PendingReply(NOW - 300, NOW - 300, unstored=NOW - 300), WaitCause.NEVER_STORED, "customers.unstored"),
        (PendingReply(NOW - 300, NOW - 10, unstored=NOW - 170), WaitCause.NEVER_STORED, ""),  # may be on its way
    ],
)
def test_who_waits_has_one_cause_and_counts_for_it(owed: PendingReply, cause: WaitCause, series: str) -> None:
    assert cause_of(owed) is cause
    counted = said(ReplyState(owed={"ana": owed}))
    names = ("customers.never_greeted", "customers.phantom", "customers.unstored")
    assert [name for name in names if counted[name]] == ([series] if series else [])
    assert counted["customers.waiting"] == 1


def test_the_oldest_wait_names_the_cause() -> None:
    young, old = PendingReply(NOW - 100, NOW - 100, "s"), PendingReply(NOW - 700, NOW - 10)
    assert of_the_oldest({"a": young, "b": old}) is WaitCause.NEVER_GREETED
    assert of_the_oldest({}) is None


def test_the_oldest_wait_says_its_cause_and_no_figure_says_more() -> None:
    book = ReplyState(
        owed={"ana": PendingReply(NOW - 900, NOW - 900), "bia": PendingReply(NOW - 300, NOW - 300, "s")}
    )
    told = english(reply_figures(ledger(), book, NOW, Limits()))
    assert told["customers.oldest"] == (900.0, "created, never written to", WaitCause.NEVER_GREETED.value)
    assert {name: answer[0] for name, answer in told.items()} == customer_figures(ledger(), book, NOW, Limits())
    assert [name for name, answer in told.items() if answer[1]] == ["customers.oldest"]
    assert reply_figures(ledger(), ReplyState(), NOW, Limits())["customers.oldest"] == (0.0, "")


def test_how_long_a_reply_is_owed_is_told_of_active_sessions_alone() -> None:
    owed = {"ana": PendingReply(NOW - 900, NOW - 300, "s1"), "bia": PendingReply(NOW - 800, NOW - 700, "s2")}
    checks = {"ana": PendingCheck(NOW, active=True), "bia": PendingCheck(NOW, active=False)}
    told = customer_figures(msgspec.structs.replace(ledger(), checks=checks), ReplyState(owed=owed), NOW, Limits())
    assert (told["sessions.bot_owes"], told["sessions.owed_for"]) == (1, 300)
    assert said(ReplyState())["sessions.owed_for"] == 0
