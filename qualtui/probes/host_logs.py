"""Which errors does the bot write into its log at the host?"""

from collections import Counter

from qualtui.config.values import HostSettings as Settings
from qualtui.hosts.host import HostError
from qualtui.hosts.registry import host_of
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.text.message import Saying, message
from qualtui.tracking.host_log import HOUR, MOST, LogErrorKind, LogErrors, after, of_kind

TOTAL = "failures.known_texts"
OVERLAP = 120.0  # s that are read again: lines arrive late, and out of order
FULL = 400  # lines of one answer from which there may be more: the next look begins where it ended
APART = (LogErrorKind.WEBHOOK, LogErrorKind.OTHER)  # not in the total: events that are no messages fail, too
_NAMED = 3  # texts in the note


class HostLogsProbe:
    """failures.known_texts and logs.*: of each line only what may be shown is kept, and only for an hour."""

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/host-logs"
        words = (TOTAL, *(f"logs.{kind.value}" for kind in LogErrorKind))
        self.series = tuple(f"{agent}/{word}" for word in words)
        self.interval = float(settings.interval)
        self.timeout = 3 * float(settings.timeout)  # several pages
        self._host = host_of(settings)
        self._errors = LogErrors()
        self._full = False

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The counts of the last hour. Raises ProbeError where the log can't be read."""
        newest, overlap = self._errors.newest, 0.0 if self._full else OVERLAP
        since = now - HOUR if newest is None else max(now - HOUR, newest - overlap)
        try:
            lines = await self._host.logs(since, now)
        except HostError as error:
            raise ProbeError(error.text) from None
        self._full = len(lines) >= FULL
        self._errors = after(self._errors, ((one.id, one.at, one.text) for one in lines), now)
        samples: list[Sample] = []
        known = 0
        for kind in LogErrorKind:
            count, last = of_kind(self._errors, kind)
            known += 0 if kind in APART else count
            note: Saying = "" if last is None else message("{at:clock} {text}", at=last.at, text=last.text)
            samples.append(Sample(self.series[1 + len(samples)], now, float(count), note))
        return (Sample(self.series[0], now, float(known), known_note(self._errors)), *samples)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._host.close()


def known_note(errors: LogErrors) -> Saying:
    """The most frequent known texts of the hour."""
    if errors.cut:
        return message("more than {most:whole} lines: there were at least these", most=MOST)
    some = Counter(one.text for one in errors.found.values() if one.kind not in APART)
    return "; ".join(f"{count} × {text}" for text, count in some.most_common(_NAMED))
