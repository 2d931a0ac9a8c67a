"""Goals: an unknown minute is not a good one, and a share needs enough of what it is a share of."""

import pytest

from qualtui.diagnosis.goals import answerable, availability
from qualtui.model import Evidence, Link
from qualtui.tracking.answered_share import answered_share
from qualtui.tracking.replies import DAY, ReplyState
from qualtui.wire import LinkView
from tests.english import english

HOUR = 3600.0
NOW = 100 * HOUR


def links(bot: str = "ok", database: str = "ok", gateway: str = "ok") -> tuple[LinkView, ...]:
    given = {Link.US: "unknown", Link.BOT: bot, Link.DATABASE: database, Link.GATEWAY: gateway}
    return tuple(LinkView(link, status, "", Evidence.FRESH) for link, status in given.items())


@pytest.mark.parametrize(
    ("bot", "database", "gateway", "expected"),
    [
        ("ok", "ok", "ok", (1.0, "")),
        ("busy", "ok", "ok", (1.0, "")),
        ("bad", "ok", "ok", (0.0, "bot")),
        ("ok", "bad", "bad", (0.0, "database, gateway")),
        ("unknown", "ok", "bad", (0.0, "gateway")),  # broken is broken, whatever else is not known
        ("unknown", "ok", "ok", (None, "bot")),
        ("ok", "ok", "no_source", (1.0, "")),
    ],
)
def test_whether_customers_could_be_answered(
    bot: str, database: str, gateway: str, expected: tuple[float | None, str]
) -> None:
    assert english(answerable(links(bot, database, gateway))) == expected


def test_minutes_that_nobody_watched_are_unknown_and_do_not_raise_the_share() -> None:
    hours = [NOW - 4 * HOUR + n * HOUR for n in range(4)]
    counts = list(zip(hours, (60.0, 0.0, 30.0, 60.0), strict=True))
    sums = list(zip(hours, (60.0, None, 15.0, 60.0), strict=True))
    said = english(availability(counts, sums, NOW, 60.0, HOUR))
    assert said["goal.up"] == (90.0, "135 of 150 minutes, 90 unknown")
    assert said["goal.minutes_unknown"][0] == 90


def test_what_was_before_the_first_look_is_not_counted_at_all() -> None:
    bins = [(NOW - 3 * HOUR, 0.0), (NOW - 2 * HOUR, None), (NOW - HOUR, 40.0)]
    assert english(availability(bins, bins, NOW, 60.0, HOUR))["goal.up"] == (100.0, "40 of 40 minutes, 0 unknown")


def test_too_few_minutes_are_no_share() -> None:
    assert availability((), (), NOW, 60.0, HOUR)["goal.up"][0] is None
    assert availability([(NOW, 19.0)], [(NOW, 19.0)], NOW, 60.0, HOUR)["goal.up"][0] is None


def test_the_answered_share_leaves_out_what_may_still_be_answered() -> None:
    settled = (NOW - DAY - 1, *(NOW - 100.0 - n for n in range(19)))
    book = ReplyState(settled=settled, asked={"a": (NOW - 10.0,), "b": (NOW - 500.0,), "c": (NOW - 20_000.0,)})
    said = answered_share(book, NOW - 10_000.0, NOW, 180.0)  # c wrote before qualtui looked first
    assert said == {"goal.answered": 95.0, "goal.messages_answered": 19.0, "goal.messages": 20.0}
    assert answered_share(ReplyState(), 0.0, NOW, 180.0)["goal.answered"] is None
