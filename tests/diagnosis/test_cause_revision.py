"""A cause that did not last gives way to one that does, while the incident is young; its effects never do."""

import pytest

from qualtui.diagnosis.cause_revision import Belief, cause_believed, later, restored, to_revise
from qualtui.diagnosis.root_cause import CauseKind, RootCause

FIRED = 1000.0


def watched(first: RootCause, *looks: tuple[float, CauseKind], belief: Belief | None = None) -> bool:
    """Whether the cause is revised after these looks, each at so many seconds after the incident began."""
    belief = belief or cause_believed(first, FIRED)
    now = FIRED
    for after, root in looks:
        now = FIRED + after
        belief = later(belief, first.root, RootCause("other", root=root), now)
    return to_revise(belief, first.root, FIRED, now)


STARTING = RootCause("WhatsApp session STARTING", root=CauseKind.GATEWAY_STARTING, since=FIRED - 2)
REFUSED = RootCause("refuses", root=CauseKind.BOT_DOWN, since=FIRED - 1)
HANGS = RootCause("stuck sending", root=CauseKind.STUCK_SENDING, since=FIRED - 30)
FAILED = RootCause("WhatsApp session FAILED", root=CauseKind.GATEWAY, since=FIRED - 300)


@pytest.mark.parametrize(
    ("first", "looks", "expected"),
    [
        (STARTING, [(5, CauseKind.WEBHOOK), (25, CauseKind.WEBHOOK)], True),
        (STARTING, [(5, CauseKind.WEBHOOK), (15, CauseKind.WEBHOOK)], False),  # not for long enough yet
        (
            STARTING,
            [(5, CauseKind.WEBHOOK), (12, CauseKind.GATEWAY), (25, CauseKind.WEBHOOK)],
            False,
        ),  # it comes and goes
        (STARTING, [(700, CauseKind.WEBHOOK), (720, CauseKind.WEBHOOK)], False),  # no longer young
        (REFUSED, [(20, CauseKind.DATABASE_DOWN), (40, CauseKind.DATABASE_DOWN)], True),
        (
            REFUSED,
            [(60, CauseKind.BOT_DOWN), (70, CauseKind.DATABASE_DOWN), (90, CauseKind.DATABASE_DOWN)],
            False,
        ),  # confirmed
        (FAILED, [(5, CauseKind.NOT_DELIVERED), (25, CauseKind.NOT_DELIVERED)], False),  # its effect
        (HANGS, [(5, CauseKind.BOT_OWES), (25, CauseKind.BOT_OWES)], False),  # between two kills it is idle
        (FAILED, [(5, CauseKind.NONE), (60, CauseKind.NONE)], False),  # nothing is seen any more
        (FAILED, [(5, CauseKind.BOT_BUSY), (60, CauseKind.BOT_BUSY)], False),  # nothing better is known
        (RootCause(), [(5, CauseKind.BOT_OWES), (25, CauseKind.BOT_OWES)], True),
    ],
)
def test_a_cause_is_revised(first: RootCause, looks: list[tuple[float, CauseKind]], expected: bool) -> None:
    assert watched(first, *looks) is expected


def test_after_a_restart_a_cause_counts_as_confirmed_and_a_vague_one_does_not() -> None:
    looks = [(5, CauseKind.WEBHOOK), (25, CauseKind.WEBHOOK)]
    assert not watched(REFUSED, *looks, belief=restored(FIRED))
    assert watched(STARTING, *looks, belief=restored(FIRED))
