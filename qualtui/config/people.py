"""Reads [people], and checks what names them: on-call order and escalation steps."""

from itertools import pairwise

from qualtui.config.durations import DurationError, seconds
from qualtui.config.errors import nearest, shown_value
from qualtui.config.reader import ConfigReader, Key, Layer, Table
from qualtui.config.values import PersonSettings

PLACES = ("on-call", "next", "owner")  # what an escalation calls besides channels and people


def read_people(reader: ConfigReader, tables: dict[str, Table]) -> dict[str, PersonSettings]:
    """The people by name; those with problems are left out."""
    found = {name: reader.struct(PersonSettings, [Layer(("people", name), one)]) for name, one in tables.items()}
    return {name: one for name, one in found.items() if one is not None}


def check_people(reader: ConfigReader, raw: Table) -> None:
    """Each name leads to a channel or person that exists, even where these have problems."""
    people, notify, oncall = _table(raw, "people"), _table(raw, "notify"), _table(raw, "oncall")
    channels = list(_table(notify, "channels"))
    for name, person in people.items():
        if name in PLACES or name in channels:
            what = "a channel" if name in channels else "a word of the escalation"
            reader.report(("people", name), shown_value(name), f"a name that is not {what}")
        for channel in _names(person, "channels"):
            if channel not in channels:
                key = ("people", name, "channels")
                reader.report(key, shown_value(channel), f"a channel: {nearest(channel, channels)}")
    for person in _names(oncall, "order"):
        if person not in people:
            reader.report(("oncall", "order"), shown_value(person), _person(person, list(people)))
    owner = oncall.get("owner")
    if isinstance(owner, str) and owner and owner not in people:
        reader.report(("oncall", "owner"), shown_value(owner), _person(owner, list(people)))
    steps = notify.get("escalation")
    for number, step in enumerate(steps if isinstance(steps, list) else [], 1):
        _step(reader, ("notify", "escalation", number), step, [*channels, *people], oncall)
    if isinstance(steps, list):
        _ascending(reader, notify, steps)


def _step(reader: ConfigReader, key: Key, step: object, known: list[str], oncall: Table) -> None:
    for target in _names(step, "to"):
        if target not in known and target not in PLACES:
            expected = f"a channel, a person, on-call, next or owner: {nearest(target, [*known, *PLACES])}"
            reader.report((*key, "to"), shown_value(target), expected)
        elif target == "owner" and not oncall.get("owner"):
            reader.report((*key, "to"), shown_value(target), "[oncall] owner to name a person")
        elif target in ("on-call", "next") and not oncall.get("order"):
            reader.report((*key, "to"), shown_value(target), "[oncall] order to name people")


def _ascending(reader: ConfigReader, notify: Table, steps: list[object]) -> None:
    """Each step is later than the one before, and the next round begins after the last.

    Two with hours or days may begin together: one is for the day, one for the night.
    """
    after = [_seconds(step.get("after", 0)) if isinstance(step, dict) else None for step in steps]
    timed = [isinstance(step, dict) and bool(step.get("hours") or step.get("days")) for step in steps]
    for number, (one, other) in enumerate(pairwise(after), 2):
        together = timed[number - 2] and timed[number - 1] and one == other
        if one is not None and other is not None and other <= one and not together:
            later = f"later than the {one:g} s of the step before"
            reader.report(("notify", "escalation", number, "after"), f"{other:g} s", later)
    repeat, last = _seconds(notify.get("escalation_repeat", 1800)), after[-1] if after else None
    if repeat is not None and last is not None and repeat <= last:
        longer = f"longer than the {last:g} s of the last step"
        reader.report(("notify", "escalation_repeat"), f"{repeat:g} s", longer)


def _seconds(value: object) -> float | None:
    """A duration's seconds; None where it is none, which is reported elsewhere."""
    try:
        return seconds(value)
    except DurationError:
        return None


def _person(name: str, people: list[str]) -> str:
    return f"a person of [people.NAME]: {nearest(name, people)}"


def _table(raw: Table, name: str) -> Table:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _names(table: object, field: str) -> list[str]:
    names = table.get(field) if isinstance(table, dict) else None
    return [one for one in names if isinstance(one, str)] if isinstance(names, list) else []
