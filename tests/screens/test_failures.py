"""Failures: each kind with its past, those that fail now first, and examples without anybody's number."""

import pytest
from msgspec.structs import replace

from qualtui.app import QualtuiApp
from qualtui.text.message import message
from qualtui.widgets.failure_rows import SERIES
from qualtui.widgets.look import Look
from qualtui.wire import MOST_SERIES, Customers, ListCustomers, Refused, ShowHistory, Snapshot
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window
from tests.screens.test_pictures import answering, compare, settled

WIDE, SMALL = (160, 48), (80, 24)


def engine(scene: Snapshot | None = None) -> StandIn:
    """An engine in trouble; two of those who wait were never answered, one only as a row says."""
    standing = answering(StandIn(scene or snapshots.trouble()))
    codes = ("stored, no reply", "stored, no reply", "said sent, not delivered")
    people = tuple(replace(one, code=code) for one, code in zip(snapshots.people(), codes, strict=True))
    standing.answers[ListCustomers] = Customers("ldc-bot", people)
    return standing


async def opened(app: QualtuiApp, pilot: object) -> None:
    await until(lambda: app.pid != 0)
    await pilot.press("5")  # type: ignore[attr-defined]
    await until(lambda: "1 cell" in text(app))
    await settled(pilot)  # type: ignore[arg-type]


def titles(app: QualtuiApp) -> list[str]:
    return ["".join(span.text for span in line)[3:37].strip() for line in table(app, "#rows").shown[1:]]


@pytest.mark.parametrize("size", [WIDE, SMALL])
@pytest.mark.parametrize("scene", ["trouble", "calm"])
async def test_the_page_is_as_approved(scene: str, size: tuple[int, int]) -> None:
    app = window(engine(snapshots.SCENES[scene]()))
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        compare(f"failures-{scene}-{size[0]}x{size[1]}", text(app))


async def test_it_is_ascii_alone_where_the_terminal_has_no_more() -> None:
    app = window(engine(), look=Look(ascii=True, plain=True))
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot)
        assert text(app).isascii()


async def test_what_fails_now_stands_first_and_what_nothing_measures_is_named_below() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        assert titles(app)[:3] == ["Messages not answered", "Failures in a row", "Marked sent, not delivered"]
        assert "Webhook answered an error" not in titles(app)
        missing = next(line for line in text(app).splitlines() if "no source for" in line)
        assert "Webhook answered an error" in missing
    assert len(SERIES) <= MOST_SERIES


async def test_a_kind_shows_those_who_wait_because_of_it_and_no_one_else() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        table(app, "#rows").select("failures.unanswered")
        await pilot.press("k")
        # No delivered answer: of some the bot stored no reply, of one what it marked sent did not arrive.
        await until(lambda: "3 customers wait because of it" in text(app))
        assert "••01" in text(app)
        assert "••07" in text(app)
        table(app, "#rows").select("failures.consecutive")
        await pilot.press("j")  # to what was marked sent
        await until(lambda: "1 customer waits because of it" in text(app))
        assert "••07" in text(app)
        assert "••01" not in text(app)


async def test_a_count_without_kept_cases_says_so_and_a_note_is_its_example() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        rows = table(app, "#rows")
        rows.select("failures.timeouts")
        await pilot.press("k", "j")
        await until(lambda: rows.key == "failures.timeouts" and "single cases are not kept" in text(app))
        while rows.key != "failures.unreached":
            await pilot.press("k")
        await until(lambda: "no answer in 30s 1" in text(app))


async def test_enter_says_what_is_counted_and_where_it_comes_from() -> None:
    app = window(engine())
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        await pilot.press("enter")
        await until(lambda: "failures.unanswered: source: messages" in text(app))


async def test_customers_that_cannot_be_read_are_not_nobody() -> None:
    standing = engine()
    standing.answers[ListCustomers] = Refused(message("the database fails: refused"))
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        await until(lambda: "the waiting customers can't be read" in text(app))
        assert "no customer waits" not in text(app)


async def test_a_lost_engine_leaves_nothing_that_looks_well() -> None:
    standing = engine(snapshots.calm())
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        standing.drop()
        await until(lambda: "the past can't be read" in text(app))
        assert not any("●" in "".join(span.text for span in line) for line in table(app, "#rows").shown)


async def test_the_range_keys_ask_for_another_past() -> None:
    standing = engine()
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        await pilot.press("+")
        await until(lambda: "last 6h" in text(app))
    ranges = [ask.seconds for ask in standing.asked if isinstance(ask, ShowHistory)]
    assert ranges[0] == 3600
    assert ranges[-1] == 6 * 3600


async def test_errors_of_the_hosts_log_are_shown_by_kind_with_the_newest_line() -> None:
    scene = snapshots.trouble()
    agent = scene.details[0]
    figures = dict(agent.figures)
    for name, value, note in (
        ("failures.known_texts", 3, "3 × Falha no envio da mensagem status_code=500"),
        ("logs.sends", 3, "08:28 Falha no envio da mensagem status_code=500"),
        ("logs.worker", 0, ""),
    ):
        figures[name] = snapshots.figure(name, value, note=note)
    standing = engine(snapshots.showing(scene, replace(agent, figures=figures)))
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        table(app, "#rows").select("failures.known_texts")
        await pilot.press("k", "j")
        await until(lambda: "Send failed or simulated" in text(app))
        shown = text(app)
    (line,) = [one for one in shown.splitlines() if "Send failed or simulated" in one]
    assert " ".join(line.split()) == "3 Send failed or simulated 08:28 Falha no envio da mensagem status_code=500"
    assert "Worker killed" not in shown
