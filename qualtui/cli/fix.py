"""`qualtui fix`: list, preview, run, stop and take back remedies."""

import sys
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, CommandError
from qualtui.cli.customers import only_agent
from qualtui.cli.engine import ask
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.text import _, plural, span
from qualtui.wire import Done, Fixes, ListFixes, Preview, PreviewFix, RunFix, StopFix, UndoFix

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("Remedies: list, preview, run, stop, undo."), "qualtui fix list", "qualtui fix preview session-cleanup"
    ),
)
Name = Annotated[str, typer.Argument(metavar="FIX", help=_("The remedy's name, as in `fix list`."))]
AgentOption = Annotated[
    str, typer.Option("--agent", metavar="NAME", help=_("Needed where there are several agents."))
]
ModeOption = Annotated[str, typer.Option("--mode", help=_("session-cleanup: truth (default) or row."))]
IncidentOption = Annotated[int, typer.Option("--incident", help=_("The incident that it is for."))]


@command.command("list", help=helped(_("What can be run, and the newest runs."), "qualtui fix list"))
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Lists remedies and runs."""
    fixes = ask(config, ListFixes())
    assert isinstance(fixes, Fixes)
    if as_json:
        print_json(fixes)
        return
    for fix in fixes.fixes:
        state = _("ready") if fix.available else _("not available: {}").format(fix.reason)
        print(f"{fix.name} ({fix.agent}): {fix.title}. {fix.explain} [{state}]")
    if fixes.runs:
        print()
        titles = [_("run"), _("when"), _("fix"), _("agent"), _("who"), _("outcome"), _("what"), _("undo")]
        rows = [
            [run.run, moment_text(run.started_at), run.fix, run.agent, run.who, run.outcome, run.summary,
             _("undone") if run.undone else _("possible") if run.can_undo else "-"]
            for run in fixes.runs
        ]  # fmt: skip
        print_table(titles, rows)


@command.command(
    help=helped(_("What a remedy would change now; changes nothing."), "qualtui fix preview session-cleanup")
)
def preview(
    name: Name,
    agent: AgentOption = "",
    mode: ModeOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Previews a remedy."""
    shown = ask(config, PreviewFix(name, agent or only_agent(config), mode))
    assert isinstance(shown, Preview)
    if as_json:
        print_json(shown)
    else:
        print_preview(shown)


@command.command(
    help=helped(
        _("Preview, ask, run. Without a terminal it needs --yes."),
        "qualtui fix run session-cleanup",
        "qualtui fix run session-cleanup --yes",
    )
)
def run(
    name: Name,
    agent: AgentOption = "",
    mode: ModeOption = "",
    incident: IncidentOption = 0,
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
    config: ConfigOption = None,
) -> None:
    """Runs a remedy."""
    shown = ask(config, PreviewFix(name, agent or only_agent(config), mode, incident))
    assert isinstance(shown, Preview)
    print_preview(shown)
    if shown.refused:
        raise CommandError(shown.refused, FAILED)
    if not shown.token:
        return
    if not yes and not _confirmed(shown.title):
        raise CommandError(_("nothing was changed"), FAILED)
    done = ask(config, RunFix(shown.token))
    assert isinstance(done, Done)
    print(words(done.text))
    if done.run:
        print(_("take it back: qualtui fix undo {}").format(done.run))


@command.command(
    help=helped(
        _("End a run: whoever is being written to is finished, the rest is left. Safe to repeat."),
        "qualtui fix stop",
        "qualtui fix stop 1a2b3c4d",
    )
)
def stop(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help=_("The run's id, as in `fix list`; without it the only one."))
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Stops a run."""
    done = ask(config, StopFix(run))
    assert isinstance(done, Done)
    print(words(done.text))


@command.command(help=helped(_("Take a run back where that is still safe."), "qualtui fix undo 1a2b3c4d"))
def undo(
    run: Annotated[str, typer.Argument(metavar="RUN", help=_("The run's id, as in `fix list`."))],
    config: ConfigOption = None,
) -> None:
    """Takes a run back."""
    done = ask(config, UndoFix(run))
    assert isinstance(done, Done)
    print(words(done.text))


def print_preview(shown: Preview) -> None:
    """A preview for people."""
    print(f"{shown.title} ({shown.agent})")
    for line in shown.explain:
        print(f"  {line}")
    for line in shown.warnings:
        print(f"  ! {line}")
    for item in shown.items:
        print(f"  {item.id}  {item.what}  {item.why}  {span(item.age) if item.age else ''}".rstrip())
    more = shown.total - len(shown.items)
    if more > 0:
        print("  " + plural("and {} more", "and {} more", more).format(more))
    if shown.refused:
        print(f"  ✖ {shown.refused}")
    elif not shown.token:
        print(_("nothing to do"))


def _confirmed(title: str) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(_("not a terminal: say --yes to run it without a question"), FAILED)
    print(_("{}: type yes to do it: ").format(title), end="", flush=True)
    return sys.stdin.readline().strip().lower() == _("yes")
