"""Our messages that bear the time of the request are known from those of a bot that is really so fast."""

import pytest

from qualtui.tracking.gateway_chats import ChatMessage
from qualtui.tracking.gateway_witness import ListedChat, burst, date_stamped

DATE = 10_000.0


def listed(*ours: float, theirs: float | None = None) -> list[ListedChat]:
    """Chats whose last message is ours, this long before the answer, and one of a customer's."""
    found = [] if theirs is None else [ListedChat("theirs", ChatMessage(DATE - theirs, ours=False))]
    return found + [ListedChat(f"chat{n}", ChatMessage(DATE - ago, ours=True)) for n, ago in enumerate(ours)]


@pytest.mark.parametrize(
    ("lasts", "pace", "suspected"),
    [
        pytest.param(listed(0, 0, 1), 1, True, id="all at once, though the bot sends one in 5 s"),
        pytest.param(listed(0, 0, 1), 0, True, id="all at once, and no rows"),
        pytest.param(listed(0, 0, 1), 3, False, id="a bot that sends three in a moment"),
        pytest.param(listed(*[0] * 5, 1), 3, False, id="and now twice as many"),
        pytest.param(listed(*[0] * 40), 3, True, id="more than it ever sends"),
        pytest.param(listed(0, 0, theirs=30), 1, True, id="after an older one"),
        pytest.param(listed(0, 0, theirs=30), 4, False, id="after an older one, a fast bot"),
        pytest.param(listed(0, 0, 90), 0, False, id="others bear their own time"),
    ],
)
def test_what_the_bots_pace_explains_is_not_suspected(lasts: list[ListedChat], pace: int, suspected: bool) -> None:
    assert date_stamped(lasts, DATE, pace) is suspected


def test_the_pace_is_the_most_rows_of_the_last_minute_in_a_moment() -> None:
    assert burst(()) == 0
    assert burst((100.0, 107.0, 115.0, 124.0)) == 1
    assert burst((100.0, 100.5, 102.0, 110.0)) == 3
    assert burst((10.0, 10.5, 11.0, 100.0)) == 1  # that was long ago
