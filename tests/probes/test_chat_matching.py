"""Rows and chats brought together on a real PostgreSQL: who waits, and what is asked to know it."""

import time
from collections.abc import AsyncIterator

import msgspec
import pytest

from qualtui.config.values import DatabaseSettings, Mapping, Seconds
from qualtui.database import Database, sql
from qualtui.model import Sample
from qualtui.probes import chat_matching as module
from qualtui.probes import customers
from qualtui.probes.chat_matching import ChatMatching
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.probe import ProbeError
from qualtui.tracking.deliverability import Deliverability
from qualtui.tracking.gateway_chats import Chat, ChatMessage, Chats
from qualtui.tracking.identity import chat_key, stored_forms
from tests.postgres import AgentDatabase


class Lane:
    """A fast lane with a gateway's chats beside it; `wrote` and `answered` are what the gateway saw."""

    def __init__(self, database: AgentDatabase) -> None:
        self.database = database
        self.chats = Chats(1.0)
        self.blobs: dict[str, bytes] = {}
        self.word = Deliverability.WORKING
        self.closed: dict[str, float] = {}
        self.began = time.time()
        self.refreshed = 0
        self.trouble = ""  # of the gateway
        self.probe = self.restarted()

    def restarted(self) -> CustomersProbe:
        match = ChatMatching(Mapping(), lambda: self.chats, self._refresh, 60.0, self._load, self._save)
        self.probe = CustomersProbe(
            "bot",
            Database(self.database.dsn),
            DatabaseSettings(dsn=self.database.dsn, timeout=Seconds(5)),
            Mapping(),
            gateway=lambda _at: self.word,
            load=self._ledger,
            save=self._keep,
            learned=lambda _mark: None,
            born=self.began - 3600,
            by_hand=lambda: self.closed,
            match=match,
        )
        return self.probe

    async def _refresh(self) -> str:
        self.refreshed += 1
        return self.trouble

    async def _ledger(self) -> bytes | None:
        return self.blobs.get("ledger")

    async def _keep(self, blob: bytes) -> None:
        self.blobs["ledger"] = blob

    async def _load(self) -> bytes | None:
        return self.blobs.get("key")

    async def _save(self, blob: bytes) -> None:
        self.blobs["key"] = blob

    def saw(self, phone: str, ago: float, *, ours: bool = False, ack: int = 2) -> None:
        """The last message of a chat."""
        now = time.time()
        last = ChatMessage(now - ago, ours, ack)
        chat = Chat(last, None if last.heard else last.at, last.at if last.heard else None)
        self.chats = self.chats.having({chat_key(phone): chat}, now)

    async def samples(self) -> dict[str, Sample]:
        return {one.series.removeprefix("bot/"): one for one in await self.probe.ask(time.time())}

    async def say(self) -> dict[str, float | None]:
        return {name: one.value for name, one in (await self.samples()).items()}


@pytest.fixture
async def lane(agent_db: AgentDatabase) -> AsyncIterator[Lane]:
    """A lane that has learned an empty database."""
    made = Lane(agent_db)
    await made.probe.ask(time.time())
    yield made
    await made.probe.close()


async def test_a_message_that_the_bot_lost_is_seen_in_the_gateways_chats_alone(lane: Lane) -> None:
    lead = await lane.database.lead(7200, telefone="5511990001111")
    session = await lane.database.session(lead, 7200)
    await lane.database.message(lead, session, "recebida", 7000)
    await lane.database.message(lead, session, "enviada", 6990)
    assert (await lane.say())["customers.waiting"] == 0
    lane.saw("551190001111@c.us", 400)  # an old number's id: without the ninth digit
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.unstored"], said["failures.unanswered"]) == (1, 1, 1)
    assert said["customers.oldest"] == pytest.approx(400, abs=3)
    (one,) = await lane.probe.who()
    assert (one.lead, one.phone) == (lead, "+55 11 •••••-••11")
    assert "stored none" in str(one.cause)
    assert lane.refreshed == 1  # whoever asks who waits is told by chats of now


