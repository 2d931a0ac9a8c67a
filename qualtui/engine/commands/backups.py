"""Commands on backups: take one, and note that one was verified."""

from qualtui.engine.commands.context import CommandContext
from qualtui.eventlog.backups import BackupVerified, SessionsRestored
from qualtui.text import clean
from qualtui.text.message import message
from qualtui.wire import Answer, Done, NoteSessions, NoteVerified, Refused, TakeBackup


async def take(context: CommandContext, ask: TakeBackup, who: str) -> Answer:
    """Take a backup now; the answer comes when it is there, and where the hook has it."""
    del ask
    return await context.backup(who)


async def verified(context: CommandContext, ask: NoteVerified, who: str) -> Answer:
    """Note that a person verified an archive."""
    if not 0 < ask.taken_at <= context.clock():
        return Refused(message("an archive of the future was not verified"))
    await context.journal.append((BackupVerified(who, clean(ask.name, 60), ask.taken_at), ""))
    return Done(message("noted"))


async def sessions(context: CommandContext, ask: NoteSessions, who: str) -> Answer:
    """Write into the log that session states are put back, before they are."""
    await context.journal.append((SessionsRestored(who, ask.agent, clean(ask.name, 60), ask.count), ""))
    return Done(message("noted"))
