"""The minutes in which customers could be answered, out of a real store."""

from pathlib import Path

from qualtui.config.values import Aggregate
from qualtui.diagnosis.goals import Bins
from qualtui.model import Sample
from qualtui.probes.goals import GoalsProbe, no_history
from qualtui.store.sqlite import SqliteStore

NOW = 1_800_000_000.0


async def test_the_share_is_of_the_known_minutes_that_the_store_has(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "qualtui.db")

    async def history(series: str, since: float, until: float, bin_: float, how: Aggregate) -> Bins:
        return store.window(series, since, until, bin_, how)

    try:
        values: list[float | None] = [1.0] * 95 + [0.0] * 5 + [None] * 10
        store.add_samples(
            Sample("bot/goal.minute", NOW - 60.0 * n, value) for n, value in enumerate(reversed(values))
        )
        store.add_samples([Sample("other/goal.minute", NOW, 0.0)])
        store.add_samples(Sample("bot/health.up", NOW - 60.0 * n, float(n % 10 > 0)) for n in range(100))
        probe = GoalsProbe("bot", history, 60.0)
        for _again in range(2):
            said = {sample.series.removeprefix("bot/"): sample.value for sample in await probe.ask(NOW)}
            assert (said["goal.up"], said["goal.minutes_good"], said["goal.minutes_known"]) == (95.0, 95, 100)
            assert said["row.availability"] == 90
            store.roll_up(NOW + 7200)
    finally:
        store.close()


async def test_without_a_past_nothing_is_claimed() -> None:
    probe = GoalsProbe("bot", no_history, 60.0)
    samples = await probe.ask(NOW)
    assert tuple(sample.series for sample in samples) == probe.series
    assert samples[0].value is None
