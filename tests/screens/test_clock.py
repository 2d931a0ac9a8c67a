"""Every "ago" of a window is by the engine's clock."""

import pytest

from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, text, until, window


@pytest.mark.parametrize("ahead", [0.0, 3600.0, -3600.0])
async def test_a_window_whose_clock_is_wrong_shows_the_same_ages(ahead: float) -> None:
    drawn = []
    for off in (0.0, ahead):
        engine = StandIn(snapshots.trouble())
        engine.ahead = off
        app = window(engine, Clock(snapshots.AT - off))
        async with app.run_test(size=(160, 48)) as pilot:
            await until(lambda: app.pid != 0)  # noqa: B023 - awaited in the loop
            await pilot.pause()
            drawn.append(text(app))
    assert drawn[0] == drawn[1]
