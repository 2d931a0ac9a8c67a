"""Commands on fixes: list, preview, run, stop, undo."""

from qualtui.engine.commands.context import CommandContext
from qualtui.wire import Answer, ListFixes, PreviewFix, RunFix, StopFix, UndoFix


async def fixes(context: CommandContext, ask: ListFixes, who: str) -> Answer:
    """Return the fixes and the newest runs."""
    del ask, who
    return context.fixes.list(context.clock())


async def preview(context: CommandContext, ask: PreviewFix, who: str) -> Answer:
    """Return what a fix would change now."""
    del who
    return await context.fixes.preview(ask.agent, ask.fix, ask.mode, ask.number)


async def run(context: CommandContext, ask: RunFix, who: str) -> Answer:
    """Run what was previewed."""
    return await context.fixes.run(ask.token, who)


async def stop(context: CommandContext, ask: StopFix, who: str) -> Answer:
    """Stop a run after its current step."""
    return await context.fixes.stop(ask.run, who)


async def undo(context: CommandContext, ask: UndoFix, who: str) -> Answer:
    """Undo a run."""
    return await context.fixes.undo(ask.run, who)
