"""`make truth`: the quiet week and the bad week. Exit code 1 on a false incident, or a fault not told rightly."""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.truth.faults import DAY, LEAST_SLOT, MUST, Fault, Kind, bad_week
from benchmarks.truth.watch import Alarm, Week, found, rhythm_of, unexplained, watched
from benchmarks.truth.world import World
from qualtui.model import Severity
from qualtui.signals.rhythm import Rhythm

PER_HOUR = 12.0  # first contacts in a busy hour
DEPLOYS = 6
PAST_DAYS = 28.0  # as many as the product looks at, from which the rhythm of a week is learned


def quiet(seed: int, days: float, folder: Path) -> Week:
    """A quiet week, watched."""
    return asyncio.run(watched(quiet_world(seed, days), (), days, folder, rhythm(seed)))


def rhythm(seed: int) -> Rhythm:
    """What the four weeks before taught of the customers' habits."""
    return rhythm_of(quiet_world(seed + 1_000_003, PAST_DAYS), PAST_DAYS)


def quiet_world(seed: int, days: float) -> World:
    """Nothing breaks: nights, a weekend, deploys, noise, slow clients, a busy single worker."""
    return World(seed, days, PER_HOUR, (), DEPLOYS)


def bad_world(seed: int, days: float, faults: Sequence[Fault]) -> World:
    """The same customers and every fault."""
    return World(seed, days, PER_HOUR, faults, 0)


def bad(seed: int, each: int, days: float, folder: Path) -> Week:
    """A week with every fault, `each` times."""
    faults = bad_week(seed, each, days)
    return asyncio.run(watched(bad_world(seed, days, faults), faults, days, folder, rhythm(seed)))


def print_quiet(seed: int, week: Week) -> int:
    """The quiet week as a table; the number of incidents that nothing in truth explains."""
    false = unexplained(week)
    print(f"quiet week, seed {seed}")
    print(f"  customers {week.customers}, rows {week.rows}")
    print("  harmless:", ", ".join(f"{what} {times}" for what, times in sorted(week.harmless.items())))
    print(f"  longest wait in truth: {week.worst_wait:.0f} s")
    print(f"  the screen was calm at {100 * (1 - week.uncalm):.2f}% of the looks")
    print(f"  incidents {_by_severity(week.pages)}")
    print(f"  FALSE {_by_severity(false)}")
    print_pages(false)
    return len(false)


def _by_severity(pages: Sequence[Alarm]) -> str:
    """How many of each severity."""
    return ", ".join(f"{each.value} {sum(page.severity is each for page in pages)}" for each in Severity)


def print_pages(pages: Sequence[Alarm]) -> None:
    """Incidents that should not have been, a line each."""
    for page in pages:
        told = f"{page.severity.value} {page.rule}: {page.why or page.summary}"
        print(f"    at {page.at / DAY:.3f} d: {told} (true wait {page.true_wait:.0f} s)")


def print_bad(seed: int, week: Week) -> int:
    """The bad week as a table; the number of faults not told, told wrongly, and of false incidents."""
    outcome = found(week)
    false = unexplained(week)
    print(f"\nbad week, seed {seed}: {len(outcome)} faults, {week.customers} customers")
    print(f"  incidents {_by_severity(week.pages)}")
    print(f"  FALSE {_by_severity(false)}")
    print_pages(false)
    print(f"  {'':46} {'page and its why':^35}  {'screen':^17}")
    print(
        f"  {'fault':46} {'told':>7} {'right why':>9} {'median':>8} {'worst':>8}  {'median':>8} {'worst':>8}  rule"
    )
    wrong = len(false)
    for kind in Kind:
        mine = [one for one in outcome if one.fault.kind is kind]
        after = [one.after for one in mine if one.after is not None]
        right = sum(one.right for one in mine)
        seen = [one.seen for one in mine if one.seen is not None]
        wrong += 3 * len(mine) - right - len(after) - len(seen)
        share = f"{len(after)}/{len(mine)}"
        print(f"  {kind.value:46} {share:>7} {right:>9} {_times(after)}  {_times(seen)}  {MUST[kind].rule}")
    return wrong


def _times(seconds: Sequence[float]) -> str:
    """Median and worst."""
    if not seconds:
        return f"{'-':>8} {'-':>8}"
    return f"{statistics.median(seconds):>6.0f} s {max(seconds):>6.0f} s"


def main() -> int:
    """Both weeks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--each", type=int, default=3, help="times that each fault comes in the bad week")
    options = parser.parse_args()
    if options.each < 1 or options.days * DAY < LEAST_SLOT * options.each * len(Kind):
        parser.error("each fault needs a place of its own: fewer faults (at least one of each), or more days")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "quiet").mkdir()
        wrong = print_quiet(options.seed, quiet(options.seed, options.days, Path(folder) / "quiet"))
        wrong += print_bad(options.seed, bad(options.seed, options.each, options.days, Path(folder)))
    print(f"\n{time.perf_counter() - started:.0f} s for {2 * options.days:g} simulated days")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
