"""`make promise`: a simulated month, played three times on the same seed, and what its customers saw.

Exit code 1 where an automatic fix ran wrongly, or where qualtui answered a customer twice.
"""

import argparse
import functools
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import msgspec

from benchmarks.promise.duty import day_of
from benchmarks.promise.month import MONTH, faults_of
from benchmarks.promise.outcome import Outcome
from benchmarks.promise.play import PER_HOUR, Month, Part, Played, play

PROCESSES = 2
COLUMNS: dict[str, Callable[[Outcome], str]] = {
    "leads lost": lambda one: f"{one.lost}",
    "waited > 10 min": lambda one: f"{one.waited_over_10m}",
    "median wait": lambda one: f"{one.median_wait_s:.0f} s",
    "p95 wait": lambda one: f"{one.p95_wait_s:.0f} s",
    "pages": lambda one: f"{one.pages}",
    "automatic runs": lambda one: f"{one.automatic_runs}",
    "of them wrong": lambda one: f"{one.wrong_runs}",
    "sent twice": lambda one: f"{one.sent_twice}",
}
TITLES = {
    Part.ALONE: "the bot alone",
    Part.ENGINEER: "an engineer answers pages after 5 min",
    Part.AUTO: "automatic fixes, and the engineer",
}


def rows(played: Mapping[Part, Played]) -> str:
    """The result as a Markdown table."""
    lines = [f"| | {' | '.join(COLUMNS)} |", f"|---|{'--:|' * len(COLUMNS)}"]
    for part, one in played.items():
        lines.append(f"| {TITLES[part]} | {' | '.join(cell(one.outcome) for cell in COLUMNS.values())} |")
    return "\n".join(lines)


def as_json(played: Mapping[Part, Played]) -> str:
    """The result as one object."""
    return json.dumps({part.value: msgspec.to_builtins(one.outcome) for part, one in played.items()})


def code(played: Mapping[Part, Played]) -> int:
    """The exit code."""
    return 1 if Part.AUTO in played and played[Part.AUTO].outcome.harm else 0


def plays(month: Month, parts: Sequence[Part] = tuple(Part)) -> dict[Part, Played]:
    """Each part, those that cost time beside each other."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return dict(zip(parts, pool.map(functools.partial(play, month=month), parts), strict=True))


def print_runs(played: Mapping[Part, Played]) -> None:
    """What ran by itself, and on what."""
    auto = played.get(Part.AUTO)
    if auto is None:
        return
    print(f"\nfixes on auto: {', '.join(auto.policies) or 'none'}")
    for run in auto.runs:
        word = "right" if run.right else "WRONG"
        print(
            f"  {day_of(run.at)}: {run.fix}, {run.waiting} waiting; {', '.join(run.faults) or 'no fault'}: {word}"
        )


def main() -> int:
    """One month."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.promise", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, default=MONTH)
    parser.add_argument(
        "--without", metavar="FIX", action="append", default=[], help="switch off a fix, such as retry"
    )
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    options = parser.parse_args()
    started = time.perf_counter()
    try:
        faults = faults_of(options.seed, options.days)
    except ValueError as error:
        parser.error(f"--days {options.days:g}: {error}; name more days")
    month = Month(options.seed, options.days, faults, frozenset(options.without))
    played = plays(month)
    if options.json:
        print(as_json(played))
        return code(played)
    customers = played[Part.ALONE].customers
    print(
        f"{options.days:g} days, seed {options.seed}: {customers} customers, {PER_HOUR:g} new ones in a busy hour"
    )
    print(f"{len(faults)} faults; without: {', '.join(options.without) or 'nothing'}\n")
    print(rows(played))
    print_runs(played)
    print(f"\n{time.perf_counter() - started:.0f} s")
    return code(played)


if __name__ == "__main__":
    sys.exit(main())
