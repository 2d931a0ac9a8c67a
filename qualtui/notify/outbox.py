"""The outbox's decisions: which notice a channel sends next, and when a failed one is retried. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from qualtui.alerts.notice_decision import NoticeKind
from qualtui.model import Notice

FIRST_WAIT = 2.0  # s before the second try
LONGEST_WAIT = 300.0  # s between later ones, before jitter
JITTER = 0.2  # share of a wait: channels that failed together do not retry together
LONGEST_ASKED = 3600.0  # s that a service can ask us to wait

DUE = {"queued", "sending"}


class DueNotice(msgspec.Struct, frozen=True):
    """What a channel sends next. `covers`: earlier notices of the incident that its end reports as well."""

    notice: Notice
    covers: tuple[Notice, ...] = ()

    @property
    def head(self) -> Notice:
        """The incident's oldest notice: it says when the next try is due, and how many there were."""
        return self.covers[0] if self.covers else self.notice


def next_for(channel: str, notices: Iterable[Notice], now: float, held: float = 0.0) -> DueNotice | None:
    """Return the channel's next notice: the oldest one that is due, else the one that is due first.

    Order is kept within an incident; a notice that always fails delays no other incident's notices. `held`: until
    when the service wants to be left alone.
    """
    queues: dict[int | str, list[Notice]] = {}
    for notice in sorted(notices, key=lambda n: n.queued_at):
        if notice.channel == channel and notice.status in DUE:
            queues.setdefault(notice.number or notice.key, []).append(notice)
    heads = (_due(queue) for queue in queues.values())
    return min(heads, key=lambda due: (wait_for(due.head, now, held), due.head.queued_at), default=None)


def _due(queue: Sequence[Notice]) -> DueNotice:
    """The head of an incident's queue; its end instead, where nothing before that was delivered or is in doubt."""
    ends = next((n for n, one in enumerate(queue) if one.kind == NoticeKind.RESOLVED), 0)
    before = tuple(queue[:ends])
    if before and not any(one.doubt or one.status == "sending" for one in before):
        return DueNotice(queue[ends], before)
    return DueNotice(queue[0])


def wait_for(notice: Notice, now: float, held: float = 0.0) -> float:
    """Return the seconds until a notice is due, 0 if it is due now. A test goes at once: a person waits."""
    wait = max(notice.next_at, 0.0 if notice.kind == "test" else held) - now
    return wait if 0 < wait <= LONGEST_ASKED else 0.0  # longer than a wait can be: the clock was set back since


def retry_at(
    attempt: int, since: float, now: float, retry_for: float, *, chance: float = 0.5, asked: float = 0.0
) -> float | None:
    """Return when a notice is retried after its `attempt`-th failure; None: it is given up.

    Exponential backoff: 2, 4, 8 ... s, at most five minutes, until `retry_for` seconds after `since`. `chance`:
    0 to 1, spreads the waits. `asked`: the seconds that the service asks us to wait, at least.
    """
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 10)) * (1 - JITTER + 2 * JITTER * chance)
    wait = max(wait, min(asked, LONGEST_ASKED))
    return None if now + wait > since + retry_for else now + wait
