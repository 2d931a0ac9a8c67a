"""Whether the gateway's chats are believed: what is assumed of its answers is checked at each read, over HTTP."""

import time
from typing import Any

import pytest

from qualtui.probes import gateway_chats as module
from qualtui.probes.gateway_chats import WHOLE_EVERY
from qualtui.tracking.gateway_witness import RowsToday
from tests.probes.test_gateway_chats import ANA, BETO, Gateway, gateway, message, reading, summary

__all__ = ["gateway"]
LID = "204000000001111"


async def evidence(probe_gateway: Gateway, reads: int = 1) -> tuple[float | None, str]:
    """chats.evidence and its note after so many reads."""
    async with reading(probe_gateway) as probe:
        for _ in range(reads):
            _waiting, sample = await probe.ask(time.time())
    assert sample.series == "bot/chats.evidence"
    return sample.value, str(sample.note)


async def test_a_sound_gateway_is_believed(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [summary(ANA, message(now - 30)), summary(BETO, message(now - 40, ours=True))]
    assert await evidence(gateway, 2) == (1, "")


async def test_no_chat_although_rows_have_todays_conversations_is_no_evidence(gateway: Gateway) -> None:
    assert await evidence(gateway) == (1, "")  # a gateway that is new, and so is the bot
    gateway.rows = RowsToday(0.0, time.time() - 600)
    assert await evidence(gateway) == (0, "the gateway lists no chat, and the last message was stored 10m ago")


async def test_a_session_that_is_working_and_nobodys_is_no_evidence(gateway: Gateway) -> None:
    gateway.overview = [summary(ANA, message(time.time() - 30))]
    gateway.me = None
    value, note = await evidence(gateway)
    assert value == 0
    assert "me: null" in note


def many(count: int) -> list[dict[str, Any]]:
    """Chats of as many customers who wait, the newest first."""
    now = time.time()
    return [summary(f"55119000{n:04}", message(now - 10 * n)) for n in range(1, count + 1)]


@pytest.mark.parametrize("repeats", [True, False], ids=["pages repeat", "no order"])
async def test_a_gateway_that_does_not_list_all_of_its_chats_is_no_evidence(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, repeats: bool
) -> None:
    monkeypatch.setattr(module, "PAGE", 10)
    monkeypatch.setattr(module, "PAGES", 4)
    gateway.overview = many(100) if repeats else many(100)[::-1]
    gateway.one_page = repeats
    doubt = "the gateway does not list all of its chats: pages repeat, or have no order"
    assert await evidence(gateway) == (0, doubt)


async def test_chats_in_no_order_are_read_to_their_end_and_believed(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 10)
    gateway.overview = many(36)[::-1]
    async with reading(gateway) as probe:
        for _ in range(2):  # the second look goes back no further than the first; the newest is on the last page
            _waiting, sample = await probe.ask(time.time())
            assert (sample.value, len(probe.chats.waiting(0))) == (1, 36)
        newest = summary("551190009999", message(time.time()))
        gateway.overview = [*gateway.overview, newest]
        await probe.ask(time.time())
        assert len(probe.chats.waiting(0)) == 37


async def test_hidden_ids_are_linked_to_phones_once_each(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [summary(LID, message(now - 30), "lid")]
    gateway.lids = {f"{LID}@lid": "5511990001111@c.us"}
    async with reading(gateway) as probe:
        for _ in range(3):
            _waiting, sample = await probe.ask(time.time())
        assert sample.value == 1
        assert probe.chats.waiting(0) == [ANA]
    assert sum("/lids/" in path for path in gateway.asked) == 1


async def test_a_hidden_id_that_no_phone_is_known_of_makes_the_chats_no_evidence(gateway: Gateway) -> None:
    gateway.overview = [summary(LID, message(time.time() - 30), "lid")]
    value, note = await evidence(gateway)
    assert value == 0
    assert note == "1 chat has a hidden id (@lid) that the gateway links to no phone"


async def test_hidden_ids_that_the_gateway_lists_no_longer_are_no_doubt_for_a_week(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [summary(LID, message(now - 30), "lid")]
    async with reading(gateway) as probe:
        assert [one.value for one in await probe.ask(now)] == [None, 0]
        gateway.overview = [summary(ANA, message(now - 30))]
        assert [one.value for one in await probe.ask(now + 5)] == [None, 0]
        assert [one.value for one in await probe.ask(now + WHOLE_EVERY + 5)] == [1, 1]


async def test_a_message_under_both_of_a_persons_ids_is_one_persons(gateway: Gateway) -> None:
    now = time.time()
    last = message(now - 30)
    gateway.overview = [summary(LID, last, "lid"), summary("5511990001111", last)]
    gateway.lids = {f"{LID}@lid": "5511990001111@c.us"}
    async with reading(gateway) as probe:
        waiting, sample = await probe.ask(time.time())
    assert (waiting.value, sample.value) == (1, 1)


async def test_messages_that_bear_the_time_of_the_request_are_no_evidence_until_they_bear_their_own(
    gateway: Gateway,
) -> None:
    now = time.time()
    gateway.overview = [
        summary(ANA, message(now - 30)),
        summary(BETO, message(now - 400, ours=True)),
        summary("551190003333", message(now - 900, ours=True)),
    ]
    gateway.request_time = True
    async with reading(gateway) as probe:
        waiting, sample = await probe.ask(now)
        assert (waiting.value, sample.value) == (None, 0)
        assert "time of the request" in str(sample.note)
        assert not probe.chats.answered  # nothing is learned from such times
        gateway.request_time = False
        for last, ago in zip(gateway.overview[1:], (400, 900), strict=True):
            last["lastMessage"]["timestamp"] = int(now - ago)
        for read in range(1, 5):
            waiting, sample = await probe.ask(now + 30 * read)
        assert (waiting.value, sample.value) == (1, 1)


async def test_what_was_known_before_times_went_wrong_stays_known_and_all_since_is_read_afterwards(
    gateway: Gateway,
) -> None:
    now = time.time()
    mine, other = message(now - 7200, ours=True), message(now - 7100)
    gateway.overview = [summary("551190003333", other), summary(BETO, mine)]
    later = now + 4 * 3600
    async with reading(gateway) as probe:
        for read in range(2):
            assert (await probe.ask(now + 30 * read))[1].value == 1
        known = probe.chats.answered
        assert known.keys() == {BETO}
        gateway.request_time = True
        for read in range(2, 5):
            assert (await probe.ask(now + 30 * read))[1].value == 0
            assert probe.chats.untimed
            assert probe.chats.answered == known
            assert probe.chats.open.keys() == {"551190003333"}
        assert probe.chats.timed == now + 30
        gateway.request_time = False
        mine["timestamp"] = int(now - 7200)
        # Answered meanwhile, hours before times are right again, and behind a page of later ones.
        answer = summary("551190003333", message(now + 1800, ours=True))
        news = [summary(f"5511900{n:05}", message(later - n, ours=n == 20)) for n in range(60)]
        gateway.overview = [*news, answer, summary(BETO, mine)]
        for read in range(4):
            await probe.ask(later + 30 * read)
        assert not probe.chats.untimed
        assert "551190003333" in probe.chats.answered
        assert probe.chats.answered[BETO] == known[BETO]


async def test_one_message_whose_time_changes_between_two_reads_proves_it(gateway: Gateway) -> None:
    now = time.time()
    gateway.overview = [summary(BETO, message(now - 40, ours=True))]
    async with reading(gateway) as probe:
        assert (await probe.ask(now))[1].value == 1
        gateway.overview[0]["lastMessage"]["timestamp"] = int(now - 10)
        assert (await probe.ask(now + 30))[1].value == 0
        assert await probe.refresh() != ""  # who is about to write to somebody is stopped, too


async def test_clocks_that_are_apart_make_the_chats_no_evidence(gateway: Gateway) -> None:
    gateway.overview = [summary(ANA, message(time.time() - 30))]
    gateway.rows = RowsToday(3600.0, time.time() - 60)
    value, note = await evidence(gateway)
    assert value == 0
    assert "behind the database's" in note


def pending(gateway: Gateway, people: int, *, replied: bool) -> None:
    """Chats in which our answer stays PENDING; the customer wrote again after one, or did not."""
    now = time.time()
    for n in range(people):
        digits = f"551190004{n:03}"
        answer = message(now - 700, ours=True, ack=0)
        again = [message(now - 650), message(now - 640, ours=True, ack=0)] if replied else []
        said = [message(now - 710), answer, *again]
        gateway.overview.append(summary(digits, said[-1]))
        gateway.messages[f"{digits}@c.us"] = said[::-1]


async def test_acks_that_stay_pending_on_messages_that_arrived_make_nobody_wait(gateway: Gateway) -> None:
    pending(gateway, 8, replied=True)
    async with reading(gateway) as probe:
        for _ in range(3):
            waiting, sample = await probe.ask(time.time())
    assert (waiting.value, sample.value) == (0, 1)
    assert "acks stay PENDING" in str(sample.note)  # the evidence says on what it rests


async def test_a_gateway_that_accepts_and_delivers_nothing_keeps_everybody_waiting(gateway: Gateway) -> None:
    pending(gateway, 8, replied=False)
    async with reading(gateway) as probe:
        for _ in range(3):
            waiting, sample = await probe.ask(time.time())
    assert (waiting.value, sample.value, sample.note) == (8, 1, "")


async def test_nothing_is_said_of_pending_acks_until_the_chats_that_could_tell_were_looked_at(
    gateway: Gateway,
) -> None:
    pending(gateway, 12, replied=False)
    async with reading(gateway) as probe:
        told = []
        for _ in range(3):
            await probe.ask(time.time())
            told.append(probe.chats.unlearned)
    assert told == [True, True, False]  # five chats a read


async def test_acks_of_a_gateway_that_gave_one_say_at_once_who_was_not_reached(gateway: Gateway) -> None:
    pending(gateway, 12, replied=False)
    gateway.overview.append(summary(BETO, message(time.time() - 7200, ours=True, ack=2)))
    async with reading(gateway) as probe:
        await probe.ask(time.time())
        assert not probe.chats.unlearned
