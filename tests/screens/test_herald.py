"""Title and bell: only where configured, once for each new CRITICAL, nothing personal, taken back at the end."""

import os
import sys

import msgspec
import pytest

from qualtui.config.values import BellName
from qualtui.screens.herald import BACK, KEEP, Herald, title
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.wire import Snapshot
from tests import snapshots
from tests.screens.test_terminal import Terminal

HERALDED = (sys.executable, "-m", "benchmarks.stage", "trouble", "--heralded")


def live(snapshot: Snapshot) -> ViewState:
    return ViewState(snapshot=snapshot, bond=ConnectionState.LIVE)


def sent(herald: Herald, *scenes: Snapshot) -> list[str]:
    written: list[str] = []
    herald.begin(written.append)
    for scene in scenes:
        herald.show(live(scene))
    herald.end()
    return written


def test_nothing_is_sent_where_nothing_is_configured() -> None:
    assert sent(Herald(), snapshots.calm(), snapshots.trouble()) == []


def test_the_title_says_how_it_is_once_and_is_given_back() -> None:
    calm, trouble = snapshots.calm(), snapshots.trouble()
    written = sent(Herald(title=True), calm, calm, trouble, trouble)
    assert written == [
        KEEP,
        "\x1b]2;OK - ldc-bot - qualtui\x07",
        "\x1b]2;CRITICAL 2, WARNING 1 - ldc-bot - qualtui\x07",
        BACK,
    ]
    lost = ViewState(snapshot=calm, bond=ConnectionState.LOST)
    assert title(lost) == "NO ENGINE - qualtui"


@pytest.mark.parametrize(
    ("bell", "tmux", "call"),
    [
        (BellName.BELL, False, "\x07"),
        (BellName.BELL, True, "\x07"),
        (BellName.OSC9, False, "\x1b]9;qualtui: CRITICAL #43 ldc-bot\x07"),
        (BellName.OSC777, False, "\x1b]777;notify;qualtui;qualtui: CRITICAL #43 ldc-bot\x07"),
        (BellName.OSC9, True, "\x1bPtmux;\x1b\x1b]9;qualtui: CRITICAL #43 ldc-bot\x07\x1b\\"),
    ],
)
def test_each_new_critical_calls_once_and_an_older_one_does_not(bell: BellName, tmux: bool, call: str) -> None:
    calm, trouble = snapshots.calm(), snapshots.trouble()
    herald = Herald(bell=bell, tmux=tmux)
    assert sent(herald, trouble, trouble) == []  # a window that opens in trouble shows it
    assert sent(herald, calm, trouble, trouble) == [call]


def test_a_hostile_name_ends_no_sequence_and_adds_no_part() -> None:
    row = msgspec.structs.replace(snapshots.trouble().incidents[0], agent="a\x07;b\x1b]0;x")
    trouble = msgspec.structs.replace(snapshots.trouble(), incidents=(row,))
    (call,) = sent(Herald(bell=BellName.OSC777), snapshots.calm(), trouble)
    assert call.count("\x07") == 1
    assert call.count("\x1b") == 1
    assert call.count(";") == 3


@pytest.mark.live
def test_in_a_terminal_the_title_is_set_and_given_back_when_the_window_closes() -> None:
    terminal = Terminal(command=HERALDED)
    try:
        terminal.until("CUSTOMERS WAITING", timeout=30)
        os.write(terminal.fd, b"q")
        assert terminal.ended(timeout=20) == 0
        terminal.read()
        kept, said, back = (terminal.raw.find(one) for one in (KEEP.encode(), b"\x1b]2;CRITICAL", BACK.encode()))
        assert 0 <= kept < said < back
        assert b"+55" not in terminal.raw[said : said + 80]
    finally:
        terminal.close()
