"""The command line. Each command has its own module, imported when the command is called.

A new command: a line in COMMANDS, and a module whose `command` is a function (its docstring is the help,
`\\b` keeps the lines of its example) or a `typer.Typer` with subcommands.
An error that it raises becomes one line on stderr (qualtui.cli.common.guarded); a number that it returns is the
exit code.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from qualtui.cli.common import (
    INTERRUPTED,
    LOW_BANDWIDTH,
    PIPE_CLOSED,
    READ_ONLY,
    UNKNOWN,
    guarded,
    say_error,
    version,
)
from qualtui.cli.options import ConfigOption, LowBandwidthOption
from qualtui.text import _

COMMANDS: dict[str, str] = {
    "demo": "qualtui.cli.demo",
    "watch": "qualtui.cli.watch",
    "status": "qualtui.cli.status_command",
    "incidents": "qualtui.cli.incidents",
    "silence": "qualtui.cli.silence",
    "oncall": "qualtui.cli.oncall",
    "people": "qualtui.cli.people",
    "fix": "qualtui.cli.fix",
    "customers": "qualtui.cli.customers",
    "notify": "qualtui.cli.notify",
    "doctor": "qualtui.cli.doctor",
    "rules": "qualtui.cli.rules",
    "series": "qualtui.cli.series",
    "backup": "qualtui.cli.backup",
    "restore": "qualtui.cli.restore",
    "guard": "qualtui.cli.guard",
    "config": "qualtui.cli.config",
    "completion": "qualtui.cli.completion",
}

# Typer keeps its own copy of click or not, by version; this finds its error in both.
_UsageError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


class Commands(TyperGroup):
    """The group of commands: it imports only the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the help."""
        return [*super().list_commands(ctx), *(name for name, module in COMMANDS.items() if find_spec(module))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now; None if there is no command of this name."""
        module = COMMANDS.get(cmd_name)
        if module is None or find_spec(module) is None:
            return super().get_command(ctx, cmd_name)
        return built(cmd_name, import_module(module).command)

    def main(  # type: ignore[override]  # click's overloads differ between typer's versions
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run a command line; exit the process with its exit code unless `standalone_mode` is False."""
        standalone = extra.pop("standalone_mode", True)
        run = super().main

        def call() -> object:
            try:
                return run(args=args, prog_name=prog_name, standalone_mode=False, **extra)
            except _UsageError as error:
                problem: str = error.format_message()
                if "\n" in problem:  # a group without its command: the group's help
                    print(problem, file=sys.stderr)
                else:
                    about = getattr(getattr(error, "ctx", None), "command_path", "qualtui")
                    say_error(
                        _("{problem} Help: {command} --help").format(
                            problem=problem.rstrip(".") + ".", command=about
                        )
                    )
                return UNKNOWN
            except SystemExit as ending:
                if isinstance(ending.__context__, BrokenPipeError):
                    return PIPE_CLOSED
                raise
            except typer.Abort:
                return INTERRUPTED

        code = guarded(call)
        if standalone:
            sys.exit(code)
        return code


def built(name: str, command: Any) -> TyperCommand | TyperGroup:
    """A module's `command` as Typer runs it, its help in the reader's language."""
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    if isinstance(command, typer.Typer):
        holder.add_typer(command, name=name)
    else:
        holder.command(name)(command)
    made: Any = get_group(holder).commands[name]
    made.help = _(made.help) if made.help else made.help
    return made  # type: ignore[no-any-return]


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_(
        "Watch a WhatsApp bot, see why customers wait, and fix it."
        " Without a command, the screen opens.\n\n\b\nExample:\n  qualtui\n  qualtui demo"
    ),
)


def _version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def root(
    config: ConfigOption = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            help=_("Only look: the engine refuses to change anything. Or set $QUALTUI_READ_ONLY."),
        ),
    ] = False,
    low_bandwidth: LowBandwidthOption = False,
    tv: Annotated[
        bool,
        typer.Option("--tv", help=_("The wall: four facts to be read from across the room, without a command.")),
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=_("Print the version and exit."))
    ] = False,
) -> None:
    """Options before the command: they are valid for the command and for every process that it starts."""
    del version
    if tv:  # alone it opens the wall before this is called
        raise typer.BadParameter(
            _("--tv takes no command: qualtui --tv, or qualtui demo --tv."), param_hint="--tv"
        )
    if read_only:
        os.environ[READ_ONLY] = "1"
    if low_bandwidth:
        os.environ[LOW_BANDWIDTH] = "1"
    if config is not None:
        os.environ["QUALTUI_CONFIG"] = str(config.absolute())


@app.command(
    "i",
    help=_("Open the screen at an incident.\n\n\b\nExample:\n  qualtui i 42"),
    short_help=_("Open the screen at an incident."),
)
def incident(
    number: Annotated[int, typer.Argument(min=1, max=10**9, metavar="NUMBER", help=_("The incident's number."))],
    config: ConfigOption = None,
) -> None:
    """Open the screen at an incident."""
    from qualtui.cli.window import open_window

    raise typer.Exit(open_window(config, number))


def run(argv: Sequence[str]) -> int:
    """Run a command line, given without the program's name; return the exit code."""
    code: int = get_command(app).main(args=list(argv), prog_name="qualtui", standalone_mode=False)
    return code