async def test_one_whose_lead_was_never_created_has_a_pseudonym_that_survives_a_restart(lane: Lane) -> None:
    lane.saw("5511990002222@c.us", 400)
    (one,) = await lane.probe.who()
    assert one.lead.startswith("chat-")
    assert one.phone == "+55 11 ••••-••22"
    assert "9000" not in one.lead
    await lane.probe.close()
    await lane.restarted().ask(time.time())
    assert [again.lead for again in await lane.probe.who()] == [one.lead]
    lane.closed = {one.lead: one.last}
    assert (await lane.say())["customers.waiting"] == 0
    lane.saw("5511990002222@c.us", 10)
    assert (await lane.say())["customers.waiting"] == 1


async def test_who_was_known_to_wait_waits_on_when_the_chats_are_believed_no_longer(lane: Lane) -> None:
    lead = await lane.database.lead(7200, telefone="5511990001111")
    session = await lane.database.session(lead, 7200)
    await lane.database.message(lead, session, "recebida", 7000)
    await lane.database.message(lead, session, "enviada", 6990)
    lane.saw("5511990001111@c.us", 400)
    assert (await lane.say())["customers.waiting"] == 1
    lane.chats = msgspec.structs.replace(lane.chats, open={}, doubt="the gateway lists no chat")
    samples = await lane.samples()
    assert samples["customers.waiting"].value == 1
    assert samples["customers.unstored"].value is None
    lane.saw("5511990002222@c.us", 400)  # of what is said in doubt nothing is believed
    assert (await lane.say())["customers.waiting"] == 1
    await lane.database.message(lead, session, "recebida", 4)
    await lane.database.message(lead, session, "enviada", 1)
    assert (await lane.say())["customers.waiting"] == 0
    lane.chats = msgspec.structs.replace(lane.chats, doubt="wrong times", untimed=True)
    assert (await lane.say())["customers.waiting"] == 0


async def test_who_was_answered_by_phone_stays_answered_when_the_gateways_times_go_wrong(lane: Lane) -> None:
    for number, phone in (("1", "5511990001111"), ("2", "5511990002222")):
        lead = await lane.database.lead(7200, telefone=phone)
        session = await lane.database.session(lead, 7200)
        await lane.database.message(lead, session, "recebida", 1000 + int(number))
    lane.saw("5511990001111@c.us", 300, ours=True)
    assert (await lane.say())["customers.waiting"] == 1
    proved = lane.chats
    # Read after times were proved last: the other one seems to be answered now.
    lane.saw("5511990002222@c.us", 0, ours=True)
    assert (await lane.say())["customers.waiting"] == 0
    lane.chats = msgspec.structs.replace(proved, doubt="wrong times", untimed=True, timed=proved.read_at)
    assert (await lane.say())["customers.waiting"] == 1
    # After a restart nothing of the chats is known; what the ledger knew from before it is.
    await lane.probe.close()
    lane.chats = Chats(doubt="wrong times", untimed=True, timed=time.time())
    lane.restarted()
    samples = await lane.samples()
    assert samples["customers.waiting"].value == 1
    assert samples["customers.unstored"].note == "wrong times"


async def test_a_pending_answer_is_claimed_until_it_is_known_what_pending_means(lane: Lane) -> None:
    lead = await lane.database.lead(7200, telefone="5511990001111")
    session = await lane.database.session(lead, 7200)
    await lane.database.message(lead, session, "recebida", 700)
    await lane.database.message(lead, session, "enviada", 690)
    lane.saw("5511990001111@c.us", 690, ours=True, ack=0)
    lane.chats = msgspec.structs.replace(lane.chats, unlearned=True)
    samples = await lane.samples()
    assert (samples["customers.waiting"].value, samples["customers.claimed"].value) == (0, None)
    assert "not known yet" in str(samples["customers.unstored"].note)
    lane.chats = msgspec.structs.replace(lane.chats, unlearned=False)
    assert (await lane.say())["customers.waiting"] == 1


async def test_a_message_on_its_way_through_the_bots_one_worker_is_waiting_and_not_lost(lane: Lane) -> None:
    lane.saw("5511990001111@c.us", 100)
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.unstored"]) == (1, 0)


async def test_what_was_sent_in_doubt_and_stands_in_the_chat_was_delivered(lane: Lane) -> None:
    lane.word = Deliverability.BROKEN
    lead = await lane.database.lead(50, telefone="5511990001111")
    session = await lane.database.session(lead, 50)
    await lane.database.message(lead, session, "recebida", 50)
    await lane.database.message(lead, session, "enviada", 30)
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.phantom"]) == (1, 1)
    lane.saw("5511990001111@c.us", 31, ours=True)
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.phantom"]) == (0, 0)


