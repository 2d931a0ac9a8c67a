"""A customer's next message proves that a PENDING one arrived, unless acknowledgements ceased just before it."""

import pytest

from qualtui.tracking.ack_trust import Acks, acknowledged, observed
from qualtui.tracking.gateway_chats import ChatMessage

NOW = 1_000_000.0
DEVICE = 2


def ours(at: float, ack: int = 0) -> ChatMessage:
    return ChatMessage(NOW + at, ours=True, ack=ack)


def theirs(at: float) -> ChatMessage:
    return ChatMessage(NOW + at, ours=False)


def looked(acks: Acks, chats: int) -> Acks:
    """So many chats in which ours of -500 is PENDING, and the customer wrote again at -80."""
    for number in range(chats):
        acks = observed(acks, f"chat{number}", [theirs(-520), ours(-500), theirs(-80)], NOW)
    return acks


def test_a_gateway_that_never_acknowledges_is_not_trusted_once_two_customers_go_on() -> None:
    assert not looked(Acks(), 1).unreliable
    assert looked(Acks(), 2).unreliable


@pytest.mark.parametrize("before", [-510.0, -3600.0, -80_000.0])
def test_who_writes_again_after_acknowledgements_ceased_proves_nothing(before: float) -> None:
    """The phone is offline: an unanswered customer writes again, and our message is not delivered."""
    assert not looked(acknowledged(Acks(), [ours(before, DEVICE)], NOW - 500), 20).unreliable


def test_an_acknowledgement_of_a_later_message_shows_that_the_phone_is_online() -> None:
    acks = acknowledged(Acks(), [ours(-510, DEVICE), ours(-200, DEVICE)], NOW - 190)
    assert looked(acks, 2).unreliable


def test_an_acknowledgement_after_the_customers_message_tells_nothing_of_the_time_before() -> None:
    acks = acknowledged(Acks(), [ours(-510, DEVICE), ours(-20, DEVICE)], NOW - 10)
    assert not looked(acks, 20).unreliable


def test_what_a_phone_that_is_online_again_acknowledges_tells_nothing_of_the_time_before() -> None:
    """It sends what was kept back, long after the customer had written again."""
    acks = acknowledged(Acks(), [ours(-510, DEVICE)], NOW - 505)
    acks = acknowledged(acks, [ours(-510, DEVICE), ours(-200, DEVICE)], NOW - 10)
    assert not looked(acks, 20).unreliable


def test_who_wrote_again_before_all_acknowledgements_that_are_known_proves_nothing() -> None:
    """Only the newest are remembered: whether the phone was offline then, nobody knows."""
    acks = acknowledged(Acks(), [ours(-50 + number / 100, DEVICE) for number in range(600)], NOW - 10)
    assert not looked(acks, 20).unreliable


def test_a_gateway_that_gave_its_last_acknowledgement_days_ago_is_as_one_that_never_does() -> None:
    assert looked(acknowledged(Acks(), [ours(-200_000, DEVICE)], NOW - 199_990), 2).unreliable
