"""What a command's function may use."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from qualtui.config.values import Config
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.history_reader import Answered
from qualtui.engine.journal import Journal
from qualtui.engine.silence_views import Labels, own_labels
from qualtui.model import Event, Incident
from qualtui.series.declaration import Series
from qualtui.text.message import message
from qualtui.wire import (
    AgentDetail,
    CustomerMessage,
    Customers,
    Done,
    Findings,
    ListCustomers,
    ListSessions,
    PolicyView,
    Refused,
    SeriesHistory,
    Sessions,
)

History = Callable[[int], Awaitable[tuple[Event, ...]]]  # all events of an incident; raises StoreError
MessagesOf = Callable[[str, str], Awaitable[tuple[CustomerMessage, ...] | Refused]]  # agent, lead
PhoneOf = Callable[[str, str], Awaitable[str | Refused]]  # agent, lead: digits
CustomersOf = Callable[[ListCustomers, int], Awaitable[Customers | Refused]]  # at most so many
SessionsOf = Callable[[ListSessions], Awaitable[Sessions | Refused]]
Details = Callable[[tuple[str, ...], tuple[str, ...]], tuple[AgentDetail, ...]]  # agents, figures (none: all)
Declared = Callable[[str], Mapping[str, Series]]  # agent -> its series by name
# agent, series, since, step, number of cells; raises StoreError
Past = Callable[[str, tuple[str, ...], float, float, int], Awaitable[tuple[SeriesHistory, ...]]]
# agent, times from and to; raises StoreError
AnsweredIn = Callable[[str, Sequence[tuple[float, float]]], Awaitable[list[Answered]]]
Doctor = Callable[[], Awaitable[Findings]]


EventsBefore = Callable[[int, int], Awaitable[tuple[Event, ...]]]  # seq, at most; raises StoreError
NumbersBefore = Callable[[int, int], Awaitable[tuple[int, ...]]]  # incident, at most; raises StoreError


async def _no_events(_before: int, _limit: int) -> tuple[Event, ...]:
    return ()


async def _no_numbers(_before: int, _limit: int) -> tuple[int, ...]:
    return ()


async def _no_past(
    _agent: str, _series: tuple[str, ...], _since: float, _step: float, _count: int
) -> tuple[SeriesHistory, ...]:
    return ()


async def _no_backup(_who: str) -> Done | Refused:
    return Refused(message("no backups are kept: set directory under [backup]"))


async def _none_answered(_agent: str, times: Sequence[tuple[float, float]]) -> list[Answered]:
    return [Answered() for _time in times]


async def _no_sessions(ask: ListSessions) -> Sessions | Refused:
    return Refused(message("no database is configured for {agent}", agent=ask.agent))


async def _no_messages(_agent: str, _lead: str) -> tuple[CustomerMessage, ...]:
    return ()


async def _no_phone(_agent: str, _lead: str) -> Refused:
    return Refused(message("no database is configured"))


@dataclass(slots=True)
class CommandContext:
    """The engine's parts that commands work on. `targets` and `agents` follow the configuration."""

    journal: Journal
    fixes: FixRunner
    clock: Callable[[], float]
    history: History
    customers: CustomersOf
    doctor: Doctor
    refresh: Callable[[], None]  # polls every probe now
    queued: Callable[[], None]  # notices were queued
    current: Callable[[Incident], Incident]  # the incident with its cause and fix of this moment
    details: Details = lambda _agents, _figures: ()
    past: Past = _no_past
    answered: AnsweredIn = _none_answered
    messages: MessagesOf = _no_messages
    phone: PhoneOf = _no_phone
    sessions: SessionsOf = _no_sessions
    events_before: EventsBefore = _no_events
    numbers_before: NumbersBefore = _no_numbers
    declared: Declared = lambda _agent: {}
    labels: Labels = own_labels  # of an alert, which matchers speak of
    targets: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    policies: Callable[[], tuple[PolicyView, ...]] = lambda: ()
    backup: Callable[[str], Awaitable[Done | Refused]] = _no_backup  # for a person
    holds: Callable[[Incident], bool] = lambda _incident: False  # by fresh evidence
    config: Config = field(default_factory=lambda: Config(agents={}))
