"""When the window draws: a lost engine at once, urgent news within 0.2 s, all else at its pace."""

import pytest
from msgspec.structs import replace

from qualtui.screens.drawing_pace import AGES, SHORTEST, DrawingPace
from qualtui.widgets.view_state import ConnectionState, ViewState
from tests import snapshots

SLOW = 5.0
CALM = ViewState(snapshots.calm(), ConnectionState.LIVE)
URGENT = replace(CALM, snapshot=snapshots.trouble())
LOST = replace(CALM, bond=ConnectionState.LOST)


class Ticks:
    """A monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def pace(ticks: Ticks) -> DrawingPace:
    """Of a slow line, right after the first picture."""
    one = DrawingPace(ticks, SLOW)
    assert one.wait(CALM) == 0.0
    one.drawn(CALM)
    return one


@pytest.mark.parametrize(("sight", "wait"), [(CALM, SLOW), (URGENT, SHORTEST), (LOST, 0.0)])
def test_what_changed_waits_as_its_urgency_allows(pace: DrawingPace, sight: ViewState, wait: float) -> None:
    assert pace.wait(sight) == pytest.approx(wait)


def test_one_timer_is_enough_but_urgent_news_come_before_it(pace: DrawingPace, ticks: Ticks) -> None:
    assert pace.wait(CALM) == pytest.approx(SLOW)
    ticks.now += 0.05
    assert pace.wait(CALM) is None
    assert pace.wait(URGENT) == pytest.approx(SHORTEST - 0.05)
    assert pace.wait(URGENT) is None


def test_ages_are_drawn_again_no_faster_than_the_pace(ticks: Ticks) -> None:
    for seconds, aged in ((SHORTEST, AGES), (SLOW, SLOW)):
        one = DrawingPace(ticks, seconds)
        one.drawn(CALM)
        ticks.now += aged - 0.1
        assert not one.aged
        ticks.now += 0.1
        assert one.aged
