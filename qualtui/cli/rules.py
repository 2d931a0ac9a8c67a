"""`qualtui rules`: list the rules, test a file of them, and see what other rules would have paged."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from qualtui.cli.common import FAILED, OK, UNKNOWN, CommandError, resolve_config
from qualtui.cli.options import ConfigOption, JsonOption, helped
from qualtui.cli.tables import moment_text, print_json, print_table
from qualtui.cli.words import words
from qualtui.config.values import Config, Rule
from qualtui.model import Phase
from qualtui.text import _

if TYPE_CHECKING:
    from qualtui.client import Client
    from qualtui.wire import RuleAlerts

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("List the alert rules, test them, and compare them by what they would have paged."),
        "qualtui rules list",
        "qualtui rules test rules.toml",
        "qualtui rules backtest --since 7d --rules rules.toml",
    ),
)


@command.command(
    "list", help=helped(_("List the rules in effect, with their thresholds."), "qualtui rules list --json")
)
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the rules."""
    rules = resolve_config(config).rules
    if as_json:
        from qualtui.config.dump import plain

        print_json(plain(resolve_config(config))["rules"])
        return
    titles = [_("rule"), _("series"), _("severities"), _("for"), _("link"), _("fix")]
    rows = [_row(name, rule) for name, rule in rules.items()]
    alerts = _alerts(config)
    if alerts is not None:
        titles.append(_("now"))
        rows = [[*row, _now(row[0], alerts)] for row in rows]
    print_table(titles, rows)


def _alerts(config: Path | None) -> "RuleAlerts | None":
    """The alerts of a running engine; None without one, for the list is about the configuration."""
    from qualtui.cli.engine import engine_connected
    from qualtui.wire import RuleAlerts, ShowRuleAlerts

    async def put(client: "Client") -> object:
        return await client.ask(ShowRuleAlerts(), timeout=3)

    try:
        answer = engine_connected(config, put)
    except CommandError:
        return None
    return answer if isinstance(answer, RuleAlerts) else None


def _now(rule: str, alerts: "RuleAlerts") -> str:
    """How a rule's alerts stand, of all agents: those without data neither begin nor end."""
    mine = [one for one in alerts.alerts if one.rule == rule]
    idle = [one for one in alerts.idle if one.rule == rule]
    counts = (
        (sum(one.phase is Phase.FIRING for one in mine), _("{n} firing"), _("{n} firing")),
        (sum(one.phase is Phase.PENDING for one in mine), _("{n} pending"), _("{n} pending")),
        (sum(one.unseen_since is not None for one in mine), _("{n} no data"), _("{n} no data")),
        (sum(one.no_data for one in idle), _("inactive: no data"), _("inactive: {n} no data")),
        (sum(one.no_source for one in idle), _("inactive: no source"), _("inactive: {n} no source")),
    )
    return ", ".join((one if n == 1 else many).format(n=n) for n, one, many in counts if n) or "-"


def _row(name: str, rule: Rule) -> list[str]:
    from qualtui.config.durations import written

    return [
        name,
        rule.series,
        thresholds(rule) if rule.enabled else _("switched off"),
        written(rule.for_),
        "-" if rule.link is None else rule.link.value,
        rule.fix or "-",
    ]


def thresholds(rule: Rule) -> str:
    """A rule's thresholds by severity, in one line."""
    if rule.absent is not None:
        return _("{severity} without data").format(severity=rule.absent.value)
    levels = (("info", rule.info), ("warning", rule.warning), ("critical", rule.critical))
    return ", ".join(f"{name} {rule.op.value} {float(level):g}" for name, level in levels if level is not None)


