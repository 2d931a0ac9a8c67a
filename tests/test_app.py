"""The window: what it shows of the connection, and what its keys do."""

import re
import subprocess
import sys
from collections.abc import Callable

import msgspec
import pytest
from textual.widgets import Button, Input

from qualtui.app import QualtuiApp
from qualtui.client import ClientError
from qualtui.model import Phase, Severity
from qualtui.screens.detail import IncidentPage
from qualtui.screens.engine_port import FaultState
from qualtui.screens.overview import OverviewPage
from qualtui.widgets.lines import Lines
from qualtui.widgets.table import Table
from qualtui.wire import (
    Acknowledge,
    AddNote,
    CloseCustomer,
    Customers,
    Done,
    Fixes,
    ListCustomers,
    ListFixes,
    PreviewFix,
    Refused,
    RunDoctor,
    RunFix,
    RunView,
    Snapshot,
    UndoFix,
)
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, tokens, until, window

SIZE = (160, 48)
DIM_GREEN = "#56918a"


def later(snapshot: Snapshot, **changes: object) -> Snapshot:
    return msgspec.structs.replace(snapshot, **changes)


async def test_when_the_engine_goes_away_the_window_says_so_at_once_and_nothing_looks_green() -> None:
    engine = StandIn(snapshots.calm())
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "EVERYONE ANSWERED" in text(app))
        assert DIM_GREEN in tokens(app, "EVERYONE ANSWERED")
        engine.drop()
        await until(lambda: "NO ENGINE" in text(app))
        await pilot.pause()
        assert "qualtui watch" in text(app)
        assert "●" not in text(app)
        for row in app.screen._compositor.render_strips(app.size):
            assert all(part.style is None or part.style.color is None or part.style.color.name != DIM_GREEN
                       for part in row)  # fmt: skip
        assert not app.watched


async def test_it_connects_again_by_itself() -> None:
    engine = StandIn(snapshots.calm())
    app = window(engine)
    async with app.run_test(size=SIZE):
        await until(lambda: app.watched)
        engine.drop()
        await until(lambda: not app.watched)
        engine.refuse = False
        await until(lambda: app.watched)
        await until(lambda: "NO ENGINE" not in text(app))
        assert engine.connections == 2


async def test_an_engine_that_sends_nothing_is_silent_after_five_seconds() -> None:
    clock = Clock()
    app = window(StandIn(snapshots.calm()), clock)
    async with app.run_test(size=SIZE):
        await until(lambda: app.watched)
        clock.at += 7
        await until(lambda: "ENGINE SILENT 7s" in text(app))
        assert "● EVERYONE ANSWERED" not in text(app)
        assert DIM_GREEN not in tokens(app, "EVERYONE ANSWERED")


async def test_before_the_first_connection_the_window_stands_and_says_what_it_waits_for() -> None:
    engine = StandIn()
    engine.refuse = True
    clock = Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE):
        await until(lambda: "CONNECTING" in text(app) and "nobody listens" in text(app))
        clock.at += 25
        await until(lambda: "ENGINE NOT RUNNING" in text(app) and "qualtui watch" in text(app))


async def test_why_the_engine_beside_it_ended_is_told() -> None:
    engine = StandIn()
    engine.refuse = True
    app = window(engine, trouble=lambda: "the engine ended at once: the store is locked")
    async with app.run_test(size=SIZE):
        await until(lambda: "the store is locked" in text(app))


async def test_a_snapshot_that_shows_the_same_repaints_nothing() -> None:
    told = later(snapshots.trouble(), incidents=(snapshots.incident(),))  # without a countdown
    engine = StandIn(told)
    clock = Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        parts = [*app.screen.query(Lines), *app.screen.query(Table)]
        before = sum(part.repainted for part in parts)
        drawn = app.drawn_at
        clock.at += 0.9  # no age turns within this second
        engine.push(later(told, seq=129, at=clock.at))
        await until(lambda: app.drawn_at != drawn)
        await pilot.pause()
        assert sum(part.repainted for part in parts) == before
        engine.push(later(snapshots.trouble(), seq=130, incidents=(snapshots.incident(owner="bia"),)))
        clock.at += 0.3
        await until(lambda: sum(part.repainted for part in parts) > before)


