"""The screen's way in: no terminal, an engine beside it, and what is said at the end."""

import os
import pty
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.disk import Disk
from qualtui.cli.window import EngineBeside, farewell
from qualtui.config.places import socket_answers
from qualtui.config.values import Config, DemoSettings


def config(tmp_path: Path, demo: str = "") -> Config:
    return Config(agents={}, path=str(tmp_path / "config.toml"), demo=DemoSettings(control_url=demo))


def beside(tmp_path: Path, demo: str = "", clock: float = 0.0) -> EngineBeside:
    return EngineBeside(config(tmp_path, demo), tmp_path / "socket", tmp_path / "store.beside.log", lambda: clock)


def test_without_a_terminal_it_is_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qualtui"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("qualtui: The screen needs a terminal")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [[], ["demo"]], ids=["screen", "demo"])
def test_a_terminal_that_cannot_move_its_cursor_is_told_what_else_there_is(command: list[str]) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "qualtui", *command],
            stdin=theirs, stdout=theirs, stderr=theirs,
            env={**os.environ, "TERM": "dumb"}, timeout=30, check=False,
        )  # fmt: skip
        told = os.read(ours, 4096).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 1
    assert told.startswith("qualtui: This terminal (TERM=dumb) can't show the screen. ")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("of_window", "watched", "told"),
    [
        (False, True, "The engine (pid 7) keeps watching."),
        (True, True, "The engine (pid 7) stops with its last window. To keep watching: qualtui watch"),
        (False, False, "Engine not running. Start it: qualtui watch"),
    ],
)
def test_at_the_end_it_says_who_keeps_watching(of_window: bool, watched: bool, told: str) -> None:
    assert farewell(7, of_window, watched) == told


def test_where_an_engine_answers_none_is_started(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "socket"))
        engine.listen()
        assert socket_answers(tmp_path / "socket")
        beside(tmp_path).ensure()
    assert not (tmp_path / "store.beside.log").exists()


def test_the_demo_gets_time_to_start_its_own_engine(tmp_path: Path) -> None:
    beside(tmp_path, demo="http://127.0.0.1:1").ensure()
    assert not (tmp_path / "store.beside.log").exists()


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_somebody_elses_engine_that_is_restarted_finds_its_store_free(tmp_path: Path) -> None:
    started = beside(tmp_path)
    started.seen()  # it answered before the window was even loaded
    started.ensure()
    assert started._engine is None


def test_an_engine_of_its_own_that_was_killed_is_followed_by_another(tmp_path: Path) -> None:
    clock = Clock()
    started = EngineBeside(config(tmp_path), tmp_path / "socket", tmp_path / "store.beside.log", clock)
    started.ensure()
    first = started._engine
    assert first is not None
    started.seen()
    first.kill()
    first.wait(20)
    assert started.trouble() == "The engine of this window was killed by signal 9."
    clock.at = 11.0
    started.ensure()
    second = started._engine
    assert second is not None
    assert second is not first
    second.wait(20)


def test_an_engine_that_cannot_start_says_why_and_is_not_started_again_at_once(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("this is no configuration", encoding="utf-8")
    started = beside(tmp_path)
    started.ensure()
    engine = started._engine
    assert engine is not None
    assert engine.wait(20) != 0
    assert started.trouble().startswith("The engine of this window stopped: ")
    assert str(tmp_path) in started.trouble()
    started.ensure()
    assert started._engine is engine


def test_on_a_disk_that_takes_no_log_an_engine_is_started_all_the_same(tmp_path: Path, small_disk: Disk) -> None:
    small_disk.protect()
    (tmp_path / "config.toml").write_text("this is no configuration", encoding="utf-8")
    log = small_disk.folder / "store.beside.log"
    started = EngineBeside(config(tmp_path), tmp_path / "socket", log, lambda: 0.0)
    started.ensure()
    assert started._engine is not None
    assert started._engine.wait(20) != 0
    assert started.trouble().startswith("The engine of this window stopped: ")


def test_the_log_of_the_engine_beside_empties_no_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("this is no configuration", encoding="utf-8")
    (tmp_path / "precious").write_text("keep me")
    for make in (os.symlink, os.link):
        make(tmp_path / "precious", tmp_path / "store.beside.log")
        started = beside(tmp_path)
        started.ensure()
        assert started._engine is not None
        assert started._engine.wait(20) != 0
        assert (tmp_path / "precious").read_text() == "keep me"
        (tmp_path / "store.beside.log").unlink()
