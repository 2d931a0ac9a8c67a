"""The ledger: who is owed an answer, whatever the order in which rows are seen."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.tracking.deliverability import Deliverability, GatewayAt, no_gateway
from qualtui.tracking.figures import Limits, customer_figures, nearest_rank
from qualtui.tracking.ledger import (
    UNASKED,
    Checked,
    Ledger,
    LedgerError,
    RowPage,
    advance,
    begun,
    behind,
    current,
    due,
    packed,
    progress,
    recheck,
    unpacked,
)
from qualtui.tracking.replies import ReplyRow, ReplyState, RowKind

BORN = 10_000.0
DAY = 86_400.0


def lead(at: float, who: str = "a") -> ReplyRow:
    return ReplyRow(at, RowKind.LEAD, who, who)


def got(at: float, who: str = "a", number: int = 0) -> ReplyRow:
    return ReplyRow(at, RowKind.RECEIVED, f"in-{who}-{at}-{number}", who, f"s-{who}")


def sent(at: float, who: str = "a", number: int = 0) -> ReplyRow:
    return ReplyRow(at, RowKind.SENT, f"out-{who}-{at}-{number}", who, f"s-{who}")


def split(rows: list[ReplyRow] | tuple[ReplyRow, ...]) -> tuple[RowPage, RowPage]:
    messages = tuple(sorted(row for row in rows if row.what is not RowKind.LEAD))
    return RowPage(messages), RowPage(tuple(sorted(row for row in rows if row.what is RowKind.LEAD)))


def after(*rows: ReplyRow, now: float, gateway: GatewayAt = no_gateway, ledger: Ledger | None = None) -> Ledger:
    messages, leads = split(rows)
    return advance(ledger or begun(BORN, DAY), messages, leads, now, gateway)


def told(ledger: Ledger, now: float, gateway: GatewayAt = no_gateway) -> dict[str, float | None]:
    return customer_figures(ledger, current(ledger, now, gateway), now, Limits(lost_after=DAY))


def broken(start: float, end: float, known_to: float = float("inf")) -> GatewayAt:
    def word(at: float) -> Deliverability:
        if at > known_to:
            return Deliverability.LATER
        return Deliverability.BROKEN if start <= at < end else Deliverability.WORKING

    return word


T = BORN + 100.0


@pytest.mark.parametrize(
    ("rows", "waiting", "oldest"),
    [
        ((), 0, 0),
        ((lead(T),), 1, 100),  # created, never written to
        ((lead(T), sent(T + 8)), 0, 0),
        ((lead(T), sent(T + 8), got(T + 9)), 1, 91),  # the greeting came before the question's row
        ((lead(T), sent(T + 8), got(T + 9), sent(T + 18)), 0, 0),
        ((got(T), got(T + 30)), 1, 100),  # from the first thing that nobody answered
        ((got(T), sent(T + 10), got(T + 30)), 1, 70),
        ((got(T), sent(T)), 0, 0),
        ((sent(T), got(T + 1)), 1, 99),
        ((got(T, "a"), got(T + 50, "b"), sent(T + 60, "b")), 1, 100),
    ],
)
def test_who_waits_and_since_when(rows: tuple[ReplyRow, ...], waiting: int, oldest: float) -> None:
    said = told(after(*rows, now=T + 100), T + 100)
    assert (said["customers.waiting"], said["customers.oldest"]) == (waiting, oldest)


def test_a_sent_row_is_no_answer_while_the_gateway_was_broken() -> None:
    gateway = broken(T, T + 50)
    ledger = after(got(T), sent(T + 10), now=T + 100, gateway=gateway)
    said = told(ledger, T + 100, gateway)
    assert (said["customers.waiting"], said["customers.phantom"]) == (1, 1)
    assert said["customers.last_reply"] is None
    ledger = after(sent(T + 110), now=T + 120, gateway=gateway, ledger=ledger)
    said = told(ledger, T + 120, gateway)
    assert (said["customers.waiting"], said["customers.phantom"]) == (0, 0)
    assert said["reply.p95"] == 110


@pytest.mark.parametrize(("took", "phantom"), [(9, 0), (19, 0), (20, 1), (45, 1)])
def test_in_doubt_an_answer_stored_sooner_than_a_refused_one_can_be_was_delivered(
    took: float, phantom: int
) -> None:
    def doubt(_at: float) -> Deliverability:
        return Deliverability.DOUBT

    learning = begun(BORN, DAY, quick=20.0)
    ledger = after(got(T), sent(T + took), now=T + 100, gateway=doubt, ledger=learning)
    said = told(ledger, T + 100, doubt)
    assert (said["customers.waiting"], said["customers.phantom"]) == (phantom, phantom)
    assert said["failures.sends"] == 0  # what is in doubt is no failure that is known


def test_an_answer_counts_when_the_gateways_next_sample_came_and_not_before() -> None:
    rows = (got(T), sent(T + 10))
    ledger = after(*rows, now=T + 11, gateway=broken(0, 0, known_to=T + 9))
    assert told(ledger, T + 11, broken(0, 0, known_to=T + 9))["customers.waiting"] == 1
    assert told(ledger, T + 15, broken(0, 0, known_to=T + 14))["customers.waiting"] == 0
    assert told(ledger, T + 15, broken(T, T + 20, known_to=T + 14))["customers.waiting"] == 1


def test_a_gateway_that_says_nothing_for_two_minutes_no_longer_holds_answers_back() -> None:
    silent = broken(0, 0, known_to=T)
    ledger = after(got(T), sent(T + 10), now=T + 60, gateway=silent)
    assert told(ledger, T + 60, silent)["customers.waiting"] == 1
    ledger = after(got(T + 200, "b"), now=T + 210, gateway=silent, ledger=ledger)
    assert told(ledger, T + 210, silent)["customers.waiting"] == 1
    assert set(current(ledger, T + 210, silent).owed) == {"b"}


def test_an_undecided_answer_is_not_settled_before_it_is_decided() -> None:
    later = broken(0, 0, known_to=T)
    ledger = after(got(T), sent(T + 10), got(T + 100, "b"), now=T + 110, gateway=later)
    assert any(row.what is RowKind.SENT for row in ledger.window)
    gone = broken(T, T + 50)
    ledger = after(got(T + 120, "c"), now=T + 121, gateway=gone, ledger=ledger)
    assert told(ledger, T + 121, gone)["customers.phantom"] == 1


def test_who_wrote_in_the_day_before_the_first_look_waits_apart_until_it_writes_again() -> None:
    open_ = (got(BORN - 500, "a"), got(BORN - 400, "b"), lead(BORN - 300, "c"), got(BORN - 1, "d"))
    ledger = after(*open_, got(BORN - DAY - 1, "old"), now=BORN, ledger=begun(BORN, 30 * DAY))
    said = told(ledger, BORN)
    names = ("waiting", "oldest", "open_before_start", "open_oldest", "lost", "backlog")
    assert [said[f"customers.{name}"] for name in names] == [4, 0, 4, 500, 0, 1]
    ledger = after(got(BORN + 20, "a"), sent(BORN + 30, "b"), now=BORN + 40, ledger=ledger)
    assert [told(ledger, BORN + 40)[f"customers.{name}"] for name in names] == [3, 20, 2, 340, 0, 1]
    # However old they become, no rule that pages speaks of them.
    assert [told(ledger, BORN + DAY)[f"customers.{name}"] for name in names[:5]] == [3, DAY - 20, 2, DAY + 300, 0]


def test_how_fast_the_bot_was_before_the_first_look_is_known() -> None:
    ledger = after(lead(BORN - 3000), got(BORN - 900), sent(BORN - 890), now=BORN)
    assert told(ledger, BORN)["reply.first_p95"] is not None


def test_an_old_message_that_is_found_late_takes_nobody_out_of_those_who_wait_since_the_start() -> None:
    ledger = after(got(BORN + 10), now=BORN + 200)
    ledger = advance(ledger, RowPage(), RowPage(), BORN + 200, no_gateway, (got(BORN - 50),))
    said = told(ledger, BORN + 200)
    assert (said["customers.oldest"], said["customers.open_before_start"]) == (190, 0)


def test_the_backlog_of_an_older_version_stays_backlog_until_it_writes_again() -> None:
    older = msgspec.structs.replace(begun(BORN, DAY), backlog_before=None)
    ledger = unpacked(packed(older))
    ledger = after(got(BORN - 500, "a"), got(BORN - 400, "b"), lead(BORN - 300, "c"), now=BORN, ledger=ledger)
    assert ledger.learned
    said = told(ledger, BORN)
    assert (said["customers.waiting"], said["customers.backlog"], said["customers.oldest"]) == (0, 3, 0)
    ledger = after(got(BORN + 20, "a"), sent(BORN + 30, "b"), now=BORN + 40, ledger=ledger)
    said = told(ledger, BORN + 40)
    assert (said["customers.waiting"], said["customers.backlog"], said["customers.oldest"]) == (1, 1, 20)
    assert said["reply.p95"] is None  # an answer to the backlog says nothing about today's speed


def test_waiting_longer_than_the_limit_is_lost_and_younger_than_grace_is_not_yet_waiting() -> None:
    ledger = after(got(T), got(T + DAY, "b"), now=T + DAY + 1)
    book = current(ledger, T + DAY + 1, no_gateway)
    said = customer_figures(ledger, book, T + DAY + 1, Limits(grace=5.0, lost_after=DAY))
    assert (said["customers.waiting"], said["customers.lost"]) == (1, 1)


def test_reply_times_and_answered_customers_are_of_the_last_hour() -> None:
    rows = [row for n in range(20) for row in (got(T + n * 100, f"c{n}"), sent(T + n * 100 + n + 1, f"c{n}"))]
    now = T + 2000
    ledger = after(*rows, now=now)
    said = told(ledger, now)
    assert (said["reply.p50"], said["reply.p95"], said["customers.answered_1h"]) == (10, 19, 20)
    said = told(after(now=now + 3600, ledger=ledger), now + 3600)
    assert said["customers.answered_1h"] == 0
    assert said["reply.p50"] is None


def test_nearest_rank_is_a_value_that_occurred() -> None:
    assert nearest_rank([], 95) is None
    assert nearest_rank([7.0], 50) == 7.0
    assert nearest_rank([float(n) for n in range(1, 101)], 95) == 95.0
    assert nearest_rank([3.0, 1.0, 2.0], 100) == 3.0


def test_the_recheck_drops_who_is_gone_and_who_was_closed_while_we_looked_on() -> None:
    now = T + 100
    ledger = after(*(got(T, who) for who in ("gone", "closed", "was_closed", "open")), now=now)
    book = current(ledger, now, no_gateway)
    asked = due(ledger, book, 10)

    def look(ledger: Ledger, statuses: dict[str, str]) -> Ledger:
        return recheck(ledger, book, Checked(asked=asked, statuses=statuses, active={}), now, "finalizado")

    ledger = look(ledger, {"gone": "novo", "closed": "novo", "was_closed": "finalizado", "open": "novo"})
    ledger = look(ledger, {"closed": "finalizado", "was_closed": "finalizado", "open": "novo"})
    assert set(current(ledger, now, no_gateway).owed) == {"was_closed", "open"}
    again = after(got(T, "closed"), got(now + 5, "closed"), now=now + 6, ledger=ledger)
    assert current(again, now + 6, no_gateway).owed["closed"].since == now + 5


def test_a_recheck_that_was_not_answered_drops_nobody() -> None:
    ledger = after(got(T), now=T + 1)
    book = current(ledger, T + 1, no_gateway)
    ledger = recheck(ledger, book, Checked(asked=("a",)), T + 1, "finalizado")
    assert set(current(ledger, T + 1, no_gateway).owed) == {"a"}


def test_the_bot_owes_where_the_session_is_active_and_no_row_of_the_bots_followed() -> None:
    gateway = broken(T, T + 50)
    now = T + 100
    ledger = after(got(T, "a"), got(T, "b"), got(T, "c"), sent(T + 10, "c"), now=now, gateway=gateway)
    book = current(ledger, now, gateway)
    checked = Checked(asked=tuple(book.owed), active={"s-a": True, "s-b": False, "s-c": True})
    ledger = recheck(ledger, book, checked, now, "finalizado")
    assert told(ledger, now, gateway)["sessions.bot_owes"] == 1


def test_an_answer_that_committed_too_late_for_the_window_is_found_by_the_recheck() -> None:
    ledger = after(got(T), now=T + 1)
    ledger = after(got(T + 500, "b"), now=T + 501, ledger=ledger)
    assert told(ledger, T + 501)["customers.waiting"] == 2
    ledger = advance(ledger, UNASKED, UNASKED, T + 501, no_gateway, late=(sent(T + 20),))
    assert set(current(ledger, T + 501, no_gateway).owed) == {"b"}


@pytest.mark.parametrize(
    ("rows", "again", "hole"),
    [
        ((sent(T), got(T + 5)), sent(T), 0),  # wrote after the answer
        ((got(T), sent(T + 10)), sent(T + 10), 50),  # the answer was not delivered
        ((got(T), sent(T + 10), got(T + 20)), sent(T + 10), 50),
        ((lead(T), sent(T + 10)), sent(T + 10), 50),
        ((got(T), got(T + 20)), sent(T + 10), 0),  # was never folded: counts, and counts once
        ((got(T), got(T + 20)), sent(T + 10), 50),
        ((got(T),), got(T + 5), 0),  # the audit's
        ((sent(T), sent(T + 10)), got(T + 20), 0),
    ],
)
def test_a_row_that_is_found_at_every_check_counts_once(
    rows: tuple[ReplyRow, ...], again: ReplyRow, hole: float
) -> None:
    now = T + 500
    gateway = broken(T, T + hole)
    ledger = after(*rows, got(now, "b"), now=now, gateway=gateway)
    first = advance(ledger, UNASKED, UNASKED, now, gateway, late=(again,))
    if again in rows:
        assert first == ledger
    for _ in range(3):
        ledger = unpacked(packed(advance(first, UNASKED, UNASKED, now, gateway, late=(again,))))
        assert ledger == first
    counted = told(ledger, now, gateway)
    assert counted["messages.sent_1h"] == len({row for row in (*rows, again) if row.what is RowKind.SENT})
    assert counted["failures.sends"] == (1 if hole else 0)


def test_an_undelivered_answer_that_is_found_again_is_not_judged_anew() -> None:
    ledger = after(got(T), sent(T + 10), got(T + 500, "b"), now=T + 500, gateway=broken(T, T + 50))
    # The gateway's samples of that time are forgotten.
    ledger = advance(ledger, UNASKED, UNASKED, T + 500, no_gateway, late=(sent(T + 10),))
    assert told(ledger, T + 500)["customers.phantom"] == 1


def test_those_checked_longest_ago_are_due_first() -> None:
    ledger = after(*(got(T, who) for who in "abc"), now=T)
    book = current(ledger, T, no_gateway)
    first = due(ledger, book, 2)
    ledger = recheck(ledger, book, Checked(asked=first), T + 1, "x")
    assert first == ("a", "b")
    assert due(ledger, book, 2) == ("c", "a")


def test_paging_never_lets_one_stream_overtake_the_other() -> None:
    ledger = begun(BORN, DAY)
    start = BORN - DAY
    leads = RowPage((lead(start + 10, "a"), lead(start + 5000, "b")), more=True)
    ledger = advance(ledger, UNASKED, leads, BORN, no_gateway)
    assert behind(ledger)
    assert not ledger.learned
    messages = RowPage((sent(start + 20, "a"), sent(start + 5010, "b"), got(start + 9000, "b")), more=False)
    ledger = advance(ledger, messages, leads, BORN, no_gateway)
    assert 0.0 < progress(ledger, BORN) < 0.2
    ledger = advance(ledger, messages, RowPage(), BORN, no_gateway)
    assert ledger.learned
    assert set(current(ledger, BORN, no_gateway).owed) == {"b"}


def test_after_an_outage_nothing_between_is_skipped() -> None:
    ledger = after(lead(T), sent(T + 1), now=T + 10)
    later = T + 50_000
    ledger = advance(ledger, UNASKED, RowPage((lead(later - 1, "z"),)), later, no_gateway)
    assert ledger.messages.start()[0] <= T + 1


def test_a_row_from_the_future_does_not_push_the_watermark() -> None:
    ledger = after(got(T + 10_000), now=T)
    assert ledger.mark == T
    assert told(ledger, T)["customers.oldest"] == 0


def test_the_blob_gives_the_same_ledger_and_a_torn_one_says_so() -> None:
    ledger = after(lead(T), got(T + 5), sent(T + 10), got(T + 300, "b"), now=T + 400)
    blob = packed(ledger)
    assert unpacked(blob) == ledger
    for torn in (b"", blob[:-3], b"\xc1" * 10, blob.replace(b"version\x03", b"version\x63")):
        with pytest.raises(LedgerError):
            unpacked(torn)


def test_a_ledger_that_knew_less_is_read_on_and_not_learned_anew() -> None:
    ledger = after(lead(T), got(T + 5), sent(T + 10), got(T + 300, "b"), now=T + 400)
    fields = msgspec.msgpack.decode(packed(ledger))
    del fields["book"]["hung"], fields["book"]["wrote"]
    for name in ("read", "skew", "steps", "passed", "closed"):
        del fields[name]
    assert unpacked(msgspec.msgpack.encode(fields)) == ledger


rows_strategy = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(list(RowKind)), st.sampled_from("abcd")), max_size=40
)


def drawn(raw: list[tuple[int, RowKind, str]]) -> list[ReplyRow]:
    """Rows as a database has them: a lead once, and before its messages."""
    rows = {}
    for number, (offset, what, who) in enumerate(raw):
        if what is RowKind.LEAD:
            rows[who] = ReplyRow(T - 1, what, who, who)
        else:
            rows[f"m{number}"] = ReplyRow(T + offset, what, f"m{number}", who, f"s-{who}")
    return sorted(rows.values())


def by_definition(rows: list[ReplyRow], gateway: GatewayAt) -> dict[str, float]:
    """Who is owed and since when, by the words of the specification."""
    owed = {}
    for who in {row.lead for row in rows}:
        mine = [row for row in rows if row.lead == who]
        heard = [
            row.at for row in mine if row.what is RowKind.SENT and gateway(row.at) is not Deliverability.BROKEN
        ]
        open_since = [row.at for row in mine if row.what is not RowKind.SENT and row.at > max(heard, default=-1.0)]
        if open_since:
            owed[who] = min(open_since)
    return owed


def whole(ledger: Ledger, now: float, gateway: GatewayAt) -> tuple[ReplyState, dict[str, float | None]]:
    return current(ledger, now, gateway), told(ledger, now, gateway)


@settings(max_examples=150, deadline=None)
@given(raw=rows_strategy, hole=st.integers(0, 300), length=st.integers(0, 100))
def test_the_fold_is_what_the_specification_says(
    raw: list[tuple[int, RowKind, str]], hole: int, length: int
) -> None:
    gateway = broken(T + hole, T + hole + length)
    rows = drawn(raw)
    now = T + 500
    book = current(after(*rows, now=now, gateway=gateway), now, gateway)
    assert {who: owed.since for who, owed in book.owed.items()} == by_definition(rows, gateway)


@settings(max_examples=150, deadline=None)
@given(raw=rows_strategy, seed=st.integers(0, 10_000), steps=st.integers(1, 12))
def test_late_and_repeated_rows_in_any_order_give_the_same_figures(
    raw: list[tuple[int, RowKind, str]], seed: int, steps: int
) -> None:
    """Each row is seen at some cycle up to 55 s after its time, and again while the overlap reaches it.

    The newest answer to who is owed one is found by the re-check, too.
    """
    rows = drawn(raw)
    chance = random.Random(seed)
    seen_at = {row: row.at + chance.uniform(0, 55) for row in rows}
    end = T + 500
    once = whole(after(*rows, now=end), end, no_gateway)
    ledger = begun(BORN, DAY)
    cycle = BORN
    while cycle < end:
        cycle = min(end, cycle + chance.uniform(1, 100 / steps + 1))
        pages = []
        for position, wanted in ((ledger.messages, False), (ledger.leads, True)):
            start = position.start()[0]
            visible = [
                row
                for row in rows
                if (row.what is RowKind.LEAD) is wanted and seen_at[row] <= cycle and row.at >= start
            ]
            pages.append(RowPage(tuple(sorted(visible))))
        ledger = advance(ledger, pages[0], pages[1], cycle, no_gateway)
        answers = {row.lead: row for row in rows if row.what is RowKind.SENT and seen_at[row] <= cycle}
        owed = current(ledger, cycle, no_gateway).owed
        found = [row for who, row in answers.items() if who in owed]
        ledger = advance(ledger, UNASKED, UNASKED, cycle, no_gateway, found)
        if chance.random() < 0.2:
            ledger = unpacked(packed(ledger))
    assert whole(ledger, end, no_gateway) == once


@settings(max_examples=150, deadline=None)
@given(raw=rows_strategy, seed=st.integers(0, 10_000), size=st.integers(1, 5))
def test_small_pages_give_what_one_large_page_gives(
    raw: list[tuple[int, RowKind, str]], seed: int, size: int
) -> None:
    """Both streams in pages, always the one that is further behind, some pages given twice."""
    rows = drawn(raw)
    chance = random.Random(seed)
    end = T + 500
    ledger = begun(BORN, DAY)

    def page(wanted: bool) -> RowPage:
        at, after_id = (ledger.leads if wanted else ledger.messages).start()
        found = sorted(
            (row for row in rows if (row.what is RowKind.LEAD) is wanted and row.at >= at),
            key=lambda row: (row.at, row.id),
        )
        found = [row for row in found if row.at > at or row.id > after_id][:size]
        return RowPage(tuple(found), more=len(found) == size)

    for _ in range(200):
        if not behind(ledger):
            break
        lead_turn = ledger.leads.more and (
            not ledger.messages.more or ledger.leads.start() <= ledger.messages.start()
        )
        fresh = page(lead_turn)
        for _ in range(chance.randint(1, 2)):
            pages = (UNASKED, fresh) if lead_turn else (fresh, UNASKED)
            ledger = advance(ledger, *pages, end, no_gateway)
    assert not behind(ledger)
    assert ledger.learned
    book = current(ledger, end, no_gateway)
    assert {who: owed.since for who, owed in book.owed.items()} == by_definition(rows, no_gateway)
