"""Our network or theirs: silence excuses nobody while the control target answers, and a refusal is an answer."""

import pytest

from qualtui.model import Sample
from qualtui.signals.control import excused

NOW, REACH = 1000.0, 13.0


def batch(**values: float) -> tuple[Sample, ...]:
    return tuple(Sample(f"bot/{name.replace('_', '.')}", NOW, value, "said") for name, value in values.items())


def control(value: float | None, age: float = 2.0) -> Sample:
    return Sample("bot/control.up", NOW - age, value)


def unasked(samples: tuple[Sample, ...], newest: Sample | None) -> list[str]:
    told = excused(samples, newest, NOW, REACH)
    assert [sample.series for sample in told] == [sample.series for sample in samples]
    return [sample.series.removeprefix("bot/") for sample in told if sample.value is None]


@pytest.mark.parametrize(
    ("samples", "names"),
    [
        (batch(db_up=0), ["db.up"]),
        (batch(db_up=1), []),
        (batch(health_up=0, health_refused=0), ["health.up"]),
        (batch(health_up=0, health_refused=1), []),
        (batch(waha_up=0, waha_working=0), ["waha.up", "waha.working"]),
        (batch(waha_up=1, waha_working=0), []),  # the gateway itself says FAILED
        (batch(customers_waiting=0, control_up=0), []),
    ],
)
def test_what_was_not_asked_while_the_control_target_is_silent(
    samples: tuple[Sample, ...], names: list[str]
) -> None:
    assert unasked(samples, control(0)) == names
    assert unasked(samples, control(1)) == []
    assert unasked(samples, control(None)) == []
    assert unasked(samples, control(0, age=REACH + 1)) == []
    assert unasked(samples, None) == []
