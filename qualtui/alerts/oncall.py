"""Who is on call, who is next, and when no one will be. Pure: shifts, the order and `now` in."""

from collections.abc import Iterable, Sequence

import msgspec

from qualtui.config.values import OncallSettings
from qualtui.model import Shift

ON_CALL, NEXT, OWNER = "on-call", "next", "owner"  # what a step calls besides channels and people
SOON = 3 * 86400.0  # s before no one is on call, from which it is shown


class Duty(msgspec.Struct, frozen=True):
    """Who is called now. `taken`: by a command; else the first of the order. `gap`: from when no one has it."""

    who: str = ""
    until: float | None = None
    next: str = ""
    taken: bool = False
    gap: float | None = None


def duty(shifts: Sequence[Shift], settings: OncallSettings, now: float) -> Duty:
    """Return who is on call. Where no one took it, the first of the order is called."""
    held = _holder(shifts, now)
    first = settings.order[0] if settings.order else settings.owner
    who = held.who if held is not None else first
    planned = [one for one in shifts if one.since > now]
    after = min(planned, key=lambda one: one.since).who if planned else following(who, settings)
    until = held.until if held is not None else None
    return Duty(who, until, after, held is not None, _gap(shifts, now))


def person_called(target: str, held: Duty, settings: OncallSettings) -> str:
    """Return the person that a target of a step means; a channel or person as it is; empty: no one."""
    return {ON_CALL: held.who, NEXT: held.next, OWNER: settings.owner}.get(target, target)


def following(who: str, settings: OncallSettings) -> str:
    """Return who comes after a person in the order; with one person the owner."""
    order = settings.order
    if not order:
        return settings.owner
    other = order[(order.index(who) + 1) % len(order)] if who in order else order[0]
    return other if other != who else settings.owner


def person_of(name: str, people: Iterable[str]) -> str:
    """Return the configured person that a name on the screen means; empty: none."""
    return next((one for one in people if one.casefold() == name.casefold()), "")


def _holder(shifts: Sequence[Shift], at: float) -> Shift | None:
    """The shift that counts at a moment: of those that hold, the one decided last."""
    return next((one for one in reversed(shifts) if _holds(one, at)), None)


def _holds(shift: Shift, at: float) -> bool:
    return shift.since <= at and (shift.until is None or at < shift.until)


def _gap(shifts: Sequence[Shift], now: float) -> float | None:
    """From when on no one has taken it; None: never, or no shift was ever taken."""
    if not shifts:
        return None
    at = now
    while True:
        held = [one for one in shifts if _holds(one, at)]
        if not held:
            return at
        ends = [one.until for one in held]
        last = max(end if end is not None else float("inf") for end in ends)
        if last == float("inf"):
            return None
        at = last
