"""What the sentences of a root cause are made of: counts, durations, and the links that are proved well. Pure."""

from qualtui.diagnosis.chain import BAD
from qualtui.model import Evidence, Link
from qualtui.series.evidence import NOTHING, Readings
from qualtui.text.message import Saying, Text, message
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


def lasted(view: LinkView, now: float) -> float:
    """For how many seconds a link has been as it is."""
    return now - began(view, now)


def began(view: LinkView, now: float) -> float:
    """Since when a link is as it is."""
    return now if view.since is None else view.since


def began_earlier(view: LinkView, readings: Readings, now: float) -> bool:
    """Whether the longest wait began before a link came to be as it is."""
    return oldest_wait(readings) > now - began(view, now)


def healthy_links(by: By, but: Link) -> tuple[Saying, ...]:
    """The links that are proved to be well, as the other half of the proof."""
    return tuple(
        link_proof(by, link)
        for link in (Link.BOT, Link.DATABASE, Link.GATEWAY)
        if link is not but and by[link].evidence is Evidence.FRESH and by[link].status != BAD
    )


def link_name(link: Link) -> Text:
    """What a sentence calls a link."""
    return {
        Link.US: message("us"),
        Link.HOST: message("host"),
        Link.WEBHOOK: message("webhook"),
        Link.BOT: message("bot"),
        Link.DATABASE: message("database"),
        Link.GATEWAY: message("gateway"),
        Link.CUSTOMER: message("customer"),
    }[link]


def link_proof(by: By, link: Link) -> Text:
    """How a link that can be polled is, as proof."""
    state = by[link].text
    if link is Link.BOT:
        return message("bot: {state}", state=state)
    if link is Link.DATABASE:
        return message("database: {state}", state=state)
    return message("gateway: {state}", state=state)


def unknown_notes(readings: Readings) -> tuple[Saying, ...]:
    """What the probes of the links said."""
    said = ((name, readings[name].note) for name in ("health.up", "db.up", "gateway.up") if name in readings)
    return tuple(message("{series}: {note}", series=name, note=note) for name, note in said if note)