@command.command(
    "test",
    help=helped(
        _(
            "Test rules against the series in FILE. Exit code 1: an expectation is not met; 3: the file is wrong."
            " Without [[rules]] in it, the configured rules are tested."
        ),
        "qualtui rules test rules.toml",
    ),
)
def run_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The file with rules, series, expectations."))],
    config: ConfigOption = None,
) -> None:
    """Run the tests of a file."""
    from qualtui.alerts.rule_test import run_test
    from qualtui.config.rule_tests import read_rule_tests, unknown_names

    given = read_rule_tests(file)
    rules = resolve_config(config).rules if given.rules is None else given.rules
    unknown_names(file, given, rules)
    failed = 0
    for number, each in enumerate(given.tests, 1):
        for one in run_test(each, rules, given.interval):
            failed += 1
            print(
                _("{file}: test {number} at {at}: {phase}: expected {expected}; found {found}").format(
                    file=file,
                    number=number,
                    at=_at(one.at),
                    phase=one.phase.value,
                    expected=_names(one.expected),
                    found=_names(one.found),
                )
            )
    total = sum(len(each.expected) for each in given.tests)
    if failed:
        print(_("{failed} differences in {total} moments").format(failed=failed, total=total))
        raise typer.Exit(FAILED)
    print(_("ok: {total} moments in {tests} tests").format(total=total, tests=len(given.tests)))
    raise typer.Exit(OK)


def _at(seconds: float) -> str:
    from qualtui.config.durations import written

    return written(seconds)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or _("none")


@command.command(
    help=helped(
        _(
            "Compare two sets of rules by the pages that they would have given, from the stored samples: the"
            " configured rules with those of --rules, or without it the built-in ones with the configured ones."
        ),
        "qualtui rules backtest --since 7d --rules rules.toml",
    )
)
def backtest(
    since: Annotated[str, typer.Option("--since", metavar="DURATION", help=_("How far to look back."))] = "7d",
    file: Annotated[
        Path | None,
        typer.Option("--rules", metavar="FILE", help=_("[[rules]] that change or add to the configured.")),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two sets of rules."""
    from qualtui.alerts.backtest import compare_rules
    from qualtui.config.durations import written
    from qualtui.config.places import store_path
    from qualtui.config.rule_tests import rules_of_file
    from qualtui.config.rules import BUILT_IN
    from qualtui.store.errors import StoreError
    from qualtui.store.past import stored_past
    from qualtui.store.sqlite import SqliteReader

    length = _length(since)
    read = resolve_config(config)
    after = read.rules if file is None else rules_of_file(file, read.rules, _figures(read))
    before = BUILT_IN if file is None else read.rules
    until = time.time()
    try:
        with SqliteReader.look(store_path(read)) as store:
            past = stored_past(store, until - length, until)
            found = compare_rules(tuple(read.agents), before, after, past, until - length, until)
    except StoreError as error:
        raise CommandError(words(error.text), UNKNOWN) from None
    if as_json:
        print_json({"since": until - length, "until": until, **msgspec.structs.asdict(found)})
        return
    print(
        _("Pages, {length} until now: {before} by the rules before, {after} by the others").format(
            length=written(length), before=sum(found.before.values()), after=sum(found.after.values())
        )
    )
    rows = [
        [name, *(str(count) for count in (*found.counts(name), found.before[name], found.after[name]))]
        for name in found.rules
    ]
    if rows:
        titles = [_("rule"), _("added"), _("removed"), _("earlier"), _("later"), _("before"), _("after")]
        print_table(titles, rows)
    for one in found.changes:
        print(_moved(one.rule, one.agent, one.before, one.after))


def _moved(rule: str, agent: str, before: float | None, after: float | None) -> str:
    """One page that differs, as a line."""
    from qualtui.text import span

    if before is None:
        return _("added: {rule} of {agent} at {at}").format(rule=rule, agent=agent, at=moment_text(after or 0.0))
    if after is None:
        return _("removed: {rule} of {agent} at {at}").format(rule=rule, agent=agent, at=moment_text(before))
    template = (
        _("earlier by {span}: {rule} of {agent}, at {at}")
        if after < before
        else _("later by {span}: {rule} of {agent}, at {at}")
    )
    return template.format(span=span(abs(after - before)), rule=rule, agent=agent, at=moment_text(after))


def _length(text: str) -> float:
    from qualtui.config.durations import DurationError, seconds

    try:
        found = seconds(text)
    except DurationError as error:
        raise CommandError(_("--since: expected {expected}").format(expected=error), UNKNOWN) from None
    if found <= 0:
        raise CommandError(_("--since: expected a duration above 0"), UNKNOWN)
    return found


def _figures(config: Config) -> list[str]:
    return sorted({name for agent in config.agents.values() for name in agent.series})
