"""What happens to a window from outside, in a real pseudo-terminal: it stays right, or says that it isn't."""

import os
import re
import signal
import sys
import termios

import psutil
import pytest

from tests.screens.test_terminal import Terminal, echoes

pytestmark = pytest.mark.live

HOSTILE = (sys.executable, "-m", "benchmarks.stage", "hostile")
# What a window itself sends after ESC: the shape of the pointer, colours, cursor, modes, questions; nothing else.
SENT = re.compile(rb"\x1b(\]22;default\x07|\[[0-9;:?<>=$ ]*[A-Za-z]|\[\?[0-9;]*\$p|[=>78])")


def opened(*command: str) -> Terminal:
    return Terminal(command=command) if command else Terminal()


def test_a_window_whose_engine_is_killed_says_so_and_its_figures_look_old() -> None:
    terminal = opened()
    try:
        terminal.until("CUSTOMERS WAITING", timeout=30)
        (engine,) = psutil.Process(terminal.pid).children()
        engine.kill()
        terminal.until("NO ENGINE", timeout=20)
        terminal.until("qualtui watch")
        os.write(terminal.fd, b"q")
        terminal.ended(timeout=20)
        assert echoes(termios.tcgetattr(terminal.fd))
    finally:
        terminal.close()


def test_a_storm_of_sizes_down_to_one_cell_ends_in_the_same_picture() -> None:
    terminal = opened()
    try:
        terminal.until("CUSTOMERS WAITING", timeout=30)
        for cols, rows in ((1, 1), (200, 60), (44, 20), (2, 50), (300, 1), (1, 1), (60, 20)) * 3:
            terminal.resize(cols, rows)
            os.kill(terminal.pid, signal.SIGWINCH)
            terminal.read()
        terminal.blank()
        terminal.resize(100, 30)
        os.kill(terminal.pid, signal.SIGWINCH)
        terminal.until("CUSTOMERS WAITING", timeout=30)
        terminal.until("a I've got it", timeout=30)
        os.write(terminal.fd, b"q")
        assert terminal.ended(timeout=20) == 0
    finally:
        terminal.close()


def test_hostile_names_and_texts_reach_the_terminal_as_text_alone() -> None:
    terminal = opened(*HOSTILE)
    try:
        terminal.until("Incidents", timeout=30)
        terminal.until("CRITICAL", timeout=30)
        for key in (b"c", b"\x1b", b"3", b"\x1b", b"9"):
            os.write(terminal.fd, key)
            terminal.read(0.5)
        text = SENT.sub(b"", terminal.raw)
        assert b"\x07" not in text  # no bell, and no end of a title
        assert b"\x1b" not in text, text[max(0, text.index(b"\x1b") - 20) : text.index(b"\x1b") + 40]
        marks = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
        assert not set(marks) & set(text.decode(errors="replace"))
    finally:
        terminal.close()
