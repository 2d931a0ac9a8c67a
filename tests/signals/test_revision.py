"""A cause that did not last gives way to one that does, while the incident is young; its effects never do."""

import pytest

from qualtui.signals.revision import Belief, believed, later, restored, to_revise
from qualtui.signals.root import Root, Why

FIRED = 1000.0


def watched(first: Why, *looks: tuple[float, Root], belief: Belief | None = None) -> bool:
    """Whether the cause is revised after these looks, each at so many seconds after the incident began."""
    belief = belief or believed(first, FIRED)
    now = FIRED
    for after, root in looks:
        now = FIRED + after
        belief = later(belief, first.root, Why("other", root=root), now)
    return to_revise(belief, first.root, FIRED, now)


STARTING = Why("WAHA STARTING", root=Root.GATEWAY_STARTING, since=FIRED - 2)
REFUSED = Why("refuses", root=Root.BOT_DOWN, since=FIRED - 1)
FAILED = Why("WAHA FAILED", root=Root.GATEWAY, since=FIRED - 300)


@pytest.mark.parametrize(
    ("first", "looks", "expected"),
    [
        (STARTING, [(5, Root.WEBHOOK), (25, Root.WEBHOOK)], True),
        (STARTING, [(5, Root.WEBHOOK), (15, Root.WEBHOOK)], False),  # not for long enough yet
        (STARTING, [(5, Root.WEBHOOK), (12, Root.GATEWAY), (25, Root.WEBHOOK)], False),  # it comes and goes
        (STARTING, [(700, Root.WEBHOOK), (720, Root.WEBHOOK)], False),  # no longer young
        (REFUSED, [(20, Root.DATABASE_DOWN), (40, Root.DATABASE_DOWN)], True),
        (REFUSED, [(60, Root.BOT_DOWN), (70, Root.DATABASE_DOWN), (90, Root.DATABASE_DOWN)], False),  # confirmed
        (FAILED, [(5, Root.NOT_DELIVERED), (25, Root.NOT_DELIVERED)], False),  # its effect
        (FAILED, [(5, Root.NONE), (60, Root.NONE)], False),  # nothing is seen any more
        (FAILED, [(5, Root.BOT_BUSY), (60, Root.BOT_BUSY)], False),  # nothing better is known
        (Why(), [(5, Root.BOT_OWES), (25, Root.BOT_OWES)], True),
    ],
)
def test_a_cause_is_revised(first: Why, looks: list[tuple[float, Root]], expected: bool) -> None:
    assert watched(first, *looks) is expected


def test_after_a_restart_a_cause_counts_as_confirmed_and_a_vague_one_does_not() -> None:
    looks = [(5, Root.WEBHOOK), (25, Root.WEBHOOK)]
    assert not watched(REFUSED, *looks, belief=restored(FIRED))
    assert watched(STARTING, *looks, belief=restored(FIRED))
