"""Commands on automatic fixes: show, set, stop, start."""

from qualtui.config.values import PolicyMode
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.journal import Entry
from qualtui.eventlog.healing import POLICY, PoliciesStarted, PoliciesStopped, PolicySet
from qualtui.model import State
from qualtui.text.message import Text, message
from qualtui.wire import Answer, Done, PolicyList, Refused, SetPolicy, ShowPolicies, StartPolicies, StopPolicies

LONGEST = 7 * 86400.0  # s that automatic fixes are stopped at most


async def show(context: CommandContext, ask: ShowPolicies, who: str) -> Answer:
    """Return the policies as they hold now."""
    del ask, who
    policies, now = context.journal.state.policies, context.clock()
    until = policies.stopped_until if policies.stopped_until > now else 0.0
    return PolicyList(context.policies(), until, policies.stopped_by if until else "")


async def set_mode(context: CommandContext, ask: SetPolicy, who: str) -> Answer:
    """Set the mode of a fix, until it is set again."""
    known = [one.fix for one in context.policies()]
    if ask.fix not in known:
        names = ", ".join(known)
        return Refused(message("no policy for '{fix}'; there is: {known}", fix=ask.fix[:40], known=names))
    if ask.mode not in set(PolicyMode):
        modes = ", ".join(PolicyMode)
        return Refused(message("no mode '{mode}'; there is: {known}", mode=ask.mode[:40], known=modes))
    await context.journal.append((PolicySet(who, ask.fix, ask.mode), ""))
    holds = next(one.mode for one in context.policies() if one.fix == ask.fix)
    if holds != ask.mode:
        return Done(
            message("{fix} is not proven: it is tried out ({mode}) and does not run", fix=ask.fix, mode=holds)
        )
    return Done(message("the policy of {fix} is {mode}", fix=ask.fix, mode=holds))


async def stop(context: CommandContext, ask: StopPolicies, who: str) -> Answer:
    """Stop all automatic fixes at once, the running ones after their current step."""
    if not 0 < ask.seconds <= LONGEST:
        return Refused(message("automatic fixes are stopped for {longest:span} at most", longest=LONGEST))
    await context.journal.append((PoliciesStopped(who, context.clock() + ask.seconds), ""))
    for run in list(context.journal.state.runs.values()):
        if run.who == POLICY and not run.outcome:
            await context.fixes.stop(run.run, who)
    return Done(message("no fix runs by itself for {time:span}; to start again: P", time=ask.seconds))


async def start(context: CommandContext, ask: StartPolicies, who: str) -> Answer:
    """Start automatic fixes again, and close the circuit breakers."""
    del ask
    idle: Text | None = None

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal idle
        if state.policies.stopped_until <= context.clock() and not state.policies.failures:
            idle = message("automatic fixes are not stopped")
            return ()
        return ((PoliciesStarted(who), ""),)

    await context.journal.decide(decision)
    return Done(idle or message("fixes run by themselves again, as their policies say"))
