"""CPU and memory as shares of what a process may use. Pure."""

from qualtui.hosts.host import Usage, Use
from qualtui.hosts.process.tree import Measured, Spent
from qualtui.text.message import Saying, message

SHORTEST = 0.5  # s between two looks, before a share of CPU says anything


def usage_of(before: Spent, now: Measured, seconds: float, at: float) -> Usage:
    """`before`: CPU seconds at the look `seconds` ago; empty at the first one."""
    return Usage(_cpu(before, now, seconds, at), _memory(now, at))


def _cpu(before: Spent, now: Measured, seconds: float, at: float) -> Use:
    """The whole tree's share of its limit, or the busiest process's of one core, whichever is more.

    A bot in Python has one thread that works: on a machine of many cores the second one says that it is busy.
    """
    main = next(iter(now.spent))
    if main not in before or seconds < SHORTEST:
        return Use(None, message("CPU is known from the second poll on"))
    rates = {one: max(0.0, spent - before.get(one, 0.0)) / seconds for one, spent in now.spent.items()}
    cores = now.limits.cores or now.machine_cores
    whole, busiest = sum(rates.values()) / cores, max(rates.values()) / min(1.0, cores)
    note: Saying = ""
    if busiest > whole:
        note = message("one process, of one core: it can use no second one")
    return Use(100.0 * min(1.0, max(whole, busiest)), note, at)


def _memory(now: Measured, at: float) -> Use:
    limits = now.limits
    if limits.memory and limits.used is not None and limits.memory <= now.machine_memory:
        return Use(100.0 * limits.used / limits.memory, "", at)
    return Use(100.0 * now.memory / now.machine_memory, message("of this machine's memory: it has no limit"), at)
