"""`qualtui fix`: list, preview, run, stop and undo fixes."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from qualtui.cli import fix_policy, fix_schedule
from qualtui.cli.common import FAILED, CommandError
from qualtui.cli.customers import only_agent
from qualtui.cli.engine import ask
from qualtui.cli.options import AgentOption, ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.text import _, plural, span
from qualtui.wire import Done, Fixes, ListFixes, Preview, PreviewFix, RunFix, StopFix, UndoFix

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("List, preview, run, stop and undo fixes."), "qualtui fix list", "qualtui fix preview session-cleanup"
    ),
)
command.add_typer(fix_policy.command, name="policy")
command.add_typer(fix_schedule.command, name="schedule")
Name = Annotated[str, typer.Argument(metavar="FIX", help=_("The fix's name, as in `fix list`."))]
ModeOption = Annotated[str, typer.Option("--mode", help=_("For session-cleanup: truth (default) or row."))]
IncidentOption = Annotated[int, typer.Option("--incident", help=_("The incident that you fix."))]


@command.command("list", help=helped(_("List the fixes and the newest runs."), "qualtui fix list"))
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List fixes and runs."""
    fixes = ask(config, ListFixes())
    assert isinstance(fixes, Fixes)
    if as_json:
        print_json(fixes)
        return
    for fix in fixes.fixes:
        state = _("ready") if fix.available else _("not available: {why}").format(why=words(fix.reason))
        print(f"{fix.name} ({fix.agent}): {words(fix.title)}. {words(fix.explain)} [{state}]")
    if fixes.runs:
        print()
        titles = [_("run"), _("started"), _("fix"), _("agent"), _("by"), _("result"), _("details"), _("undo")]
        rows = [
            [run.run, moment_text(run.started_at), run.fix, run.agent, run.who, outcome_word(run.outcome),
             words(run.summary),
             _("undone") if run.undone else _("possible") if run.can_undo else "-"]
            for run in fixes.runs
        ]  # fmt: skip
        print_table(titles, rows)


@command.command(
    help=helped(_("Show what a fix would change now. It changes nothing."), "qualtui fix preview session-cleanup")
)
def preview(
    name: Name,
    agent: AgentOption = "",
    mode: ModeOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Preview a fix."""
    shown = ask(config, PreviewFix(name, agent or only_agent(config), mode))
    assert isinstance(shown, Preview)
    if as_json:
        print_json(shown)
    else:
        print_preview(shown)


@command.command(
    help=helped(
        _("Preview a fix, confirm, run it. Without a terminal it needs --yes."),
        "qualtui fix run session-cleanup",
        "qualtui fix run session-cleanup --yes",
    )
)
def run(
    name: Name,
    agent: AgentOption = "",
    mode: ModeOption = "",
    incident: IncidentOption = 0,
    yes: Annotated[bool, typer.Option("--yes", help=_("Run without confirmation."))] = False,
    config: ConfigOption = None,
) -> None:
    """Run a fix."""
    shown = ask(config, PreviewFix(name, agent or only_agent(config), mode, incident))
    assert isinstance(shown, Preview)
    print_preview(shown)
    if shown.refused:
        raise CommandError(shown.refused, FAILED)
    if not shown.token:
        return
    if not yes and not _confirmed(words(shown.title)):
        raise CommandError(_("Cancelled. Nothing was changed."), FAILED)
    done = ask(config, RunFix(shown.token))
    assert isinstance(done, Done)
    print(words(done.text))
    if done.run:
        print(_("Undo it: qualtui fix undo {run}").format(run=done.run))


@command.command(
    help=helped(
        _("Stop a run: the current step is finished, the rest is left. Safe to repeat."),
        "qualtui fix stop",
        "qualtui fix stop 1a2b3c4d",
    )
)
def stop(
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help=_("The run's id, as in `fix list`. Default: the only running one.")),
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Stop a run."""
    done = ask(config, StopFix(run))
    assert isinstance(done, Done)
    print(words(done.text))


@command.command(help=helped(_("Undo a run, if that is still safe."), "qualtui fix undo 1a2b3c4d"))
def undo(
    run: Annotated[str, typer.Argument(metavar="RUN", help=_("The run's id, as in `fix list`."))],
    config: ConfigOption = None,
) -> None:
    """Undo a run."""
    done = ask(config, UndoFix(run))
    assert isinstance(done, Done)
    print(words(done.text))


_OUTCOMES: dict[str, Callable[[], str]] = {
    "ok": lambda: _("ok"),
    "nothing": lambda: _("nothing to do"),
    "stopped": lambda: _("stopped"),
    "failed": lambda: _("failed"),
    "interrupted": lambda: _("interrupted"),
    "accepted": lambda: _("accepted"),
    "running": lambda: _("running"),
    "stopping": lambda: _("stopping"),
}


def outcome_word(code: str) -> str:
    """A run's outcome for people; `--json` has the code itself."""
    return _OUTCOMES[code]() if code in _OUTCOMES else code


def print_preview(shown: Preview) -> None:
    """A preview for people."""
    print(f"{words(shown.title)} ({shown.agent})")
    for line in shown.explain:
        print(f"  {words(line)}")
    for line in shown.warnings:
        print(f"  ! {words(line)}")
    for item in shown.items:
        age = span(item.age) if item.age else ""
        print(f"  {item.id}  {words(item.what)}  {words(item.why)}  {age}".rstrip())
    more = shown.total - len(shown.items)
    if more > 0:
        print("  " + plural("and {n} more", "and {n} more", more).format(n=more))
    if shown.refused:
        print(f"  ✖ {words(shown.refused)}")
    elif not shown.token:
        print(_("Nothing to do."))


def _confirmed(title: str) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(_("No terminal to confirm in. To run it without confirmation, add --yes."), FAILED)
    print(_("{title}? Type yes to run it: ").format(title=title), end="", flush=True)
    return sys.stdin.readline().strip().lower() == _("yes")
