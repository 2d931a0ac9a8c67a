"""A flood is one sender with more messages than a person writes, and more than all others together."""

import pytest

from qualtui.tracking.flood import flooder
from qualtui.tracking.replies import ReplyState

NOW = 10_000.0


@pytest.mark.parametrize(
    ("wrote", "found"),
    [
        ([("ana", 20, 10.0)], ("ana", 20)),
        ([("ana", 14, 10.0)], ("", 0)),  # a person who writes in short lines
        ([("ana", 20, 10.0), ("bia", 15, 10.0)], ("ana", 20)),
        ([("ana", 20, 10.0), ("bia", 19, 10.0), ("caio", 5, 10.0)], ("", 0)),  # a busy morning
        ([("ana", 40, 400.0)], ("", 0)),  # over for minutes
        ([], ("", 0)),
    ],
)
def test_who_floods(wrote: list[tuple[str, int, float]], found: tuple[str, int]) -> None:
    rows = tuple((NOW - ago, lead) for lead, count, ago in wrote for _ in range(count))
    assert flooder(ReplyState(wrote=rows), NOW) == found
