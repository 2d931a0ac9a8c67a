"""A channel's notices: in order, retried for a day, one for an incident that is over, then a dead letter."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from qualtui.engine.incident_views import channels, dead_letters, dead_letters_banner
from qualtui.engine.journal import Journal
from qualtui.engine.notifier import Notifier
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed, NoticeQueued, NoticeResent, NoticeSending
from qualtui.model import EventBody, Severity
from qualtui.notify.channels.channel import ChannelLimits, ChannelMessage, Delivery
from qualtui.store.sqlite import SqliteStore

DAY = 86400.0


class Scripted:
    """A channel that answers as it is told, and keeps what it was given."""

    def __init__(self, *answers: Delivery) -> None:
        self.name = "ops"
        self.limits = ChannelLimits(5.0, 3)
        self.given: list[ChannelMessage] = []
        self._answers = list(answers)

    async def send(self, note: ChannelMessage) -> Delivery:
        self.given.append(note)
        return self._answers.pop(0) if self._answers else Delivery()

    def close(self) -> None:
        """Holds nothing."""


class Scene:
    """A notifier on a real store, and a clock that is set by hand."""

    def __init__(self, store: SqliteStore, channel: Scripted) -> None:
        self.now = 11399.0  # 03:09:59 UTC
        self.channel = channel
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.notifier = Notifier(channel, self.journal, lambda: self.now, DAY, {}, random.Random(1))

    async def queue(self, key: str, kind: str = "firing", number: int = 1) -> None:
        body = NoticeQueued(key, number, "ops", kind, Severity.CRITICAL, f"title of {key}", f"body of {key}")
        await self.append(body)
        self.notifier.wake()

    async def append(self, *bodies: EventBody) -> None:
        await self.journal.append(*((body, "") for body in bodies))

    async def later(self, seconds: float) -> None:
        self.now += seconds
        self.notifier.wake()

    def status(self, key: str) -> str:
        return self.journal.state.notices[key].status

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - a state that appears, no event
                await asyncio.sleep(0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


@asynccontextmanager
async def running(store: SqliteStore, *answers: Delivery) -> AsyncIterator[Scene]:
    scene = Scene(store, Scripted(*answers))
    task = asyncio.create_task(scene.notifier.run())
    try:
        yield scene
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


REFUSED = Delivery("HTTP 500")


async def test_an_incident_that_ended_before_its_notice_was_delivered_is_one_notice(store: SqliteStore) -> None:
    async with running(store, REFUSED) as scene:
        await scene.queue("1/1/firing/0.0/ops")
        await scene.until(lambda: bool(scene.journal.state.notices["1/1/firing/0.0/ops"].reason))
        scene.now += 1  # 03:10, before the next try
        await scene.queue("1/2/resolved/0.0/ops", "resolved")
        await scene.later(5)
        await scene.until(lambda: scene.status("1/2/resolved/0.0/ops") == "delivered")
    assert [note.key for note in scene.channel.given] == ["1/1/firing/0.0/ops", "1/2/resolved/0.0/ops"]
    assert scene.channel.given[1].body.splitlines()[0] == (
        "Fired 03:09, resolved 03:10. The notice of its beginning could not be delivered."
    )
    assert scene.status("1/1/firing/0.0/ops") == "covered"


async def test_an_end_says_nothing_of_a_beginning_that_was_delivered(store: SqliteStore) -> None:
    async with running(store, Delivery(), REFUSED) as scene:
        await scene.queue("1/1/firing/0.0/ops")
        await scene.until(lambda: scene.status("1/1/firing/0.0/ops") == "delivered")
        await scene.queue("1/2/update/0.0/ops", "update")
        await scene.until(lambda: bool(scene.journal.state.notices["1/2/update/0.0/ops"].reason))
        await scene.queue("1/3/resolved/0.0/ops", "resolved")
        await scene.later(5)
        await scene.until(lambda: scene.status("1/3/resolved/0.0/ops") == "delivered")
    assert scene.channel.given[-1].body == "body of 1/3/resolved/0.0/ops"


async def test_a_try_that_may_have_arrived_says_so_when_it_comes_again(store: SqliteStore) -> None:
    async with running(store, Delivery("no end within 15s", doubt=True), REFUSED) as scene:
        await scene.queue("1/1/firing/0.0/ops")
        await scene.until(lambda: scene.journal.state.notices["1/1/firing/0.0/ops"].doubt)
        await scene.queue("1/2/resolved/0.0/ops", "resolved")
        for tries in (2, 3):
            await scene.later(10)
            await scene.until(lambda tries=tries: len(scene.channel.given) >= tries)  # type: ignore[misc]
        await scene.until(lambda: scene.status("1/2/resolved/0.0/ops") == "delivered")
    said = [(note.key, "Sent again" in note.body) for note in scene.channel.given]
    firing, resolved = "1/1/firing/0.0/ops", "1/2/resolved/0.0/ops"
    assert said == [(firing, False), (firing, True), (firing, True), (resolved, False)]


async def test_a_refusal_of_one_incident_delays_no_other(store: SqliteStore) -> None:
    async with running(store, REFUSED) as scene:
        await scene.queue("1/1/firing/0.0/ops")
        await scene.queue("2/1/firing/0.0/ops", number=2)
        await scene.until(lambda: scene.status("2/1/firing/0.0/ops") == "delivered")
        assert scene.status("1/1/firing/0.0/ops") == "queued"


async def test_every_notice_names_the_first_one_of_its_incident_that_arrived(store: SqliteStore) -> None:
    async with running(store) as scene:
        for key, number in (("1/1", 1), ("2/1", 2), ("1/2", 1), ("1/3", 1), ("test/1", 0), ("test/2", 0)):
            await scene.queue(key, "firing" if number else "test", number)
            await scene.until(lambda key=key: scene.status(key) == "delivered")  # type: ignore[misc]
            scene.now += 1
    given = {note.key: note.first for note in scene.channel.given}
    assert given == {"1/1": "", "2/1": "", "1/2": "1/1", "1/3": "1/1", "test/1": "", "test/2": ""}


async def test_a_service_that_asks_for_time_gets_no_other_notice_before_but_a_test(store: SqliteStore) -> None:
    async with running(store, Delivery("HTTP 429", asked=600.0)) as scene:
        await scene.queue("1/1/firing/0.0/ops")
        await scene.until(lambda: bool(scene.journal.state.notices["1/1/firing/0.0/ops"].reason))
        await scene.queue("2/1/firing/0.0/ops", number=2)
        await scene.queue("test/1/ops", "test", number=0)
        await scene.until(lambda: scene.status("test/1/ops") == "delivered")
        await scene.later(599)
        await asyncio.sleep(0)
        assert scene.status("2/1/firing/0.0/ops") == "queued"
        await scene.later(1)
        await scene.until(lambda: scene.status("2/1/firing/0.0/ops") == "delivered")
        await scene.until(lambda: scene.status("1/1/firing/0.0/ops") == "delivered")
    assert [note.key for note in scene.channel.given[:2]] == ["1/1/firing/0.0/ops", "test/1/ops"]


async def test_a_service_that_answers_429_is_left_alone_for_half_a_minute(store: SqliteStore) -> None:
    async with running(store, Delivery("HTTP 429", asked=30.0)) as scene:
        await scene.queue("a")
        await scene.until(lambda: bool(scene.journal.state.notices["a"].reason))
        assert scene.journal.state.notices["a"].next_at == scene.now + 30
        await scene.later(30)
        await scene.until(lambda: scene.status("a") == "delivered")


async def test_a_notice_that_was_given_up_is_a_banner_until_it_is_sent_again(store: SqliteStore) -> None:
    async with running(store, REFUSED, REFUSED) as scene:
        await scene.queue("a")
        await scene.until(lambda: bool(scene.journal.state.notices["a"].reason))
        await scene.later(DAY)
        await scene.until(lambda: scene.status("a") == "failed")
        letters = dead_letters(scene.journal.state, ["ops"], scene.now)
        assert str(dead_letters_banner(letters)) == (
            "1 notice could not be delivered and was given up; send it again: qualtui notify resend --all"
        )
        await scene.append(NoticeResent("a", "ana"))
        scene.notifier.wake()
        await scene.until(lambda: scene.status("a") == "delivered")
        assert not dead_letters(scene.journal.state, ["ops"], scene.now)
    assert [note.key for note in scene.channel.given] == ["a", "a", "a"]


async def test_a_channel_that_never_worked_is_shown_at_once_and_another_after_five_minutes(
    store: SqliteStore,
) -> None:
    scene = Scene(store, Scripted())
    await scene.queue("a")
    await scene.append(NoticeSending("a", 1), NoticeFailed("a", 1, "HTTP 500", 1.0))
    assert len(channels(scene.journal.state, ["ops"], scene.now)) == 1
    await scene.append(NoticeSending("a", 2), NoticeDelivered("a", 2))
    await scene.queue("b")
    await scene.append(NoticeSending("b", 1), NoticeFailed("b", 1, "HTTP 500", 1.0))
    assert not channels(scene.journal.state, ["ops"], scene.now + 299)
    assert len(channels(scene.journal.state, ["ops"], scene.now + 300)) == 1
