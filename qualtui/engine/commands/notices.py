"""Commands on notices: send a test, send again what was given up, list the newest."""

import secrets
from collections.abc import Sequence

from qualtui.engine.commands.context import CommandContext
from qualtui.engine.incident_views import notice_view
from qualtui.engine.journal import Entry
from qualtui.eventlog.notices import NoticeQueued, NoticeResent
from qualtui.model import MutedNotice, Notice, Severity, State
from qualtui.text.message import Text, counted, message
from qualtui.wire import (
    Answer,
    Done,
    NoticeLog,
    Notices,
    NoticeView,
    OutboxChannel,
    Refused,
    ResendNotice,
    TestNotice,
)

CONSONANTS = "bcdfghjkmnpqrstvwxz"  # a test's key is made of them: digits in a row would be masked as a phone
NEWEST, MOST = 100, 10_000  # notices in the list; of all


async def test(context: CommandContext, ask: TestNotice, who: str) -> Answer:
    """Queue a test notice for one channel, or for all."""
    if not context.targets:
        return Refused(message("the configuration has no channel: add a [notify.channels.NAME]"))
    if ask.target and ask.target not in context.targets:
        known = ", ".join(context.targets)
        return Refused(message("no channel '{name}'; there is: {known}", name=ask.target, known=known))
    names = (ask.target,) if ask.target else context.targets
    mark = "".join(secrets.choice(CONSONANTS) for _letter in range(8))
    keys = tuple(f"test/{mark}/{name}" for name in names)
    entries = []
    for name, key in zip(names, keys, strict=True):
        title = message("Test notice from qualtui")
        body = (message("{who} sent this test. Nothing is wrong.", who=who), message("key {key}", key=key))
        queued = NoticeQueued(key, 0, name, "test", Severity.INFO, title, body)
        entries.append((queued, f"notice/{key}"))
    await context.journal.append(*entries)
    context.queued()
    text = message("test notice queued for {names}; see the result: qualtui notify log", names=", ".join(names))
    return Done(text, notices=keys)


async def resend(context: CommandContext, ask: ResendNotice, who: str) -> Answer:
    """Queue notices again that were given up."""
    refusal: Text | None = None
    keys: tuple[str, ...] = ()

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal, keys
        if ask.key:
            refusal = _resend_refusal(state.notices.get(ask.key), ask.key, context.targets)
            keys = () if refusal else (ask.key,)
        else:
            failed = [one for one in state.notices.values() if one.status == "failed" and one.kind != "test"]
            keys = tuple(one.key for one in failed if one.channel in context.targets)
            refusal = None if keys else message("no notice was given up: there is nothing to send again")
        return tuple((NoticeResent(key, who), "") for key in keys)

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    context.queued()
    text = counted(
        "{count} notice is sent again; see the result: qualtui notify log",
        "{count} notices are sent again; see the result: qualtui notify log",
        len(keys),
    )
    return Done(text, notices=keys)


def _resend_refusal(notice: Notice | None, key: str, channels: Sequence[str]) -> Text | None:
    """Why a notice can't be sent again; None where it can."""
    if notice is None:
        return message("no notice '{key}'; see the keys: qualtui notify log --json", key=key)
    if notice.status != "failed":
        return message("'{key}' was not given up: it is {status}", key=key, status=notice.status)
    if notice.channel not in channels:
        return message("the configuration no longer has the channel '{name}'", name=notice.channel)
    return None


async def log(context: CommandContext, ask: NoticeLog, who: str) -> Answer:
    """Return the newest notices."""
    del who
    state = context.journal.state
    views = [*(notice_view(one) for one in state.notices.values()), *(_muted(one) for one in state.muted)]
    views.sort(key=lambda one: -one.queued_at)
    found = tuple(_channel(name, state) for name in context.targets)
    return Notices(tuple(views if ask.all else views[:NEWEST])[:MOST], found)


def _channel(name: str, state: State) -> OutboxChannel:
    failing = state.failing.get(name)
    delivered = state.delivered_at.get(name, 0.0)
    if failing is None:
        return OutboxChannel(name, delivered)
    return OutboxChannel(name, delivered, failing.since, failing.reason)


def _muted(one: MutedNotice) -> NoticeView:
    """A notice that was due and not sent, to no channel."""
    title = message("#{number} {agent}: {title}", number=str(one.number), agent=one.agent, title=one.title)
    key = f"{one.number}/{one.status}/{one.key}"
    return NoticeView(key, "-", one.kind, title, one.status, 0, one.at, one.reason, one.number)
