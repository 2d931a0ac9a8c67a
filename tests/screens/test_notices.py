"""The outbox: each channel, what it owes, what was given up, and the key that sends it again."""

from msgspec.structs import replace

from qualtui.wire import Command, Done, NoticeLog, Notices, Refused, ResendNotice
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until, window


def engine_with(notices: Notices) -> StandIn:
    engine = StandIn(snapshots.trouble())
    engine.answers[NoticeLog] = notices
    return engine


def resent(engine: StandIn) -> list[Command]:
    return [one for one in engine.asked if isinstance(one, ResendNotice)]


async def test_each_channel_says_whether_it_delivers_what_it_owes_and_why_it_fails() -> None:
    app = window(engine_with(snapshots.outbox()))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7")
        await until(lambda: "1 to be sent   1 given up" in text(app))
        rows = text(app).splitlines()
        (fails,) = [row for row in rows if "▲ on-call" in row and "fails since 03:07" in row]
        assert "HTTP 503" in fails
        assert "1 to be sent, next try in 12s" in fails
        assert any("✖ mail" in row and "1 given up" in row and "fails since" in row for row in rows)
        assert any("● team-chat" in row and "delivered 4m" in row for row in rows)


async def test_a_notice_that_was_given_up_is_sent_again_by_a_key_and_no_other_is() -> None:
    engine = engine_with(snapshots.outbox())
    engine.answers[ResendNotice] = Done("1 notice is sent again")
    app = window(engine)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7")
        await until(lambda: "try 4 in 00:12" in text(app))
        await pilot.press("T")  # the first one was held back
        await until(lambda: "Only a notice that was given up" in text(app))
        assert not resent(engine)
        await pilot.press("j")
        await until(lambda: "T sends it again" in text(app))
        await pilot.press("T")
        await until(lambda: "It is sent again." in text(app))
        assert resent(engine) == [ResendNotice("42/2/growth/0.0/mail")]


async def test_a_refusal_of_the_engine_is_shown() -> None:
    engine = engine_with(snapshots.outbox())
    engine.answers[ResendNotice] = Refused("the configuration no longer has the channel 'mail'")
    app = window(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7", "l", "l")
        await until(lambda: table(app, "#rows").key == "42/2/growth/0.0/mail")
        await pilot.press("T")
        await until(lambda: "no longer has the channel 'mail'" in text(app))


async def test_the_list_key_shows_what_is_owed_given_up_and_held_back_and_the_filter_narrows() -> None:
    app = window(engine_with(snapshots.outbox()))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7")
        await until(lambda: "1 given up" in text(app))
        for key in ("42/1/firing/0.0/on-call", "42/2/growth/0.0/mail", "42/muted/3"):
            await pilot.press("l")
            await until(lambda key=key: table(app, "#rows").key == key)  # type: ignore[misc]
        await pilot.press("l", "slash", *"team")
        await until(lambda: "1 match the filter" in text(app))
        await pilot.press("enter", "enter")
        await until(lambda: "What happened" in text(app))  # the incident that it is about


async def test_it_is_read_again_when_the_engine_says_that_something_was_given_up() -> None:
    engine, clock = engine_with(snapshots.outbox()), Clock()
    app = window(engine, clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7")
        await until(lambda: "1 given up" in text(app))
        shot = snapshots.trouble()
        clock.at += 1
        engine.answers[NoticeLog] = replace(snapshots.outbox(), notices=snapshots.outbox().notices[2:])
        engine.push(replace(shot, seq=129, engine=snapshots.engine(notices_failed=1)))
        await until(lambda: "0 given up" in text(app))


async def test_empty_lists_and_no_channel_say_so() -> None:
    engine = engine_with(Notices((), ()))
    app = window(engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7")
        await until(lambda: "No notice yet." in text(app))
        assert "no channel: no one is notified" in text(app)


async def test_without_an_engine_nothing_is_said_to_be_delivered() -> None:
    engine = engine_with(snapshots.outbox())
    app = window(engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("7")
        await until(lambda: "● team-chat" in text(app))
        engine.drop()
        await until(lambda: "● team-chat" not in text(app))
        await pilot.press("j", "T")
        await until(lambda: "nothing was sent" in text(app))
        assert not resent(engine)
