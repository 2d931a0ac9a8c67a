"""Who is called, who is next, and from when on nobody has taken it."""

from qualtui.alerts.oncall import duty, following, person_of
from qualtui.config.values import OncallSettings
from qualtui.eventlog.oncall import kept_shifts
from qualtui.model import Shift

TEAM = OncallSettings(order=("ana", "bruno", "carla"), owner="dora")
ALONE = OncallSettings(order=("ana",), owner="dora")


def test_where_nobody_took_it_the_first_of_the_order_is_called() -> None:
    held = duty((), TEAM, 100.0)
    assert (held.who, held.next, held.taken, held.gap) == ("ana", "bruno", False, None)
    assert duty((), OncallSettings(owner="dora"), 100.0).who == "dora"
    assert duty((), OncallSettings(), 100.0).who == ""


def test_the_newest_decision_counts_while_it_holds() -> None:
    shifts = (Shift("ana", 0.0), Shift("bruno", 50.0, 150.0))
    assert [duty(shifts, TEAM, at).who for at in (10.0, 60.0, 150.0)] == ["ana", "bruno", "ana"]
    assert duty(shifts, TEAM, 60.0).gap is None


def test_the_next_one_is_the_planned_one_else_the_following_else_the_owner() -> None:
    assert duty((Shift("ana", 0.0), Shift("carla", 500.0)), TEAM, 10.0).next == "carla"
    assert following("carla", TEAM) == "ana"
    assert following("zoe", TEAM) == "ana"
    assert following("ana", ALONE) == "dora"
    assert following("ana", OncallSettings(order=("ana",))) == ""


def test_a_gap_begins_where_the_last_shift_ends() -> None:
    shifts = (Shift("ana", 0.0, 100.0), Shift("bruno", 100.0, 200.0))
    assert duty(shifts, TEAM, 10.0).gap == 200.0
    after = duty(shifts, TEAM, 250.0)
    assert (after.who, after.taken, after.gap) == ("ana", False, 250.0)
    assert duty((*shifts, Shift("carla", 200.0)), TEAM, 10.0).gap is None


def test_shifts_that_are_over_are_forgotten_but_that_there_was_one() -> None:
    shifts = tuple(Shift("ana", at, at + 10.0) for at in range(0, 100, 10))
    assert kept_shifts(shifts, 95.0) == shifts[8:]
    assert kept_shifts(shifts, 1000.0) == shifts[9:]


def test_a_name_means_a_person_whatever_its_case() -> None:
    assert person_of("Ana", ["bruno", "ana"]) == "ana"
    assert person_of("zoe", ["bruno", "ana"]) == ""
