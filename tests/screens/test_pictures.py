"""The screens as a person sees them, compared row by row with what was approved.

UPDATE_PICTURES=1 writes them anew; look at the change before it is committed.
"""

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot

from qualtui.widgets.look import Look
from qualtui.wire import (
    ActivityLog,
    Command,
    Customers,
    History,
    IncidentDetail,
    IncidentList,
    ListCustomers,
    ListIncidents,
    NoticeLog,
    PreviewFix,
    RunDoctor,
    ShowActivity,
    ShowHistory,
    ShowIncident,
    ShowToday,
    Today,
)
from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window

PICTURES = Path(__file__).parent / "pictures"
WIDE, SMALL = (160, 48), (80, 24)
PHONE, NARROW, LARGE = (44, 20), (60, 20), (200, 60)


def compare(name: str, shown: str) -> None:
    """The approved picture, or it is written anew."""
    path = PICTURES / f"{name}.txt"
    if os.environ.get("UPDATE_PICTURES") == "1":
        path.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("scene", "size"),
    [
        ("calm", WIDE),
        ("calm", SMALL),
        ("waiting", SMALL),
        ("scheduled", WIDE),
        ("scheduled", SMALL),
        ("recovering", WIDE),
        ("recovering", SMALL),
        ("trouble", WIDE),
        ("trouble", SMALL),
        ("trouble", (120, 40)),
        ("fixing", WIDE),
        ("fixing", SMALL),
        ("no-data", SMALL),
        ("learning", WIDE),
        ("nobody", SMALL),
        ("huge", WIDE),
        ("hostile", WIDE),
        *((scene, size) for scene in ("calm", "trouble") for size in (PHONE, NARROW, LARGE)),
        ("recovering", PHONE),
        ("no-data", PHONE),
    ],
)
async def test_the_overview_is_as_approved(scene: str, size: tuple[int, int]) -> None:
    app = window(answering(StandIn(snapshots.SCENES[scene]())))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await settled(pilot)
        compare(f"{scene}-{size[0]}x{size[1]}", text(app))


async def test_plain_signs_are_ascii_alone() -> None:
    app = window(answering(StandIn(snapshots.trouble())), look=Look(ascii=True, plain=True))
    async with app.run_test(size=SMALL) as pilot:
        await until(lambda: app.pid != 0)
        await settled(pilot)
        shown = text(app)
        assert shown.isascii()
        compare("ascii-80x24", shown)


def _past(ask: Command) -> History:
    assert isinstance(ask, ShowHistory)
    return snapshots.past(ask)


def answering(engine: StandIn) -> StandIn:
    """With answers for what the overview reads of itself."""
    engine.answers[ShowHistory] = _past
    engine.answers[ShowToday] = Today("ldc-bot", 181.0, 2, 178.0)
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
    return engine


async def settled(pilot: Pilot[int]) -> None:
    """What was asked is answered and drawn."""
    for _turn in range(3):
        await pilot.pause()


def prepared() -> StandIn:
    """An engine with answers for every page."""
    engine = StandIn(snapshots.trouble())
    told = snapshots.trouble()
    history = tuple(line for line in reversed(told.activity) if line.number == 42)
    engine.answers[ShowIncident] = IncidentDetail(
        told.incidents[0], history, snapshots.incident_alerts(), snapshots.incident_notices()
    )
    engine.answers[PreviewFix] = snapshots.preview()
    engine.answers[RunDoctor] = snapshots.examined()
    engine.answers[ListIncidents] = IncidentList(told.incidents)
    engine.answers[NoticeLog] = snapshots.outbox()
    engine.answers[ShowActivity] = ActivityLog(told.activity)
    return answering(engine)


@pytest.mark.parametrize(
    ("name", "key", "awaited"),
    [
        ("detail", "enter", "incident 42: 3 customers"),
        ("customers", "c", "row says sent"),
        ("doctor", "d", "2 failed"),
        ("evidence", "e", "Evidence"),
        ("fix", "f", "Run it"),
        ("note", "n", "phone numbers are masked"),
        ("help", "question_mark", "Help"),
        ("literal", "w", "Unprocessed leads"),
    ],
)
@pytest.mark.parametrize("size", [SMALL])
async def test_the_other_pages_are_as_approved(name: str, key: str, awaited: str, size: tuple[int, int]) -> None:
    app = window(prepared())
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press(key)
        await until(lambda: awaited in text(app))
        await pilot.pause()
        compare(f"{name}-{size[0]}x{size[1]}", text(app))


async def test_an_incident_s_page_with_room_lists_its_alerts_and_what_became_of_its_notices() -> None:
    app = window(prepared())
    async with app.run_test(size=WIDE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("enter")
        await until(lambda: "incident 42: 3 customers" in text(app))
        await pilot.pause()
        compare("detail-160x48", text(app))


@pytest.mark.parametrize(("key", "awaited"), [("f", "Run it"), ("n", "Note on"), ("colon", "PAGES")])
async def test_every_dialog_is_ascii_alone_where_the_terminal_has_no_more(key: str, awaited: str) -> None:
    engine = prepared()
    app = window(engine, look=Look(ascii=True, plain=True))
    async with app.run_test(size=SMALL) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press(key)
        await until(lambda: len(app.screen_stack) > 1 and awaited in text(app))
        await pilot.pause()
        assert text(app).isascii()
        assert "+------" in text(app)


@pytest.mark.parametrize("size", [WIDE, SMALL])
@pytest.mark.parametrize(
    ("name", "key", "awaited"),
    [("incidents", "3", "3 open"), ("notices", "7", "1 given up"), ("activity", "9", "lines since")],
)
async def test_what_was_done_and_sent_is_as_approved(
    name: str, key: str, awaited: str, size: tuple[int, int]
) -> None:
    app = window(prepared())
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press(key)
        await until(lambda: awaited in text(app))
        await settled(pilot)
        compare(f"{name}-{size[0]}x{size[1]}", text(app))


@pytest.mark.parametrize(
    ("name", "look"), [("doctor", Look()), ("doctor-ascii", Look(ascii=True, plain=True))], ids=["", "ascii"]
)
async def test_the_doctor_s_page_with_all_that_a_finding_tells_is_as_approved(name: str, look: Look) -> None:
    app = window(prepared(), look=look)
    async with app.run_test(size=WIDE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("d")
        await until(lambda: "2 failed" in text(app))
        await pilot.press("enter")
        await until(lambda: "GRANT SELECT" in text(app))
        await pilot.pause()
        compare(f"{name}-160x48", text(app))
