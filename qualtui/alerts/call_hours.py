"""When the steps of an escalation call someone: hours and days, in the zone of each person. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from msgspec.structs import replace

from qualtui.alerts.oncall import Duty, duty, following, person_called
from qualtui.config.hours import Hours, hours_of, wall_zone
from qualtui.config.values import Day, EscalationStep, OncallSettings, PersonSettings
from qualtui.model import Shift

_DAYS = tuple(Day)
_WEEK = 7
_SAMPLES = (date(2026, 1, 5), date(2026, 7, 6))  # Mondays of winter and summer: zones change their clocks apart


class Callers(msgspec.Struct, frozen=True):
    """Who a step calls at a moment. `zone`: of channels, and of people who have none; "": this machine's."""

    shifts: Sequence[Shift] = ()
    oncall: OncallSettings = OncallSettings()
    people: Mapping[str, PersonSettings] = {}
    zone: str = ""

    def duty(self, at: float) -> Duty:
        """Return who is on call."""
        return duty(self.shifts, self.oncall, at)

    def step(self, step: EscalationStep, at: float) -> EscalationStep:
        """Return the step with those of its targets alone whose hours hold."""
        if not step.timed:
            return step
        held = self.duty(at)
        to = (one for one in step.to if holds(step, self.zone_of(step, person_called(one, held, self.oncall)), at))
        return replace(step, to=tuple(to))

    def silent(self, step: EscalationStep, at: float) -> bool:
        """Whether a step calls no one because it is out of its hours."""
        return step.timed and not self.step(step, at).to

    def opens(self, steps: Iterable[EscalationStep], at: float) -> float | None:
        """Return when the hours of a step begin next, None where none has any."""
        return min((start for start, _end in self._windows(steps, self.duty(at), at) if start > at), default=None)

    def zone_of(self, step: EscalationStep, person: str) -> str:
        """Return the zone in which a step's hours count for a person or channel."""
        settings = self.people.get(person)
        return step.zone or (settings.zone if settings is not None else "") or self.zone

    def gap(self, steps: Sequence[EscalationStep]) -> tuple[float, float] | None:
        """Return a time of an ordinary week, from and to, in which no step calls anyone, whoever is on call."""
        if not steps or not all(one.timed for one in steps):
            return None
        order = self.oncall.order or ("",)
        for held in (Duty(one, None, following(one, self.oncall)) for one in order):
            for monday in _SAMPLES:
                begin = datetime.combine(monday, time(0), wall_zone(self.zone)).timestamp()
                if (found := _gap(list(self._windows(steps, held, begin)), begin)) is not None:
                    return found
        return None

    def _windows(self, steps: Iterable[EscalationStep], held: Duty, at: float) -> Iterator[tuple[float, float]]:
        """Yield the hours of all targets around a moment."""
        for step in steps:
            for zone in {self.zone_of(step, person_called(one, held, self.oncall)) for one in step.to}:
                yield from _windows(step, zone, at)


def holds(step: EscalationStep, zone: str, at: float) -> bool:
    """Whether a step's hours hold at a moment in a zone. A night belongs to the day on which it begins."""
    hours = hours_of(step.hours)
    here = datetime.fromtimestamp(at, wall_zone(zone))
    minute = here.hour * 60 + here.minute
    began = here - timedelta(days=1) if _over_midnight(hours) and minute < hours.end else here
    return hours.hold(minute) and _on(step, began.date())


def _windows(step: EscalationStep, zone: str, at: float) -> Iterator[tuple[float, float]]:
    """Yield the hours of the days around a moment, from the day before to a week and a day later, by the wall."""
    hours, there = hours_of(step.hours), wall_zone(zone)
    today = datetime.fromtimestamp(at, there).date()
    for days in range(-1, _WEEK + 2):
        day = today + timedelta(days=days)
        if _on(step, day):
            midnight = datetime.combine(day, time(0), there)
            last = hours.end + (24 * 60 if _over_midnight(hours) else 0)
            start, end = (midnight + timedelta(minutes=minutes) for minutes in (hours.start, last))
            yield start.timestamp(), end.timestamp()


def _gap(windows: Sequence[tuple[float, float]], since: float) -> tuple[float, float] | None:
    """Return the first time within a week that is in none of the windows: it begins where one of them ends."""
    for begin in sorted(end for _start, end in windows if since <= end < since + _WEEK * 86400.0):
        if not any(start <= begin < end for start, end in windows):
            return begin, min((start for start, _end in windows if start > begin), default=begin)
    return None


def _on(step: EscalationStep, day: date) -> bool:
    return not step.days or _DAYS[day.weekday()] in step.days


def _over_midnight(hours: Hours) -> bool:
    return hours.start >= hours.end
