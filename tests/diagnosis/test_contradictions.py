"""Sources that contradict each other are told as such, and never look green."""

import pytest

from qualtui.diagnosis.contradictions import contradict, disagreeing, disagreement_text
from qualtui.model import Evidence, Sample
from qualtui.series.evidence import Reading, Readings


def known(values: dict[str, float]) -> Readings:
    return {name: Reading(Evidence.FRESH, Sample(f"bot/{name}", 1.0, value)) for name, value in values.items()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, set()),
        ({"health.up": 1, "db.up": 1}, set()),
        ({"health.up": 1, "db.up": 0}, {"health.up"}),
        ({"health.up": 0, "db.up": 0}, set()),
        ({"customers.phantom": 0}, set()),
        ({"customers.phantom": 2}, {"customers.phantom"}),
        ({"customers.unstored": 2}, {"customers.unstored"}),
        ({"agent.success": 100, "failures.sends": 0}, set()),
        ({"agent.success": 100, "failures.sends": 1}, {"agent.success"}),
        ({"agent.success": 60, "failures.sends": 1}, set()),
        ({"agent.claimed": 40, "messages.sent_1h": 39}, set()),
        ({"agent.claimed": 40, "messages.sent_1h": 20}, {"agent.claimed"}),
        ({"agent.claimed": 40}, set()),
        ({"agent.sent_1h": 40, "messages.sent_1h": 20}, set()),  # an hour of steps is not the hour of the rows
        ({"deep.database": 0, "db.up": 1}, {"deep.database"}),
        ({"deep.database": 0, "db.up": 0}, set()),
        ({"deep.database": 0}, set()),
        ({"deep.gateway": 0, "gateway.working": 1, "db.up": 1}, {"deep.gateway"}),
        ({"deep.gateway": 0, "gateway.working": 0}, set()),
        ({"health.up": 0, "health.database": 0, "db.up": 1}, {"health.database"}),
        ({"health.gateway": 0, "gateway.working": 1}, {"health.gateway"}),
        ({"health.up": 0, "health.database": 0, "db.up": 0}, set()),
        ({"deep.database": 1, "deep.gateway": 1, "db.up": 1, "gateway.working": 1}, set()),
    ],
)
def test_which_figures_are_contradicted(values: dict[str, float], expected: set[str]) -> None:
    readings = known(values)
    assert disagreeing(readings) == expected
    marked = contradict(readings)
    assert {name for name, reading in marked.items() if reading.evidence is Evidence.DISAGREE} == expected


def test_each_contradiction_has_words_of_its_own() -> None:
    values = {"health.up": 1.0, "db.up": 0.0, "customers.phantom": 2.0, "customers.unstored": 1.0}
    counted = {"agent.success": 100.0, "failures.sends": 1.0, "agent.claimed": 40.0, "messages.sent_1h": 20.0}
    deep = {"deep.database": 0.0, "db.up": 1.0, "deep.gateway": 0.0, "gateway.working": 1.0}
    health = {"health.database": 0.0, "health.gateway": 0.0}
    found = disagreeing(known({**values, **counted})) | disagreeing(known({**deep, **health}))
    words = str(disagreement_text(found)).split(", ")
    assert len(found) == 9
    assert len(words) >= 9
    assert not any(name in str(disagreement_text(found)) for name in found)


def test_what_a_check_said_of_an_outage_that_is_over_was_true() -> None:
    readings = known({"deep.database": 0, "db.up": 1, "deep.gateway": 0, "gateway.working": 1})
    assert disagreeing(readings, lambda name, at: at == 1.0 and name == "gateway.working") == {"deep.gateway"}


def test_what_is_not_fresh_contradicts_nothing() -> None:
    readings = known({"health.up": 1, "db.up": 0})
    readings["db.up"] = Reading(Evidence.OLD, readings["db.up"].sample)
    assert disagreeing(readings) == frozenset()
