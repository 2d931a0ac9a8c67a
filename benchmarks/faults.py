"""Real kills and hangs: `python -m benchmarks.faults [--only NAME] [--json]`. Exit code 1: a broken promise."""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from benchmarks import deliveries, distress, fix_kills, full, hangs, kills, lost, paging, promtool
from benchmarks.trial import Trial, show, tried

LIMIT = 900.0  # s for one group, on a busy machine

Group = Callable[[], Awaitable[list[Trial]]]


def say(line: str) -> None:
    """How far it is, for whoever waits."""
    print(f"  {line}", file=sys.stderr, flush=True)


async def _notices() -> list[Trial]:
    return [
        await tried(*kills.NOTICES, lambda: kills.notices(2, 6, say)),
        await tried(*deliveries.PROMISE, lambda: deliveries.deliveries(say)),
    ]


async def _fixes() -> list[Trial]:
    async with fix_kills.ward() as place:
        return [
            await tried(*fix_kills.ENGINE, lambda: fix_kills.engine_killed(place, 6, say)),
            await tried(*fix_kills.DATABASE, lambda: fix_kills.database_killed(place, 6, say)),
        ]


async def _engine() -> list[Trial]:
    return [
        await tried(*hangs.SIGTERM, hangs.ends_in_time),
        await tried(*hangs.SIGHUP, hangs.reads_again),
        await tried(*hangs.SECOND, hangs.refuses_a_second),
        await tried(*hangs.DRIPS, hangs.healthy_beside_dripping),
    ]


async def _disk() -> list[Trial]:
    return [
        await tried(*full.LIMITED, full.limited),
        await tried(*full.FULL, full.disk_full),
        await tried(*full.ON_FULL, full.started_on_full),
        await tried(*full.ON_PROTECTED, full.started_on_protected),
        await tried(*full.ON_TORN, full.started_on_torn),
    ]


async def _store() -> list[Trial]:
    taken = [
        await tried(f"the store {how} under a healthy engine", lost.PROMISED, partial(lost.lost, how))
        for how in lost.SPOILS
    ]
    return [
        *taken,
        await tried(*lost.SOCKET, lost.socket_and_lock),
        await tried(*lost.NAMES, lost.other_names),
        await tried(*lost.HELD, lost.held_by_another),
        await tried(*lost.QUIET, lost.full_without_events),
    ]


async def _rules() -> list[Trial]:
    return [
        await tried(*promtool.RULES, promtool.against_promtool),
        await tried(*promtool.TABLE, promtool.against_table),
        await tried(*paging.PAGING, paging.random_hours),
    ]


async def _windows() -> list[Trial]:
    return [
        await tried(*distress.STOPPED, distress.engine_stopped),
        await tried(*distress.WINDOWS, distress.windows_hang),
        await tried(*distress.TWO, distress.two_windows),
    ]


GROUPS: dict[str, Group] = {
    "notices": _notices,
    "fixes": _fixes,
    "engine": _engine,
    "disk": _disk,
    "store": _store,
    "windows": _windows,
    "rules": _rules,
}


async def _within(group: Group) -> list[Trial]:
    async with asyncio.timeout(LIMIT):
        return await group()


def main() -> int:
    """Tries everything and prints what happened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(GROUPS), help="this group alone; may be repeated")
    parser.add_argument("--json", action="store_true", help="a JSON list instead of the table")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    trials: list[Trial] = []
    for name, group in GROUPS.items():
        if options.only and name not in options.only:
            continue
        began = time.perf_counter()
        try:
            trials += asyncio.run(_within(group))
        except TimeoutError:
            trials.append(Trial(name, "it ends", f"no end within {LIMIT:g} s", ("no end",)))
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(trials), indent=1).decode())
    else:
        show(trials)
    return 0 if all(one.ok for one in trials) else 1


if __name__ == "__main__":
    sys.exit(main())
