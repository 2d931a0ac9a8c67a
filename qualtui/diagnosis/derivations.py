"""What each derived series is computed from. Pure: samples and readings in, samples out.

A computation returns no sample where nothing is known or nothing new follows. When each is due stands in
`qualtui.engine.derived`.
"""

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple, Protocol

from qualtui.config.values import AgentSettings
from qualtui.diagnosis.contradictions import disagreement_text
from qualtui.diagnosis.goals import answerable
from qualtui.diagnosis.health import agent_down, blind, returned, unreached
from qualtui.diagnosis.memory_leak import LIFE, SETTLES, forecast_text, leak_of, urgency
from qualtui.diagnosis.stuck_sending import SERIES as STUCK
from qualtui.diagnosis.stuck_sending import stuck_since
from qualtui.model import Evidence, Sample
from qualtui.series.evidence import Readings
from qualtui.text.message import Saying, message
from qualtui.tracking import literal
from qualtui.tracking.deliverability import starting
from qualtui.wire import LinkView

HOUR = 3600.0
ERRORS = 600.0  # s that failures.unreached speaks of, where no database says otherwise
VITAL = ("health.up", "db.up", "customers.waiting", "gateway.working")  # without these no judgement is possible
WITNESS = "chats.evidence"


class AgentPast(Protocol):
    """One agent's recent samples, by the series' name without the agent."""

    def newest(self, name: str) -> Sample | None:
        """The newest sample, with or without a value."""

    def known(self, name: str) -> Sample | None:
        """The newest sample that has a value."""

    def since(self, name: str, at: float) -> Sequence[Sample]:
        """The samples from `at` on, oldest first, and always the newest one."""


class Subject(NamedTuple):
    """An agent at one moment, as far as derived series need it."""

    agent: str
    settings: AgentSettings
    past: AgentPast
    now: float
    every: float  # s between two samples of the series that is computed, where it has another pace
    began: float  # when we began to poll the agent
    sources: Container[str]  # the series that a probe answers, without the agent
    witness_age: float | None  # s since the gateway's chats were believed last; None: no one reads them
    readings: Callable[[], Readings]
    links: Callable[[], Sequence[LinkView]]
    speed: float = 1.0  # a demo's time is faster

    def sample(self, name: str, value: float | None, note: Saying = "") -> Sample:
        """A sample of this moment."""
        return Sample(f"{self.agent}/{name}", self.now, value, note)


Compute = Callable[[Subject], tuple[Sample, ...]]


def looked_back(settings: AgentSettings) -> dict[str, float]:
    """By series: how many seconds of raw samples these computations need."""
    health = settings.health
    memory = {} if settings.host is None else {"host.memory": LIFE}
    if health is None:
        return memory
    down = 4 * health.down_after + 8 * health.interval
    return {"health.up": max(down, error_window(settings)), "health.silent": error_window(settings), **memory}


def error_window(settings: AgentSettings) -> float:
    """The seconds over which failed requests are counted."""
    return ERRORS if settings.database is None else float(settings.database.error_window)


def last_row(past: AgentPast) -> float | None:
    """When the bot stored its newest row, by our clock, from the series that says its age."""
    sample = past.newest("customers.last_row")
    return None if sample is None or sample.value is None else sample.at - sample.value


def down(subject: Subject) -> tuple[Sample, ...]:
    """health.down: at each look, for time alone may turn silence into being down."""
    settings, past = subject.settings.health, subject.past
    if settings is None:
        return ()
    up = past.since("health.up", subject.now - 4 * settings.down_after - 8 * settings.interval)
    refused = past.newest("health.refused")
    found = agent_down(subject.agent, up, refused, last_row(past), settings, subject.now)
    newest = past.newest("health.down")
    if found is None or (newest is not None and (found.at, found.value) == (newest.at, newest.value)):
        return ()
    return (found,)


def failed_requests(subject: Subject) -> tuple[Sample, ...]:
    """failures.unreached."""
    window = error_window(subject.settings)
    up = subject.past.since("health.up", subject.now - window)
    found = unreached(subject.agent, up, subject.now, window)
    return () if found is None else (found,)