async def test_whom_a_person_answered_by_phone_waits_no_more(lane: Lane) -> None:
    lead, session = await lane.database.conversation(("recebida", 400))
    await lane.database.execute("UPDATE leads SET telefone = '5511990001111' WHERE id = $1", lead)
    assert (await lane.say())["customers.waiting"] == 1
    lane.saw("5511990001111@c.us", 60, ours=True)
    assert (await lane.say())["customers.waiting"] == 0
    await lane.database.message(lead, session, "recebida")
    assert (await lane.say())["customers.waiting"] == 1


async def test_who_repeats_words_that_were_answered_is_owed_nothing_and_did_not_fail(lane: Lane) -> None:
    lead = await lane.database.lead(400, telefone="5511990001111")
    session = await lane.database.session(lead, 400)
    for what, ago in (("recebida", 390), ("enviada", 380), ("recebida", 360)):
        await lane.database.message(lead, session, what, ago)
    said = await lane.say()
    assert (said["customers.waiting"], said["failures.unanswered"]) == (1, 1)
    now = time.time()
    last = ChatMessage(now - 370, ours=False)
    chat = Chat(last, None, now - 380, repeated=last.at)
    lane.chats = lane.chats.having({chat_key("5511990001111@c.us"): chat}, now)
    said = await lane.say()
    assert (said["customers.waiting"], said["failures.unanswered"], said["sessions.bot_owes"]) == (0, 0, 0)
    lane.chats = Chats(now)  # forgotten, as after a restart
    assert (await lane.say())["customers.waiting"] == 0
    await lane.database.message(lead, session, "recebida", 30)
    said = await lane.say()
    assert said["customers.oldest"] == pytest.approx(30, abs=3)


async def test_a_row_that_says_sent_is_no_answer_where_the_chat_has_none(lane: Lane) -> None:
    lead = await lane.database.lead(400, telefone="5511990001111")
    session = await lane.database.session(lead, 400)
    await lane.database.message(lead, session, "recebida", 398)
    await lane.database.message(lead, session, "enviada", 370)
    assert (await lane.say())["customers.waiting"] == 0
    lane.saw("5511990001111@c.us", 400)
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.phantom"], said["customers.unstored"]) == (1, 1, 0)


async def test_of_two_leads_with_one_number_the_one_with_the_newest_row_counts(lane: Lane) -> None:
    await lane.database.lead(9000, telefone="551190001111")
    lead = await lane.database.lead(400, telefone="5511990001111")
    session = await lane.database.session(lead, 400)
    await lane.database.message(lead, session, "recebida", 398)
    lane.saw("551190001111@c.us", 400)
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.unstored"]) == (1, 0)
    assert [one.lead for one in await lane.probe.who()] == [lead]


async def test_whom_a_person_answered_by_phone_waits_no_more_when_the_chats_are_forgotten(lane: Lane) -> None:
    lead, session = await lane.database.conversation(("recebida", 1000))
    await lane.database.execute("UPDATE leads SET telefone = '5511990001111' WHERE id = $1", lead)
    await lane.database.message(lead, session, "enviada", 990)
    await lane.database.message(lead, session, "recebida", 900)
    lane.saw("5511990001111@c.us", 600, ours=True)
    for _ in range(2):
        assert (await lane.say())["customers.waiting"] == 0
    await lane.probe.close()
    lane.chats = Chats()  # a new engine, and the gateway does not tell
    await lane.restarted().ask(time.time())
    assert (await lane.say())["customers.waiting"] == 0
    await lane.database.message(lead, session, "recebida")
    assert (await lane.say())["customers.waiting"] == 1


async def test_a_reply_took_as_long_as_the_chat_says_and_a_restart_keeps_that(lane: Lane) -> None:
    lead = await lane.database.lead(130, telefone="5511990001111")
    session = await lane.database.session(lead, 130)
    lane.saw("5511990001111@c.us", 300)
    lane.saw("5511990001111@c.us", 110, ours=True)
    await lane.database.message(lead, session, "recebida", 120)  # stored when its turn had come
    await lane.database.message(lead, session, "enviada", 110)
    assert (await lane.say())["reply.p95"] == pytest.approx(190, abs=3)
    await lane.probe.close()
    lane.chats = Chats()
    await lane.restarted().ask(time.time())
    assert (await lane.say())["reply.p95"] == pytest.approx(190, abs=3)


