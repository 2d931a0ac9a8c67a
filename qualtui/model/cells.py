"""Cell: what a series did in one stretch of time."""

import msgspec


class Cell(msgspec.Struct, frozen=True, gc=False):
    """One bin of a series. `count` 0: it was polled in it, and there was no answer."""

    at: float  # when the bin begins
    count: int = 0  # samples with a value
    total: float = 0.0  # their sum
    low: float | None = None
    high: float | None = None
    last: float | None = None
    last_at: float = 0.0  # of the newest value; in a rolled-up minute or hour: of its beginning
