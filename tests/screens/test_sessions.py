"""Sessions: what is stuck first and by which key it is closed, the states, and nobody's number."""

import pytest

from qualtui.app import QualtuiApp
from qualtui.text.message import message
from qualtui.widgets.look import Look
from qualtui.wire import ListSessions, PreviewFix, Refused, Sessions, SessionView, Snapshot, StateCount
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window
from tests.screens.test_pictures import answering, compare, settled

WIDE, SMALL = (160, 48), (80, 24)
HOUR = 3600.0


def session(n: int, situation: str, age: float, **changes: bool) -> SessionView:
    state = "saudacao" if situation == "unreadable" else "inicio"
    name = f"{n:08x}-0000-4000-8000-{n:012x}"
    return SessionView(name, f"+55 11 •••••-••{n % 100:02}", state, situation, age, **changes)


def troubled() -> Sessions:
    """Three that are stuck, two that repeat their question, thirty that wait for the client."""
    found = (
        session(1, "never_messaged", 7 * HOUR, stuck=True),
        session(2, "bot_owes", 0.7 * HOUR, stuck=True),
        session(3, "unreadable", 240.0, stuck=True),
        session(4, "waiting_client", 600.0, repeats=True),
        session(5, "waiting_client", 300.0, repeats=True),
        *(session(n, "waiting_client", (40 - n) * HOUR) for n in range(6, 36)),
    )
    states = (
        StateCount("inicio", 29, 310),
        StateCount("perguntar_patrimonio", 5, 44),
        StateCount("saudacao", 1, 2, unreadable=True),
        StateCount("finalizado", 0, 212),
    )
    return Sessions("ldc-bot", states, found, len(found), 3, 2, HOUR / 2)


def calm() -> Sessions:
    """Two that wait for the client."""
    found = (session(7, "waiting_client", 5 * HOUR), session(8, "waiting_client", 60.0))
    return Sessions("ldc-bot", (StateCount("inicio", 2, 14),), found, 2, 0, 0, HOUR / 2)


def engine(answer: Sessions | Refused, scene: Snapshot | None = None) -> StandIn:
    standing = answering(StandIn(scene or snapshots.trouble()))
    standing.answers[ListSessions] = answer
    return standing


async def opened(app: QualtuiApp, pilot: object, awaited: str = "active") -> None:
    await until(lambda: app.pid != 0)
    await pilot.press("6")  # type: ignore[attr-defined]
    await until(lambda: awaited in text(app))
    await settled(pilot)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [WIDE, SMALL])
@pytest.mark.parametrize("scene", ["trouble", "calm"])
async def test_the_page_is_as_approved(scene: str, size: tuple[int, int]) -> None:
    app = window(engine(troubled() if scene == "trouble" else calm(), snapshots.SCENES[scene]()))
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        compare(f"sessions-{scene}-{size[0]}x{size[1]}", text(app))


async def test_it_is_ascii_alone_where_the_terminal_has_no_more() -> None:
    app = window(engine(troubled()), look=Look(ascii=True, plain=True))
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot)
        assert text(app).isascii()


async def test_the_fix_key_previews_what_closes_them_whatever_now_offers() -> None:
    standing = engine(troubled())
    standing.answers[PreviewFix] = snapshots.preview()
    app = window(standing)
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        await pilot.press("f")
        await until(lambda: "Closes 3 sessions" in text(app))
    asked = [ask for ask in standing.asked if isinstance(ask, PreviewFix)]
    assert [(ask.fix, ask.agent) for ask in asked] == [("session-cleanup", "ldc-bot")]


async def test_a_filter_narrows_and_counts_stay_those_of_all() -> None:
    app = window(engine(troubled()))
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        await pilot.press("slash", *"never")
        await until(lambda: "1 match the filter" in text(app))
        assert "35 active" in text(app)
        assert table(app, "#rows").key.startswith("00000001")


async def test_a_list_with_an_end_says_so() -> None:
    answer = troubled()
    cut = Sessions("ldc-bot", answer.states, answer.sessions[:4], 9000, 700, 2, HOUR / 2)
    app = window(engine(cut))
    async with app.run_test(size=WIDE) as pilot:
        await opened(app, pilot)
        assert "9000 active" in text(app)
        assert "the first 4 are listed" in text(app)


async def test_sessions_that_cannot_be_read_are_not_none() -> None:
    standing = engine(Refused(message("the database fails: refused")))
    app = window(standing)
    async with app.run_test(size=SMALL) as pilot:
        await opened(app, pilot, "The sessions can't be read.")
        assert "the database fails: refused" in text(app)
        standing.drop()
        await until(lambda: "Engine not running" in text(app))
        assert "No session is active" not in text(app)
