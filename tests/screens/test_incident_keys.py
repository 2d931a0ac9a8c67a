"""The keys of an incident's life: acknowledge, renew, undo, snooze, release, silence, hand over."""

import msgspec
import pytest
from textual.widgets import Input

from qualtui.app import QualtuiApp
from qualtui.engine.command_registry import spec_of
from qualtui.model import Phase, Severity
from qualtui.text.message import message
from qualtui.widgets.themes import COLOURS
from qualtui.wire import (
    Acknowledge,
    AddSilence,
    Done,
    ExpireSilence,
    Fixes,
    Handover,
    HandoverItem,
    IncidentView,
    ListFixes,
    PreviewSilence,
    RunView,
    ShowHandover,
    SilencedAlert,
    SilencePreview,
    SilenceView,
    Snapshot,
    SnoozeIncident,
    UndoAcknowledge,
    UndoFix,
)
from qualtui.wire.commands import Capability
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, tokens, until, window

SIZE = (160, 48)


def having(*incidents: IncidentView, **changes: object) -> Snapshot:
    shown: Snapshot = msgspec.structs.replace(snapshots.trouble(), incidents=incidents, **changes)
    return shown


async def pressed(engine: StandIn, *keys: str, app: QualtuiApp | None = None) -> list[object]:
    """What is asked of the engine when these keys are pressed on incident 42."""
    app = app or window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press(*keys)
        await pilot.pause()
        await until(lambda: not any(one.group == "act" and not one.is_finished for one in app.workers))
    return list(engine.asked)


@pytest.mark.parametrize(
    ("key", "owner", "asked"),
    [
        ("a", "", Acknowledge(42)),
        ("a", "bruno", Acknowledge(42, expect="bruno")),
        ("a", "ana", Acknowledge(42, expect="ana")),  # renews: the engine never takes it from its owner
        ("z", "", SnoozeIncident(42)),
        ("z", "bruno", SnoozeIncident(42, expect="bruno")),
    ],
)
async def test_a_key_says_what_the_person_saw(key: str, owner: str, asked: object) -> None:
    assert await pressed(StandIn(having(snapshots.incident(owner=owner))), key) == [asked]


@pytest.mark.parametrize(("answer", "asked"), [("y", [Acknowledge(42, release=True)]), ("n", [])])
async def test_a_release_asks(answer: str, asked: list[object]) -> None:
    engine = StandIn(having(snapshots.incident(owner="ana")))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("A")
        await until(lambda: "No one owns #42 any more" in text(app) and "[y] Release it" in text(app))
        assert engine.asked == []
        await pilot.press(answer)
        await until(lambda: ("Nothing was changed." in text(app)) or bool(engine.asked))
    assert engine.asked == asked


@pytest.mark.parametrize(
    ("key", "row", "said"),
    [
        ("A", snapshots.incident(), "No one owns #42."),
        ("A", snapshots.incident(owner="bruno"), "bruno owns #42, not you."),
        ("z", snapshots.incident(phase=Phase.RESOLVED, resolved_at=snapshots.AT - 9), "nothing to snooze"),
        ("a", snapshots.incident(phase=Phase.RESOLVED, resolved_at=snapshots.AT - 9), "nothing to acknowledge"),
        ("s", snapshots.incident(phase=Phase.RESOLVED, resolved_at=snapshots.AT - 9), "nothing to silence"),
    ],
)
async def test_a_key_that_can_do_nothing_is_dim_and_says_why(key: str, row: IncidentView, said: str) -> None:
    engine = StandIn(having(row))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("enter")
        await until(lambda: "esc back" in text(app))
        word = {"A": "A release", "z": "z snooze", "a": "a I've got it", "s": "s silence"}[key]
        assert tokens(app, word.split(" ", 1)[1]) == {COLOURS["dark"]["faint"]}, text(app)
        await pilot.press(key)
        await until(lambda: said in text(app))
    assert not any(isinstance(ask, Acknowledge | SnoozeIncident | AddSilence) for ask in engine.asked)


async def test_a_window_that_may_only_look_dims_what_changes_something_and_says_why() -> None:
    engine = StandIn(having(snapshots.incident()))
    engine.capability = Capability.VIEW
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await until(lambda: "READ-ONLY" in text(app).splitlines()[0])
        await pilot.press("enter")
        await until(lambda: "esc back" in text(app))
        for word in ("I've got it", "silence", "snooze"):
            assert tokens(app, word) == {COLOURS["dark"]["faint"]}, text(app)
        for key in "fazsnumxPrA":
            app.say("", "text")
            await pilot.press(key)
            await until(lambda: "This window only looks" in text(app))
    changes = {type(ask) for ask in engine.asked if (spec := spec_of(ask)) and spec.capability > Capability.VIEW}
    assert changes == set()


