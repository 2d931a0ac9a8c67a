"""`qualtui customers`: who waits, and who was answered by hand."""

import time
from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, CommandError, say_error
from qualtui.cli.engine import ask, snapshot
from qualtui.cli.options import ConfigOption, JsonOption, helped
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
        _("Who waits for the bot; close one who was answered by hand."),
        "qualtui customers list",
        "qualtui customers answered 1a2b3c4d --reason 'called her'",
    ),
)
AgentOption = Annotated[
    str, typer.Option("--agent", metavar="NAME", help=_("Needed where there are several agents."))
]


@command.command(
    "list",
    help=helped(
        _("Who waits, the longest wait first; phones masked."),
        "qualtui customers list",
        "qualtui customers list --backlog",
    ),
)
def list_(
    backlog: Annotated[
        bool, typer.Option("--backlog", help=_("Who was silent for over a day before the first start, instead."))
    ] = False,
    agent: AgentOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists who waits."""
    told = ask(config, ListCustomers(agent or only_agent(config), backlog))
    assert isinstance(told, Customers)
    if as_json:
        print_json(told)
    elif not told.customers:
        print(_("the backlog is empty") if backlog else _("nobody waits"))
    else:
        if told.more:
            say_error(_("only the {n} longest waits are listed").format(n=len(told.customers)))
        now = time.time()
        titles = ["leads.id", _("waits"), _("phone"), _("why")]
        print_table(
            titles, [[_short(one.lead), span(now - one.since), one.phone, one.cause] for one in told.customers]
        )


@command.command(
    help=helped(
        _("Close one whom you answered by hand: owed nothing more, unless it writes again."),
        "qualtui customers answered 1a2b3c4d --reason 'called her'",
    )
)
def answered(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("The id, or how it begins."))],
    reason: Annotated[str, typer.Option("--reason", help=_("How; everyone here can read it."))],
    agent: AgentOption = "",
    config: ConfigOption = None,
) -> None:
    """Closes a customer."""
    done = ask(config, CloseCustomer(agent or only_agent(config), customer, reason))
    assert isinstance(done, Done)
    print(words(done.text))


def _short(lead: str) -> str:
    """Enough of an id to name it by; that of a chat without a lead is longer."""
    return lead[: len(PSEUDONYM) + 8 if lead.startswith(PSEUDONYM) else 8]


def only_agent(config: Path | None) -> str:
    """The name of the one agent. CommandError where there are several."""
    names = [agent.name for agent in snapshot(config).agents]
    if len(names) != 1:
        raise CommandError(_("which agent? --agent {}").format("|".join(names)), FAILED)
    return names[0]
