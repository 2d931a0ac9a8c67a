"""`qualtui incidents`: list, show, acknowledge and note incidents."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from qualtui.cli.engine import ask, ask_when, snapshot
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.status import more
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.model import Phase
from qualtui.text import _, span
from qualtui.widgets.handover_words import handover_lines
from qualtui.widgets.incident_words import alert_words, notice_words
from qualtui.widgets.words import call_words, severity_word
from qualtui.wire import (
    Acknowledge,
    AddNote,
    CloseIncident,
    Done,
    Handover,
    IncidentDetail,
    IncidentView,
    ShowHandover,
    ShowIncident,
    SnoozeIncident,
    UndoAcknowledge,
)

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("List, show, acknowledge, note and close incidents."),
        "qualtui incidents list",
        "qualtui incidents ack 42",
    ),
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
            _what(one, now),
            one.owner or "-",
            words(one.notices) or "-",
        ]
        for one in incidents
    ]


@command.command(
    "list",
    help=helped(_("List the open incidents, worst first."), "qualtui incidents list --all"),
)
def list_(
    everything: Annotated[bool, typer.Option("--all", help=_("List the newest resolved incidents, too."))] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List incidents."""
    shot = snapshot(config)
    chosen = tuple(one for one in shot.incidents if everything or one.phase is Phase.FIRING)
    if as_json:
        print_json(chosen)
    elif not chosen:
        print(_("No open incident."))
    else:
        titles = [_("number"), _("severity"), _("lasts"), _("agent"), _("summary"), _("owner"), _("notices")]
        print_table(titles, incident_table(chosen, shot.at))
        print("\n".join(more(shot)), end="\n" if more(shot) else "")


@command.command(help=helped(_("Show an incident and its history."), "qualtui incidents show 42"))
def show(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show an incident."""
    detail, now = ask_when(config, ShowIncident(number))
    assert isinstance(detail, IncidentDetail)
    if as_json:
        print_json(detail)
        return
    one = detail.incident
    template = _("resolved after {lasted}") if one.phase is Phase.RESOLVED else _("open for {lasted}")
    lasted = span((one.resolved_at or now) - one.since)
    print(f"#{one.number} {severity_word(one)} {one.agent}: {_what(one, now)} ({template.format(lasted=lasted)})")
    for word, text in (
        (_("flaps"), _held(one)),
        (_("cause"), words(one.cause)),
        (_("owner"), one.owner or _("no one")),
        (_("paged"), _paged(one)),
        (
            _("lapses"),
            _("in {left} without a sign").format(left=span(one.lapses_at - now)) if one.lapses_at else "",
        ),
        (_("next"), call_words(one.call, now) if one.call is not None else ""),
        (_("fix"), one.fix),
        (_("runbook"), words(one.runbook)),
    ):
        if text:
            print(f"  {word:8} {text}")
    for alert in detail.alerts:
        print(f"  {_('alert'):8} {alert_words(alert, now)}")
    for notice in detail.notices:
        print(f"  {_('notice'):8} {notice_words(notice, moment_text(notice.queued_at))}")
    for line in detail.history:
        print(f"  {moment_text(line.at)}  {line.who:12} {words(line.text)}")


@command.command(
    help=helped(
        _("Acknowledge an incident: your colleagues see that you work on it."),
        "qualtui incidents ack 42",
        "qualtui incidents ack 42 --undo",
    )
)
def ack(
    number: Number,
    release: Annotated[bool, typer.Option("--release", help=_("Release it: you no longer work on it."))] = False,
    take: Annotated[bool, typer.Option("--take", help=_("Take it over from its owner."))] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help=_("Undo your acknowledgement, while no one else acted since."))
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", help=_("What you will do. Your colleagues can read it."))
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Acknowledge an incident."""
    if sum((release, take, undo)) > 1:
        raise typer.BadParameter(_("Use one of --release, --take and --undo."))
    if undo:
        _say(ask(config, UndoAcknowledge(number)))
    else:
        expect = _owner(config, number) if take else ""
        _say(ask(config, Acknowledge(number, expect, release, reason)))


@command.command(
    help=helped(_("Release an incident: you no longer work on it."), "qualtui incidents release 42"),
)
def release(number: Number, config: ConfigOption = None) -> None:
    """Release an incident."""
    _say(ask(config, Acknowledge(number, release=True)))


@command.command(
    help=helped(
        _("Own an incident without reminders for 30 minutes. A worse one is still notified."),
        "qualtui incidents snooze 42",
    )
)
def snooze(
    number: Number,
    take: Annotated[bool, typer.Option("--take", help=_("Take it over from its owner."))] = False,
    config: ConfigOption = None,
) -> None:
    """Snooze an incident."""
    _say(ask(config, SnoozeIncident(number, _owner(config, number) if take else "")))


@command.command(
    help=helped(
        _("Close an incident whose source is gone. Refused while its condition holds by fresh evidence."),
        "qualtui incidents close 42 --reason 'the service was removed'",
    )
)
def close(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help=_("Why it is over. Your colleagues can read it."))],
    force: Annotated[bool, typer.Option("--force", help=_("Close it although its condition holds."))] = False,
    config: ConfigOption = None,
) -> None:
    """Close an incident."""
    _say(ask(config, CloseIncident(number, reason, force)))


@command.command(
    help=helped(
        _("Print what the next person on call must know: open incidents, what was tried, and who tried it."),
        "qualtui incidents handover",
    )
)
def handover(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print the handover digest."""
    digest = ask(config, ShowHandover())
    assert isinstance(digest, Handover)
    if as_json:
        print_json(digest)
    else:
        print("\n".join(handover_lines(digest, words, moment_text)))


@command.command(
    help=helped(_("Add a note. Phone numbers in it are masked."), "qualtui incidents note 42 'gateway restarted'")
)
def note(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("The note."))],
    config: ConfigOption = None,
) -> None:
    """Add a note to an incident."""
    _say(ask(config, AddNote(number, text)))


def _what(incident: IncidentView, now: float) -> str:
    """What an incident is about; marked where it flaps, and where its alert has no data."""
    text = words(incident.summary)
    if incident.unseen_since is not None:
        text = _("{what} (no data for {age})").format(what=text, age=span(now - incident.unseen_since))
    return f"{words(incident.flapping)}: {text}" if incident.flapping else text


def _held(incident: IncidentView) -> str:
    """How often it began of late, where it flaps."""
    if not incident.flapping:
        return ""
    return _("{flapping}; notices of its end and return are held").format(flapping=words(incident.flapping))


def _paged(one: IncidentView) -> str:
    """Who was called last, through which channel, and what became of it."""
    if one.paged is None:
        return ""
    fate = _("delivered") if one.paged.status == "delivered" else _("not delivered")
    return _("{who} at {time}, {channel}: {fate}").format(
        who=one.paged.who, time=moment_text(one.paged.at), channel=one.paged.channel, fate=fate
    )


def _owner(config: Path | None, number: int) -> str:
    detail = ask(config, ShowIncident(number))
    assert isinstance(detail, IncidentDetail)
    return detail.incident.owner


def _say(answer: msgspec.Struct) -> None:
    assert isinstance(answer, Done)
    print(words(answer.text))
