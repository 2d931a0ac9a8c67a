"""Evidence: each series once, problems first, in groups; Enter says where a figure comes from."""

from importlib.resources import files

from msgspec.structs import replace

from qualtui.model import Evidence
from qualtui.screens.evidence import statement
from qualtui.series.catalogue import DECLARED
from qualtui.series.queries import query_of
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


async def test_every_declared_series_is_there_once_with_its_age_source_and_meaning() -> None:
    app = window(StandIn(everything()))
    async with app.run_test(size=(200, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e")
        await until(lambda: "Evidence" in text(app))
        shown = rows(table(app, "#rows"))
    figures = [row for row in shown if "──" not in row]
    assert len(figures) == len(DECLARED)
    for declared in DECLARED:
        line = next(row for row in figures if row.split()[1] == declared.name)
        assert all(word in line for word in (declared.source[:20], declared.meaning, "2m", "as told"))
    assert len(shown) - len(figures) == len({one.name.partition(".")[0] for one in DECLARED})


async def test_what_is_wrong_stands_above_everything_else_and_nothing_that_is_well_does() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e")
        await until(lambda: "Problems" in text(app))
        shown = rows(table(app, "#rows"))
        assert shown[0].startswith(" ── Problems")
        end = next(n for n, row in enumerate(shown[1:], 1) if "──" in row)
        names = {row.split()[1] for row in shown[1:end]}
        assert {"customers.waiting", "gateway.working", "agent.success", "row.error_rate"} <= names
        assert "db.up" not in names
        assert shown[-1].split()[1] not in names
        assert table(app, "#rows").key == shown[1].split()[1]


async def test_a_filter_narrows_with_each_key_and_esc_drops_it() -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e", "slash", *"reply.p9")
        await until(lambda: len(rows(table(app, "#rows"))) == 2)
        await pilot.press("x")
        await until(lambda: "no figure matches the filter" in text(app))
        await pilot.press("escape")
        await until(lambda: len(rows(table(app, "#rows"))) > 50)


async def test_enter_tells_meaning_age_source_and_statement_and_hides_them_again() -> None:
    app = window(StandIn(everything()))
    async with app.run_test(size=(80, 40)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e", "slash", *"sessions.active", "enter")
        shown = table(app, "#rows")
        await until(lambda: shown.key == "sessions.active" and shown.has_focus)
        await pilot.press("enter")
        await until(lambda: "probes/sql/slow_sessions_active.sql" in text(app))
        whole = " ".join(text(app).split())
        assert "as told; ativa, exact, slow lane" in whole
        assert "fresh, 2m ago" in whole
        assert "source sessions" in whole
        assert "SELECT count(*)::float8 AS value" in whole
        await pilot.press("enter")
        await until(lambda: "SELECT" not in text(app))


def test_each_statement_that_a_series_names_is_one_of_the_probes() -> None:
    names = {query_of(one.name, one.source) for one in DECLARED} - {""}
    assert len(names) >= 10
    folder = files("qualtui").joinpath("probes", "sql")
    assert all(folder.joinpath(f"{name}.sql").is_file() for name in names)
    assert all(statement(name)[0].startswith("--") for name in names)


async def test_rules_that_can_t_begin_are_counted_and_named_at_what_they_lack() -> None:
    told = snapshots.calm()
    lacks = replace(told.details[0].figures["customers.waiting"], value=None, evidence=Evidence.NO_DATA)
    lacks = replace(lacks, idle=("customers-waiting", "customers-lost"))
    figures = {**told.details[0].figures, "customers.waiting": lacks}
    app = window(StandIn(snapshots.showing(told, replace(told.details[0], figures=figures))))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("e")
        await until(lambda: "2 rules can't begin" in text(app))
        (row,) = [one for one in rows(table(app, "#rows")) if "rules customers-waiting" in one]
        assert row.split()[1] == "customers.waiting"
        assert "rules customers-waiting, customers-lost can't begin" in row
        await pilot.press("enter")
        await until(lambda: "can't begin customers-waiting, customers-lost" in " ".join(text(app).split()))
