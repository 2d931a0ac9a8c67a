"""Real kills and hangs of a whole engine, the quick ones of `make faults`: every promise is kept."""

from collections.abc import Awaitable, Callable

import pytest

from benchmarks import full, hangs
from benchmarks.kills import AIMS, kill_at
from benchmarks.trial import Skip, Trial


@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(hangs.ends_in_time, id="sigterm-while-all-hangs"),
        pytest.param(hangs.reads_again, id="sighup-bad-then-good"),
        pytest.param(hangs.refuses_a_second, id="second-engine"),
        pytest.param(hangs.healthy_beside_dripping, id="six-dripping-targets"),
        pytest.param(full.started_on_full, id="started-on-a-full-disk"),
    ],
)
async def test_whatever_hangs_the_engine_keeps_its_promise(trial: Callable[[], Awaitable[Trial]]) -> None:
    try:
        outcome = await trial()
    except Skip as reason:
        pytest.skip(str(reason))
    assert outcome.ok, (outcome.promised, outcome.problems, outcome.happened)


@pytest.mark.parametrize("state", ["queued", "sending", "answered"])
async def test_an_engine_killed_with_a_notice_in_hand_loses_none_and_repeats_none_unmarked(state: str) -> None:
    outcome = await kill_at(AIMS[state])
    assert (outcome.hit, outcome.problems) == (state, ())
