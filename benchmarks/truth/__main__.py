"""`make truth`: the quiet week, the bad week, and first starts.

Exit code 1 on a false incident, a fault that is not shown with the right why and remedy, or a wrong claim.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.truth.episodes import episode
from benchmarks.truth.faults import DAY, FAULTS, LEAST_SLOT, Fault, Kind, bad_week, harmless_week
from benchmarks.truth.must import MUST
from benchmarks.truth.starts import starts
from benchmarks.truth.watch import Alarm, rhythm_of
from benchmarks.truth.week import Week, Wrong, found, openings, unexplained, watched
from benchmarks.truth.world import World
from qualtui.model import Severity
from qualtui.series.seasonality import Seasonality

PER_HOUR = 12.0  # first contacts in a busy hour
DEPLOYS = 6
CALM = 0.999  # share of the looks outside of trouble at which the screen must be calm
PAST_DAYS = 28.0  # as many as the product looks at, from which the rhythm of a week is learned
SHOWN = 12  # wrong claims that are printed


def quiet(seed: int, days: float, folder: Path, each: int) -> Week:
    """A quiet week, watched; with what must alarm nobody, `each` times."""
    habits = harmless_week(seed, each, days)
    return asyncio.run(watched(quiet_world(seed, days, habits), habits, days, folder, rhythm(seed)))


def rhythm(seed: int) -> Seasonality:
    """What the four weeks before taught of the customers' habits."""
    return rhythm_of(quiet_world(seed + 1_000_003, PAST_DAYS), PAST_DAYS)


def quiet_world(seed: int, days: float, habits: Sequence[Fault] = ()) -> World:
    """Nothing breaks: nights, a weekend, deploys, noise, slow clients, a busy single worker."""
    return World(seed, days, PER_HOUR, habits, DEPLOYS)


def bad_world(seed: int, days: float, faults: Sequence[Fault]) -> World:
    """The same customers and every fault."""
    return World(seed, days, PER_HOUR, faults, 0)


def bad(seed: int, each: int, days: float, folder: Path) -> Week:
    """A week with every fault, `each` times; what must alarm nobody goes on meanwhile, once."""
    faults = (*bad_week(seed, each, days), *harmless_week(seed, 1, days))
    return asyncio.run(watched(bad_world(seed, days, faults), faults, days, folder, rhythm(seed)))


def print_quiet(seed: int, week: Week) -> int:
    """The quiet week as a table; the number of incidents that nothing in truth explains, and of wrong claims."""
    false = unexplained(week)
    print(f"quiet week, seed {seed}")
    print(f"  customers {week.customers}, rows {week.rows}")
    print("  harmless:", ", ".join(f"{what} {times}" for what, times in sorted(week.harmless.items())))
    print("  habits:", ", ".join(f"{fault.kind.value} at {fault.begin / DAY:.2f} d" for fault in week.faults))
    print(f"  longest wait in truth: {week.worst_wait:.0f} s")
    print(f"  the screen was calm at {100 * (1 - week.uncalm):.2f}% of the looks")
    print_alarmed(week.alarmed)
    pages = sum(notice.opens for notice in week.notices)
    print(f"  incidents {_by_severity(week.pages)}; pages {pages}")
    print(f"  FALSE {_by_severity(false)}")
    print_pages(false)
    print_wrong(week.wrong)
    return len(false) + len(week.wrong) + (week.uncalm > 1 - CALM) + pages


def print_alarmed(alarmed: Mapping[str, int]) -> None:
    """What the screen said at looks that had to be calm, the most frequent first."""
    for said, times in sorted(alarmed.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"    {times} x {said}")


def _by_severity(pages: Sequence[Alarm]) -> str:
    """How many of each severity."""
    return ", ".join(f"{each.value} {sum(page.severity is each for page in pages)}" for each in Severity)


def print_pages(pages: Sequence[Alarm]) -> None:
    """Incidents that should not have been, a line each."""
    for page in pages:
        told = f"{page.severity.value} {page.rule}: {page.why or page.summary}"
        print(f"    at {page.at / DAY:.3f} d: {told} (true wait {page.true_wait:.0f} s)")


def print_wrong(wrong: Sequence[Wrong]) -> None:
    """Claims that are not true, a line each, the first ones."""
    print(f"  WRONG claims {len(wrong)}")
    for one in wrong[:SHOWN]:
        print(f"    at {one.at / DAY:.4f} d: {one.what}: {one.says}")


