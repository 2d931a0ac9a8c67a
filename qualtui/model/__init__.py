"""The values that flow through qualtui, and the state that the events of its log give.

Time is seconds since the Unix epoch (UTC) as a float, durations are seconds, unless a name says otherwise.
"""

from qualtui.model.event import Event, EventBody
from qualtui.model.schedule import Schedule
from qualtui.model.silence import MutedNotice, Silence
from qualtui.model.state import (
    Activity,
    AlertState,
    Backlog,
    Backups,
    ClosedUntil,
    EarlierOwner,
    Escalation,
    Failing,
    FixRun,
    Flapping,
    Healing,
    Incident,
    LinkAck,
    Notice,
    Notified,
    Origin,
    Policies,
    Shift,
    State,
    Topic,
    alert_key,
)
from qualtui.model.values import EARLY, UNSAID, Evidence, Link, Phase, Sample, Severity