async def test_one_second_repaints_less_than_a_twentieth_of_the_screen() -> None:
    clock = Clock()
    engine = StandIn(snapshots.trouble())
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        parts = [*app.screen.query(Lines), *app.screen.query(Table)]
        before = sum(part.repainted for part in parts)
        for _second in range(3):
            clock.at += 1
            drawn = app.drawn_at
            engine.push(snapshots.trouble())
            await until(_drawn_since(app, drawn))
        assert sum(part.repainted for part in parts) - before < 3 * SIZE[0] * SIZE[1] / 20


def _drawn_since(app: QualtuiApp, before: float) -> Callable[[], bool]:
    return lambda: app.drawn_at != before


async def test_a_paused_view_stands_still_and_a_new_critical_ends_it() -> None:
    engine = StandIn(snapshots.calm())
    clock = Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.watched)
        await pilot.press("p")
        warned = snapshots.incident(50, severity=Severity.WARNING, summary="replies are slow")
        clock.at += 12
        engine.push(later(snapshots.calm(), incidents=(warned,), at=clock.at))
        await until(lambda: "PAUSED 12s" in text(app))
        assert "replies are slow" not in text(app)
        engine.push(later(snapshots.trouble(), at=clock.at))
        await until(lambda: "3 CUSTOMERS WAITING" in text(app))
        assert "PAUSED" not in text(app)


async def test_the_cursor_stays_on_its_incident_while_rows_move() -> None:
    engine = StandIn(snapshots.trouble())
    clock = Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("j")
        assert table(app).key == "43"
        told = snapshots.trouble()
        clock.at += 1
        engine.push(later(told, incidents=(snapshots.incident(60), *told.incidents), at=clock.at))
        await until(lambda: len(table(app).shown) == 6)
        assert table(app).key == "43"
        await pilot.press("G")
        assert table(app).key == "41"
        await pilot.press("g", "k", "k")
        assert table(app).key == "60"
        await pilot.press("right_square_bracket")
        assert table(app).key == "42"


async def test_a_fix_shows_its_consequence_and_starts_at_cancel() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = snapshots.preview()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "Run it" in text(app))
        assert "Closes 3 sessions; their customers stay unanswered" in text(app)
        assert "+55 11 •••••-••01" in text(app)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await pilot.press("enter")
        await until(lambda: "Nothing was changed." in text(app))
        assert [type(ask) for ask in engine.asked] == [PreviewFix]


async def test_a_confirmed_fix_runs_with_the_previewed_token_and_can_be_taken_back() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = snapshots.preview()
    engine.answers[RunFix] = Done("Closed 3 sessions.", run="run-9")
    run = RunView("run-9", "session-cleanup", "ldc-bot", "ana", 1.0, 2.0, "ok", "closed 3", False, True)
    engine.answers[ListFixes] = Fixes((), (run,))
    engine.answers[UndoFix] = Done("Opened 3 sessions again.")
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "Run it" in text(app))
        await pilot.press("right", "enter")
        await until(lambda: "Closed 3 sessions." in text(app))
        assert RunFix("token-1") in engine.asked
        await pilot.press("u")
        await until(lambda: "Undoes session-cleanup on ldc-bot" in text(app))
        await pilot.press("tab", "enter")
        await until(lambda: "Opened 3 sessions again." in text(app))
        assert UndoFix("run-9") in engine.asked


async def test_a_refused_fix_has_no_button_to_run_it() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = snapshots.preview(refused="80 sessions are more than the limit of 50")
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "80 sessions are more" in text(app))
        assert len(app.screen.query(Button)) == 1
        await pilot.press("tab", "right", "j", "f", "a", "c", "x", "enter")
        await until(lambda: isinstance(app.screen, OverviewPage))
        assert [type(ask) for ask in engine.asked] == [PreviewFix]