def print_bad(seed: int, week: Week) -> int:
    """The bad week as a table; the number of faults not shown, or shown wrongly, of false incidents and claims."""
    outcome = found(week)
    false = unexplained(week)
    print(f"\nbad week, seed {seed}: {len(outcome)} faults, {week.customers} customers")
    print(f"  incidents {_by_severity(week.pages)}")
    print(f"  FALSE {_by_severity(false)}")
    print_pages(false)
    print_wrong(week.wrong)
    print(f"  {'':46} {'page and its why':^35}  {'screen':^17}")
    print(
        f"  {'fault':46} {'shown':>7} {'right why':>9} {'median':>8} {'worst':>8}  {'median':>8} {'worst':>8}"
        f"  {'remedy':>6}  rule"
    )
    wrong = len(false) + len(week.wrong) + print_notices(week)
    for kind in FAULTS:
        mine = [one for one in outcome if one.fault.kind is kind]
        after = [one.after for one in mine if one.after is not None]
        right, remedy = sum(one.right for one in mine), sum(one.remedy for one in mine)
        seen = [one.seen for one in mine if one.seen is not None]
        wrong += 4 * len(mine) - right - remedy - len(after) - len(seen)
        share = f"{len(after)}/{len(mine)}"
        times = f"{_times(after)}  {_times(seen)}"
        print(f"  {kind.value:46} {share:>7} {right:>9} {times}  {remedy:>6}  {MUST[kind].rule}")
        for one in mine:
            if not (one.right and one.remedy):
                print(f"      at {one.fault.begin / DAY:.3f} d: {one.first!r}, offered {one.fixes}")
    return wrong


def print_notices(week: Week) -> int:
    """How often somebody was woken; the number of pages that a fault opened beyond its one."""
    opened = openings(week)
    more = {number: pages for number, pages in opened.items() if len(pages) > 1}
    kinds = Counter(notice.kind for notice in week.notices if not notice.opens)
    later = ", ".join(f"{kind} {times}" for kind, times in sorted(kinds.items()))
    total = sum(len(pages) for pages in opened.values())
    print(f"  opening pages {total} for {len(opened)} faults; other notices: {later or 'none'}")
    for number, pages in more.items():
        numbers = ", ".join(f"#{page.number}" for page in pages)
        print(f"    {len(pages)} opening pages: {week.faults[number].kind.value}: {numbers}")
    return sum(len(pages) - 1 for pages in more.values())


def _times(seconds: Sequence[float]) -> str:
    """Median and worst."""
    if not seconds:
        return f"{'-':>8} {'-':>8}"
    return f"{statistics.median(seconds):>6.0f} s {max(seconds):>6.0f} s"


def print_starts(seed: int, opened: Sequence[Wrong], acks: Week) -> int:
    """First starts; the number of what is wrong in them."""
    false = unexplained(acks)
    print(f"\nfirst start with open customers, seed {seed}")
    print_wrong(opened)
    print(f"first start with acks that stay PENDING: {acks.customers} customers")
    print(f"  the screen was calm at {100 * (1 - acks.uncalm):.2f}% of the looks")
    print_alarmed(acks.alarmed)
    print(f"  FALSE {_by_severity(false)}")
    print_pages(false)
    print_wrong(acks.wrong)
    return len(opened) + len(false) + len(acks.wrong) + (acks.uncalm > 1 - CALM)


def print_episodes(seed: int, text: str) -> int:
    """Single episodes; exit code."""
    wrong, learned = 0, rhythm(seed)
    for kind in (kind for kind in Kind if text in kind.value):
        with tempfile.TemporaryDirectory() as name:
            week = asyncio.run(episode(kind, seed, PER_HOUR, Path(name), learned))
        print(f"-- {kind.value}: calm {100 * (1 - week.uncalm):.0f}%")
        print_alarmed(week.alarmed)
        print_pages(unexplained(week))
        print_wrong(week.wrong)
        wrong += len(unexplained(week)) + len(week.wrong)
        for one in found(week):
            wrong += (one.after is None) + (not one.right) + (not one.remedy) + (one.seen is None)
            print(f"  after {one.after}, screen {one.seen}, first {one.first!r}: {one.right}")
            print(f"  offered {one.fixes}: {one.remedy}")
    print(f"{wrong} wrong")
    return 1 if wrong else 0


def main() -> int:
    """Both weeks, and the first starts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--each", type=int, default=2, help="times that each fault comes in the bad week")
    parser.add_argument("--fault", metavar="TEXT", help="one episode of each fault whose name has this text in it")
    parser.add_argument("--only", choices=("quiet", "bad", "starts"), help="one part alone")
    options = parser.parse_args()
    if options.each < 1 or options.days * DAY < LEAST_SLOT * options.each * len(FAULTS):
        parser.error("each fault needs a separate place: fewer faults (at least one of each), or more days")
    started = time.perf_counter()
    if options.fault is not None:
        if not any(options.fault in kind.value for kind in Kind):
            known = "".join(f"\n  {kind.value}" for kind in Kind)
            parser.error(f"no fault or habit has the text {options.fault!r} in its name; there are:{known}")
        return print_episodes(options.seed, options.fault)
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("quiet", "bad", "starts"):
            (folder / part).mkdir()
        if options.only in {None, "quiet"}:
            week = quiet(options.seed, options.days, folder / "quiet", options.each)
            wrong += print_quiet(options.seed, week)
        if options.only in {None, "bad"}:
            wrong += print_bad(options.seed, bad(options.seed, options.each, options.days, folder / "bad"))
        if options.only in {None, "starts"}:
            wrong += print_starts(options.seed, *starts(options.seed, PER_HOUR, folder / "starts"))
    print(f"\n{wrong} wrong; {time.perf_counter() - started:.0f} s for {2 * options.days:g} simulated days")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
