"""`qualtui incidents`: list, show, take, and remark on incidents."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from qualtui.cli.engine import ask, snapshot
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.status import more
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.model import Phase
from qualtui.text import _, span
from qualtui.widgets.words import severity_word
from qualtui.wire import Acknowledge, AddNote, Done, IncidentDetail, IncidentView, ShowIncident

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(_("List, show, take and note incidents."), "qualtui incidents list", "qualtui incidents ack 42"),
)
Number = Annotated[int, typer.Argument(min=1, max=10**9, metavar="NUMBER", help=_("The incident's number."))]


def incident_table(incidents: tuple[IncidentView, ...], now: float) -> list[list[str]]:
    """Incidents as rows of text."""
    return [
        [
            f"#{one.number}",
            severity_word(one) if one.phase is Phase.FIRING else _("resolved"),
            span((one.resolved_at or now) - one.since),
            one.agent,
            one.summary,
            one.owner or "-",
            one.notices or "-",
        ]
        for one in incidents
    ]


@command.command(
    "list",
    help=helped(_("Open incidents, worst first; then the newest resolved."), "qualtui incidents list --all"),
)
def list_(
    everything: Annotated[bool, typer.Option("--all", help=_("Resolved ones too."))] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists incidents."""
    shot = snapshot(config)
    chosen = tuple(one for one in shot.incidents if everything or one.phase is Phase.FIRING)
    if as_json:
        print_json(chosen)
    elif not chosen:
        print(_("no open incident"))
    else:
        titles = [_("number"), _("severity"), _("lasts"), _("agent"), _("what"), _("who"), _("notices")]
        print_table(titles, incident_table(chosen, shot.at))
        print("\n".join(more(shot)), end="\n" if more(shot) else "")


@command.command(help=helped(_("All that is known of an incident."), "qualtui incidents show 42"))
def show(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Shows an incident."""
    detail = ask(config, ShowIncident(number))
    assert isinstance(detail, IncidentDetail)
    if as_json:
        print_json(detail)
        return
    one = detail.incident
    until = _("resolved after {}") if one.phase is Phase.RESOLVED else _("since {}")
    lasted = span((one.resolved_at or time.time()) - one.since)
    print(f"#{one.number} {severity_word(one)} {one.agent}: {one.summary} ({until.format(lasted)})")
    for word, text in (
        (_("why"), one.cause),
        (_("who"), one.owner or _("nobody")),
        (_("fix"), one.fix),
        (_("runbook"), one.runbook),
    ):
        if text:
            print(f"  {word:8} {text}")
    for line in detail.history:
        print(f"  {moment_text(line.at)}  {line.who:12} {line.text}")


@command.command(
    help=helped(
        _("I've got it: others see your name."), "qualtui incidents ack 42", "qualtui incidents ack 42 --release"
    )
)
def ack(
    number: Number,
    release: Annotated[bool, typer.Option("--release", help=_("Give it back."))] = False,
    take: Annotated[bool, typer.Option("--take", help=_("Take it from whoever has it."))] = False,
    config: ConfigOption = None,
) -> None:
    """Takes an incident."""
    expect = _owner(config, number) if take else ""
    _say(ask(config, Acknowledge(number, expect, release)))


@command.command(
    help=helped(
        _("Add a remark; phone numbers in it are masked."), "qualtui incidents note 42 'gateway restarted'"
    )
)
def note(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("The remark."))],
    config: ConfigOption = None,
) -> None:
    """Notes on an incident."""
    _say(ask(config, AddNote(number, text)))


def _owner(config: Path | None, number: int) -> str:
    detail = ask(config, ShowIncident(number))
    assert isinstance(detail, IncidentDetail)
    return detail.incident.owner


def _say(answer: msgspec.Struct) -> None:
    assert isinstance(answer, Done)
    print(words(answer.text))