async def test_where_there_is_nothing_to_do_nothing_can_be_run() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = snapshots.preview(token="", title="Closes 0 sessions", items=(), total=0)
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "Nothing to do." in text(app))
        assert [str(button.label) for button in app.screen.query(Button)] == ["› [esc] Close "]
        await pilot.press("tab", "right", "enter")
        await until(lambda: isinstance(app.screen, OverviewPage))
        assert [type(ask) for ask in engine.asked] == [PreviewFix]


async def test_an_incident_that_is_over_is_offered_no_fix() -> None:
    over = snapshots.incident(41, phase=Phase.RESOLVED, resolved_at=snapshots.AT - 60)
    engine = StandIn(later(snapshots.trouble(), incidents=(snapshots.incident(), over)))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("j", "f")
        await until(lambda: "#41 is resolved: there is nothing to fix." in text(app))
        assert not engine.asked
        await pilot.press("enter", "f")
        await until(lambda: isinstance(app.screen, IncidentPage) and "#41 is resolved" in text(app))
        assert not any(isinstance(ask, PreviewFix) for ask in engine.asked)


async def test_where_nobody_watches_no_page_pretends_to_know_or_to_be_reading() -> None:
    engine = StandIn(snapshots.trouble())
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        engine.drop()
        await until(lambda: "NO ENGINE" in text(app))
        await pilot.press("c")
        await until(lambda: "Engine not running: it is unknown who waits now." in text(app))
        assert not re.search(r"\d customers wait|reading", text(app))
        await pilot.press("f")
        await until(lambda: "Engine not running: nothing was done." in text(app))


async def test_who_waited_is_old_news_once_nobody_watches() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("c")
        await until(lambda: "3 customers wait for the bot" in text(app))
        assert re.search(r"waits +9s +30s +phone +answer +leads\.id", text(app))
        engine.drop()
        await until(lambda: "3 customers waited for the bot" in text(app))
        await until(lambda: "the figures below are old" in text(app))


async def test_taking_an_incident_tells_whom_the_asker_saw_and_mine_is_renewed() -> None:
    mine = snapshots.incident(owner="ana")
    engine = StandIn(later(snapshots.trouble(), incidents=(snapshots.incident(),)))
    engine.answers[Acknowledge] = Refused("bia has it since 03:11")
    clock = Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("a")
        await until(lambda: "bia has it since 03:11" in text(app))
        assert engine.asked == [Acknowledge(42, expect="")]
        clock.at += 1
        engine.push(later(snapshots.trouble(), incidents=(mine,)))
        await until(lambda: " ana " in text(app))
        await pilot.press("a")
        await until(lambda: len(engine.asked) == 2)
        assert engine.asked[-1] == Acknowledge(42, expect="ana")


async def test_a_note_leaves_the_window_with_phones_masked() -> None:
    engine = StandIn(snapshots.trouble())
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("n")
        await until(lambda: "phone numbers are masked" in text(app))
        app.screen.query_one(Input).value = "call 5511900000001"
        await pilot.press("space", "q", "enter")
        await until(lambda: bool(engine.asked))
        assert engine.asked == [AddNote(42, "call +55 11 •••••-••01 q")]


async def test_an_engine_that_does_not_answer_is_one_line_and_no_traceback() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = ClientError("the engine did not answer within 20s")
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "did not answer within 20s" in text(app))
        assert app.is_running


async def test_the_copied_summary_has_what_and_why_and_no_phone() -> None:
    told = snapshots.trouble()
    row = snapshots.incident(summary="+55 11 90000-0001 waits")
    app = window(StandIn(later(told, incidents=(row,))))
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("y")
        assert "3 CUSTOMERS WAITING FOR THE BOT" in app.clipboard
        assert "WhatsApp session FAILED since 03:08" in app.clipboard
        assert "90000" not in app.clipboard


