"""Points of Render: units are read, `[]` and null are no data, and the worst instance counts."""

import msgspec
import pytest

from qualtui.hosts.render.answers import stamp
from qualtui.hosts.render.metrics import CPU_UNITS, MEMORY_UNITS, TimeSeries, counts_of, latency_of, use_of

NOW = 1_790_000_000.0


def series(*values: tuple[float, float | None], unit: str = "bytes", **labels: str) -> TimeSeries:
    """Points by their age; read from JSON, as they come."""
    whole = {
        "labels": [{"field": field, "value": value} for field, value in labels.items()],
        "unit": unit,
        "values": [{"timestamp": stamp(NOW - ago), "value": value} for ago, value in values],
    }
    return msgspec.json.decode(msgspec.json.encode(whole), type=TimeSeries)


LIMIT = (series((60, 1000.0)),)


@pytest.mark.parametrize(
    ("used", "percent"),
    [
        ((series((120, 100.0), (60, 200.0)),), 20),
        ((series((60, 200.0), instance="a"), series((60, 700.0), instance="b")), 70),
        ((series((60, 900.0), (5, None)),), 90),  # the newest bucket may be empty
        ((series((280, 900.0), instance="old"), series((60, 100.0), instance="new")), 10),  # a deploy replaced it
        ((), None),
        (None, None),
        ((series(),), None),
        ((series((60, None)),), None),
        ((series((400, 900.0)),), None),  # too late to speak of now
        ((series((60, 0.0)),), 0),
    ],
)
def test_the_share_is_of_the_worst_running_instance(used: tuple[TimeSeries, ...] | None, percent: float) -> None:
    assert use_of(used, LIMIT, MEMORY_UNITS, NOW).percent == percent


@pytest.mark.parametrize("limit", [(), None, (series((60, 0.0)),), (series((60, None)),)])
def test_without_a_limit_there_is_no_share(limit: tuple[TimeSeries, ...] | None) -> None:
    use = use_of((series((60, 200.0)),), limit, MEMORY_UNITS, NOW)
    assert (use.percent, str(use.note)) == (None, "200 bytes; the host names no limit")


@pytest.mark.parametrize(("unit", "other"), [("furlongs", "furlongs"), ("bytes", "GB"), ("", "")])
def test_a_unit_that_is_not_known_is_shown_raw_and_never_a_share(unit: str, other: str) -> None:
    use = use_of((series((60, 2.0), unit=unit),), (series((60, 4.0), unit=other),), MEMORY_UNITS, NOW)
    assert use.percent is None
    assert f"2 {unit}".strip() in str(use.note)


def test_cores_are_held_against_cores() -> None:
    used, limit = (series((60, 0.4), unit="cpu"),), (series((60, 0.5), unit="cpu"),)
    assert use_of(used, limit, CPU_UNITS, NOW).percent == pytest.approx(80)


def test_each_instance_has_its_own_limit() -> None:
    used = (series((60, 400.0), instance="a"), series((60, 400.0), instance="b"))
    limits = (series((60, 1000.0), instance="a"), series((60, 500.0), instance="b"))
    assert use_of(used, limits, MEMORY_UNITS, NOW).percent == 80


def test_answers_are_added_up_by_status_code_since_a_time() -> None:
    found = (
        series((900, 50.0), (60, 3.0), (30, 2.0), unit="unitless", statusCode="200"),
        series((60, 1.0), (30, None), unit="unitless", statusCode="500", resource="srv-1"),
    )
    assert counts_of(found, NOW - 600).by_status == {"200": 5, "500": 1}


@pytest.mark.parametrize("found", [(), None])
def test_no_counts_are_no_data_and_not_zero(found: tuple[TimeSeries, ...] | None) -> None:
    assert counts_of(found, 0.0).by_status is None


def test_counts_of_an_unknown_unit_are_no_data() -> None:
    assert counts_of((series((60, 1.0), unit="per second"),), 0.0).by_status is None


@pytest.mark.parametrize(
    ("points", "seconds"),
    [
        ((series((120, 9.0), (60, 12.0), unit="seconds"),), 12),
        ((series((60, 900.0), unit="ms"), series((60, 12_000.0), unit="ms")), 12),
        ((series((60, 12.0), unit="ticks"),), None),  # shown raw, never alarmed on
        ((series((60, None), unit="s"),), None),
        ((series((400, 9.0), unit="s"),), None),
        ((), None),
        (None, None),
    ],
)
def test_latency_is_in_the_unit_of_the_answer(
    points: tuple[TimeSeries, ...] | None, seconds: float | None
) -> None:
    found = latency_of(points, NOW)
    assert found.p95 == seconds
    assert (found.note == "") == (seconds is not None)
