"""What the sentences of a root cause are made of: counts, durations, and the links that are proved well. Pure."""

from qualtui.diagnosis.chain import BAD
from qualtui.model import Evidence, Link
from qualtui.series.evidence import NOTHING, Readings
from qualtui.text import span
from qualtui.wire import LinkView

By = dict[Link, LinkView]


def count_of(readings: Readings, name: str) -> float:
    """A figure, 0 where it may not be believed now."""
    return readings.get(name, NOTHING).fresh or 0.0


def longest_wait(readings: Readings) -> str:
    """The series of the longest wait: of those since the first start, or of those who were open before it."""
    return max(("customers.oldest", "customers.open_oldest"), key=lambda name: count_of(readings, name))


def oldest_wait(readings: Readings) -> float:
    """How long the oldest of all who wait has waited, in seconds."""
    return count_of(readings, longest_wait(readings))


def lasted(view: LinkView, now: float) -> str:
    """For how long a link has been as it is."""
    return span(now - began(view, now))


def began(view: LinkView, now: float) -> float:
    """Since when a link is as it is."""
    return now if view.since is None else view.since


def began_earlier(view: LinkView, readings: Readings, now: float) -> bool:
    """Whether the longest wait began before a link came to be as it is."""
    return oldest_wait(readings) > now - began(view, now)


def healthy_links(by: By, but: Link) -> tuple[str, ...]:
    """The links that are proved to be well, as the other half of the proof."""
    return tuple(
        f"{link.value}: {by[link].text}"
        for link in (Link.BOT, Link.DATABASE, Link.GATEWAY)
        if link is not but and by[link].evidence is Evidence.FRESH and by[link].status != BAD
    )


def unknown_notes(readings: Readings) -> tuple[str, ...]:
    """What the probes of the links said."""
    said = [f"{name}: {readings[name].note}" for name in ("health.up", "db.up", "gateway.up") if name in readings]
    return tuple(note for note in said if not note.endswith(": "))
