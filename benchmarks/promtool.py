"""Random series with gaps against Prometheus's own judge: `promtool test rules` of Debian's package `prometheus`.

A missing poll (no sample at all) has Prometheus's meaning as long as its lookback of 5 min covers it. A poll that
got no answer has not: there the reference is the table in docs/alerting.md, written down again in `by_the_table`.
"""

import json
import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.trial import Skip, Trial
from qualtui.alerts.replay import Timeline, replay
from qualtui.config.values import Level, Operator, Rule, Seconds
from qualtui.model import Phase, Sample

EVERY = 30  # s
LOOKBACK = 300.0  # s, Prometheus's default
BATCH = 250  # series a file
STEPS = 60
WHY = "promtool is not installed (Debian: apt-get install prometheus)"
RULES = ("10,000 random series with gaps, against promtool", "every alert fires at the same moments")
TABLE = ("10,000 random series with polls without an answer", "they fire as the table in docs/alerting.md says")


class Case(msgspec.Struct, frozen=True):
    """A rule and its series: a value every EVERY seconds; None: a gap."""

    rule: Rule
    values: tuple[float | None, ...]


def cases(seed: int, count: int) -> list[Case]:
    """Random rules on random series, which begin with a value; gaps are shorter than the lookback."""
    chance = random.Random(seed)
    return [_case(chance) for _ in range(count)]


def _case(chance: random.Random) -> Case:
    values: list[float | None] = [float(chance.randint(0, 4))]
    while len(values) < STEPS:
        length = chance.choice((1, 1, 2, 3, 5, 8))
        kind = chance.random()
        if kind < 0.25 and values[-1] is not None:
            values += [None] * length
        elif kind < 0.6:
            values += [float(chance.randint(0, 4))] * length
        else:
            values += [float(chance.randint(0, 4)) for _ in range(length)]
    rule = Rule(
        series="user.x",
        op=chance.choice(list(Operator)),
        warning=Level(chance.randint(0, 4)),
        for_=Seconds(chance.choice((0, 30, 60, 90, 120, 300))),
        keep_firing_for=Seconds(chance.choice((0, 0, 30, 60, 150))),
    )
    return Case(rule, tuple(values[:STEPS]))


def fired(case: Case, *, asked: bool) -> list[bool]:
    """Whether the alert fires after each step. `asked`: a gap is a poll without an answer, else no poll."""
    series = "bot/user.x"
    samples = [
        Sample(series, float(n * EVERY), value)
        for n, value in enumerate(case.values)
        if asked or value is not None
    ]
    timeline, stale = Timeline({series: samples}), {series: 2.5 * EVERY if asked else LOOKBACK}
    times = (float(n * EVERY) for n in range(STEPS))
    steps = replay("bot", {"x": case.rule}, timeline, stale, times)
    return [any(one.phase is Phase.FIRING for one in alerts.values()) for _at, alerts in steps]


def by_the_table(case: Case) -> list[bool]:
    """The same by the words of the table: what is not known changes nothing."""
    compare = {
        Operator.ABOVE: float.__gt__,
        Operator.AT_LEAST: float.__ge__,
        Operator.BELOW: float.__lt__,
        Operator.AT_MOST: float.__le__,
        Operator.EQUAL: float.__eq__,
        Operator.NOT_EQUAL: float.__ne__,
    }[case.rule.op]
    since: float | None = None
    clear: float | None = None
    fires, found = False, []
    for n, value in enumerate(case.values):
        now = float(n * EVERY)
        if value is not None and compare(value, float(case.rule.warning or 0)):
            since, clear = (now if since is None else since), None
            fires = fires or now - since >= case.rule.for_
        elif value is not None and fires:
            clear = now if clear is None else clear
            if now - clear >= case.rule.keep_firing_for:
                since, clear, fires = None, None, False
        elif value is not None:
            since = None
        found.append(fires)
    return found


def promtool() -> str:
    """The program's path. Raises Skip where it is not installed."""
    path = shutil.which("promtool")
    if path is None:
        raise Skip(WHY)
    return path


def disagreements(batch: Sequence[Case], moments: Sequence[Sequence[bool]] | None = None) -> str:
    """What promtool says against moments of firing (ours unless given), empty where it agrees. Raises Skip."""
    program = promtool()
    ours = [fired(case, asked=False) for case in batch] if moments is None else moments
    rules, inputs, expected = [], [], []
    for number, case in enumerate(batch):
        rule, name = case.rule, f"x{number}"
        rules.append(
            {
                "alert": name,
                "expr": f"{name} {rule.op.value} {float(rule.warning or 0):g}",
                "for": f"{rule.for_:g}s",
                "keep_firing_for": f"{rule.keep_firing_for:g}s",
            }
        )
        inputs.append({"series": name, "values": " ".join("_" if v is None else f"{v:g}" for v in case.values)})
        expected += [
            {"eval_time": f"{n * EVERY}s", "alertname": name, "exp_alerts": [{"exp_labels": {}}] if fires else []}
            for n, fires in enumerate(ours[number])
        ]
    test = {"interval": f"{EVERY}s", "input_series": inputs, "alert_rule_test": expected}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # YAML has JSON in it.
        (place / "rules.yml").write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}))
        whole = {"rule_files": ["rules.yml"], "evaluation_interval": f"{EVERY}s", "tests": [test]}
        (place / "test.yml").write_text(json.dumps(whole))
        ran = subprocess.run(
            [program, "test", "rules", "test.yml"],
            cwd=place,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    return "" if ran.returncode == 0 else (ran.stdout + ran.stderr)[-2000:]


async def against_promtool(seed: int = 1, count: int = 10_000) -> Trial:
    """All series against promtool."""
    every = cases(seed, count)
    problems = [said for first in range(0, count, BATCH) if (said := disagreements(every[first : first + BATCH]))]
    firing = sum(any(fired(case, asked=False)) for case in every)
    return Trial(*RULES, f"{count} series, {firing} of them fire, {STEPS} moments each", tuple(problems[:3]))


async def against_table(seed: int = 2, count: int = 10_000) -> Trial:
    """All series against the table."""
    wrong = [case for case in cases(seed, count) if fired(case, asked=True) != by_the_table(case)]
    problems = tuple(f"{case.rule.op.value} {case.rule.warning}: {case.values}" for case in wrong[:3])
    return Trial(*TABLE, f"{count} series, {len(wrong)} differ", problems)
