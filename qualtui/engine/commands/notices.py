"""Commands on notices: send a test, list the newest."""

import secrets

from qualtui.engine.commands.context import CommandContext
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import Notice, Severity
from qualtui.text import _
from qualtui.text.message import message
from qualtui.wire import Answer, Done, NoticeLog, Notices, NoticeView, Refused, TestNotice

CONSONANTS = "bcdfghjkmnpqrstvwxz"  # a test's key is made of them: digits in a row would be masked as a phone
NEWEST = 100  # notices in the list


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
        body = _("{who} sent this test. Nothing is wrong.").format(who=who) + "\n" + _("key {key}").format(key=key)
        queued = NoticeQueued(key, 0, name, "test", Severity.INFO, _("Test notice from qualtui"), body)
        entries.append((queued, f"notice/{key}"))
    await context.journal.append(*entries)
    context.queued()
    text = message("test notice queued for {names}; see the result: qualtui notify log", names=", ".join(names))
    return Done(text, notices=keys)


async def log(context: CommandContext, ask: NoticeLog, who: str) -> Answer:
    """Return the newest notices."""
    del ask, who
    newest = sorted(context.journal.state.notices.values(), key=lambda one: -one.queued_at)[:NEWEST]
    return Notices(tuple(_view(one) for one in newest))


def _view(one: Notice) -> NoticeView:
    title, reason = str(one.title), str(one.reason)
    return NoticeView(one.key, one.channel, one.kind, title, one.status, one.attempt, one.queued_at, reason)
