"""The program. The screen and `status` import no command-line library: both must be there at once."""

import os
import signal
import sys


def main() -> int:
    """Open the screen or run a command; return the exit code (listed in qualtui.cli.common)."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # ctrl+c ends the imports without a word; `guarded` hears it again
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from qualtui.cli.streams import take

    take()
    argv = sys.argv[1:]
    if shell := os.environ.get("_QUALTUI_COMPLETE"):  # a tab in a shell, also behind no word at all
        from qualtui.cli.common import guarded
        from qualtui.cli.complete import complete

        return guarded(lambda: complete(shell, argv))
    if argv == ["--version"]:
        from qualtui.cli.common import guarded, version

        return guarded(version)
    from qualtui.cli.line import Window, status_of, window_of

    wanted = window_of(argv) or status_of(argv)
    if wanted is None:
        from qualtui.cli.app import run

        return run(argv)
    import gc

    gc.disable()  # for `status`, and until the first picture stands: imports make it slow for nothing
    from qualtui.cli.common import LOW_BANDWIDTH, READ_ONLY, guarded

    if wanted.read_only:
        os.environ[READ_ONLY] = "1"
    if isinstance(wanted, Window):
        if wanted.low_bandwidth:
            os.environ[LOW_BANDWIDTH] = "1"
        from qualtui.cli.window import open_window

        return guarded(lambda: open_window(wanted.config, wanted.number, wall=wanted.wall))
    from qualtui.cli.status import show

    return guarded(lambda: show(wanted.config, short=wanted.short, once=wanted.once, as_json=wanted.as_json))


if __name__ == "__main__":
    sys.exit(main())
