"""What rows say of the time before the first look: beside our own samples, never over them."""

from qualtui.series.rows_past import CONVERSION, COUNTED, HOUR, RowsPast, filled, next_part, shares
from qualtui.series.timeline import NOTHING, Extent

ANSWERED = "customers.answered_1h"
BORN = 1000 * HOUR + 900.0
PAST = RowsPast(900 * HOUR, BORN, 900 * HOUR, {ANSWERED: {998: 8.0, 999: 9.0, 1000: 4.0}, COUNTED: {999: 3.0}})
OWN = Extent(5.0, 6.0, 5.0)


def test_cells_before_the_first_look_are_filled_and_our_own_stay() -> None:
    own = (*(NOTHING,) * 6, OWN, NOTHING)
    cells, marked = filled(own, PAST, ANSWERED, 999 * HOUR - 900, 900.0)
    values = [cell.last for cell in cells]
    assert (values, marked) == ([8.0, *[9.0] * 5, 5.0, None], 6)
    cells, marked = filled((NOTHING,) * 3, PAST, ANSWERED, 1000 * HOUR, 900.0)
    assert ([cell.last for cell in cells], marked) == (
        [9.0, None, None],
        1,
    )  # the hour that was cut off is no hour


def test_a_long_cell_has_the_lowest_and_the_highest_of_its_hours() -> None:
    cells, marked = filled((NOTHING, OWN), PAST, ANSWERED, 996 * HOUR, 4 * HOUR)
    assert (cells, marked) == ((Extent(8.0, 9.0, 9.0), OWN), 1)


def test_a_gap_of_our_own_after_the_first_look_stays_a_gap() -> None:
    cells, marked = filled((NOTHING, OWN, NOTHING), PAST, ANSWERED, BORN + 1, 900.0)
    assert (cells, marked) == ((NOTHING, OWN, NOTHING), 0)


def test_a_counter_is_no_level_and_an_unknown_series_has_no_past() -> None:
    for name in (COUNTED, "health.up"):
        assert filled((NOTHING,), PAST, name, 999 * HOUR, HOUR) == ((NOTHING,), 0)


def test_parts_begin_at_full_hours_and_end_where_the_one_before_began() -> None:
    past, parts = RowsPast(952 * HOUR, BORN, BORN), []
    while past.read_from > past.since:
        begin, end = next_part(past, 24 * HOUR)
        parts.append((begin / HOUR, end))
        past = past.read(begin, {})
    assert parts == [(977, BORN), (953, 977 * HOUR), (952, 953 * HOUR)]
    assert next_part(RowsPast(900 * HOUR, BORN, BORN), 60.0) == (1000 * HOUR, BORN)


def test_a_share_begins_with_the_twentieth_lead() -> None:
    told = shares([(998, 2.0, 15.0), (999, 3.0, 5.0)], PAST)
    assert (told[CONVERSION], told["leads.assessed"]) == ({999: 25.0}, {998: 15.0, 999: 20.0})


def test_an_hour_that_a_day_cuts_counts_in_part() -> None:
    past = RowsPast(900 * HOUR, BORN, 900 * HOUR, {COUNTED: {998: 8.0, 999: 4.0, 1000: 3.0}})
    assert past.sum_of(998.5 * HOUR, 1000 * HOUR) == 8
    assert past.sum_of(999 * HOUR, BORN) == 7  # of the last hour only what was before the first look is there
    assert past.covers(900 * HOUR, BORN)
    assert not past.covers(899 * HOUR, BORN)
