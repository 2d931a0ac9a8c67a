"""What every command shares: exit codes, errors in one line, the configuration, and who you are.

Exit codes of all commands: 0 done (`status`: all well; `watch` and `demo --services-only`: told to end, by ctrl+c
too); 1 refused or failed (`status`: warning); 2 `status` alone: critical; 3 could not be told: no usable
configuration, no engine, a wrong command line (so that a typo in a script that asks for the status never counts as
critical), a full disk behind stdout; 130 any other command: ended with ctrl+c; 141 its reader went away.
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
from qualtui.text import _, clean

if TYPE_CHECKING:
    from qualtui.config.values import Config

OK = 0
FAILED = WARNING = 1
CRITICAL = 2
UNKNOWN = 3
INTERRUPTED = 130
PIPE_CLOSED = 141
NAME_LIMIT = 4096  # bytes of the file that keeps your name


class CommandError(Exception):
    """A command can't do what was asked; the text is one line for people, `code` the exit code."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


class NoConfigurationError(CommandError):
    """There is none, and what to do about it."""

    def __init__(self) -> None:
        super().__init__(
            _("no configuration: `qualtui config init` writes one, `qualtui demo` needs none"), UNKNOWN
        )


def say_error(text: str) -> None:
    """One line on stderr."""
    print(f"qualtui: {clean(text, 500)}", file=sys.stderr)


def version() -> None:
    """Prints it."""
    print(f"qualtui {__version__}")


def first_steps() -> str:
    """How to get a configuration, or to do without: one screen of plain text for who has only installed it."""
    from qualtui.config.errors import ConfigErrors
    from qualtui.config.places import user_file

    text = _(
        """\
qualtui has no configuration yet.

See it at work first, with a simulated bot, database and WhatsApp gateway:

    qualtui demo

Or watch your own bot:

    qualtui config init      writes a commented example to
                             {users}
    (edit it: the bot's address, a read-only DSN of its database, the gateway)
    qualtui config check     says everything that is wrong with it, or ok
    qualtui                  opens the screen

It is looked for in this order: --config FILE, $QUALTUI_CONFIG,
./config.toml, and the file above.
"""
    )
    try:
        users = str(user_file())
    except ConfigErrors:
        users = _("(name a file: this user has no home directory)")
    return text.format(users=users).rstrip()


def find_config(option: Path | None) -> Path | None:
    """The configuration's path, short where it lies below the current folder; None: there is none."""
    from qualtui.config.places import find

    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise CommandError(_("the current folder is gone"), UNKNOWN) from None
    path = find(option, os.environ, here)
    return path.relative_to(here) if path is not None and path.is_relative_to(here) else path


def resolve_config(option: Path | None) -> "Config":
    """The configuration. Raises NoConfigurationError, ConfigErrors."""
    return _resolve(option, window=False)


def resolve_window_config(option: Path | None) -> "Config":
    """What a window needs of it (store, screen, keys); the secrets need not be there. Raises likewise."""
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


def who(*, ask: bool = True) -> str:
    """Your name: $QUALTUI_USER, else as told once, else asked now where somebody can answer, else the login."""
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
        if told := clean(files.read_file(kept, NAME_LIMIT).decode(errors="replace")[:200], 40):
            return told
    login = _login()
    if not (ask and sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return login
    print(_("Who are you? The others see this name beside what you do [{login}]: ").format(login=login), end="",
          file=sys.stderr, flush=True)  # fmt: skip
    answer = clean(sys.stdin.readline(), 40) or login
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(f"{answer}\n", encoding="utf-8")
    except OSError as error:
        say_error(_("your name can't be kept in {path}: {why}").format(path=kept, why=error.strerror))
    return answer


def _login() -> str:
    import getpass

    try:
        return clean(getpass.getuser(), 40) or f"uid {os.getuid()}"
    except (KeyError, OSError, ImportError):  # no such user here, as in a bare container
        return f"uid {os.getuid()}"


def guarded(call: Callable[[], object]) -> int:
    """Runs a command and gives its exit code; whatever goes wrong is one line on stderr, never a traceback.

    $QUALTUI_DEBUG=1 lets an internal error's traceback through.
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
        say_error(_("what it says can't be written: {}").format(error))
        return UNKNOWN
    except CommandError as error:
        say_error(str(error))
        return error.code
    except Exception as error:  # the process's boundary: what nobody foresaw
        return _unforeseen(error)
    return code if isinstance(code, int) and not isinstance(code, bool) else OK


def _unforeseen(error: Exception) -> int:
    from qualtui.client import ClientError
    from qualtui.config.errors import ConfigErrors

    if isinstance(error, ConfigErrors):
        print(error, file=sys.stderr)
        return UNKNOWN
    if isinstance(error, ClientError):
        say_error(str(error))
        return UNKNOWN
    if os.environ.get("QUALTUI_DEBUG"):
        raise error
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}qualtui{os.sep}" in code.co_filename:
            place = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    # Its own text may carry what nobody should read: a row, an address.
    words = _("internal error: {kind} at {place}; QUALTUI_DEBUG=1 shows the traceback")
    say_error(words.format(kind=type(error).__name__, place=place or "?"))
    return UNKNOWN
