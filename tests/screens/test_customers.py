"""The customers page: what it claims, how it groups, filters and sorts, and how little work a key is."""

import pytest

from qualtui.text.message import message
from qualtui.widgets.customer_rows import customer_row
from qualtui.wire import (
    Answer,
    CloseCustomer,
    Command,
    CustomerDetail,
    CustomerFix,
    CustomerMessage,
    Customers,
    CustomerView,
    ListCustomers,
    Refused,
    ShowCustomer,
)
from tests import snapshots
from tests.screens.stand_in import StandIn, table, text, until, window

HERE, THERE = "no stored answer", "a row says sent, the gateway delivered nothing"


def crowd(number: int) -> tuple[CustomerView, ...]:
    """So many who wait, for two reasons; every tenth was open before the first start."""
    return tuple(
        CustomerView(
            f"{n:08x}-0000-4000-8000-{n:012x}",
            f"+55 11 •••••-••{n % 100:02}",
            snapshots.AT - 30 - n,
            HERE if n % 3 else THERE,
            code="stored, no reply" if n % 3 else "said sent, not delivered",
            before=n % 10 == 0,
        )
        for n in range(number)
    )


def engine_with(people: tuple[CustomerView, ...], backlog: tuple[CustomerView, ...] = ()) -> StandIn:
    engine = StandIn(snapshots.trouble())

    def answer(ask: Command) -> Answer:
        assert isinstance(ask, ListCustomers)
        return Customers("ldc-bot", backlog if ask.backlog else people)

    engine.answers[ListCustomers] = answer
    engine.answers[ShowCustomer] = shown
    return engine


def shown(ask: Command) -> Answer:
    assert isinstance(ask, ShowCustomer)
    at = snapshots.AT
    messages = (
        CustomerMessage(at - 200, True, "not delivered"),
        CustomerMessage(at - 3600, False, "stored"),
        CustomerMessage(at - 3700, True, "delivered"),
    )
    fixes = (
        CustomerFix("Answer waiting customers", True, "by text"),
        CustomerFix("Restart the gateway's session", False, "it is WORKING"),
    )
    return CustomerDetail(ask.lead, messages, fixes)


async def test_beside_the_list_stands_the_chosen_customer_read_when_the_cursor_rests() -> None:
    engine = engine_with(crowd(5))
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "not delivered" in text(app))
        assert "24 h window: 23h" in text(app)
        assert "by text" in text(app)
        assert "it is WORKING" in text(app)
        asked = [one.lead for one in engine.asked if isinstance(one, ShowCustomer)]
        assert asked == [table(app, "#rows").key]
        await pilot.press("j")
        await until(lambda: sum(isinstance(one, ShowCustomer) for one in engine.asked) == 2)


async def test_a_customer_whose_messages_can_not_be_read_is_not_said_to_be_read_still() -> None:
    engine = engine_with(crowd(5))
    engine.answers[ShowCustomer] = Refused(message("the database fails: refused"))
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "The messages can't be read now." in text(app))
        assert "reading ..." not in text(app)


async def test_a_list_that_can_not_be_read_is_neither_empty_nor_being_read() -> None:
    engine = engine_with(())
    engine.answers[ListCustomers] = Refused(message("the database fails: refused"))
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "The waiting customers can't be read now." in text(app))
        assert "No customer waits." not in text(app)


async def test_a_narrow_window_asks_nothing_of_a_single_customer() -> None:
    engine = engine_with(crowd(5))
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2", "j", "j")
        await until(lambda: "5 customers wait" in text(app))
        await pilot.pause()
        assert not any(isinstance(one, ShowCustomer) for one in engine.asked)


async def test_a_list_with_an_end_does_not_say_that_nobody_else_waits() -> None:
    engine = StandIn(snapshots.trouble())
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people(), more=True)
    app = window(engine)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("c")
        number = len(snapshots.people())
        title = f"More than {number} customers wait for the bot: those who wait longest"
        await until(lambda: title in text(app))


