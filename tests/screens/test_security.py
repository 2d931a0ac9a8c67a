"""Security: what is not known is said to be so, and what the doctor knows of who gets in stands below."""

import pytest
from msgspec.structs import replace

from qualtui.app import QualtuiApp
from qualtui.model.findings import ok, warning
from qualtui.text.message import message
from qualtui.widgets.look import Look
from qualtui.wire import Findings, Refused, RunDoctor, Snapshot
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window
from tests.screens.test_pictures import answering, compare, settled

WIDE, SMALL = (160, 48), (80, 24)


def found() -> Findings:
    """A bad day, with an open gateway."""
    more = (
        warning("gateway.open", "gateway without a key", "answers 200 without a key", "set WAHA_API_KEY"),
        ok("database.readonly", "reading role can't write", "qualtui_ro has no right to change anything"),
        ok("database.tls", "database's TLS", "TLSv1.3, the certificate is checked"),
    )
    told = snapshots.examined()
    return replace(told, findings=(*told.findings, *(replace(one, agent="ldc-bot") for one in more)))


def scene() -> Snapshot:
    told = snapshots.trouble()
    figures = dict(told.details[0].figures)
    for figure in (
        snapshots.figure("customers.flood", 18, note="+55 11 •••••-••21"),
        snapshots.figure("tls.days", 41, note="waha.example.com", unit="d"),
    ):
        figures[figure.name] = figure
    return snapshots.showing(told, replace(told.details[0], figures=figures))


def engine(answer: Findings | Refused | None = None) -> StandIn:
    standing = answering(StandIn(scene()))
    standing.answers[RunDoctor] = answer or found()
    return standing


async def opened(app: QualtuiApp, pilot: object, awaited: str = "2 warnings") -> None:
    await until(lambda: app.pid != 0)
    await pilot.press("8")  # type: ignore[attr-defined]
    await until(lambda: awaited in text(app))
    await settled(pilot)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_the_page_is_as_approved(size: tuple[int, int]) -> None:
    app = window(engine())
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        compare(f"security-{size[0]}x{size[1]}", text(app))


async def test_it_is_ascii_alone_where_the_terminal_has_no_more() -> None:
    app = window(engine(), look=Look(ascii=True, plain=True))
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot)
        assert text(app).isascii()


async def test_without_a_guard_nothing_of_the_webhook_looks_well() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        rows = text(app).splitlines()
        for name in ("Rate limit", "Origin of messages", "Suspicious attempts", "Spam"):
            row = next(row for row in rows if name in row)
            assert row.startswith(" ? ")
            assert "not known" in row
        assert "No guard stands before the bot's webhook" in text(app)


async def test_only_findings_about_access_and_secrets_are_listed_and_counted() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        listed = "\n".join("".join(span.text for span in line) for line in table(app, "#rows").shown)
        assert "gateway without a key" in listed
        assert "/metrics/detailed" in listed
        assert "gateway's session" not in listed
        assert "failed" not in listed


async def test_a_flood_and_the_next_certificate_are_shown_with_their_notes() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        rows = text(app).splitlines()
        assert any("Flood of one sender" in row and "18" in row and "••21" in row for row in rows)
        assert any("41" in row and "waha.example.com" in row for row in rows)


async def test_a_refused_check_and_a_lost_engine_show_nothing_as_well() -> None:
    standing = engine(Refused(message("this connection is read-only: nothing was changed")))
    app = window(standing)
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot, "read-only")
        assert "●" not in "".join(span.text for line in table(app, "#rows").shown for span in line)
        standing.drop()
        await until(lambda: "NO ENGINE" in text(app))
        assert "No guard stands" in text(app)
