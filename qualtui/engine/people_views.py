"""What windows show of people: who was paged, who is next, whose claim lapses when; night and maintenance."""

from collections.abc import Callable, Collection, Mapping

from msgspec.structs import replace

from qualtui.alerts.maintenance import open_until
from qualtui.alerts.night import night_ends
from qualtui.alerts.oncall import duty
from qualtui.alerts.ownership import OwnerTiming, lapses_at
from qualtui.config.values import Config
from qualtui.engine.mute_rules import mute_rules
from qualtui.engine.people_calls import acted_at
from qualtui.eventlog.ack_links import link_owner
from qualtui.model import Incident, Notice, Phase, Severity, State
from qualtui.wire import IncidentView, NextCall, Overview, PagedView

QUIET_KINDS = frozenset({"resolved", "fixed", "update", "test", "reminder"})  # notices that page no one


class PeopleViews:
    """Adds to an overview what a configuration says of people. `calls`: who is called next, by incident."""

    def __init__(self, calls: Callable[[], Mapping[int, NextCall]]) -> None:
        self._calls = calls
        self._config = Config(agents={})
        self._rules = mute_rules(self._config)
        self._timing = OwnerTiming()
        self._of_channel: dict[str, str] = {}

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config = config
        self._rules = mute_rules(config)
        self._timing = OwnerTiming().faster(config.demo.speed)
        people = config.people.items()
        self._of_channel = {channel: name for name, person in people for channel in person.channels}

    def add(self, overview: Overview, state: State, now: float) -> Overview:
        """Return the overview with who was paged, who is next, and which times are quiet."""
        held = duty(state.shifts, self._config.oncall, now)
        ends = [end for one in self._rules.windows if (end := open_until(one, now)) is not None]
        night = self._rules.night
        return replace(
            overview,
            incidents=self._rows(overview.incidents, state, now),
            oncall=held.who,
            oncall_next=held.next,
            night_until=(night_ends(night, now) if night is not None else None) or 0.0,
            maintenance_until=max(ends, default=0.0),
        )

    def _rows(self, rows: tuple[IncidentView, ...], state: State, now: float) -> tuple[IncidentView, ...]:
        fire = {one.number for one in rows if one.phase is Phase.FIRING}
        if not fire:
            return rows
        calls = self._calls()
        alone = {one.number for one in rows if one.number in fire and not one.owner}
        pages = self._pages(state, alone)
        return tuple(
            self._row(one, state, calls.get(one.number), pages.get(one.number), now) if one.number in fire else one
            for one in rows
        )

    def _row(
        self, row: IncidentView, state: State, call: NextCall | None, paged: PagedView | None, now: float
    ) -> IncidentView:
        incident = state.incidents.get(row.number)
        if incident is None or not row.owner:
            return replace(row, call=call, paged=paged)
        ack = state.link_acks.get(row.number)
        if ack is not None and incident.owner == link_owner(ack.channel, ack.who):
            return replace(row, call=call, link=ack.channel, link_who=ack.who, lapses_at=ack.until)
        acted = acted_at(state, incident, now)
        lapse = lapses_at(incident, acted, self._timing)
        return replace(row, call=call, lapses_at=lapse, reminded_at=_reminded(incident, acted))

    def _pages(self, state: State, numbers: Collection[int]) -> dict[int, PagedView]:
        """By incident: the newest notice that called a person."""
        newest: dict[int, Notice] = {}
        if not numbers or not self._of_channel:
            return {}
        for one in state.notices.values():
            if one.number not in numbers or one.kind in QUIET_KINDS or one.severity is not Severity.CRITICAL:
                continue
            if one.channel not in self._of_channel:
                continue
            had = newest.get(one.number)
            if had is None or _better(one, had):
                newest[one.number] = one
        return {
            number: PagedView(self._of_channel[one.channel], one.queued_at, one.channel, one.status)
            for number, one in newest.items()
        }


def _better(one: Notice, had: Notice) -> bool:
    """Whether a notice is the one to show: it is newer, or of the same moment and delivered."""
    return (one.queued_at, one.status == "delivered") > (had.queued_at, had.status == "delivered")


def _reminded(incident: Incident, acted: float | None) -> float | None:
    """When the owner was reminded, unless a sign of work came after it."""
    at = incident.reminded_at
    sign = max(incident.renewed_at or 0.0, acted or 0.0)
    return at if at is not None and at >= sign else None
