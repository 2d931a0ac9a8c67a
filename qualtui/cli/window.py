"""The screen's composition root: configuration, connection, an engine beside it if none runs, the terminal."""

import errno
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from qualtui.cli.common import (
    FAILED,
    LOW_BANDWIDTH,
    UNKNOWN,
    NoConfigurationError,
    capability,
    find_config,
    first_steps,
    resolve_window_config,
    say_error,
    who,
)
from qualtui.client import Client, knock
from qualtui.config.places import socket_answers
from qualtui.config.values import Config, ThemeName
from qualtui.text import _, clean
from qualtui.wire.commands import Capability

if TYPE_CHECKING:
    import subprocess

DEMO_HEAD_START = 8.0  # seconds: the demo starts its engine itself
SWITCH = 0.0005  # s: so that the thread that writes to the terminal never waits long for the other one
AGAIN = 10.0  # s between two starts of an engine
WALL = "wall"  # the name under which it looks
LOG_LIMIT = 64 * 1024  # bytes of the engine's log that are read


def open_window(config: Path | None, number: int | None, goodbye: str = "", *, wall: bool = False) -> int:
    """Open the screen, at incident `number` if given; return exit code 0, 1 after an internal error, 128 + signal.

    `goodbye`: the line printed when it closes. Default: who keeps watching.
    `wall`: the wall instead of the screen.
    A missing configuration is reported before a missing terminal.
    """
    if find_config(config) is None:
        if number is not None:
            raise NoConfigurationError
        print(first_steps(), file=sys.stderr)
        return UNKNOWN
    if problem := terminal_problem():
        say_error(problem)
        return FAILED
    if wall:
        return show_wall(resolve_window_config(config), goodbye)
    return show_window(resolve_window_config(config), who(), number, goodbye)


def terminal_problem() -> str:
    """Why the screen can't open here; empty if it can."""
    if not all(
        stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    ):
        return _("The screen needs a terminal. Without one, use: qualtui status")
    # Rich gives these another size; Textual would paint without end to fit both.
    if os.environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return _("This terminal (TERM={name}) can't show the screen. Use: qualtui status").format(
            name=clean(os.environ["TERM"], 20)
        )
    return ""


def show_window(config: Config, name: str, number: int | None, goodbye: str = "") -> int:
    """The window on the engine of this configuration."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when Textual is imported
    sys.setswitchinterval(SWITCH)
    from qualtui.config.places import socket_path, store_path

    path, chosen = socket_path(config), config.screen.theme
    early = [one] if (one := knock(path, name, capability())) is not None else []
    from qualtui.app import QualtuiApp
    from qualtui.cli.demo_control import DemoStory, DemoSwitches
    from qualtui.screens.drawing_pace import LOW_BANDWIDTH as SELDOM
    from qualtui.screens.drawing_pace import SHORTEST
    from qualtui.screens.herald import Herald
    from qualtui.screens.terminal import TerminalGuard
    from qualtui.widgets.look import terminal_look
    from qualtui.widgets.themes import DEFAULT

    theme = DEFAULT if chosen is ThemeName.AUTO else chosen.value
    beside = EngineBeside(config, path, Path(f"{store_path(config)}.beside.log"))

    def connect() -> Client:
        if early:
            beside.seen()
            return Client(beside.socket, who=name, watch=True, window=True, early=early.pop())
        if capability() is not Capability.VIEW:  # who only looks starts nothing that polls, notifies and fixes
            beside.ensure()
        return Client(beside.socket, who=name, watch=True, window=True, capability=capability())

    with TerminalGuard() as guard:
        app = QualtuiApp(
            connect,
            who=name,
            look=terminal_look(want_ascii=config.screen.ascii, theme=theme),
            keys=config.keys,
            faults=DemoSwitches(demo) if (demo := config.demo.control_url) else None,
            story=DemoStory(demo) if demo else None,
            incident=number,
            trouble=beside.trouble,
            guard=guard,
            herald=Herald(title=config.screen.title, bell=config.screen.bell, tmux="TMUX" in os.environ),
            pace=SELDOM if os.environ.get(LOW_BANDWIDTH) else SHORTEST,
        )
        app.run()
    if guard.ended_by:
        return 128 + guard.ended_by
    if app.failure:
        return app.return_code or FAILED
    print(goodbye or farewell(app.pid, app.beside, app.watched))
    return app.return_code or 0


def show_wall(config: Config, goodbye: str = "") -> int:
    """The wall on the engine of this configuration: it starts none, and may change nothing."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when Textual is imported
    sys.setswitchinterval(SWITCH)
    from qualtui.config.places import socket_path
    from qualtui.screens.terminal import TerminalGuard
    from qualtui.screens.wall_app import WallApp
    from qualtui.widgets.look import terminal_look
    from qualtui.widgets.themes import ON_WALL

    path, chosen = socket_path(config), config.screen.theme
    theme = ON_WALL if chosen is ThemeName.AUTO else chosen.value

    def connect() -> Client:
        return Client(path, who=WALL, watch=True, window=True, capability=Capability.VIEW)

    with TerminalGuard() as guard:
        app = WallApp(connect, look=terminal_look(want_ascii=config.screen.ascii, theme=theme), guard=guard)
        app.run()
    if guard.ended_by:
        return 128 + guard.ended_by
    if app.failure:
        return app.return_code or FAILED
    print(goodbye or _("The wall is closed. The engine is not touched."))
    return app.return_code or 0


