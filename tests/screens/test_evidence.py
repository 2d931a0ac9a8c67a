"""Evidence has a row with its source and its age, whatever it rests on."""

from msgspec.structs import replace

from qualtui.series.catalogue import DECLARED
from qualtui.widgets.table import Table
from qualtui.wire import Snapshot
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window


def everything() -> Snapshot:
    told = snapshots.calm()
    figures = {
        one.name: snapshots.figure(one.name, 7, at=snapshots.AT - 125, note="as told", source=one.source)
        for one in DECLARED
    }
    return snapshots.showing(told, replace(told.details[0], figures=figures))


def rows(shown: Table) -> list[str]:
    return ["".join(span.text for span in line) for line in shown.shown[1:]]


async def test_every_declared_series_is_there_with_its_age_source_and_meaning() -> None:
    app = window(StandIn(everything()))
    async with app.run_test(size=(200, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e")
        await until(lambda: "Evidence" in text(app))
        shown = rows(table(app, "#rows"))
    assert len(shown) == len(DECLARED)
    for line, declared in zip(shown, DECLARED, strict=True):
        assert declared.name in line.replace("…", declared.name[-1])
        assert all(word in line for word in (declared.source[:20], declared.meaning, "2m", "as told"))


async def test_on_a_narrow_screen_enter_tells_the_rest() -> None:
    app = window(StandIn(everything()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e")
        await until(lambda: table(app, "#rows").key != "")
        await pilot.press("enter")
        whole = f"{DECLARED[0].name}: as told; {DECLARED[0].meaning} ({DECLARED[0].source})"
        await until(lambda: whole in " ".join(text(app).split()))


async def test_below_twenty_events_the_counts_stand_for_a_ratio() -> None:
    told = snapshots.calm()
    values = {"failures.rate": 0, "failures.unanswered": 8, "failures.messages": 8}
    figures = {name: snapshots.figure(name, value) for name, value in values.items()}
    app = window(StandIn(snapshots.showing(told, replace(told.details[0], figures=figures))))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e")
        await until(lambda: "failures.rate" in text(app))
        rate = next(line for line in rows(table(app, "#rows")) if "failures.rate" in line)
    assert "8 of 8" in rate
    assert "%" not in rate.partition(" of 8")[0]
