"""`qualtui customers`: list who waits, close who was answered by hand."""

from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, CommandError, say_error
from qualtui.cli.engine import ask, ask_when, snapshot
from qualtui.cli.options import AgentOption, ConfigOption, JsonOption, helped
from qualtui.cli.tables import print_json, print_table
from qualtui.cli.words import words
from qualtui.text import _, span
from qualtui.tracking.gateway_chats import PSEUDONYM
from qualtui.wire import CloseCustomer, Customers, Done, ListCustomers

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=helped(
        _("List customers who wait for a reply; close those you answered by hand."),
        "qualtui customers list",
        "qualtui customers answered 1a2b3c4d --reason 'called her'",
    ),
)


@command.command(
    "list",
    help=helped(
        _("List the customers who wait, longest wait first. Phone numbers are masked."),
        "qualtui customers list",
        "qualtui customers list --backlog",
    ),
)
def list_(
    backlog: Annotated[
        bool, typer.Option("--backlog", help=_("List those instead who already waited before the first start."))
    ] = False,
    agent: AgentOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who waits."""
    waiting, now = ask_when(config, ListCustomers(agent or only_agent(config), backlog))
    assert isinstance(waiting, Customers)
    if as_json:
        print_json(waiting)
    elif not waiting.customers:
        print(_("The backlog is empty.") if backlog else _("No customer waits."))
    else:
        if waiting.more:
            say_error(_("Only the {n} longest waits are listed.").format(n=len(waiting.customers)))
        titles = ["leads.id", _("waiting for"), _("phone"), _("reason")]
        print_table(
            titles,
            [[_short(one.lead), span(now - one.since), one.phone, words(one.cause)] for one in waiting.customers],
        )


@command.command(
    help=helped(
        _("Close a customer that you answered by hand. A new message opens the wait again."),
        "qualtui customers answered 1a2b3c4d --reason 'called her'",
    )
)
def answered(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("The id, or its beginning."))],
    reason: Annotated[str, typer.Option("--reason", help=_("How you answered. Your colleagues can read it."))],
    agent: AgentOption = "",
    config: ConfigOption = None,
) -> None:
    """Close a customer."""
    done = ask(config, CloseCustomer(agent or only_agent(config), customer, reason))
    assert isinstance(done, Done)
    print(words(done.text))


def _short(lead: str) -> str:
    """The beginning of an id, long enough to be unique; longer for a chat without a lead."""
    return lead[: len(PSEUDONYM) + 8 if lead.startswith(PSEUDONYM) else 8]


def only_agent(config: Path | None) -> str:
    """The name of the only agent. Raises CommandError if there are several."""
    names = [agent.name for agent in snapshot(config).agents]
    if len(names) != 1:
        raise CommandError(
            _("There are several agents. Choose one: --agent {names}").format(names="|".join(names)), FAILED
        )
    return names[0]