def farewell(pid: int, beside: bool, watched: bool) -> str:
    """One line: does an engine keep watching after the window closed?"""
    if not watched:
        return _("Engine not running. Start it: qualtui watch")
    if beside:
        return _("The engine (pid {pid}) stops with its last window. To keep watching: qualtui watch").format(
            pid=pid
        )
    return _("The engine (pid {pid}) keeps watching.").format(pid=pid)


class EngineBeside:
    """Starts an engine beside the window if none answers, and another one if that one ended.

    After an engine of another process answered, none is started: it may be restarting, and needs its store.
    """

    def __init__(self, config: Config, path: Path, log: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.socket = path
        self._config = config
        self._log = log
        self._clock = clock
        self._began = clock()
        self._engine: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failure = ""
        self._seen = False

    def ensure(self) -> None:
        """Start an engine if none answers; it may need a moment."""
        if self._seen or self._failure or not self._missing():
            return
        if socket_answers(self.socket):
            self.seen()
            return
        if self._config.demo.control_url and self._clock() - self._began < DEMO_HEAD_START:
            return
        import subprocess

        line = [sys.executable, "-m", "qualtui", "--config", self._config.path, "watch", "--beside"]
        try:
            with self._opened_log() as log:
                self._engine = subprocess.Popen(
                    line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            self._started = self._clock()
        except OSError as error:
            self._failure = _("Can't start an engine: {why}").format(why=error.strerror or type(error).__name__)

    def seen(self) -> None:
        """An engine answered."""
        self._seen = self._engine is None

    def _missing(self) -> bool:
        """No engine was started, or it ended more than AGAIN seconds after its start."""
        if self._engine is None:
            return True
        return self._engine.poll() is not None and self._clock() - self._started >= AGAIN

    def trouble(self) -> str:
        """Why the started engine does not run; empty while it may still be starting."""
        code = None if self._engine is None else self._engine.poll()
        if code is None:
            return self._failure
        if code < 0:
            return _("The engine of this window was killed by signal {signal}.").format(signal=-code)
        return _("The engine of this window stopped: {why}").format(why=self._last_line())

    def _opened_log(self) -> BinaryIO:
        """The engine's log; /dev/null if the disk takes none: the engine is more important."""
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            return _emptied(self._log)
        except OSError:
            self._log = Path(os.devnull)
            return self._log.open("wb")

    def _last_line(self) -> str:
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, self._log.stat().st_size - LOG_LIMIT))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return clean(lines[-1]) if lines else _("see {path}").format(path=self._log)


def _emptied(path: Path) -> BinaryIO:
    """Open our own file, emptied. Raises OSError for any other file: a link could point anywhere."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or found.st_uid != os.geteuid():
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a file of ours")
    os.ftruncate(descriptor, 0)
    return os.fdopen(descriptor, "wb")
