"""Which customers a retry reaches, and by which way. Its preview, its run and the doctor use it."""

import msgspec

from qualtui.fixes.claims import Case, is_lead
from qualtui.fixes.strategies import Strategy
from qualtui.text.message import Saying, joined, message
from qualtui.wire import CustomerView

RECENT = 3600.0  # s: whoever wrote within them expects an answer, whatever the hour
SAME = 0.001  # s: two readings of one row's time


class Person(msgspec.Struct, frozen=True):
    """A customer who waits, and how a retry stands to it."""

    one: CustomerView
    against: Saying = ""  # why no one may write to it now; empty: allowed
    ways: tuple[str, ...] = ()  # by name, those that reach it, in the order in which they are tried
    by_hand: Saying = ""  # why none does
    late: bool = False  # `against` is the hour: it may be written to when contact hours begin


class Survey(msgspec.Struct, frozen=True):
    """All who wait, oldest first. `lacking`: rights without which nothing is known of them, and none is listed."""

    people: tuple[Person, ...]
    lacking: tuple[str, ...] = ()


class RetryReach:
    """Decides by the ways to answer, and by the statuses of leads that want none."""

    def __init__(
        self,
        strategies: tuple[Strategy, ...],
        closed: tuple[str, ...],
        unreadable: tuple[str, ...] = (),
        declined: tuple[str, ...] = (),
    ) -> None:
        """`unreadable`: states of a session on which the bot fails, before it stores a message.

        `closed`, `declined`: statuses of leads; who declined and writes again waits like anybody.
        """
        self._declined = declined
        self._unreadable = unreadable
        self._strategies = strategies
        self._closed = closed

    def person(self, one: CustomerView, case: Case | None, late: Saying = "") -> Person:
        """How a retry stands to one who waits. `late`: why the hour forbids it; empty: it does not."""
        if not is_lead(one.lead):
            return Person(one, by_hand=message("answer by hand; the bot has no lead of it"))
        against = self.barrier(one, case)
        if against or case is None:
            return Person(one, against)
        ways = tuple(way.name for way in self.ways(case))
        if ways and one.by_hand:
            return Person(one, by_hand=message("answer by hand; {why}", why=one.by_hand))
        if ways and late and case.now - one.last > RECENT:
            return Person(one, late, late=True)
        return Person(one, ways=ways, by_hand="" if ways else self._by_hand(case))

    def ways(self, case: Case) -> tuple[Strategy, ...]:
        """The ways that reach a customer, in the order in which they are tried."""
        return tuple(way for way in self._strategies if not way.out_of_reach(case))

    def barrier(self, one: CustomerView, case: Case | None) -> Saying:
        """Why no one may write to this customer now; empty: they may."""
        if case is None:
            return message("gone")
        if case.state in self._unreadable and (case.heard is None or case.heard < one.last - SAME):
            return message(
                "the bot can't read its session ({state}): close it first, with session-cleanup", state=case.state
            )
        # What the customer wrote last may be in the gateway's chats alone: the bot never stored it.
        case = msgspec.structs.replace(case, heard=max(one.last, one.last if case.heard is None else case.heard))
        if case.status in self._closed or (case.status in self._declined and not case.again):
            return message("wants none: {status}", status=case.status)
        age = case.now - (case.claimed or case.now)
        if case.doubt:
            return message("interrupted {age:span} ago: may have been sent", age=age)
        if case.accepted:
            return message("accepted by the gateway {age:span} ago, not yet delivered: never sent again", age=age)
        if case.answered:
            return message("written to already")
        if case.said is not None and case.said >= (case.heard or 0.0):
            phantom = one.unheard is not None and case.said <= one.unheard + SAME
            return "" if phantom else message("answered meanwhile")
        return ""

    def _by_hand(self, case: Case) -> Saying:
        why = [message("{way}: {why}", way=way.name, why=way.out_of_reach(case)) for way in self._strategies]
        return message("answer by hand; {why}", why=joined(why, ", ")) if why else message("answer by hand")