async def test_the_time_of_a_slow_reply_is_told_though_its_chat_told_of_it_before(lane: Lane) -> None:
    lead, session = await lane.database.conversation(("recebida", 120))
    await lane.database.execute("UPDATE leads SET telefone = '5511990001111' WHERE id = $1", lead)
    await lane.database.conversation(("recebida", 0))  # a newer row: the older one is settled
    await lane.probe.ask(time.time())
    lane.saw("5511990001111@c.us", 0, ours=True)
    await lane.probe.ask(time.time())
    await lane.database.message(lead, session, "enviada")
    assert (await lane.say())["failures.timeouts"] == 1


async def test_every_chat_that_waits_is_counted_once_however_many_they_are(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 20)
    await lane.database.execute(
        "INSERT INTO leads (nome, telefone, canal, created_at) SELECT 'A', '55119' || lpad(n::text, 8, '0'),"
        " 'whatsapp', now() - interval '9 minutes' FROM generate_series(1, 50) AS n"
    )
    await lane.database.execute(
        "INSERT INTO sessions (lead_id) SELECT id FROM leads;"
        "INSERT INTO messages (session_id, lead_id, conteudo, tipo, created_at)"
        " SELECT id, lead_id, 'x', 'recebida', now() - interval '8 minutes' FROM sessions"
    )
    for n in range(1, 61):
        lane.saw(f"55119{n:08}@c.us", 481)
    for _ in range(4):
        said = await lane.say()
        assert said["customers.waiting"] in {50, 60}
    assert (said["customers.waiting"], said["customers.unstored"]) == (60, 10)


@pytest.mark.parametrize("end", ["UPDATE leads SET status = 'finalizado'", "DELETE FROM leads"])
async def test_a_lead_that_a_person_ends_while_it_waits_waits_no_more_until_it_writes_again(
    lane: Lane, end: str
) -> None:
    await lane.database.lead(7200, telefone="5511990001111", status="em_qualificacao")
    await lane.database.execute("UPDATE leads SET created_at = now() - interval '40 days'")
    lane.saw("5511990001111@c.us", 400)
    assert (await lane.say())["customers.waiting"] == 1
    await lane.database.execute(end)
    for _ in range(2):
        assert (await lane.say())["customers.waiting"] == 0
    lane.saw("5511990001111@c.us", 10)
    assert (await lane.say())["customers.waiting"] == 1


async def test_our_own_clock_makes_no_sent_message_a_lost_one(lane: Lane) -> None:
    lead = await lane.database.lead(400, telefone="5511990001111")
    session = await lane.database.session(lead, 400)
    await lane.database.message(lead, session, "recebida", 398)
    await lane.database.message(lead, session, "enviada", 370)
    lane.saw("5511990001111@c.us", 400)
    lane.chats = msgspec.structs.replace(lane.chats, read_at=time.time() - 380 + 7200)  # our clock is ahead
    said = {one.series.removeprefix("bot/"): one.value for one in await lane.probe.ask(time.time() + 7200)}
    assert said["customers.waiting"] == 0


async def test_nobody_is_written_to_while_it_is_not_known_who_was_answered_by_phone(lane: Lane) -> None:
    await lane.database.conversation(("recebida", 400))
    lane.trouble = "HTTP 503"
    await lane.say()
    assert len(await lane.probe.who()) == 1
    with pytest.raises(ProbeError, match="it is unknown who was answered by phone: HTTP 503"):
        await lane.probe.who(certain=True)


@pytest.mark.parametrize(("clock", "word"), [((120.0, 121.0), "2m ahead"), ((-90.0, -89.0), "1m behind")])
async def test_chats_of_another_clock_are_no_witness_and_keep_the_rows_truth(
    lane: Lane, clock: tuple[float, float], word: str
) -> None:
    await lane.database.conversation(("recebida", 10))
    lane.saw("5511990001111@c.us", 400)
    lane.chats = msgspec.structs.replace(lane.chats, clock=clock)
    samples = await lane.samples()
    assert samples["customers.waiting"].value == 1
    assert samples["customers.unstored"].value is None
    assert word in str(samples["customers.unstored"].note)
    lane.chats = msgspec.structs.replace(lane.chats, clock=(-20.0, 0.5))  # a slow answer tells little
    assert (await lane.say())["customers.waiting"] == 2


