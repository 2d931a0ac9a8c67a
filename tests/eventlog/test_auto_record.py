"""A fix that is tried out is proposed for `auto` after it helped three times in a row, and not before."""

import pytest
from msgspec.structs import replace

from qualtui.eventlog.auto_record import AutoRecord, auto_record
from qualtui.model import FixRun, Healing, Incident, Phase, Severity

FIX = "gateway-restart"


def incident(
    number: int, *, mode: str = "suggest", refused: str = "", fix: str = FIX, over: bool = True
) -> Incident:
    phase = Phase.RESOLVED if over else Phase.FIRING
    at = 1000.0 * number
    healing = Healing(fix, mode, at, refused)
    return Incident(number, "rule", "bot", Severity.CRITICAL, phase, at, at, "FAILED", healing=healing)


def run(number: int, outcome: str = "ok", *, fix: str = FIX, after: float = 60.0, undoes: str = "") -> FixRun:
    at = 1000.0 * number + after
    return FixRun(f"r{number}{after}", fix, "bot", "ana", at, number=number, outcome=outcome, undoes=undoes)


def then_another(one: Incident, fix: str) -> Incident:
    """Of the same incident, another fix was decided afterwards."""
    assert one.healing is not None
    later = Healing(fix, "suggest", one.healing.at + 30.0)
    return replace(one, healing=later, healed=(one.healing,))


THREE = [incident(n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("incidents", "runs", "record"),
    [
        ([], [], AutoRecord()),
        (THREE, [run(1), run(2), run(3)], AutoRecord(3, 3, True)),
        (THREE[:2], [run(1), run(2)], AutoRecord(2, 2, False)),
        (THREE, [run(1), run(3)], AutoRecord(3, 2, False)),  # the second one ended by itself
        ([incident(0), *THREE], [run(1), run(2), run(3)], AutoRecord(4, 3, True)),  # the last three count
        (THREE, [run(1), run(2), run(3, "failed")], AutoRecord(3, 2, False)),
        (THREE, [run(1), run(2), run(3, "failed"), run(3, after=90.0)], AutoRecord(3, 3, True)),  # the second try
        (THREE, [run(1), run(2), run(3, "nothing")], AutoRecord(3, 2, False)),  # it worked again already
        (THREE, [run(1), run(2), run(3, after=-60.0)], AutoRecord(3, 2, False)),  # before it was decided
        (THREE, [run(1), run(2), run(3, fix="retry")], AutoRecord(3, 2, False)),
        ([*THREE[:2], incident(3, over=False)], [run(1), run(2)], AutoRecord(2, 2, False)),  # not known yet
        ([*THREE[:2], incident(3, over=False)], [run(1), run(2), run(3)], AutoRecord(3, 3, True)),
        ([*THREE[:2], incident(3, refused="quiet")], [run(1), run(2), run(3)], AutoRecord(2, 2, False)),
        ([*THREE[:2], incident(3, mode="auto")], [run(1), run(2), run(3)], AutoRecord(2, 2, False)),
        ([then_another(one, "retry") for one in THREE], [run(1), run(2), run(3)], AutoRecord(3, 3, True)),
        ([incident(n, mode="shadow") for n in (3, 1, 2)], [run(3), run(1), run(2)], AutoRecord(3, 3, True)),
    ],
)
def test_it_helped_where_a_person_ran_it_and_it_was_verified(
    incidents: list[Incident], runs: list[FixRun], record: AutoRecord
) -> None:
    assert auto_record(FIX, incidents, runs) == record
