"""What the examination of one link brings home."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from qualtui.fixes.reach import Person
from qualtui.model.findings import Finding
from qualtui.wire import CustomerView


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


class Way(msgspec.Struct, frozen=True):
    """A way to answer customers, as configured."""

    key: str  # in [fixes.retry]
    name: str  # of its strategy
    lacks: str  # the part of [agents.NAME] that it needs and that is not there
    call: str  # the bot's address that it posts to; empty: it does not
    whom: str  # the kinds of customers that it reaches, and does not


class Answering(msgspec.Struct, frozen=True):
    """Who waits now, and how a retry stands to them: for numbers alone."""

    agent: str
    people: tuple[CustomerView, ...]
    source: str  # who says that they wait
    problem: str  # why nobody knows who waits
    ways: tuple[Way, ...] = ()
    hours: str = ""  # why nobody is written to at this hour
    gateway: str = ""  # why the gateway would deliver nothing
    blocked: str = ""  # why nobody can be claimed
    reached: tuple[Person, ...] = ()  # of the people, where somebody can be


class Report(msgspec.Struct, frozen=True):
    """The findings of one link, and what it tells about clocks and the network."""

    findings: tuple[Finding, ...]
    clocks: tuple[Clock, ...] = ()
    contacts: tuple[Contact, ...] = ()
    offers: Mapping[str, bool] = {}  # by address: whether the bot takes calls there, as far as it was asked
    answering: Answering | None = None