async def test_chats_that_are_not_read_are_no_data_and_no_recovery(lane: Lane) -> None:
    lane.saw("5511990001111@c.us", 400)
    lane.chats = Chats(time.time() - 90, lane.chats.open)
    samples = await lane.samples()
    assert samples["customers.waiting"].value == 1
    assert samples["customers.unstored"].value is None
    assert "not read for 1m" in str(samples["customers.unstored"].note)


async def test_a_role_without_the_right_to_phones_leaves_the_rows_truth(lane: Lane) -> None:
    await lane.database.conversation(("recebida", 10))
    await lane.database.execute("ALTER TABLE leads RENAME COLUMN telefone TO fone")
    lane.saw("5511990001111@c.us", 400)
    samples = await lane.samples()
    assert samples["customers.waiting"].value == 1
    assert samples["customers.unstored"].value is None
    assert "telefone" in str(samples["customers.unstored"].note)


async def test_the_question_is_answered_by_index_whatever_the_size(agent_db: AgentDatabase) -> None:
    await agent_db.execute(
        "INSERT INTO leads (nome, telefone, canal) SELECT 'A', '55119' || lpad(n::text, 8, '0'), 'whatsapp'"
        " FROM generate_series(1, 20000) AS n"
    )
    await agent_db.execute(
        "INSERT INTO sessions (lead_id) SELECT id FROM leads;"
        "INSERT INTO messages (session_id, lead_id, conteudo, tipo)"
        " SELECT id, lead_id, 'x', 'recebida' FROM sessions; ANALYZE"
    )
    keys = [chat_key(f"55119{n:08}") for n in range(1, 20)]
    forms = [(key, form) for key in keys for form in stored_forms(key)]
    statement = sql("qualtui.probes", "customers_chats", Mapping())
    plan = "\n".join(
        row[0]
        for row in await agent_db.connection.fetch(
            f"EXPLAIN {statement}",
            [key for key, _form in forms],
            [form for _key, form in forms],
            [None] * len(forms),
            "enviada",
            "recebida",
        )
    )
    assert "Seq Scan" not in plan, plan


async def test_a_database_without_time_for_more_leaves_what_was_known_of_the_chats(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.saw("5511990001111@c.us", 400)
    assert (await lane.say())["customers.unstored"] == 1
    monkeypatch.setattr(customers, "LOOK_BY", 0.0)
    lane.saw("5511990002222@c.us", 400)  # was not asked about
    said = await lane.say()
    assert (said["customers.waiting"], said["customers.unstored"]) == (1, 1)


async def test_a_session_in_a_state_that_the_bot_cannot_read_is_counted_where_its_customer_s_message_is_lost(
    lane: Lane,
) -> None:
    for phone, state in (
        ("5511987654321", "saudacao"),
        ("5511987654322", "inicio"),
        ("5511987654323", "saudacao"),
    ):
        lead = await lane.database.lead(7200, telefone=phone)
        session = await lane.database.session(lead, 7200, estado=state)
        await lane.database.message(lead, session, "enviada", 3600)
    lane.saw("5511987654321", 240.0)
    lane.saw("5511987654322", 240.0)  # lost for another reason; the third has not written yet
    told = await lane.samples()
    assert (told["sessions.unreadable"].value, told["sessions.unreadable"].note) == (1, "saudacao")
    assert (told["customers.unstored"].value, told["customers.unseen"].value) == (2, 2)
    await lane.database.execute("UPDATE sessions SET ativa = false")
    assert (await lane.say())["sessions.unreadable"] == 0


async def test_a_message_that_is_not_stored_yet_is_seen_before_it_counts_as_lost(lane: Lane) -> None:
    lead = await lane.database.lead(7200, telefone="5511987654321")
    session = await lane.database.session(lead, 7200)
    await lane.database.message(lead, session, "enviada", 3600)
    lane.saw("5511987654321", 40.0)
    said = await lane.say()
    assert (said["customers.unseen"], said["customers.unstored"]) == (1, 0)
