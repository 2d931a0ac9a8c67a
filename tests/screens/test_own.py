"""The user's own figures on the overview: a group of their own, only where there are some."""

import msgspec
import pytest

from qualtui.model import Evidence, Severity
from qualtui.widgets.catalogue import MOST, own
from qualtui.wire import Figure, Snapshot
from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window


def own_figures(base: Snapshot, *figures: Figure) -> Snapshot:
    """A snapshot of an agent whose user has these figures."""
    agent = base.details[0]
    figures_by_name = {**agent.figures, **{figure.name: figure for figure in figures}}
    return snapshots.showing(base, msgspec.structs.replace(agent, figures=figures_by_name))


QUEUE = Figure(
    "user.queue_size", 1234.5, "", Evidence.FRESH, at=snapshots.AT - 2, past=(1.0, 2.0, 3.0), source="HTTP JSON"
)
STOCK = Figure("user.stock", None, "%", Evidence.NO_DATA, at=snapshots.AT - 2, note="HTTP 503", source="SQL")


async def shown(snapshot: Snapshot, size: tuple[int, int]) -> str:
    app = window(StandIn(snapshot))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        return text(app)


async def test_they_stand_in_a_group_of_their_own() -> None:
    lines = (await shown(own_figures(snapshots.calm(), QUEUE, STOCK), (160, 48))).splitlines()
    title = next(n for n, line in enumerate(lines) if " Own " in line)
    assert "Queue size" in lines[title + 1]
    assert "1234" in lines[title + 1].replace(",", "") or "1.2k" in lines[title + 1]
    assert "Stock" in lines[title + 2]
    assert "NO DATA" in lines[title + 2]
    assert any("Incidents" in line or "incidents" in line.lower() for line in lines[title:])


@pytest.mark.parametrize("size", [(160, 48), (120, 40), (80, 24)])
async def test_without_any_there_is_no_such_group(size: tuple[int, int]) -> None:
    assert " Own " not in await shown(snapshots.calm(), size)


@pytest.mark.parametrize("size", [(160, 48), (140, 34), (120, 40), (80, 24)])
async def test_one_that_a_rule_calls_bad_is_seen_at_every_size(size: tuple[int, int]) -> None:
    bad = msgspec.structs.replace(QUEUE, severity=Severity.CRITICAL)
    line = next(
        line
        for line in (await shown(own_figures(snapshots.trouble(), STOCK, bad), size)).splitlines()
        if "Queue size" in line
    )
    assert "✖" in line


def test_the_bad_ones_come_first_and_the_title_says_how_many_there_are() -> None:
    many = [Figure(f"user.f{n}", float(n), "", Evidence.FRESH) for n in range(20)]
    many[17] = msgspec.structs.replace(many[17], severity=Severity.WARNING)
    many[18] = msgspec.structs.replace(many[18], severity=Severity.CRITICAL)
    group = own(own_figures(snapshots.calm(), *many).details[0])
    assert group is not None
    assert [entry.series for entry in group.entries[:3]] == ["user.f18", "user.f17", "user.f0"]
    assert len(group.entries) == MOST
    assert "6 of 20" in group.title
