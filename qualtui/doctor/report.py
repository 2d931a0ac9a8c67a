"""What the examination of one link brings home."""

from enum import StrEnum

import msgspec

from qualtui.findings import Finding


class Clock(msgspec.Struct, frozen=True):
    """Another clock beside ours: `ahead` seconds of it, give or take `slack`."""

    of: str
    ahead: float
    slack: float


class Reach(StrEnum):
    """How far a question came. REFUSED came back from there too; UNASKED never left this machine."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    UNASKED = "unasked"


class Contact(msgspec.Struct, frozen=True):
    """One place that was asked; `near`: it is this machine itself."""

    of: str
    reach: Reach
    near: bool


class Report(msgspec.Struct, frozen=True):
    """The findings of one link, and what it tells about clocks and the network."""

    findings: tuple[Finding, ...]
    clocks: tuple[Clock, ...] = ()
    contacts: tuple[Contact, ...] = ()
