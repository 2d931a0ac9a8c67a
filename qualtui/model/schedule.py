"""A fix that a person scheduled."""

import msgspec


class Schedule(msgspec.Struct, frozen=True):
    """A fix that runs at `due_at`, for `count` customers as it looked when it was scheduled."""

    id: str
    fix: str
    agent: str
    who: str
    due_at: float
    count: int = 0
    number: int = 0  # the incident that it is for, 0: none
    overdue_at: float = 0.0
