"""Prints every figure beside its peer or floor: `python -m benchmarks [--only NAME] [--json] [--big]`.

Exit code 1 if one is over its budget, 2 if one could not be taken.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec

from benchmarks.backtest import backtest
from benchmarks.budget import budgets
from benchmarks.figure import Figure, missing, show
from benchmarks.fleet import fleet
from benchmarks.lane import fast_lane
from benchmarks.notice import fault_to_notice
from benchmarks.pipeline import pipeline
from benchmarks.store import store
from benchmarks.targets import many_targets
from benchmarks.window import at_rest, key_to_cell

LIMIT = 200.0  # s for one group, so that a hang ends
BIG_LIMIT = 3600.0

Group = Callable[[], Awaitable[tuple[Figure, ...]]]


def groups(big: bool) -> dict[str, Group]:
    """The groups by name."""
    return {
        "window": at_rest,
        "keys": key_to_cell,
        "notice": fault_to_notice,
        "targets": many_targets,
        "fleet": fleet,
        "lane": lambda: fast_lane(big=big),
        "store": store,
        "backtest": backtest,
        "budgets": budgets,
        "pipeline": pipeline,
    }


async def taken(name: str, group: Group, limit: float) -> tuple[Figure, ...]:
    """The group's figures; one that says why where it failed."""
    try:
        async with asyncio.timeout(limit):
            return await group()
    except Exception as error:  # a group that fails must not take the others with it
        logging.getLogger(__name__).debug("group %s failed", name, exc_info=True)
        return (missing(name, "", f"{type(error).__name__}: {str(error).strip()[:200]}"),)


def main() -> int:
    """Takes the figures and prints them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=sorted(groups(False)), help="this group alone; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="a JSON list instead of the table")
    parser.add_argument("--big", action="store_true", help="also a database of 10 M leads (many minutes, 10 GB)")
    parser.add_argument("--verbose", action="store_true", help="tracebacks of what failed")
    options = parser.parse_args()
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    figures: list[Figure] = []
    for name, group in groups(options.big).items():
        if options.only and name not in options.only:
            continue
        began = time.perf_counter()
        figures += asyncio.run(taken(name, group, BIG_LIMIT if options.big else LIMIT))
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    if options.json:
        rows = [{**msgspec.to_builtins(one), "verdict": one.verdict} for one in figures]
        print(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode())
    else:
        show(figures)
    verdicts = {one.verdict for one in figures}
    return 1 if "over" in verdicts else 2 if "not taken" in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
