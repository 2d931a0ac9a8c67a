"""Whom a retry may write to: also one whose last message only the gateway's chats have, and never twice."""

import pytest

from qualtui.fixes.claims import OUTCOME, Case
from qualtui.fixes.reach import RetryReach
from qualtui.gateways.gateway import Fate
from qualtui.wire import CustomerView

LEAD = "11111111-2222-3333-4444-555555555555"
NOW = 10_000.0
REACH = RetryReach((), ("finalizado",))


def case(
    said: float | None = None,
    heard: float | None = None,
    claimed: float | None = None,
    outcome: str | None = None,
    status: str = "novo",
) -> Case:
    return Case(LEAD, status, "whatsapp", True, "s", said, heard, claimed, outcome, NOW)


def waits(last: float, unheard: float | None = None) -> CustomerView:
    return CustomerView(LEAD, "+55 11 •••••-••11", last, "", unheard, last)


DELIVERED = OUTCOME + Fate.DELIVERED


@pytest.mark.parametrize(
    ("one", "known", "against"),
    [
        (waits(900.0), case(heard=900.0), ""),
        (waits(900.0), case(heard=900.0, said=910.0), "answered meanwhile"),
        (waits(900.0, unheard=910.0), case(heard=900.0, said=910.0), ""),  # the row lies
        (waits(950.0), case(heard=900.0, said=910.0), ""),  # a newer message that no row has
        (waits(950.0), case(heard=900.0, said=960.0), "answered meanwhile"),
        (waits(950.0), case(heard=900.0, claimed=920.0, outcome=DELIVERED), ""),  # it wrote again since
        (waits(950.0), case(heard=900.0, claimed=960.0, outcome=DELIVERED), "written to already"),
        (waits(950.0), case(heard=900.0, claimed=920.0), "interrupted"),  # whatever came since
        (waits(950.0, unheard=940.0), case(heard=900.0, said=940.5), ""),
        (waits(950.0), case(heard=900.0, status="finalizado"), "wants none"),
        (waits(950.0), None, "gone"),
    ],
)
def test_who_may_be_written_to(one: CustomerView, known: Case | None, against: str) -> None:
    barrier = REACH.barrier(one, known)
    assert str(barrier).startswith(against)
    assert bool(barrier) is bool(against)
