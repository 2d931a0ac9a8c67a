"""A start of the gateway's session by somebody is told from a session that fails, and from one that reconnects."""

import pytest

from qualtui.model import Sample
from qualtui.tracking.session_starts import session_started

# What a poll every 5 s shows: W working, S starting, F FAILED or STOPPED, Q waits for the QR code, ? no answer
# about the session (a wrong key), X no answer at all.
SHOWN: dict[str, tuple[float | None, float | None, float | None]] = {
    "W": (1, 0, 0),
    "S": (0, 1, 0),
    "F": (0, 0, 0),
    "Q": (0, 0, 1),
    "?": (None, None, None),
    "X": (0, None, None),
}


def polled(statuses: str) -> tuple[list[Sample], ...]:
    names = ("gateway.working", "gateway.session_starting", "gateway.needs_human")
    return tuple(
        [Sample(f"bot/{name}", 5.0 * n, SHOWN[status][place]) for n, status in enumerate(statuses)]
        for place, name in enumerate(names)
    )


@pytest.mark.parametrize(
    ("statuses", "started"),
    [
        ("", None),
        ("WWWW", None),
        ("WWFFFF", None),  # it fails
        ("WWSWWW", None),  # it connects anew, as NOWEB does every half hour
        ("WWSFFF", None),  # it could not
        ("WWSSFF", None),
        ("FFFSFF", 15.0),  # somebody started it, in vain
        ("FFFWWF", 15.0),  # so fast that STARTING was not seen; it failed again
        ("FFSFSF", 20.0),  # the last time counts
        ("FFXXSF", 20.0),  # behind a server that was away
        ("WWXXWW", None),  # only the network was
        ("W?F?WW", 20.0),
        ("QQSWFF", None),  # a person logged in
        ("FFFSSS", 15.0),
    ],
)
def test_only_a_session_that_was_down_is_started_by_somebody(statuses: str, started: float | None) -> None:
    assert session_started(*polled(statuses)) == started


def test_polls_of_which_equal_ones_were_left_out_say_the_same() -> None:
    working, starting, needs_human = polled("FFFFFSFFFF")
    thin = [one for n, one in enumerate(working) if n not in {2, 4, 5, 8}]
    assert session_started(thin, starting, needs_human[:1]) == 25.0
