"""Commands on customers: list who waits, close one who was answered by hand."""

from qualtui.engine.commands.context import CommandContext
from qualtui.eventlog.customers import HOUR, CustomerClosed, CustomerRevealed
from qualtui.model import State
from qualtui.probes.customers import EVERYBODY
from qualtui.text import clean, masked
from qualtui.text.message import message
from qualtui.wire import (
    Answer,
    CloseCustomer,
    CustomerDetail,
    Done,
    ListCustomers,
    Refused,
    RevealCustomer,
    Revealed,
    ShowCustomer,
)

REVEALS = 20  # phone numbers that are shown in an hour at most
SHOWN = 120.0  # s that a window may show one
LISTED = 10_000  # waiting customers in a list at most: 3 MB; a search for one looks at all


async def customers(context: CommandContext, ask: ListCustomers, who: str) -> Answer:
    """Return the waiting customers, the longest wait first."""
    del who
    return await context.customers(ask, max(1, min(ask.limit, LISTED)))


async def show(context: CommandContext, ask: ShowCustomer, who: str) -> Answer:
    """Return the times of the messages in both directions, and what each fix can do for this customer."""
    del who
    found = await context.messages(ask.agent, ask.lead)
    if isinstance(found, Refused):
        return found
    return CustomerDetail(ask.lead, found, await context.fixes.for_customer(ask.agent, ask.lead))


async def reveal(context: CommandContext, ask: RevealCustomer, who: str) -> Answer:
    """Return a customer's phone number, once it is written down who sees it, and why. At most REVEALS an hour."""
    found = await context.phone(ask.agent, ask.lead)
    if isinstance(found, Refused):
        return found
    now = context.clock()

    def audited(state: State) -> list[tuple[CustomerRevealed, str]]:
        allowed = _shown(state, now) < REVEALS
        return [(CustomerRevealed(ask.agent, ask.lead, who, ask.reason.value), "")] if allowed else []

    if not await context.journal.decide(audited):
        return Refused(message("{number:whole} numbers were shown within an hour: no more are", number=REVEALS))
    if context.journal.trouble:
        return Refused(message("the store fails, so who sees the number is not written down: it is not shown"))
    return Revealed(found, SHOWN, max(0, REVEALS - _shown(context.journal.state, now)))


def _shown(state: State, now: float) -> int:
    return sum(at > now - HOUR for at in state.reveals)


async def close(context: CommandContext, ask: CloseCustomer, who: str) -> Answer:
    """Close one customer who waits. What the customer wrote after the caller looked stays a pending reply."""
    reason = masked(clean(ask.reason, 200))
    if not reason:
        return Refused(message("give a reason: how was the customer answered?"))
    listed = await context.customers(ListCustomers(ask.agent), EVERYBODY)
    if isinstance(listed, Refused):
        return listed
    start = clean(ask.lead, 40)
    found = [one for one in listed.customers if one.lead.startswith(ask.lead)] if ask.lead else []
    if not found:
        return Refused(message("no waiting customer has an id that begins with '{start}'", start=start))
    if len(found) > 1:
        return Refused(
            message("{number} customers have an id that begins with '{start}': give more of it",
                    number=len(found), start=start)
        )  # fmt: skip
    one = found[0]
    upto = min(ask.upto or one.last, one.last)
    body = CustomerClosed(ask.agent, one.lead, who, reason, upto)
    short = one.lead[:8]
    if not await context.journal.append((body, f"closed/{ask.agent}/{one.lead}/{upto:.6f}")):
        return Refused(message("{customer} is closed already", customer=short))
    context.refresh()
    if upto < one.last:
        return Done(
            message("{customer} wrote again since and still waits; what came before is closed", customer=short)
        )
    return Done(message("{customer} no longer waits, unless a new message comes", customer=short))
