"""The result of checking one link."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from qualtui.fixes.reach import Person
from qualtui.model.findings import Finding
from qualtui.text.message import Saying
from qualtui.wire import CustomerView


class Clock(msgspec.Struct, frozen=True):
    """Another clock beside ours: `ahead` seconds of it, give or take `slack`."""

    of: Saying
    ahead: float
    slack: float


class Reach(StrEnum):
    """How far a request came. REFUSED was answered, too; UNASKED never left this machine."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    UNASKED = "unasked"


class Contact(msgspec.Struct, frozen=True):
    """One host that was contacted; `near`: it is this machine itself."""

    of: Saying
    reach: Reach
    near: bool


class Way(msgspec.Struct, frozen=True):
    """A way to answer customers, as configured."""

    key: str  # in [fixes.retry]
    name: str  # of its strategy
    lacks: str  # the part of [agents.NAME] that it needs and that is not there
    call: str  # the bot's address that it posts to; empty: it does not
    reaches: Saying  # the kinds of customers that it reaches, and does not


class Answering(msgspec.Struct, frozen=True):
    """Who waits now, and which of them a retry reaches: only numbers are shown."""

    agent: str
    people: tuple[CustomerView, ...]
    source: Saying  # where the list comes from
    problem: Saying  # why it is unknown who waits
    ways: tuple[Way, ...] = ()
    hours: Saying = ""  # why no message is sent at this hour
    gateway: Saying = ""  # why the gateway would deliver nothing
    blocked: Saying = ""  # why no customer can be claimed
    reached: tuple[Person, ...] = ()  # of the people: which ways reach each


class Report(msgspec.Struct, frozen=True):
    """The findings of one link, and what it shows about clocks and the network."""

    findings: tuple[Finding, ...]
    clocks: tuple[Clock, ...] = ()
    contacts: tuple[Contact, ...] = ()
    offers: Mapping[str, bool] = {}  # by address: whether the bot takes calls there, as far as it was checked
    answering: Answering | None = None
