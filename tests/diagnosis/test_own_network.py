"""Our network or theirs: only silence is excused, and only while nobody else answers over our network."""

import pytest

from qualtui.diagnosis.own_network import OURS, ControlledHost, excused, host_answered
from qualtui.model import Sample

NOW, REACH = 1000.0, 13.0
FAR = {
    "health": ControlledHost(False, 30.0),
    "db": ControlledHost(False, 5.0),
    "gateway": ControlledHost(False, 5.0),
}
SILENT = {
    "health": {"health.up": 0.0, "health.refused": 0.0, "health.silent": 1.0},
    "db": {"db.up": 0.0, "db.silent": 1.0},
    "gateway": {"gateway.up": 0.0, "gateway.working": 0.0, "gateway.silent": 1.0},
}


def batch(values: dict[str, float], note: str = "said") -> tuple[Sample, ...]:
    return tuple(Sample(f"bot/{name}", NOW, value, note) for name, value in values.items())


def control(value: float | None, age: float = 2.0) -> Sample:
    return Sample("bot/control.up", NOW - age, value)


def unasked(
    samples: tuple[Sample, ...],
    newest: Sample | None,
    heard: dict[str, float] | None = None,
    hosts: dict[str, ControlledHost] | None = None,
) -> list[str]:
    told = excused(samples, newest, heard or {}, FAR if hosts is None else hosts, NOW, REACH)
    assert [sample.series for sample in told] == [sample.series for sample in samples]
    assert all(sample.note == OURS for sample in told if sample.value is None)
    return [sample.series.removeprefix("bot/") for sample in told if sample.value is None]


@pytest.mark.parametrize(
    ("link", "names"),
    [("health", ["health.up"]), ("db", ["db.up"]), ("gateway", ["gateway.up", "gateway.working"])],
)
def test_silence_while_the_control_target_is_silent_was_no_question(link: str, names: list[str]) -> None:
    samples = batch(SILENT[link])
    assert unasked(samples, control(0)) == names
    assert unasked(samples, control(1)) == []
    assert unasked(samples, control(None)) == []
    assert unasked(samples, control(0, age=REACH + 1)) == []
    assert unasked(samples, None) == []


@pytest.mark.parametrize(
    ("note", "values"),
    [
        ("refused", {"db.up": 0.0, "db.silent": 0.0}),
        ("the login was rejected", {"db.up": 0.0, "db.silent": 0.0}),
        ("HTTP 500", {"health.up": 0.0, "health.refused": 0.0, "health.silent": 0.0}),
        ("says unhealthy", {"health.up": 0.0, "health.refused": 0.0, "health.silent": 0.0}),
        ("refused", {"health.up": 0.0, "health.refused": 1.0, "health.silent": 0.0}),
        ("HTTP 502", {"gateway.up": 0.0, "gateway.working": 0.0, "gateway.silent": 0.0}),
        ("refused", {"gateway.up": 0.0, "gateway.working": 0.0, "gateway.silent": 0.0}),
        ("FAILED", {"gateway.up": 1.0, "gateway.working": 0.0, "gateway.silent": 0.0}),
        ("", {"db.up": 1.0, "db.silent": 0.0}),
        ("", {"customers.waiting": 0.0, "control.up": 0.0}),
    ],
)
def test_an_answer_or_a_refusal_of_the_asked_itself_stands(note: str, values: dict[str, float]) -> None:
    assert unasked(batch(values, note), control(0)) == []


@pytest.mark.parametrize(
    ("heard", "near", "stands"),
    [
        ({"gateway": NOW - 3}, (), True),  # well or badly: it came over our network since we asked
        ({"health": NOW - 5}, (), True),
        ({"health": NOW - 40}, (), False),  # the network may have failed since
        ({"db": NOW}, (), False),  # its own word proves nothing more
        ({"gateway": NOW - 3}, ("gateway",), False),  # a gateway on this machine used no network
        ({"gateway": NOW - 3, "health": NOW - 1}, ("gateway",), True),
        ({"gateway": NOW - 3}, ("gateway", "db"), True),
    ],
)
def test_an_answer_of_another_since_the_question_proves_our_network(
    heard: dict[str, float], near: tuple[str, ...], stands: bool
) -> None:
    hosts = {name: host._replace(near=name in near) for name, host in FAR.items()}
    assert unasked(batch(SILENT["db"]), control(0), heard, hosts) == ([] if stands else ["db.up"])


def test_who_answered_badly_answered_and_who_is_silent_did_not() -> None:
    def sample(value: float | None, at: float = NOW) -> Sample:
        return Sample("bot/x", at, value)

    assert host_answered(sample(0), sample(0)) == NOW
    assert host_answered(sample(1), None) == NOW
    assert host_answered(sample(0), sample(1)) is None
    assert host_answered(sample(1), sample(1, NOW - 60)) == NOW
    assert host_answered(sample(None), sample(1)) is None
    assert host_answered(None, None) is None
