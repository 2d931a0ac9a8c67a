"""The values that flow through qualtui, the events that its log keeps, and the state that they give.

Time is seconds since the Unix epoch (UTC) as a float, durations are seconds, unless a name says otherwise.
"""

from qualtui.model.events import (
    Acknowledged,
    BacklogMarked,
    CauseRevised,
    ClockStepped,
    ClosingsEnded,
    ConfigRead,
    CustomerClosed,
    EngineStarted,
    EngineStopped,
    Event,
    EventBody,
    FixFinished,
    FixStarted,
    FixStopped,
    Noted,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeSending,
    Released,
    Remade,
    RuleChanged,
    StoreRenewed,
)
from qualtui.model.state import (
    Activity,
    AlertState,
    ClosedUntil,
    Failing,
    FixRun,
    Incident,
    Notice,
    State,
    alert_key,
)
from qualtui.model.values import Evidence, Link, Phase, Sample, Severity