@pytest.mark.parametrize(("started", "asked"), [(-90.0, UndoAcknowledge(42)), (-10.0, UndoFix("run-9"))])
async def test_u_undoes_what_was_done_last(started: float, asked: object) -> None:
    engine = StandIn(having(snapshots.incident(owner="ana", taken_at=snapshots.AT - 60)))
    at = snapshots.AT + started
    run = RunView("run-9", "session-cleanup", "ldc-bot", "ana", at, at + 1, "ok", "closed 3", False, True)
    engine.answers[ListFixes] = Fixes((), (run,))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("u")
        if isinstance(asked, UndoFix):
            await until(lambda: "Undoes session-cleanup on ldc-bot" in text(app))
            await pilot.press("y")
        await until(lambda: asked in engine.asked)


def quiet() -> StandIn:
    engine = StandIn(having(snapshots.incident()))
    hidden = SilencedAlert("waiting", "ldc-bot", Severity.CRITICAL, 42, "3 customers waiting")
    engine.answers[PreviewSilence] = SilencePreview(('incident="42"',), (hidden,))
    engine.answers[AddSilence] = Done("#42 is silenced")
    return engine


async def test_a_silence_shows_what_it_hides_until_when_and_needs_a_reason() -> None:
    engine = quiet()
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen.focused, Input))
        shown = text(app)
        assert "No one is notified of #42 until 04:12" in shown, shown
        assert "It hides 1 alert that fires now:" in shown
        assert "CRITICAL 3 customers waiting" in shown
        assert "[1h]" in shown
        assert "A new cause and many more waiting customers notify all the same." in " ".join(shown.split())
        await pilot.press("enter")
        await until(lambda: "Say why" in text(app))
        await pilot.press("up", "up", "up", "up", "up", "up", "down")
        await until(lambda: "[8h]" in text(app) and "until 11:12" in text(app))
        app.screen.query_one(Input).value = "call 5511900000001"
        await pilot.press("enter")
        await until(lambda: "#42 is silenced" in text(app))
    assert engine.asked[-1] == AddSilence(('incident="42"',), 8 * 3600.0, "call +55 11 •••••-••01")


async def test_a_time_within_an_answer_is_in_the_zone_of_the_header() -> None:
    engine = quiet()
    said = message("#{number} is silenced until {until:clock}", number="42", until=snapshots.AT + 3600)
    engine.answers[AddSilence] = Done(said)
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42" and "03:12" in text(app))
        await pilot.press("s")
        await until(lambda: isinstance(app.screen.focused, Input))
        await pilot.press("x", "enter")
        await until(lambda: "#42 is silenced until 04:12" in text(app))


async def test_esc_silences_nothing() -> None:
    engine = quiet()
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen.focused, Input))
        await pilot.press("x", "escape")
        await pilot.pause()
    assert engine.asked == [PreviewSilence(('incident="42"',))]


async def test_s_on_a_silenced_incident_ends_the_silence() -> None:
    at = snapshots.AT
    runs = SilenceView("bcdfgh", ('incident="42"',), "bruno", "new phone", at - 60, at + 1800)
    engine = StandIn(having(snapshots.incident(), silences=(runs,)))
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42" and "SILENCED 00:30 left" in text(app))
        await pilot.press("s")
        await until(lambda: "Notices of #42 are sent again" in text(app) and "bruno silenced it" in text(app))
        await pilot.press("y")
        await until(lambda: ExpireSilence("bcdfgh") in engine.asked)


async def test_the_handover_digest_is_read_and_copied() -> None:
    engine, clock = StandIn(having(snapshots.incident(owner="ana"))), Clock()
    row = snapshots.incident(owner="ana", notes=("ana: called 5511900000001 and it rang for a long time " * 3,))
    tried = ("gateway-restart by ana: FAILED again",)
    item = HandoverItem(row, tried, snapshots.AT + 1800)
    engine.answers[ShowHandover] = Handover(snapshots.AT, "ana", "bruno", (item,))
    app = window(engine, clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("H")
        await until(lambda: "On call: ana; next: bruno" in text(app))
        shown = text(app)
        assert "owner    ana" in shown
        assert "silenced until 03:42" in shown, shown
        assert "tried    gateway-restart by ana: FAILED again" in shown
        await pilot.press("y")
        await pilot.pause()
        copied = app.clipboard
        assert copied.startswith("On call: ana; next: bruno\n\n#42 CRITICAL ldc-bot: ")
        assert "5511900000001" not in copied
        assert "gateway-restart by ana: FAILED again" in copied
