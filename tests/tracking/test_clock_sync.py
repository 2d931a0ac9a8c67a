"""The server's clock is set back: who waits stays known, nobody else is, and no row counts twice."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.tracking.chat_corrections import with_heard
from qualtui.tracking.clock_sync import closings, set_back, set_forward
from qualtui.tracking.deliverability import no_gateway
from qualtui.tracking.figures import Limits, customer_figures
from qualtui.tracking.ledger import (
    UNASKED,
    Ledger,
    Position,
    RowPage,
    advance,
    begun,
    behind,
    current,
    missed,
    packed,
    unpacked,
)
from qualtui.tracking.manual_closes import without_closed
from qualtui.tracking.replies import ReplyRow, ReplyState, RowKind

BORN = 1_000_000.0
T = BORN + 5000.0
CYCLE = 5.0


def _position(ledger: Ledger, leads: bool) -> Position:
    return ledger.leads if leads else ledger.messages


class Server:
    """A database whose clock is `ahead` of the truth, and a ledger that follows it."""

    def __init__(self, ahead: float = 0.0, page: int = 1000) -> None:
        self.ahead = ahead
        self.ours = False  # our own clock is the server's
        self.now = BORN  # in truth
        self.rows: list[ReplyRow] = []
        self.closed: dict[str, float] = {}
        self.ledger = begun(BORN + ahead, 100.0)
        self._page = page

    def stored(self, what: RowKind, who: str) -> None:
        name = who if what is RowKind.LEAD else f"row{len(self.rows)}"
        self.rows.append(
            ReplyRow(self.now + self.ahead, what, name, who, "" if what is RowKind.LEAD else f"s-{who}")
        )

    def _read(self, position: Position, *, leads: bool) -> RowPage:
        at, after = position.start()
        found = sorted(
            (row for row in self.rows if (row.what is RowKind.LEAD) is leads and row.at >= at),
            key=lambda row: (row.at, row.id),
        )
        found = [row for row in found if row.at > at or row.id > after][: self._page]
        return RowPage(tuple(found), more=len(found) == self._page)

    def look(self) -> ReplyState:
        """One cycle, with the re-check of who is owed an answer, and the audit."""
        now = self.now + self.ahead
        skew = 0.0 if self.ours else self.ahead
        ledger = set_back(self.ledger, now, skew, 100.0, self.closed)
        pages = {True: UNASKED, False: UNASKED}
        while not_over := [leads for leads, page in pages.items() if not page.asked or page.more]:
            leads = min(not_over, key=lambda leads: (_position(ledger, leads).start(), not leads))
            pages[leads] = self._read(_position(ledger, leads), leads=leads)
            ledger = advance(ledger, pages[False], pages[True], now, no_gateway)
            pages = {leads: RowPage((), page.more, page.asked) for leads, page in pages.items()}
        assert not behind(ledger)
        owed = current(ledger, now, no_gateway).owed
        sent = {row.lead: row for row in sorted(self.rows) if row.what is RowKind.SENT}
        ledger = advance(
            ledger, UNASKED, UNASKED, now, no_gateway, [sent[who] for who in owed.keys() & sent.keys()]
        )
        found = missed(ledger, current(ledger, now, no_gateway), self._audited(now))
        ledger = advance(ledger, UNASKED, UNASKED, now, no_gateway, found)
        self.ledger = msgspec.structs.replace(ledger, read=now, skew=skew)
        return current(self.ledger, now, no_gateway)

    def _audited(self, now: float) -> list[ReplyRow]:
        """As customers_owed.sql does."""
        newest: dict[str, ReplyRow] = {}
        for row in sorted(row for row in self.rows if row.what is not RowKind.LEAD):
            newest[row.lead] = row
        return [row for row in newest.values() if row.what is RowKind.RECEIVED and row.at < now - 120]

    def run(self, until: float, every: float = CYCLE) -> None:
        """Cycle by cycle."""
        self.look()
        while self.now < until:
            self.jump(min(until, self.now + every))

    def jump(self, now: float) -> None:
        """A cycle then, and none before."""
        self.now = now
        self.look()

    def restart(self) -> None:
        self.ledger = unpacked(packed(self.ledger))

    def waits(self) -> dict[str, float]:
        """Who, and since when in truth."""
        return {who: round(owed.since - self.ahead) for who, owed in self.look().owed.items()}

    def said(self) -> dict[str, float | None]:
        now = self.now + self.ahead
        return customer_figures(self.ledger, current(self.ledger, now, no_gateway), now, Limits())


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("ahead", [0.0, 3600.0])  # set back wrongly, and set right
@pytest.mark.parametrize("by", [30.0, 3600.0, 90_000.0])
def test_who_was_answered_shortly_before_and_writes_again_waits(ahead: float, by: float, restarted: bool) -> None:
    server = Server(ahead)
    server.jump(T - 300)
    server.stored(RowKind.RECEIVED, "a")
    server.jump(T - 290)
    server.stored(RowKind.SENT, "a")
    server.jump(T - 200)
    server.stored(RowKind.RECEIVED, "b")
    server.jump(T)
    assert server.waits() == {"b": T - 200}
    server.ahead -= by
    if restarted:
        server.restart()
    else:
        server.run(T + 5)
    server.now = T + 10
    server.stored(RowKind.SENT, "b")
    server.stored(RowKind.RECEIVED, "a")
    server.stored(RowKind.LEAD, "d")
    server.stored(RowKind.RECEIVED, "d")
    server.now = T + 15
    if restarted:
        server.now = T + 720  # was not looked at for so long
    assert server.waits() == {"a": T + 10, "d": T + 10}
    server.run(server.now + 700)
    assert server.waits() == {"a": T + 10, "d": T + 10}
    assert (server.said()["messages.sent_1h"], server.said()["goal.messages"]) == (2, 4)
    server.now = max(server.now, T + by + 100)  # the clock passes what was stored before
    server.run(server.now + 300)
    assert server.waits() == {"a": T + 10, "d": T + 10}


def test_who_waits_since_before_waits_as_long_as_in_truth() -> None:
    server = Server()
    server.jump(T - 4000)
    server.stored(RowKind.RECEIVED, "a")
    server.jump(T - 3990)
    server.stored(RowKind.SENT, "a")
    server.jump(T - 3000)
    server.stored(RowKind.RECEIVED, "a")  # by the clock after, before the answer
    server.jump(T)
    server.ahead -= 3600
    server.run(T + 5000)
    assert server.waits() == {"a": T - 3000}


def test_what_was_stored_between_the_last_look_and_the_step_is_not_lost() -> None:
    server = Server()
    server.jump(T)
    server.now = T + 2
    server.stored(RowKind.RECEIVED, "a")
    server.stored(RowKind.LEAD, "b")
    server.ahead -= 3600
    server.now = T + 5
    assert server.waits() == {"a": T + 2, "b": T + 2}
    server.run(T + 4000)
    assert server.waits() == {"a": T + 2, "b": T + 2}


@pytest.mark.parametrize("ours", [False, True])
def test_what_was_stored_between_the_step_and_the_next_look_is_not_lost(ours: bool) -> None:
    server = Server()
    server.ours = ours
    server.jump(T - 3602)
    server.stored(RowKind.RECEIVED, "a")
    server.now += 3
    server.stored(RowKind.SENT, "a")
    server.jump(T)
    server.ahead -= 3600
    server.now = T + 1
    server.stored(RowKind.RECEIVED, "a")
    server.stored(RowKind.LEAD, "b")
    server.now = T + 5
    assert server.waits() == {"a": T + 1, "b": T + 1}
    server.run(T + 600)
    server.run(T + 4000, every=60)
    assert server.waits() == {"a": T + 1, "b": T + 1}


def test_who_was_closed_by_hand_stays_so_until_they_write_again() -> None:
    server = Server()
    server.jump(T - 100)
    server.stored(RowKind.RECEIVED, "a")
    server.jump(T)
    server.closed = {"a": server.look().owed["a"].last}
    server.ahead -= 3600
    server.run(T + 5)
    assert without_closed(server.look(), closings(server.ledger, server.closed)).owed == {}
    server.stored(RowKind.RECEIVED, "a")
    server.run(T + 10)
    open_ = without_closed(server.look(), closings(server.ledger, server.closed)).owed
    assert open_["a"].since == T + 5 - 3600


def test_an_answer_that_the_chats_told_of_before_is_none_to_what_is_written_after() -> None:
    server = Server()
    server.jump(T - 100)
    server.stored(RowKind.RECEIVED, "a")
    server.jump(T)
    server.ledger = msgspec.structs.replace(server.ledger, heard={"a": T - 50})
    server.ahead -= 3600
    server.run(T + 10)
    assert with_heard(server.look(), server.ledger.heard).owed == {}
    server.stored(RowKind.RECEIVED, "a")
    server.run(T + 20)
    assert with_heard(server.look(), server.ledger.heard).owed["a"].since == T + 10 - 3600


def test_a_row_an_hour_old_is_not_taken_for_one_of_this_minute() -> None:
    server = Server()
    server.jump(T - 3600)
    server.now += 3
    server.stored(RowKind.LEAD, "a")
    server.stored(RowKind.RECEIVED, "a")
    server.now += 8
    server.stored(RowKind.SENT, "a")
    server.jump(T)
    server.ahead -= 3600
    server.run(T + 5000)
    assert server.waits() == {}
    assert server.said()["customers.never_greeted"] == 0


def test_a_page_full_of_rows_to_come_hides_no_row_of_now() -> None:
    server = Server(page=10)
    for place in range(40):
        server.run(T + 10 * place)
        server.stored(RowKind.RECEIVED, f"x{place}")
        server.stored(RowKind.SENT, f"x{place}")
    server.ahead -= 3600
    server.run(server.now + 5)
    server.stored(RowKind.RECEIVED, "a")
    since = server.now
    server.run(server.now + 600)
    server.run(server.now + 4000, every=60)
    assert server.waits() == {"a": since}


def test_two_servers_whose_clocks_differ_make_nobody_wait_longer() -> None:
    server = Server()
    server.jump(T)
    server.stored(RowKind.RECEIVED, "a")
    server.run(T + 5)
    for place in range(100):
        server.ahead = -10.0 * (place % 2)
        server.run(server.now + CYCLE)
    assert T - 20 <= server.waits()["a"] <= T + 10


def test_a_ledger_that_is_behind_learns_anew_and_marks_no_backlog_twice() -> None:
    server = Server()
    server.jump(T)
    ledger = msgspec.structs.replace(server.ledger, messages=Position(T - 50, "x", more=True))
    anew = set_back(ledger, T - 3600, -3600.0, 100.0, {})
    assert (anew.born, anew.learned, behind(anew)) == (BORN - 3600, True, True)


def test_which_messages_are_counted_moves_with_the_clock_so_that_none_is_counted_again() -> None:
    server = Server()
    server.jump(T)
    whole = msgspec.structs.replace(server.ledger, decided=T - 180)
    late = msgspec.structs.replace(whole, messages=Position(T - 50, "x", more=True))
    for ledger in (whole, late):
        assert set_back(ledger, T - 3600, -3600.0, 100.0, {}).decided == pytest.approx(T - 3780, abs=CYCLE)
        assert set_forward(ledger, 60.0, {}).decided == T - 120


def test_a_clock_that_goes_on_changes_nothing() -> None:
    server = Server()
    server.jump(T)
    for now in (T, T - 4, T + 5000):
        assert set_back(server.ledger, now, 0.0, 100.0, {}) is server.ledger


@settings(max_examples=30, deadline=None)
@given(
    raw=st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from([RowKind.RECEIVED, RowKind.SENT]), st.sampled_from("abc")),
        max_size=30,
    ),
    step=st.integers(0, 400),
    by=st.integers(6, 500),
    seed=st.integers(0, 1000),
)
def test_whenever_the_clock_is_set_back_who_waits_is_who_waits_in_truth(
    raw: list[tuple[int, RowKind, str]], step: int, by: int, seed: int
) -> None:
    chance = random.Random(seed)
    server = Server()
    server.look()
    waits: dict[str, float] = {}
    for place, (at, what, who) in enumerate(sorted([*raw, (step, RowKind.LEAD, "")])):
        server.run(T + at + place / 100)
        if what is RowKind.LEAD:
            server.ahead -= by
            if chance.random() < 0.3:
                server.restart()
            continue
        server.stored(what, who)
        if what is RowKind.SENT:
            waits.pop(who, None)
        else:
            waits.setdefault(who, server.now)
    server.run(T + 600)
    server.run(T + 1100, every=20)
    assert server.waits() == {who: round(at) for who, at in waits.items()}
    said = server.said()
    assert said["messages.sent_1h"] == sum(what is RowKind.SENT for _at, what, _who in raw)
    assert said["goal.messages"] == sum(what is RowKind.RECEIVED for _at, what, _who in raw)