class Demo:
    """Faults of a demo."""

    def __init__(self) -> None:
        self.on = {"agent-down": False, "database-slow": True}
        self.titles = {"agent-down": "The agent refuses connections", "database-slow": "The database is late"}

    async def list(self) -> dict[str, FaultState]:
        return {name: FaultState(self.titles[name], on) for name, on in self.on.items()}

    async def set(self, name: str, on: bool) -> None:
        self.on[name] = on


async def test_enter_on_the_first_entry_of_the_palette_ends_nothing() -> None:
    app = window(StandIn(snapshots.calm()))
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.watched)
        await pilot.press("colon")
        await until(lambda: "PAGES" in text(app))
        await pilot.press("enter")
        await until(lambda: app.screen.id == "customers")
        assert app.is_running


async def test_the_palette_switches_the_demos_faults() -> None:
    demo = Demo()
    app = window(StandIn(snapshots.calm()), faults=demo)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.watched)
        await pilot.press("colon")
        await until(lambda: "Raw values" in text(app))
        await pilot.press(*"fault")
        await until(lambda: "☑ The database is late" in text(app) and "☐ The agent refuses" in text(app))
        await pilot.press("space", *"refuses")
        await until(lambda: "The database is late" not in text(app))
        await pilot.press("enter")
        await until(lambda: demo.on["agent-down"])
        await until(lambda: "Fault is on: The agent refuses connections" in text(app))


async def test_keys_can_be_bound_anew_and_the_footer_tells_them() -> None:
    app = window(StandIn(snapshots.trouble()), keys={"pause": "z", "down": "n", "note": "N"})
    async with app.run_test(size=(200, 48)) as pilot:
        await until(lambda: table(app).key == "42")
        assert "z pause" in text(app)
        await pilot.press("n")
        assert table(app).key == "43"
        await pilot.press("z")
        await until(lambda: "PAUSED" in text(app))


async def test_the_help_tells_the_name_by_which_a_key_can_be_another() -> None:
    app = window(StandIn(snapshots.trouble()), keys={"have": "f1"})
    async with app.run_test(size=(80, 48)) as pilot:
        await pilot.press("question_mark")
        await until(lambda: re.search(r"f1 +I've got it +have", text(app)) is not None)
        assert "the name to use under [keys]" in text(app)


async def test_mashed_and_unknown_keys_do_nothing_bad() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[PreviewFix] = snapshots.preview()
    app = window(engine)
    words = (
        "f f a x f5 ctrl+x escape c c question_mark question_mark w p p escape left_square_bracket G Z tab"
        " enter escape escape r y ctrl+c pagedown colon escape u escape"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press(*words.split())
        assert app.is_running
        assert not [ask for ask in engine.asked if isinstance(ask, RunFix)]
        while len(app.screen_stack) > 1:
            await pilot.press("escape")
        await pilot.press("q")
        await until(lambda: not app.is_running)
        assert app.return_code == 0


async def test_an_incident_asked_for_on_the_command_line_is_open_at_once() -> None:
    engine = StandIn(snapshots.trouble())
    app = window(engine, incident=43)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "#43" in text(app) and "What happened" in text(app))
        await pilot.press("q")
        assert isinstance(app.screen, OverviewPage)


@pytest.mark.parametrize("scene", ["huge", "hostile"])
async def test_any_size_down_to_one_cell_and_back(scene: str) -> None:
    engine = StandIn(snapshots.SCENES[scene]())
    engine.answers[PreviewFix] = snapshots.preview()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        before = text(app)
        for size in ((1, 1), (5, 3), (60, 15), (139, 41), (1, 50), (200, 1)):
            await pilot.resize_terminal(*size)
        await pilot.press("f")
        await pilot.resize_terminal(1, 1)
        await pilot.press("escape")
        await pilot.resize_terminal(*SIZE)
        while len(app.screen_stack) > 1:
            await pilot.press("escape")
        await pilot.press("g")
        await until(lambda: text(app).splitlines()[:30] == before.splitlines()[:30])