@pytest.mark.parametrize("size", [(160, 48), (200, 60)])
async def test_nothing_is_cut_while_there_is_room(size: tuple[int, int]) -> None:
    app = window(engine_with(crowd(6)))
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "6 customers wait" in text(app))
        shown = text(app)
        assert "…" not in shown
        assert all(one.lead in shown and one.phone in shown for one in crowd(6))
        await pilot.press("S")  # the reason stands in each row now; the id of the chosen one is whole beside them
        await until(lambda: "sorted by age" in text(app))
        assert text(app).count(THERE) >= 2
        assert table(app, "#rows").key in text(app)


async def test_they_are_grouped_by_cause_with_counts_and_the_cursor_steps_over_the_headings() -> None:
    app = window(engine_with(crowd(5)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "5 customers wait" in text(app))
        rows = [row.strip() for row in text(app).splitlines()]
        assert any(HERE in row and "3 customers" in row for row in rows)
        assert any(THERE in row and "2 customers" in row for row in rows)
        seen = [table(app, "#rows").key]
        for _n in range(5):
            await pilot.press("j")
            seen.append(table(app, "#rows").key)
        assert set(seen) == {one.lead for one in crowd(5)}


async def test_a_filter_narrows_with_each_key_and_esc_drops_it() -> None:
    app = window(engine_with(crowd(40)))
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "40 customers wait" in text(app))
        await pilot.press("slash", *"••07")
        await until(lambda: "1 match the filter" in text(app))
        await pilot.press("enter")
        await until(lambda: table(app, "#rows").has_focus)
        assert table(app, "#rows").key == crowd(40)[7].lead
        await pilot.press("slash", "q")  # a letter, not the key that goes back
        await until(lambda: "No customer matches the filter." in text(app))
        await pilot.press("escape")
        await until(lambda: "match" not in text(app))
        assert "40 customers wait" in text(app)


async def test_the_lists_are_one_key_away() -> None:
    app = window(engine_with(crowd(20), backlog=crowd(3)))
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "20 customers wait" in text(app))
        await pilot.press("l")
        await until(lambda: "2 customers were open before the first start" in text(app))
        await pilot.press("l")
        await until(lambda: "3 customers in the backlog" in text(app))
        await pilot.press("l")
        await until(lambda: "20 customers wait" in text(app))


async def test_ten_thousand_rows_cost_a_screenful_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0

    def counted(*args: object, **others: object) -> object:
        nonlocal drawn
        drawn += 1
        return customer_row(*args, **others)  # type: ignore[arg-type]

    monkeypatch.setattr("qualtui.screens.customers.customer_row", counted)
    app = window(engine_with(crowd(10_000)))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "10000 customers wait" in text(app))
        for key in ("j", "pagedown", "G", "k", "g", "slash", "7", "7", "S"):
            drawn = 0
            await pilot.press(key)
            await pilot.pause()
            assert drawn <= 2 * 48, key  # a key that scrolls may come with the second's redrawing


async def test_enter_in_a_narrow_window_opens_the_customer_as_a_page_and_esc_leads_back() -> None:
    engine = engine_with(crowd(5))
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "5 customers wait" in text(app))
        lead = table(app, "#rows").key
        await pilot.press("enter")
        await until(lambda: "24 h window: 23h" in text(app))
        assert "it is WORKING" in text(app)
        assert lead in text(app)
        await pilot.press("escape")
        await until(lambda: "5 customers wait" in text(app))
    assert [one.lead for one in engine.asked if isinstance(one, ShowCustomer)] == [lead]


async def test_answered_by_hand_on_the_customer_s_page_closes_that_customer() -> None:
    engine = engine_with(crowd(5))
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("2")
        await until(lambda: "5 customers wait" in text(app))
        lead = table(app, "#rows").key
        await pilot.press("enter")
        await until(lambda: "24 h window" in text(app))
        await pilot.press("m")
        await until(lambda: "Answered by hand" in text(app))
        await pilot.press(*"phone", "enter")
        await until(lambda: any(isinstance(one, CloseCustomer) for one in engine.asked))
    assert [one.lead for one in engine.asked if isinstance(one, CloseCustomer)] == [lead]
