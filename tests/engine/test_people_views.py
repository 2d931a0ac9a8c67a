"""What windows show of people: who was paged and by what, the claim's lapse, on call, night and maintenance."""

from datetime import UTC, datetime

import msgspec

from qualtui.config.values import (
    ChannelSettings,
    Config,
    Maintenance,
    NotifySettings,
    OncallSettings,
    PersonSettings,
    Seconds,
    Secret,
)
from qualtui.engine.incident_views import incidents
from qualtui.engine.people_views import PeopleViews
from qualtui.eventlog.ack_links import AckLinkUsed
from qualtui.eventlog.fold import apply
from qualtui.eventlog.incidents import Acknowledged
from qualtui.eventlog.ownership import OwnerReminded, Snoozed
from qualtui.model import Event, EventBody, Notice, Severity, State
from qualtui.wire import IncidentView, NextCall, Overview, PagedView
from tests import snapshots
from tests.eventlog.bodies import fired

NOW = datetime(2026, 11, 27, 3, 10, tzinfo=UTC).timestamp()
CHANNEL = ChannelSettings(url=Secret("json://127.0.0.1"), ringing=True)
CONFIG = Config(
    agents={},
    notify=NotifySettings(channels={"phone": CHANNEL, "desk": CHANNEL, "slack": CHANNEL}),
    people={"ana": PersonSettings(channels=("phone",)), "bruno": PersonSettings(channels=("desk",))},
    oncall=OncallSettings(order=("ana", "bruno")),
)


def state(*bodies: EventBody) -> State:
    folded = State()
    for seq, body in enumerate((fired(1), *bodies), start=1):
        folded = apply(folded, Event(seq, NOW, 1, body))
    return folded


def notice(channel: str, at: float, status: str, **changes: object) -> Notice:
    one = Notice(f"{channel}/{at}", 1, channel, "firing", Severity.CRITICAL, "it fires", "", at, status)
    changed: Notice = msgspec.structs.replace(one, **changes)
    return changed


def shown(folded: State, config: Config = CONFIG, now: float = NOW) -> Overview:
    views = PeopleViews(lambda: {1: NextCall(("bruno",), NOW + 60)})
    views.use(config)
    base = snapshots.calm()
    overview = msgspec.structs.replace(base, incidents=incidents(folded))
    return views.add(overview, folded, now)


def row(folded: State, now: float = NOW) -> IncidentView:
    return shown(folded, now=now).incidents[0]


def test_the_newest_notice_that_called_a_person_is_named_with_its_fate() -> None:
    notices = (
        notice("phone", NOW - 300, "delivered"),
        notice("desk", NOW - 60, "failed"),
        notice("slack", NOW - 10, "delivered"),  # nobody's: a record
        notice("phone", NOW - 5, "delivered", kind="update"),
        notice("phone", NOW - 4, "delivered", number=2),
    )
    folded = msgspec.structs.replace(state(), notices={one.key: one for one in notices})
    found = row(folded)
    assert found.paged == PagedView("bruno", NOW - 60, "desk", "failed")
    assert found.call == NextCall(("bruno",), NOW + 60)


def test_an_owned_incident_says_when_the_claim_lapses_and_whether_its_owner_was_reminded() -> None:
    assert row(state(Acknowledged(1, "ana"))).lapses_at == NOW + 1800
    reminded = row(state(Acknowledged(1, "ana"), OwnerReminded(1, "ana")), NOW + 1300)
    assert (reminded.reminded_at, reminded.lapses_at, reminded.paged) == (NOW, NOW + 1800, None)
    snoozed = row(state(Snoozed(1, "ana", NOW + 1800)))
    assert (snoozed.snoozed_until, snoozed.lapses_at) == (NOW + 1800, NOW + 2400)


def test_a_link_owns_it_under_the_name_of_its_channel_until_it_lapses() -> None:
    found = row(state(AckLinkUsed(1, "slack", "n1", NOW + 900)))
    assert (found.link, found.lapses_at) == ("slack", NOW + 900)


def test_a_button_of_a_persons_own_channel_lapses_as_a_link_does() -> None:
    found = row(state(AckLinkUsed(1, "phone", "n1", NOW + 900, "ana")))
    assert (found.link, found.link_who, found.lapses_at) == ("phone", "ana", NOW + 900)


def test_who_is_on_call_and_the_quiet_times_are_part_of_the_overview() -> None:
    by_day = shown(state())
    assert (by_day.oncall, by_day.oncall_next) == ("ana", "bruno")
    assert (by_day.night_until, by_day.maintenance_until) == (0.0, 0.0)
    quiet = msgspec.structs.replace(
        CONFIG,
        notify=msgspec.structs.replace(CONFIG.notify, night="22:00-07:00", zone="UTC"),
        maintenance=(Maintenance(cron="0 3 * * *", duration=Seconds(3600), zone="UTC"),),
    )
    by_night = shown(state(), quiet)
    assert by_night.night_until == datetime(2026, 11, 27, 7, tzinfo=UTC).timestamp()
    assert by_night.maintenance_until == datetime(2026, 11, 27, 4, tzinfo=UTC).timestamp()