async def test_an_error_inside_is_one_line_without_what_the_screen_showed() -> None:
    app = window(StandIn(snapshots.calm()))

    def broken() -> None:
        raise RuntimeError("5511900000001 in a message")

    async def shown() -> None:
        async with app.run_test(size=SIZE):
            await until(lambda: app.watched)
            app.call_later(broken)
            await until(lambda: not app.is_running)

    with pytest.raises(RuntimeError):
        await shown()
    assert app.return_code == 1
    assert app.failure.startswith("internal error: RuntimeError at test_app.py:")
    assert "5511" not in app.failure


def test_the_window_imports_no_engine_and_no_network_library() -> None:
    code = (
        "import sys, os; os.environ['TEXTUAL_ANIMATIONS']='none'; import qualtui.cli.window, qualtui.app;"
        "import qualtui.screens.detail, qualtui.screens.dialog, qualtui.screens.customers, qualtui.screens.help;"
        "bad={'httpx','asyncpg','apprise','sqlite3','aiohttp','typer','jinja2','qualtui.engine','qualtui.store',"
        "'qualtui.probes','qualtui.notify','qualtui.fixes'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


def test_the_ground_of_cells_is_the_ground_of_the_theme() -> None:
    from qualtui.widgets.themes import COLOURS, GROUNDS, app_theme

    assert {name: app_theme(name).background for name in COLOURS} == GROUNDS


async def test_m_closes_the_chosen_customer_with_a_reason_and_esc_closes_nobody() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("m")
        await until(lambda: "Choose a customer" in text(app))
        await pilot.press("c")
        await until(lambda: "1f0a" in text(app))
        await pilot.press("j", "m")
        await until(lambda: isinstance(app.screen.focused, Input))
        await pilot.press("escape", "m")
        await until(lambda: isinstance(app.screen.focused, Input))
        await pilot.press(*"called 5511900000002", "enter")
        await until(lambda: any(isinstance(ask, CloseCustomer) for ask in engine.asked))
    closed = [ask for ask in engine.asked if isinstance(ask, CloseCustomer)]
    assert closed == [CloseCustomer("ldc-bot", "22c7", "called +55 11 •••••-••02", 0.0)]


async def test_before_a_fix_is_run_all_that_it_does_is_read_on_a_small_screen() -> None:
    engine = StandIn(snapshots.trouble())
    told = (
        "Stops and starts the session; the login stays. It sends no answers by itself, and more of it.",
        "Fixed soon.",
    )
    warned = "1 of these customers still waits for the bot: closing a session does not answer anybody at all."
    engine.answers[PreviewFix] = snapshots.preview(explain=told, warnings=(warned,))
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("f")
        await until(lambda: "Run it" in text(app))
        await pilot.pause()
        rows = [max(row.split("\u2502"), key=len) for row in text(app).splitlines()]
    shown = " ".join(" ".join(rows).split())
    assert all(sentence in shown for sentence in (*told, warned))


@pytest.mark.parametrize("keys", [("e", "question_mark", "e"), ("c", "e", "c"), ("e", "enter", "d", "e", "d")])
async def test_a_page_that_is_open_already_is_gone_back_to(keys: tuple[str, ...]) -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
    engine.answers[RunDoctor] = snapshots.examined()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        names = [screen.id for screen in app.screen_stack]
        assert names[-1] == {"e": "figures", "c": "customers", "d": "doctor"}[keys[-1]]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("height", [1, 3, 5, 24])
async def test_the_commands_never_end_the_window_however_low_it_is(height: int) -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(80, height)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("colon", "n", "pagedown", "pageup")
        await pilot.resize_terminal(80, 3)
        await pilot.press("pagedown", "escape")
        assert app.failure == ""
        assert app.is_running
