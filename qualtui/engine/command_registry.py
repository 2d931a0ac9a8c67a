"""The commands that the engine executes: one row each.

A new command: its struct in qualtui/wire/commands.py, a file in qualtui/engine/commands/ with its function, and
its row here.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from qualtui.engine.commands import (
    agents,
    archive,
    backups,
    customers,
    fixes,
    handover,
    history,
    incidents,
    notices,
    oncall,
    ownership,
    policies,
    polling,
    rules,
    schedules,
    sessions,
    silences,
    today,
)
from qualtui.engine.commands.context import CommandContext
from qualtui.text.message import message
from qualtui.wire import (
    Acknowledge,
    AddNote,
    AddSilence,
    Answer,
    AssignOncall,
    CancelSchedule,
    CloseCustomer,
    CloseIncident,
    ExpireSilence,
    ListCustomers,
    ListFixes,
    ListIncidents,
    ListSessions,
    ListSilences,
    NoteSessions,
    NoteVerified,
    NoticeLog,
    PreviewFix,
    PreviewSilence,
    Refresh,
    Refused,
    ResendNotice,
    RevealCustomer,
    RunDoctor,
    RunFix,
    ScheduleFix,
    SetPolicy,
    ShowActivity,
    ShowAgents,
    ShowCustomer,
    ShowHandover,
    ShowHistory,
    ShowIncident,
    ShowOncall,
    ShowPolicies,
    ShowRuleAlerts,
    ShowToday,
    SnoozeIncident,
    StartPolicies,
    StopFix,
    StopPolicies,
    TakeBackup,
    TestNotice,
    UndoAcknowledge,
    UndoFix,
)
from qualtui.wire.commands import Capability


class CommandSpec(NamedTuple):
    """A command: its struct, the function that executes it for a person, and what a connection needs for it."""

    ask: type
    handler: Callable[[CommandContext, Any, str], Awaitable[Answer]]
    capability: Capability


VIEW, ACT, ADMINISTER = Capability
COMMANDS = (
    CommandSpec(ShowAgents, agents.show, VIEW),
    CommandSpec(ShowHistory, history.show, VIEW),
    CommandSpec(ShowToday, today.show, VIEW),
    CommandSpec(ShowIncident, incidents.show, VIEW),
    CommandSpec(ListIncidents, archive.incidents, VIEW),
    CommandSpec(ShowActivity, archive.activity, VIEW),
    CommandSpec(Acknowledge, incidents.acknowledge, ACT),
    CommandSpec(AddNote, incidents.note, ACT),
    CommandSpec(SnoozeIncident, ownership.snooze, ACT),
    CommandSpec(UndoAcknowledge, ownership.undo, ACT),
    CommandSpec(CloseIncident, ownership.close, ACT),
    CommandSpec(ShowRuleAlerts, rules.alerts, VIEW),
    CommandSpec(ShowHandover, handover.show, VIEW),
    CommandSpec(ShowOncall, oncall.show, VIEW),
    CommandSpec(AssignOncall, oncall.assign, ACT),
    CommandSpec(ListCustomers, customers.customers, VIEW),
    CommandSpec(ShowCustomer, customers.show, VIEW),
    CommandSpec(CloseCustomer, customers.close, ACT),
    CommandSpec(RevealCustomer, customers.reveal, ACT),
    CommandSpec(ListSessions, sessions.listed, VIEW),
    CommandSpec(ListFixes, fixes.fixes, VIEW),
    CommandSpec(PreviewFix, fixes.preview, VIEW),
    CommandSpec(RunFix, fixes.run, ACT),
    CommandSpec(StopFix, fixes.stop, ACT),
    CommandSpec(ScheduleFix, schedules.schedule, ACT),
    CommandSpec(CancelSchedule, schedules.cancel, ACT),
    CommandSpec(UndoFix, fixes.undo, ACT),
    CommandSpec(ShowPolicies, policies.show, VIEW),
    CommandSpec(SetPolicy, policies.set_mode, ADMINISTER),
    CommandSpec(StopPolicies, policies.stop, ACT),
    CommandSpec(StartPolicies, policies.start, ACT),
    CommandSpec(AddSilence, silences.add, ACT),
    CommandSpec(PreviewSilence, silences.preview, VIEW),
    CommandSpec(ExpireSilence, silences.expire, ACT),
    CommandSpec(ListSilences, silences.list_silences, VIEW),
    CommandSpec(NoticeLog, notices.log, VIEW),
    CommandSpec(ResendNotice, notices.resend, ACT),
    CommandSpec(TestNotice, notices.test, ADMINISTER),  # rings other people's phones
    CommandSpec(TakeBackup, backups.take, ADMINISTER),
    CommandSpec(NoteSessions, backups.sessions, ADMINISTER),
    CommandSpec(NoteVerified, backups.verified, ADMINISTER),
    CommandSpec(Refresh, polling.refresh, ACT),  # each poll queues behind the bot's replies
    CommandSpec(RunDoctor, polling.doctor, ACT),  # likewise
)
_BY_TYPE = {spec.ask: spec for spec in COMMANDS}


def spec_of(ask: object) -> CommandSpec | None:
    """The row of a command; None where the engine does not execute it."""
    return _BY_TYPE.get(type(ask))


def refusal(ask: object, granted: Capability) -> Refused | None:
    """Why a connection with this capability may not do that; None where it may."""
    spec = spec_of(ask)
    if spec is None or spec.capability <= granted:
        return None
    if granted is VIEW:
        return Refused(message("this connection is read-only: nothing was changed"))
    return Refused(message("this needs the capability '{needed}'", needed=spec.capability.name.lower()))
