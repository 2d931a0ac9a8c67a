"""The supervised loop of one probe: polls on its interval, and turns whatever happens into samples."""

import asyncio
import logging
from collections.abc import Callable
from math import isfinite

from qualtui.model import Sample
from qualtui.probes.probe import Probe, ProbeError
from qualtui.text.message import message, outside

log = logging.getLogger(__name__)

GRACE = 1.0  # s beyond a probe's own timeout before the supervisor ends it
APART = (
    1.0  # s between two questions to one, however often somebody refreshes: a monitor must not harm the patient
)

Clock = Callable[[], float]
Sink = Callable[[tuple[Sample, ...]], None]


async def ask_once(probe: Probe, clock: Clock) -> tuple[Sample, ...]:
    """The probe's answer, or a sample without a value for each of its series. Only cancellation gets out."""
    try:
        async with asyncio.timeout(probe.timeout + GRACE):
            return tuple(map(_finite, await probe.ask(clock())))
    except ProbeError as error:
        note = outside(error.text)
    except TimeoutError:
        note = message("the probe did not end within {limit:number}s", limit=probe.timeout + GRACE)
    except Exception as error:
        log.exception("probe %s failed", probe.name)
        note = message("the probe failed ({error})", error=type(error).__name__)
    now = clock()
    return tuple(Sample(series, now, None, note) for series in probe.series)


def _finite(sample: Sample) -> Sample:
    """The sample, without a value that is none: nothing can be said of NaN, and no threshold holds for it."""
    if sample.value is None or isfinite(sample.value):
        return sample
    return Sample(sample.series, sample.at, None, message("not a number: {value}", value=str(sample.value)))


async def watch(probe: Probe, sink: Sink, clock: Clock, offset: float, wake: asyncio.Event) -> None:
    """Polls forever: every `interval` seconds after `offset`, and at once when `wake` is set.

    A run that overruns its interval skips the missed beats instead of piling up.
    """
    loop = asyncio.get_running_loop()
    due = loop.time() + offset
    began = float("-inf")
    while True:
        beat = loop.call_at(due, wake.set)
        try:
            await wake.wait()
            if (early := min(due, began + APART) - loop.time()) > 0:
                await asyncio.sleep(early)
        finally:
            beat.cancel()
        wake.clear()
        began = loop.time()
        answer = await ask_once(probe, clock)
        try:
            sink(answer)
        except Exception:  # one agent's fault never stops another's watch
            log.exception("the answer of %s was not taken", probe.name)
        now = loop.time()
        if began >= due:  # a refresh leaves the beat where it is
            due += probe.interval
        if due < now:
            due = now + probe.interval - (now - due) % probe.interval
