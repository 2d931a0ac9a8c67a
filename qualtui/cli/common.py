"""What every command shares: exit codes, errors in one line, the configuration, and your name.

Exit codes: 0 done (`status`: all well; `watch` and `demo --services-only`: stopped, by ctrl+c too); 1 refused or
failed (`status`: warning); 2 critical (`status`) or failures (`doctor`); 3 unknown: no usable configuration, no
engine, a wrong command line (a typo in a script never counts as critical), stdout on a full disk; 130 interrupted
with ctrl+c; 141 the reader of stdout is gone.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qualtui import __version__
from qualtui.cli.streams import UnwrittenError, forget_stream
from qualtui.cli.words import words
from qualtui.text import _, clean
from qualtui.text.message import Saying
from qualtui.wire.commands import Capability

if TYPE_CHECKING:
    from qualtui.config.values import Config

OK = 0
FAILED = WARNING = 1
CRITICAL = 2
UNKNOWN = 3
INTERRUPTED = 130
PIPE_CLOSED = 141
READ_ONLY = "QUALTUI_READ_ONLY"  # in the environment: not empty where this process only looks
LOW_BANDWIDTH = "QUALTUI_LOW_BANDWIDTH"  # likewise: not empty where the screen is drawn rarely
NAME_LIMIT = 4096  # bytes of the file that keeps your name


class CommandError(Exception):
    """A command failed; the text is one line for people, `code` the exit code."""

    def __init__(self, text: Saying, code: int = FAILED) -> None:
        super().__init__(words(text))
        self.code = code


class NoConfigurationError(CommandError):
    """There is no configuration."""

    def __init__(self) -> None:
        super().__init__(
            _("No configuration found. Write one: qualtui config init. Or try: qualtui demo"), UNKNOWN
        )


def say_error(text: str) -> None:
    """One line on stderr."""
    print(f"qualtui: {clean(text, 500)}", file=sys.stderr)


def version() -> None:
    """Print the version."""
    print(f"qualtui {__version__}")


def first_steps() -> str:
    """The first steps after the installation: one screen of plain text."""
    from qualtui.config.errors import ConfigErrors
    from qualtui.config.places import user_file

    text = _(
        """\
qualtui has no configuration yet.

Try it with a simulated bot, database and WhatsApp gateway:

    qualtui demo

Or watch your own bot:

    qualtui config init      writes a commented example to
                             {users}
    (edit it: the bot's address, a read-only DSN of its database, the gateway)
    qualtui config check     lists every mistake in it, or prints ok
    qualtui                  opens the screen

qualtui reads the first of these that is set or exists: --config FILE,
$QUALTUI_CONFIG, ./config.toml, and the file above.
"""
    )
    try:
        users = str(user_file())
    except ConfigErrors:
        users = _("(give a PATH: this user has no home directory)")
    return text.format(users=users).rstrip()


def find_config(option: Path | None) -> Path | None:
    """The configuration's path, relative if it is below the current folder; None if there is none."""
    from qualtui.config.places import find

    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise CommandError(
            _("The current folder does not exist any more. Change to another one."), UNKNOWN
        ) from None
    path = find(option, os.environ, here)
    return path.relative_to(here) if path is not None and path.is_relative_to(here) else path


def resolve_config(option: Path | None) -> "Config":
    """The configuration. Raises NoConfigurationError, ConfigErrors."""
    return _resolve(option, window=False)


def resolve_window_config(option: Path | None) -> "Config":
    """The part that a window needs (store, screen, keys), without secrets. Raises the same errors."""
    return _resolve(option, window=True)


def _resolve(option: Path | None, *, window: bool) -> "Config":
    path = find_config(option)
    if path is None:
        raise NoConfigurationError
    if window:
        from qualtui.config.fast_read import fast_read

        if (plain := fast_read(path)) is not None:
            return plain
    from qualtui.config.load import load, load_window

    return (load_window if window else load)(path, os.environ)


def capability() -> Capability:
    """What this process may have the engine do: only what changes nothing with --read-only."""
    return Capability.VIEW if os.environ.get(READ_ONLY) else Capability.ADMINISTER


def who(*, ask: bool = True) -> str:
    """Return your name: $QUALTUI_USER, the saved one, typed in now (on a terminal), or the login name."""
    if named := clean(os.environ.get("QUALTUI_USER", ""), 40):
        return named
    from qualtui.config import files
    from qualtui.config.errors import ConfigErrors
    from qualtui.config.places import user_file

    try:
        kept = user_file().with_name("user")
    except ConfigErrors:  # no home directory: nowhere to keep an answer
        return _login()
    with suppress(files.UnreadableError):
        if saved := clean(files.read_file(kept, NAME_LIMIT).decode(errors="replace")[:200], 40):
            return saved
    login = _login()
    if not (ask and sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return login
    print(_("Your name? Your colleagues see it beside your actions [{login}]: ").format(login=login), end="",
          file=sys.stderr, flush=True)  # fmt: skip
    answer = clean(sys.stdin.readline(), 40) or login
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(f"{answer}\n", encoding="utf-8")
    except OSError as error:
        say_error(_("Can't save your name in {path}: {why}").format(path=kept, why=error.strerror))
    return answer


def _login() -> str:
    import getpass

    try:
        return clean(getpass.getuser(), 40) or f"uid {os.getuid()}"
    except (KeyError, OSError, ImportError):  # no such user here, as in a bare container
        return f"uid {os.getuid()}"


def guarded(call: Callable[[], object]) -> int:
    """Run a command and return its exit code; every error is one line on stderr, never a traceback.

    With $QUALTUI_DEBUG=1 an internal error shows its traceback.
    """
    try:
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # as `main` left it
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = call()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        forget_stream()
        return PIPE_CLOSED
    except UnwrittenError as error:
        forget_stream()
        say_error(_("Can't write the output: {why}").format(why=error))
        return UNKNOWN
    except CommandError as error:
        say_error(str(error))
        return error.code
    except Exception as error:  # the process's boundary: an unexpected error
        return _unforeseen(error)
    return code if isinstance(code, int) and not isinstance(code, bool) else OK


def _unforeseen(error: Exception) -> int:
    from qualtui.cli.words import words
    from qualtui.client import ClientError
    from qualtui.config.errors import ConfigErrors

    if isinstance(error, ConfigErrors):
        print(error, file=sys.stderr)
        return UNKNOWN
    if isinstance(error, ClientError):
        say_error(words(error.said))
        return UNKNOWN
    if os.environ.get("QUALTUI_DEBUG"):
        raise error
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}qualtui{os.sep}" in code.co_filename:
            place = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    # Its own text may contain a row or an address, which must not be shown.
    template = _("Internal error: {kind} at {place}. Set QUALTUI_DEBUG=1 to see the traceback.")
    say_error(template.format(kind=type(error).__name__, place=place or "?"))
    return UNKNOWN