def literal_rows(subject: Subject) -> tuple[Sample, ...]:
    """row.asked and the other rows of `literal.NAMES`."""
    up, silent = (subject.past.since(f"health.{name}", subject.now - HOUR) for name in ("up", "silent"))
    return literal.literal_samples(subject.agent, up, silent, subject.now, error_window(subject.settings))


def gateway_starting(subject: Subject) -> tuple[Sample, ...]:
    """gateway.starting."""
    found = starting(subject.agent, subject.past.since("gateway.session_starting", subject.now - HOUR))
    return () if found is None else (found,)


def disagreeing(subject: Subject) -> tuple[Sample, ...]:
    """sight.disagree: how many figures another source contradicts."""
    names = [name for name, one in subject.readings().items() if one.evidence is Evidence.DISAGREE]
    return (subject.sample("sight.disagree", float(len(names)), disagreement_text(names)),)


def blindness(subject: Subject) -> tuple[Sample, ...]:
    """sight.blind. A database or gateway that is known to be down hides nothing else."""
    past = subject.past
    polled = [name for name in VITAL if name in subject.sources]
    database = past.newest("db.up")
    if database is not None and database.value == 0 and "customers.waiting" in polled:
        polled.remove("customers.waiting")
    known = {name: past.known(name) for name in polled}
    seen = {name: one.at if one else None for name, one in known.items()}
    gateway = [past.newest(f"gateway.{name}") for name in ("up", "working")]
    age = subject.witness_age
    if age is not None and not any(one is not None and one.value == 0 for one in gateway):
        seen[WITNESS] = subject.now - age
    return (blind(subject.agent, seen, subject.began, subject.now),)


def back_again(subject: Subject) -> tuple[Sample, ...]:
    """health.back and health.away."""
    up, gone = (subject.past.since(f"health.{name}", subject.now - HOUR) for name in ("up", "down"))
    return returned(subject.agent, up, gone, subject.now)


def stuck(subject: Subject) -> tuple[Sample, ...]:
    """health.stuck_sending: while it is so, and once when it has ended."""
    past = subject.past
    newest, owed = past.newest(STUCK), past.newest("sessions.bot_owes")
    before = newest.at - newest.value if newest is not None and newest.value else None
    if before is None and (owed is None or not owed.value):
        return ()
    session = past.since("gateway.working", subject.now - HOUR)
    changed = next((one.at for one in reversed(session) if one.value == 0), None)
    by = {view.link: view for view in subject.links()}
    since = stuck_since(by, subject.readings(), subject.now, before, changed, subject.speed)
    if since is None:
        return () if before is None else (subject.sample(STUCK, 0.0),)
    return (subject.sample(STUCK, subject.now - since),)


def good_minute(subject: Subject) -> tuple[Sample, ...]:
    """goal.minute: whether customers could be answered in this minute; none in the first minute."""
    if subject.past.newest("goal.minute") is None and 0 <= subject.now - subject.began < subject.every:
        return ()
    return (subject.sample("goal.minute", *answerable(subject.links())),)


def leaking(subject: Subject) -> tuple[Sample, ...]:
    """host.leak and host.leak_rate, from the memory of the instance that runs now."""
    past, speed = subject.past, subject.speed
    age, newest = past.known("host.age"), past.newest("host.memory")
    if age is None or age.value is None or newest is None or newest.value is None:
        note = message("memory or the instance's age is not known")
        return subject.sample("host.leak", None, note), subject.sample("host.leak_rate", None, note)
    began = age.at - age.value + SETTLES / speed
    since = max(began, subject.now - LIFE)
    samples = past.since("host.memory", since)
    points = [(one.at, one.value) for one in samples if one.value is not None and one.at >= since]
    leak = leak_of(points, speed)
    if leak is None:
        return subject.sample("host.leak", 0.0), subject.sample("host.leak_rate", 0.0)
    note = forecast_text(leak)
    hourly = leak.rate * HOUR
    return subject.sample("host.leak", urgency(leak, speed), note), subject.sample("host.leak_rate", hourly, note)
