"""`qualtui oncall`: show who is on call, take it, give it."""

import time
from datetime import datetime, timedelta
from typing import Annotated

import typer

from qualtui.cli.common import UNKNOWN, CommandError
from qualtui.cli.engine import ask, ask_when
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json
from qualtui.cli.words import words
from qualtui.config.durations import DurationError, seconds
from qualtui.text import _, clean
from qualtui.wire import AssignOncall, Done, Oncall, ShowOncall

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("Show who is on call, take it, give it to someone else."),
        "qualtui oncall show",
        "qualtui oncall give ana --until 18:00",
    ),
)
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="TIME", help=_("A time (18:00, 2026-12-01 08:00) or a duration (8h); default: no end.")
    ),
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help=_("A time or a duration from now; default: now."))
]


@command.command(help=helped(_("Show who is on call and who is next."), "qualtui oncall show"))
def show(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show who is on call."""
    answer = ask_when(config, ShowOncall())[0]
    assert isinstance(answer, Oncall)
    if as_json:
        print_json(answer)
        return
    if not answer.who:
        print(_("No one is on call."))
    elif not answer.taken:
        print(_("{who} is called; no one has taken the call.").format(who=answer.who))
    elif answer.until is None:
        print(_("{who} is on call.").format(who=answer.who))
    else:
        print(_("{who} is on call until {time}.").format(who=answer.who, time=moment_text(answer.until)))
    print(_("Next: {who}").format(who=answer.next or _("no one")))
    for shift in answer.planned:
        print(_("Planned: {who} from {time}").format(who=shift.who, time=moment_text(shift.since)))
    if answer.gap is not None:
        print(_("No one has taken it from {time} on.").format(time=moment_text(answer.gap)))


@command.command(help=helped(_("Take the call yourself."), "qualtui oncall take --until 8h"))
def take(until: UntilOption = None, config: ConfigOption = None) -> None:
    """Take the call."""
    _say(ask(config, AssignOncall(until=moment(until, "--until"))))


@command.command(help=helped(_("Give the call to someone."), "qualtui oncall give ana --until 18:00"))
def give(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("A person of [people.NAME]."))],
    until: UntilOption = None,
    start: FromOption = None,
    config: ConfigOption = None,
) -> None:
    """Give the call to someone."""
    _say(ask(config, AssignOncall(name, moment(start, "--from"), moment(until, "--until"))))


def moment(text: str | None, option: str, now: float | None = None) -> float:
    """The instant that a text names in this machine's zone; 0 where None is given. Raises CommandError."""
    if text is None:
        return 0.0
    at = time.time() if now is None else now
    try:
        return at + seconds(text)
    except DurationError:
        pass
    today = datetime.fromtimestamp(at).astimezone()
    try:
        clock = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        return _dated(text, option)
    then = datetime.combine(today.date(), clock).astimezone()
    if then.timestamp() <= at:
        then = datetime.combine(today.date() + timedelta(days=1), clock).astimezone()
    return then.timestamp()


def _dated(text: str, option: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        what = _("{option}: '{text}' is neither a time (18:00, 2026-12-01 08:00) nor a duration (8h).")
        raise CommandError(what.format(option=option, text=clean(text, 40)), UNKNOWN) from None


def _say(answer: object) -> None:
    assert isinstance(answer, Done)
    print(words(answer.text))
