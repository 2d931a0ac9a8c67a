"""The gateway's word for an instant: in doubt is not delivered."""

import pytest

from qualtui.model import Sample
from qualtui.tracking.deliverability import Deliverability, broken_since, deliverability, starting


def samples(*pairs: tuple[float, float | None]) -> tuple[Sample, ...]:
    return tuple(Sample("bot/gateway.working", at, value) for at, value in pairs)


@pytest.mark.parametrize(
    ("known", "at", "now", "word"),
    [
        ((), 100, 100, Deliverability.LATER),
        ((), 100, 200, Deliverability.UNKNOWN),
        (((98, 1.0),), 100, 101, Deliverability.LATER),
        (((98, 1.0), (103, 1.0)), 100, 104, Deliverability.WORKING),
        (((98, 1.0), (103, 0.0)), 100, 104, Deliverability.DOUBT),
        (((98, 0.0), (103, 1.0)), 100, 104, Deliverability.DOUBT),
        (((98, 0.0),), 100, 101, Deliverability.BROKEN),
        (((98, None), (93, 1.0)), 100, 101, Deliverability.LATER),
        (((93, 1.0), (98, None), (103, None), (108, 1.0)), 100, 109, Deliverability.WORKING),
        (((93, 1.0), (98, None), (103, None), (108, 0.0)), 100, 109, Deliverability.DOUBT),
        (((10, 0.0),), 100, 101, Deliverability.LATER),
        (((10, 0.0), (300, 0.0)), 100, 301, Deliverability.UNKNOWN),
        (((100, 1.0), (105, 1.0)), 100, 106, Deliverability.WORKING),
        (((103, 1.0),), 100, 104, Deliverability.WORKING),
    ],
)
def test_the_nearest_samples_decide(
    known: tuple[tuple[float, float | None], ...], at: float, now: float, word: Deliverability
) -> None:
    assert deliverability(samples(*sorted(known, key=lambda pair: pair[0])), at, now, reach=30) is word


@pytest.mark.parametrize(
    ("known", "word"),
    [
        (((10, 0.0), (300, 0.0)), Deliverability.DOUBT),
        (((10, 0.0), (300, 1.0)), Deliverability.DOUBT),
        (((10, 1.0), (300, 0.0)), Deliverability.DOUBT),
        (((98, 1.0), (300, 0.0)), Deliverability.DOUBT),
        (((10, 0.0),), Deliverability.DOUBT),
        (((10, 1.0), (300, 1.0)), Deliverability.UNKNOWN),
        (((10, 0.0), (50, 1.0), (300, 1.0)), Deliverability.UNKNOWN),
        (((-4000, 0.0), (300, 1.0)), Deliverability.UNKNOWN),
        ((), Deliverability.UNKNOWN),
    ],
)
def test_what_was_stored_while_nobody_polled_a_session_that_was_broken_is_in_doubt(
    known: tuple[tuple[float, float | None], ...], word: Deliverability
) -> None:
    assert deliverability(samples(*known), 100, 301, reach=30, gap=3600) is word


def test_how_long_a_session_has_been_starting() -> None:
    def said(*words: str) -> float | None:
        flags = [float(word == "STARTING") for word in words]  # a restart restores values alone, no notes
        series = "bot/gateway.session_starting"
        found = starting("bot", [Sample(series, 5.0 * n, flag) for n, flag in enumerate(flags)])
        return None if found is None else found.value

    assert said() is None
    assert said("WORKING") == 0
    assert said("STARTING", "STARTING", "STARTING") == 10
    assert said("STARTING", "FAILED", "STARTING", "STARTING") == 5
    assert said("STARTING", "FAILED") == 0
    assert starting("bot", [Sample("bot/gateway.session_starting", 1.0, None, "no route")]) == Sample(
        "bot/gateway.starting", 1.0, None, "no route"
    )


@pytest.mark.parametrize(
    ("values", "since"),
    [((), None), ((1.0,), None), ((0.0, 1.0), None), ((1.0, 0.0, None, 0.0), 1), ((0.0, 1.0, None, 0.0, None), 3)],
)
def test_since_when_it_is_broken_is_told_over_gaps(values: tuple[float | None, ...], since: float | None) -> None:
    assert (
        broken_since([Sample("bot/gateway.working", float(at), value) for at, value in enumerate(values)]) == since
    )
