"""`qualtui fix policy`: which fixes run by themselves; set, stop and start them."""

import sys
import time
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, CommandError
from qualtui.cli.engine import ask
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.eventlog.auto_record import GOOD
from qualtui.text import _, span
from qualtui.wire import Done, PolicyList, SetPolicy, ShowPolicies, StartPolicies, StopPolicies

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    help=helped(_("Show, set, stop and start automatic fixes."), "qualtui fix policy", "qualtui fix policy show"),
)


@command.callback()
def every(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Without a subcommand, show the policies."""
    if context.invoked_subcommand is None:
        show(config, as_json)


@command.command(help=helped(_("Show what each fix does by itself."), "qualtui fix policy show"))
def show(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the policies."""
    shown = ask(config, ShowPolicies())
    assert isinstance(shown, PolicyList)
    if as_json:
        print_json(shown)
        return
    titles = [
        _("fix"),
        _("mode"),
        _("set by"),
        _("an hour"),
        _("a day"),
        _("subjects"),
        _("cooldown"),
        _("breaker"),
        _("would have run"),
        _("helped"),
    ]
    rows = [
        [one.fix, one.mode, _("a person") if one.said else _("configuration"), str(one.per_hour), str(one.per_day),
         str(one.subjects), span(one.cooldown), ", ".join(one.broken) or "-",
         str(one.would_run), str(one.helped)]
        for one in shown.policies
    ]  # fmt: skip
    print_table(titles, rows)
    for one in shown.policies:
        if one.propose:
            print(
                _(
                    '{fix} helped the last {times} times. To let it run by itself: [policies.{fix}] mode = "auto"'
                ).format(fix=one.fix, times=GOOD)
            )
        if one.unproven:
            print(
                _(
                    "{fix} is set to auto and not proven: it is tried out (shadow) until it helped {times} times, "
                    "or [policies.{fix}] proven = true"
                ).format(fix=one.fix, times=GOOD)
            )
        for agent in one.broken:
            print(
                _(
                    "{fix} stopped itself on {agent}: two runs in a row failed. Then: qualtui fix policy start"
                ).format(fix=one.fix, agent=agent)
            )
    if shown.stopped_until > time.time():
        print(
            _("All automatic fixes are stopped until {time}, by {who}.").format(
                time=moment_text(shown.stopped_until), who=shown.stopped_by
            )
        )


@command.command(
    "set",
    help=helped(
        _("Set the mode of a fix: off, suggest, shadow or auto. It holds until it is set again."),
        "qualtui fix policy set gateway-restart suggest",
    ),
)
def set_(
    fix: Annotated[str, typer.Argument(metavar="FIX", help=_("The fix's name, as in `fix list`."))],
    mode: Annotated[str, typer.Argument(metavar="MODE", help=_("off, suggest, shadow or auto."))],
    config: ConfigOption = None,
) -> None:
    """Set the mode of a fix."""
    _done(ask(config, SetPolicy(fix, mode)))


@command.command(
    help=helped(
        _("Stop all automatic fixes at once. People can still run them."),
        "qualtui fix policy stop",
        "qualtui fix policy stop --for 12h",
    )
)
def stop(
    duration: Annotated[
        str, typer.Option("--for", metavar="DURATION", help=_("For how long, such as 30m or 4h."))
    ] = "4h",
    config: ConfigOption = None,
) -> None:
    """Stop automatic fixes."""
    from qualtui.config.durations import DurationError, seconds

    try:
        length = float(seconds(duration))
    except DurationError as error:
        raise CommandError(_("--for: {reason}").format(reason=error), FAILED) from None
    _done(ask(config, StopPolicies(length)))


@command.command(
    help=helped(
        _("Start automatic fixes again, and close the circuit breakers. Without a terminal it needs --yes."),
        "qualtui fix policy start",
    )
)
def start(
    yes: Annotated[bool, typer.Option("--yes", help=_("Start without confirmation."))] = False,
    config: ConfigOption = None,
) -> None:
    """Start automatic fixes again."""
    shown = ask(config, ShowPolicies())
    assert isinstance(shown, PolicyList)
    for one in shown.policies:
        broken = ", ".join(one.broken)
        state = _("two runs failed on {agents}").format(agents=broken) if broken else one.mode
        print(f"  {one.fix}: {state}")
    if not yes:
        if not sys.stdin.isatty():
            raise CommandError(_("No terminal to confirm in. To start without confirmation, add --yes."), FAILED)
        print(_("Start automatic fixes again? Type yes: "), end="", flush=True)
        if sys.stdin.readline().strip().lower() != _("yes"):
            raise CommandError(_("Cancelled. Nothing was changed."), FAILED)
    _done(ask(config, StartPolicies()))


def _done(answer: object) -> None:
    assert isinstance(answer, Done)
    print(words(answer.text))
