"""Flapping begins with too many returns, is counted as people read it, and ends by itself."""

import pytest
from msgspec.structs import replace

from qualtui.alerts.flapping import FlapStep, FlapTiming, flap_count, flap_step
from qualtui.model import Flapping, Incident, Phase, Severity

TIMING = FlapTiming(returns=3, window=1800.0, quiet=900.0)
FIRES = Incident(1, "down", "bot", Severity.CRITICAL, Phase.FIRING, 0.0, 0.0, "session down", beginnings=(0.0,))
FLAPS = replace(FIRES, beginnings=(0.0, 400.0, 800.0, 1200.0), flapping=Flapping(1200.0, 1800.0, 3))
STEADY = replace(FLAPS, flapping=Flapping(0.0, 1800.0, 3, ended=True))
OVER = replace(FLAPS, phase=Phase.RESOLVED, resolved_at=1300.0)


@pytest.mark.parametrize(
    ("name", "incident", "now", "want"),
    [
        ("two returns are none", replace(FIRES, beginnings=(0.0, 400.0, 800.0)), 800.0, FlapStep.NONE),
        ("three returns are", replace(FIRES, beginnings=(0.0, 400.0, 800.0, 1200.0)), 1200.0, FlapStep.BEGINS),
        ("the first time counts no return", replace(FIRES, beginnings=(0.0, 1.0, 2.0)), 3.0, FlapStep.NONE),
        (
            "however long it lasted first",
            replace(FIRES, beginnings=(-9000.0, 400.0, 800.0, 1200.0)),
            1200.0,
            FlapStep.BEGINS,
        ),
        (
            "not over more than 30 min",
            replace(FIRES, beginnings=(0.0, 100.0, 950.0, 1901.0)),
            1901.0,
            FlapStep.NONE,
        ),
        (
            "what is over does not begin to",
            replace(FIRES, phase=Phase.RESOLVED, beginnings=(0.0, 400.0, 800.0, 1200.0)),
            1200.0,
            FlapStep.NONE,
        ),
        ("it goes on while it changes", FLAPS, 2099.0, FlapStep.NONE),
        ("15 min without a break end it", FLAPS, 2100.0, FlapStep.ENDS),
        ("so do 15 min after its end", OVER, 2200.0, FlapStep.ENDS),
        ("not less", OVER, 2199.0, FlapStep.NONE),
        ("its cause's end is a change", replace(FLAPS, cause_ended_at=1500.0), 2100.0, FlapStep.NONE),
        ("a clock that was set back does not keep it", FLAPS, 100.0, FlapStep.ENDS),
        (
            "what ended does not end again",
            replace(FLAPS, flapping=Flapping(0.0, 1800.0, 3, ended=True), beginnings=(1200.0,)),
            9000.0,
            FlapStep.NONE,
        ),
    ],
)
def test_flapping_begins_and_ends(name: str, incident: Incident, now: float, want: FlapStep) -> None:
    assert flap_step(incident, TIMING, now) is want, name


def test_it_can_be_switched_off_while_something_flaps() -> None:
    off = replace(TIMING, returns=0)
    assert flap_step(FLAPS, off, 1201.0) is FlapStep.ENDS
    assert flap_step(replace(FLAPS, flapping=None), off, 1201.0) is FlapStep.NONE


def test_it_is_counted_within_the_window_before_its_newest_beginning() -> None:
    assert (flap_count(FLAPS, 1800.0).times, flap_count(FLAPS, 1800.0).span) == (4, 1200.0)
    assert (flap_count(FLAPS, 500.0).times, flap_count(FLAPS, 500.0).span) == (2, 400.0)
