"""Customers: the backlog of the first start, and customers answered by hand."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, Kept
from qualtui.model import Activity, Backlog, ClosedUntil, EventBody, State
from qualtui.text import clean
from qualtui.text.message import counted, message

HOUR = 3600.0
MOST_REVEALS = 100  # times that are kept: more than an hour allows
REVEAL_REASONS = {
    "call": message("to call the customer"),
    "answer": message("to answer by hand"),
    "other": message("for another reason"),
}


class BacklogMarked(EventBody, frozen=True, tag="backlog.marked"):
    """Learning ended: `count` customers are backlog, never a page.

    `before`: when qualtui first looked. `edge`: who was silent since before that is backlog; None, in the logs of
    older versions: `before`.
    """

    agent: str
    count: int
    before: float
    edge: float | None = None


class CustomerClosed(EventBody, frozen=True, tag="customer.closed"):
    """A person answered a waiting customer by hand: no reply is due for what came until `upto` (their clock)."""

    agent: str
    lead: str
    who: str
    reason: str
    upto: float


class CustomerRevealed(EventBody, frozen=True, tag="customer.revealed"):
    """A person was shown the phone number of a waiting customer. `reason`: of wire's RevealReason."""

    agent: str
    lead: str
    who: str
    reason: str


class ClosingsEnded(EventBody, frozen=True, tag="closings.ended"):
    """No reply is due to these customers of an agent any more: that a person answered them decides nothing."""

    agent: str
    leads: tuple[str, ...]


def _mark(state: State, body: BacklogMarked) -> State:
    mark = Backlog(body.agent, body.count, body.before, body.edge)
    return replace(state, backlog={**state.backlog, body.agent: mark})


def _close(state: State, body: CustomerClosed) -> State:
    key = f"{body.agent}/{body.lead}"
    before = state.closed.get(key)
    if before is not None and before.upto >= body.upto:
        return state
    return replace(state, closed={**state.closed, key: ClosedUntil(body.upto, state.at)})


def _reveal(state: State, body: CustomerRevealed) -> State:
    del body
    recent = (at for at in state.reveals if at > state.at - HOUR)
    return replace(state, reveals=(*recent, state.at)[-MOST_REVEALS:])


def _end(state: State, body: ClosingsEnded) -> State:
    ended = {f"{body.agent}/{lead}" for lead in body.leads}
    return replace(state, closed={key: one for key, one in state.closed.items() if key not in ended})


def _marked_line(_state: State, at: float, body: BacklogMarked) -> Activity:
    text = counted(
        "{agent}: {count} customer silent for over a day before the first start is backlog",
        "{agent}: {count} customers silent for over a day before the first start are backlog",
        body.count,
        agent=clean(body.agent),
    )
    return Activity(at, OURSELVES, text)


def _closed_line(_state: State, at: float, body: CustomerClosed) -> Activity:
    text = message(
        "answered a customer of {agent} by hand: {reason}", agent=clean(body.agent), reason=clean(body.reason)
    )
    return Activity(at, clean(body.who), text)


def _revealed_line(_state: State, at: float, body: CustomerRevealed) -> Activity:
    text = message(
        "saw the phone number of a customer of {agent}: {reason}",
        agent=clean(body.agent),
        reason=REVEAL_REASONS.get(body.reason, message("other")),
    )
    return Activity(at, clean(body.who), text)


FAMILY = Family(
    kinds=(
        EventKind(BacklogMarked, apply=_mark, line=_marked_line),
        EventKind(CustomerClosed, apply=_close, line=_closed_line),
        EventKind(CustomerRevealed, apply=_reveal, line=_revealed_line),
        EventKind(ClosingsEnded, apply=_end),
    ),
    kept=(
        Kept("backlog", "who waits and who is backlog rests on each agent's mark"),
        Kept("closed", "who was answered by hand is kept until ClosingsEnded"),
    ),
)
