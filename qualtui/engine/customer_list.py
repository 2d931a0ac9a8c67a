"""The waiting customers of an agent, read from its database on a person's behalf."""

import asyncio
from collections.abc import Sequence

from qualtui.probes.build import customers_of
from qualtui.probes.probe import Probe, ProbeError
from qualtui.text.message import message
from qualtui.wire import CustomerMessage, Customers, ListCustomers, Refused

ASK_LIMIT = 10.0  # s for the database


async def listed_customers(probes: Sequence[Probe], ask: ListCustomers, limit: int) -> Customers | Refused:
    """At most `limit` customers; refused where the database is not configured or does not answer."""
    probe = customers_of(probes, ask.agent)
    if probe is None:
        return Refused(message("no database is configured for {agent}", agent=ask.agent))
    try:
        async with asyncio.timeout(ASK_LIMIT):
            found = await probe.who(limit + 1, old=ask.backlog)
        return Customers(ask.agent, found[:limit], more=len(found) > limit)
    except (ProbeError, TimeoutError) as error:
        return Refused(message("the database fails: {reason}", reason=str(error) or message("no answer in time")))


async def customer_messages(
    probes: Sequence[Probe], agent: str, lead: str
) -> tuple[CustomerMessage, ...] | Refused:
    """The messages of one customer; refused where the database is not configured or does not answer."""
    probe = customers_of(probes, agent)
    if probe is None:
        return Refused(message("no database is configured for {agent}", agent=agent))
    try:
        async with asyncio.timeout(ASK_LIMIT):
            return await probe.messages(lead)
    except (ProbeError, TimeoutError) as error:
        return Refused(message("the database fails: {reason}", reason=str(error) or message("no answer in time")))


async def customer_phone(probes: Sequence[Probe], agent: str, lead: str) -> str | Refused:
    """The phone number of a waiting customer, digits alone; refused where it can't be read now."""
    probe = customers_of(probes, agent)
    if probe is None:
        return Refused(message("no database is configured for {agent}", agent=agent))
    try:
        async with asyncio.timeout(ASK_LIMIT):
            phone = await probe.phone(lead)
    except (ProbeError, TimeoutError) as error:
        return Refused(message("the database fails: {reason}", reason=str(error) or message("no answer in time")))
    return phone or Refused(message("this customer waits no longer, or has no number"))
