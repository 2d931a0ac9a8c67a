"""Series that follow from others: whether the agent is down, as distinct from busy; whether we are blind."""

from collections import Counter
from collections.abc import Mapping, Sequence

from qualtui.config.values import HealthSettings
from qualtui.model import Sample
from qualtui.text.message import Saying, Text, joined, message


def agent_down(
    agent: str,
    up: Sequence[Sample],
    refused: Sample | None,
    last_row: float | None,
    settings: HealthSettings,
    now: float,
) -> Sample | None:
    """`health.down` from the samples of health.up (oldest first) and the newest of health.refused.

    Down is a refused connection; or `misses` failures in a row over `down_after` seconds in which the bot stored
    no row (`last_row`: when it stored its newest, received or sent). A bot that works through replies answers
    /health to no one; one whose sends hang stores a received message after each kill of its worker.
    None: nothing is known yet. A newest sample without a value gives one without a value.
    """
    if not up:
        return None
    newest = up[-1]
    series = f"{agent}/health.down"
    if newest.value is None:
        return Sample(series, newest.at, None, newest.note)
    if newest.value:
        return Sample(series, newest.at, 0.0)
    if refused is not None and refused.value and refused.at >= newest.at:
        return Sample(series, newest.at, 1.0, message("refuses connections"))
    missed = _misses(up, 3 * settings.interval + settings.timeout)
    if last_row is not None:  # what was missed before the newest row proves nothing
        missed = [sample for sample in missed if sample.at > last_row]
    first = missed[0].at if missed else now
    if len(missed) >= settings.misses and now - first >= settings.down_after:
        note = message(
            "{misses:whole} misses in {lasted:span}, and no row stored: {note}",
            misses=len(missed),
            lasted=now - first,
            note=newest.note or message("no answer"),
        )
        return Sample(series, now, 1.0, note)
    return Sample(series, newest.at, 0.0, message("not down: {note}", note=newest.note or message("no answer")))


def returned(agent: str, up: Sequence[Sample], down: Sequence[Sample], now: float) -> tuple[Sample, ...]:
    """`health.back` and `health.away`: how long ago the bot came back, and how long it had been away, in seconds.

    From samples of health.up and health.down, oldest first. None where it was not down, or is still.
    """
    gone = next((sample.at for sample in reversed(down) if sample.value == 1), None)
    if gone is None:
        return ()
    good = [sample.at for sample in up if sample.value == 1]
    back = next((at for at in good if at > gone), None)
    if back is None:
        return ()
    before = next((at for at in reversed(good) if at <= gone), up[0].at)
    return Sample(f"{agent}/health.back", now, now - back), Sample(f"{agent}/health.away", now, back - before)


def unreached(agent: str, up: Sequence[Sample], now: float, window: float) -> Sample | None:
    """`failures.unreached`: how often the agent did not answer us well in the last `window` seconds, and how.

    From samples of health.up, oldest first. None: nothing is known; a newest sample without a value gives one.
    """
    if not up:
        return None
    series, newest = f"{agent}/failures.unreached", up[-1]
    if newest.value is None:
        return Sample(series, newest.at, None, newest.note)
    kinds = Counter(sample.note for sample in up if sample.value == 0 and sample.at >= now - window)
    unknown = message("reason not kept")  # of samples restored after a restart: the store keeps values alone
    note = joined(
        [
            message("{kind} {times:whole}", kind=kind or unknown, times=times)
            for kind, times in kinds.most_common(3)
        ],
        ", ",
    )
    return Sample(series, newest.at, float(kinds.total()), note)


def blind(agent: str, known: Mapping[str, float | None], since: float, now: float) -> Sample:
    """`sight.blind`: how long the worst of the agent's vital series has been without any answer, in seconds.

    `known`: by series, when it last had a value (None: not since `since`, when we began to ask). A negative
    answer is an answer: blind means that we could not ask.
    """
    ages = {name: now - (since if at is None else max(at, since)) for name, at in known.items()}
    worst = max(ages, key=lambda name: ages[name], default="")
    return Sample(f"{agent}/sight.blind", now, ages.get(worst, 0.0), _unknown(worst))


def _unknown(series: str) -> Saying:
    """What is not known while a vital series has no answer."""
    words: dict[str, Text] = {
        "health.up": message("whether the bot answers"),
        "db.up": message("whether the database answers"),
        "customers.waiting": message("who waits, by the bot's rows"),
        "gateway.working": message("whether the gateway can send"),
        "chats.evidence": message("who waits, by the gateway's chats"),
    }
    found = words.get(series)
    return series if found is None else found


def _misses(up: Sequence[Sample], gap: float) -> list[Sample]:
    """The unbroken run of failures at the end; a sample without a value neither counts nor breaks it.

    More than `gap` seconds between two break it: no one looked then, as between two engines.
    """
    run: list[Sample] = []
    for sample in reversed(up):
        if sample.value or (run and run[-1].at - sample.at > gap):
            break
        if sample.value is not None:
            run.append(sample)
    run.reverse()
    return run
