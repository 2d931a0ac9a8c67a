"""A probe may fail in any way: its series then say that we could not ask, and the others are not late."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from qualtui.engine import supervisor
from qualtui.engine.supervisor import ask_once, watch
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError


class Scripted:
    """A probe that does what it is told."""

    name = "a/scripted"
    series = ("a/one", "a/two")

    def __init__(self, act: Callable[[], Awaitable[tuple[Sample, ...]]], interval: float = 0.01) -> None:
        self._act = act
        self.interval = interval
        self.timeout = 0.01

    async def ask(self, now: float) -> tuple[Sample, ...]:
        return await self._act()

    async def close(self) -> None:
        return None


def clock() -> float:
    return 1000.0


async def refuse() -> tuple[Sample, ...]:
    raise ProbeError("no route\x1b[31m to\nhost")


async def burst() -> tuple[Sample, ...]:
    raise ValueError("5511900000001 must not be shown")


async def hang() -> tuple[Sample, ...]:
    await asyncio.Event().wait()
    return ()


@pytest.mark.parametrize("act", [refuse, burst, hang])
async def test_whatever_a_probe_does_each_of_its_series_gets_a_sample_without_a_value(
    act: Callable[[], Awaitable[tuple[Sample, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.02)
    samples = await ask_once(Scripted(act), clock)
    assert [(s.series, s.at, s.value) for s in samples] == [("a/one", 1000.0, None), ("a/two", 1000.0, None)]
    assert all(str(s.note) and "5511" not in str(s.note) and "\x1b" not in str(s.note) for s in samples)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
async def test_a_value_that_is_no_number_is_no_value(value: float) -> None:
    async def answer() -> tuple[Sample, ...]:
        return (Sample("a/one", 1.0, value, "x"), Sample("a/two", 1.0, 2.0))

    one, two = await ask_once(Scripted(answer), clock)
    assert one.value is None
    assert "not a number" in str(one.note)
    assert two.value == 2.0


async def test_cancellation_gets_out() -> None:
    task = asyncio.ensure_future(ask_once(Scripted(hang), clock))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_refresh_asks_at_once_and_the_interval_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "APART", 0.01)
    asked: asyncio.Queue[int] = asyncio.Queue()

    async def answer() -> tuple[Sample, ...]:
        asked.put_nowait(1)
        return ()

    wake = asyncio.Event()
    probe = Scripted(answer, interval=3600)
    task = asyncio.ensure_future(watch(probe, lambda _: None, clock, 0.0, wake))
    async with asyncio.timeout(2):
        await asked.get()
        wake.set()
        await asked.get()
    assert asked.empty()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_however_often_somebody_refreshes_the_next_beat_comes_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "APART", 0.001)
    asked: asyncio.Queue[int] = asyncio.Queue()

    async def answer() -> tuple[Sample, ...]:
        asked.put_nowait(1)
        return ()

    wake = asyncio.Event()
    task = asyncio.ensure_future(watch(Scripted(answer, interval=0.2), lambda _: None, clock, 0.0, wake))
    async with asyncio.timeout(2):
        await asked.get()
        for _ in range(30):
            wake.set()
            await asked.get()
        await asked.get()  # nobody asked for this one; 30 beats later would be 6 s
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_refreshes_without_end_do_not_flood_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "APART", 0.1)
    asked: list[float] = []

    async def answer() -> tuple[Sample, ...]:
        asked.append(asyncio.get_running_loop().time())
        return ()

    wake = asyncio.Event()
    began = asyncio.get_running_loop().time()
    task = asyncio.ensure_future(watch(Scripted(answer, interval=3600), lambda _: None, clock, 0.0, wake))
    async with asyncio.timeout(5):
        while len(asked) < 4:
            wake.set()
            await asyncio.sleep(0.001)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert asked[3] - began >= 0.299  # three waits, however late a busy machine lets each answer begin
