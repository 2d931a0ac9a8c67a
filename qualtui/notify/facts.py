"""What a notice reports of its incident at the moment when it is decided."""

import msgspec

from qualtui.model import AlertState, FixRun
from qualtui.text.message import Saying


class WaitPeak(msgspec.Struct, frozen=True):
    """How many customers waited at the same time at most; `complete`: no moment of the incident is unknown."""

    customers: int
    complete: bool


class NoticeFacts(msgspec.Struct, frozen=True):
    """`oldest`: seconds that the longest wait has lasted, None where it is not known."""

    cause: Saying = ""  # empty: not known
    oldest: float | None = None
    peak: WaitPeak | None = None
    firing: tuple[AlertState, ...] = ()  # the leading one first
    ended: tuple[str, ...] = ()  # rules whose alerts were in it
    runs: tuple[FixRun, ...] = ()  # oldest first
