"""`qualtui silence`: send no notice of some alerts for a while; list silences, and end them."""

from typing import Annotated

import typer

from qualtui.cli.engine import ask, ask_when
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.config.durations import DurationError, seconds
from qualtui.model.matchers import MatcherError, matcher_of
from qualtui.text import _, plural, span
from qualtui.wire import (
    AddSilence,
    Done,
    ExpireSilence,
    ListSilences,
    PreviewSilence,
    SilencePreview,
    Silences,
)

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("Send no notice of some alerts for a while. The screen keeps its colours."),
        "qualtui silence add 'agent=\"ldc-bot\"' 'link=\"gateway\"' --for 2h --reason 'new phone'",
        "qualtui silence list",
        "qualtui silence expire bcdfgh",
    ),
)


@command.command(
    help=helped(
        _(
            'Silence the alerts that fulfil all MATCHERs: LABEL="VALUE" with = != =~ !~. Labels: agent, rule,'
            " severity, link, incident, and those of the configuration."
            " Many more waiting customers and a new cause notify all the same."
        ),
        "qualtui silence add 'incident=\"42\"' --for 1h --reason 'the provider works on it'",
        "qualtui silence add 'agent=\"ldc-bot\"' 'rule=~\"customers-.*\"' --preview",
    )
)
def add(
    matchers: Annotated[list[str], typer.Argument(metavar="MATCHER...", help=_("What an alert must fulfil."))],
    for_: Annotated[
        str, typer.Option("--for", metavar="DURATION", help=_("How long, such as 30m; at most 30d."))
    ] = "1h",
    reason: Annotated[str, typer.Option("--reason", help=_("Why. Your colleagues can read it."))] = "",
    preview: Annotated[bool, typer.Option("--preview", help=_("Only show what it would hide now."))] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a silence."""
    checked = tuple(_matcher(text) for text in matchers)
    if preview:
        _show_preview(ask(config, PreviewSilence(checked)), as_json)
        return
    lasts = _duration(for_)
    if not reason.strip():
        raise typer.BadParameter(_("Say why: --reason TEXT."))
    done = ask(config, AddSilence(checked, lasts, reason))
    assert isinstance(done, Done)
    print(words(done.text))


@command.command(
    "list",
    help=helped(_("List the silences that run, and what each hides now."), "qualtui silence list --ended"),
)
def list_(
    ended: Annotated[bool, typer.Option("--ended", help=_("List the newest that are over, too."))] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List silences."""
    answer, now = ask_when(config, ListSilences(ended))
    assert isinstance(answer, Silences)
    if as_json:
        print_json(answer.silences)
    elif not answer.silences:
        print(_("No silence."))
    else:
        titles = ["id", _("until"), _("left"), _("by"), _("hides"), _("matchers"), _("reason")]
        rows = [
            [
                one.id,
                moment_text(one.until),
                span(one.until - now) if one.until > now else _("over"),
                one.author,
                str(one.hides) if one.until > now else "-",
                ", ".join(one.matchers),
                one.reason,
            ]
            for one in answer.silences
        ]
        print_table(titles, rows)


@command.command(help=helped(_("End a silence before its time."), "qualtui silence expire bcdfgh"))
def expire(
    silence: Annotated[str, typer.Argument(metavar="ID", help=_("Its id, as `qualtui silence list` shows it."))],
    config: ConfigOption = None,
) -> None:
    """End a silence."""
    done = ask(config, ExpireSilence(silence))
    assert isinstance(done, Done)
    print(words(done.text))


def _show_preview(answer: object, as_json: bool) -> None:
    assert isinstance(answer, SilencePreview)
    if as_json:
        print_json(answer)
        return
    if not answer.alerts:
        print(_("It would hide no alert that fires now."))
        return
    count = len(answer.alerts)
    line = plural("It would hide {n} alert that fires now:", "It would hide {n} alerts that fire now:", count)
    print(line.format(n=count))
    titles = [_("incident"), _("severity"), _("agent"), _("rule"), _("summary")]
    print_table(
        titles,
        [
            [
                f"#{one.number}" if one.number else "-",
                one.severity.value.upper(),
                one.agent,
                one.rule,
                words(one.summary),
            ]
            for one in answer.alerts
        ],
    )


def _matcher(text: str) -> str:
    try:
        return str(matcher_of(text))
    except MatcherError as error:
        raise typer.BadParameter(_("'{text}': expected {expected}.").format(text=text, expected=error)) from None


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except DurationError as error:
        raise typer.BadParameter(
            _("--for '{text}': expected {expected}.").format(text=text, expected=error)
        ) from None
