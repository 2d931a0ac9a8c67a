"""A delivery that is killed loses no notice, over HTTP and SMTP; the whole table is `make faults`."""

import pytest

from benchmarks.deliveries import killed


@pytest.mark.parametrize(
    ("way", "habit", "step", "twice"),
    [
        ("HTTP", "ok", "after send", 1),
        ("HTTP", "429", "after confirm", 0),
        ("SMTP", "500", "after append", 0),
        ("SMTP", "refused", "before append", 0),
    ],
)
async def test_no_notice_is_lost_and_one_that_comes_again_says_so(
    way: str, habit: str, step: str, twice: int
) -> None:
    assert await killed(way, habit, step) == (twice, [])
