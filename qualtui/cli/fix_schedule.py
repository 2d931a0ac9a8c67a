"""`qualtui fix schedule`: answers that wait for contact hours; list, add and cancel them."""

from typing import Annotated

import typer

from qualtui.cli.customers import only_agent
from qualtui.cli.engine import ask, snapshot
from qualtui.cli.options import AgentOption, ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.text import _, span
from qualtui.wire import CancelSchedule, Done, ScheduleFix

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("List, add and cancel scheduled fixes: answers that wait for contact hours."),
        "qualtui fix schedule list",
        "qualtui fix schedule add retry --incident 42",
        "qualtui fix schedule cancel",
    ),
)


@command.command(
    "list", help=helped(_("List what is scheduled, the next one first."), "qualtui fix schedule list")
)
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List schedules."""
    shot = snapshot(config)
    if as_json:
        print_json(shot.scheduled)
    elif not shot.scheduled:
        print(_("Nothing is scheduled."))
    else:
        titles = ["id", _("at"), _("in"), _("fix"), _("agent"), _("customers"), _("by")]
        rows = [
            [
                one.id,
                moment_text(one.due_at),
                span(one.due_at - shot.at),
                one.fix,
                one.agent,
                str(one.count),
                one.who,
            ]
            for one in shot.scheduled
        ]
        print_table(titles, rows)


@command.command(
    help=helped(
        _("Run a fix when contact hours begin, for those who may not be written to before."),
        "qualtui fix schedule add retry --incident 42",
    )
)
def add(
    name: Annotated[str, typer.Argument(metavar="FIX", help=_("The fix's name, as in `fix list`."))],
    agent: AgentOption = "",
    incident: Annotated[
        int, typer.Option("--incident", min=0, max=10**9, help=_("The incident that you fix: silent until then."))
    ] = 0,
    config: ConfigOption = None,
) -> None:
    """Schedule a fix."""
    _say(ask(config, ScheduleFix(name, agent or only_agent(config), incident)))


@command.command(
    help=helped(_("Cancel a scheduled fix. Without ID: the only one."), "qualtui fix schedule cancel 1a2b3c4d")
)
def cancel(
    schedule: Annotated[
        str, typer.Argument(metavar="ID", help=_("Its id, as `fix schedule list` shows it."))
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Cancel a schedule."""
    _say(ask(config, CancelSchedule(schedule)))


def _say(answer: object) -> None:
    assert isinstance(answer, Done)
    print(words(answer.text))
