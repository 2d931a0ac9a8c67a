"""What is declared of a series."""

import msgspec


class Series(msgspec.Struct, frozen=True):
    """A declared series. `worse`: up, down, or empty where neither is bad."""

    name: str  # without the agent
    unit: str
    worse: str
    source: str
    meaning: str
    events: str = ""  # of a ratio: the series that counts what it is a ratio of
    budget: bool = False  # how fast an error budget burns: alerts on it join an incident, and keep none open
    usual: float | None = None  # about what it says on an ordinary day: the past that a demo begins with
