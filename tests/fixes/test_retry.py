"""retry on a real PostgreSQL and a real socket: each customer at most once, and only who still waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import msgspec
import pytest

from qualtui.config.values import Mapping, RetrySettings
from qualtui.database import sql
from qualtui.fixes.fix import FixError
from qualtui.tracking.deliverability import Deliverability
from qualtui.wire import CustomerView
from tests.fixes.scene import ANSWERED, MINUTE, TEXT, Clock, Engine, owed, told
from tests.fixes.waha import Waha, waha
from tests.postgres import AgentDatabase

Make = Callable[..., Engine]


@pytest.fixture
async def gateway() -> AsyncIterator[Waha]:
    async with waha() as gateway:
        yield gateway


@pytest.fixture
async def engine(agent_db: AgentDatabase, gateway: Waha) -> AsyncIterator[Make]:
    """Makes engines on the test's database and gateway; all are closed at its end."""
    async with AsyncExitStack() as stack:

        def make(**how: object) -> Engine:
            made = Engine(agent_db, gateway, **how)  # type: ignore[arg-type]
            stack.push_async_callback(made.close)
            return made

        yield make


async def test_a_waiting_customer_is_written_to_once_and_stored_as_the_bot_would(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    lead, phone = await owed(agent_db, 1)
    await agent_db.execute("UPDATE messages SET metadata = jsonb_build_object('etapa', 'perguntar_prazo')")
    one = engine()
    plan = await one.fix.preview("")
    assert (str(plan.title), plan.subjects, str(plan.refused)) == ("Sends WhatsApp to 1 person", (lead,), "")
    assert plan.items[0].what == "+55 11 •••••-••01"
    assert phone not in repr(plan)
    outcome = await one.fix.run(plan)
    assert (outcome.outcome, outcome.done) == ("ok", (lead,))
    assert gateway.sends == [{"session": "default", "chatId": f"{phone}@c.us", "text": TEXT}]
    row = await agent_db.connection.fetchrow(
        "SELECT conteudo, tipo, metadata ->> 'etapa', session_id FROM messages ORDER BY created_at DESC LIMIT 1"
    )
    assert row is not None
    active = await agent_db.value("SELECT id FROM sessions WHERE ativa")
    assert tuple(row) == (TEXT, "enviada", "perguntar_prazo", active)
    assert await told(agent_db) == ANSWERED
    asked_twice = sql("qualtui.probes", "slow_same_question", Mapping())
    assert await agent_db.value(asked_twice, "enviada") == 0
    assert await one.eyes() == ()
    assert (await one.fix.run(plan)).outcome == "nothing"
    assert len(gateway.sends) == 1


async def test_nothing_of_a_person_stands_in_what_is_logged(agent_db: AgentDatabase, engine: Make) -> None:
    _lead, phone = await owed(agent_db, 1)
    one = engine()
    await one.fix.run(await one.fix.preview(""))
    logged = await agent_db.value("SELECT string_agg(detalhes::text, ' ') FROM system_logs")
    assert "key" in logged
    assert phone not in logged
    assert TEXT not in logged
    assert await agent_db.value("SELECT bool_and(length(evento) <= 100 AND nivel = 'INFO') FROM system_logs")


async def test_a_preview_changes_nothing_by_the_servers_own_count(agent_db: AgentDatabase, engine: Make) -> None:
    await owed(agent_db, 1)
    # Only what writes takes a number: the next one is ours.
    number = await agent_db.value("SELECT pg_current_xact_id()::text::int8")
    assert (await engine().fix.preview("")).subjects
    assert await agent_db.value("SELECT pg_current_xact_id()::text::int8") == number + 1


async def test_two_engines_at_once_write_to_each_customer_once(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    people = [await owed(agent_db, number, age=(20 - number) * MINUTE) for number in range(6)]
    first, second = engine(pace=0), engine(pace=0)
    plans = [await first.fix.preview(""), await second.fix.preview("")]
    assert plans[0].subjects == plans[1].subjects
    outcomes = await asyncio.gather(first.fix.run(plans[0]), second.fix.run(plans[1]))
    assert [gateway.sent_to(phone) for _lead, phone in people] == [1] * 6
    done = sorted([*outcomes[0].done, *outcomes[1].done])
    assert done == sorted(lead for lead, _phone in people)


async def test_one_that_the_other_engine_is_writing_to_is_left(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    await owed(agent_db, 1)
    first, second = engine(), engine()
    plan = await second.fix.preview("")
    gateway.held = asyncio.Event()
    running = asyncio.get_running_loop().create_task(first.fix.run(plan))
    await gateway.arrived.wait()
    outcome = await second.fix.run(plan)
    assert (outcome.outcome, outcome.done) == ("nothing", ())
    assert "may have been sent" in str(outcome.summary)
    gateway.held.set()
    assert (await running).outcome == "ok"
    assert len(gateway.sends) == 1


async def test_what_the_gateway_refuses_was_not_sent_and_may_be_tried_again(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    lead, _phone = await owed(agent_db, 1)
    gateway.code = 422
    one = engine()
    outcome = await one.fix.run(await one.fix.preview(""))
    assert (outcome.outcome, str(outcome.summary)) == (
        "nothing",
        "Answered 0 of 1; left: 1 refused by gateway: HTTP 422",
    )
    assert await told(agent_db) == ["qualtui_retry_claim", "qualtui_retry_refused"]
    assert await agent_db.value("SELECT count(*) FROM messages WHERE conteudo = $1", TEXT) == 0
    gateway.code = 201
    assert (await one.fix.run(await one.fix.preview(""))).done == (lead,)


async def test_a_send_whose_end_is_not_known_is_in_doubt_and_never_repeated(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    await owed(agent_db, 1)
    gateway.code = 500
    one = engine()
    outcome = await one.fix.run(await one.fix.preview(""))
    assert outcome.outcome == "interrupted"
    gateway.code = 201
    plan = await one.fix.preview("")
    assert (str(plan.title), plan.subjects) == ("Reaches no waiting customer", ())
    assert "interrupted 0s ago" in str(plan.items[0].why)
    assert len(gateway.sends) == 1


async def test_after_the_window_one_in_doubt_may_be_written_to_again(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    lead, _phone = await owed(agent_db, 1)
    gateway.code = 500
    one = engine()
    await one.fix.run(await one.fix.preview(""))
    await agent_db.execute("UPDATE system_logs SET created_at = created_at - interval '25 hours'")
    assert (await one.fix.preview("")).subjects == (lead,)


async def test_outside_contact_hours_nobody_is_written_to(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    people = [await owed(agent_db, number, age=(90 - number) * MINUTE) for number in range(3)]
    eve = 1_764_000_000 // 86400 * 86400 + 23 * 3600 - 25.0  # 19:59:35 in São Paulo
    clock = Clock(eve)
    one = engine(clock=clock, hours="08:00-20:00")
    plan = await one.fix.preview("")
    clock.now += 30
    late = await one.fix.preview("")
    assert str(late.refused) == "not at 20:00: contact hours are 08:00-20:00"
    clock.now = eve + 10
    outcome = await one.fix.run(plan)
    assert outcome.done == tuple(lead for lead, _phone in people[:2])
    assert "left: 1 not at 20:00" in str(outcome.summary)
    assert len(gateway.sends) == 2


async def test_contact_hours_never_stop_an_answer_to_whoever_wrote_within_the_hour(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    recent, _phone = await owed(agent_db, 1, age=50 * MINUTE)
    await owed(agent_db, 2, age=70 * MINUTE)
    night = Clock(1_764_000_000 // 86400 * 86400 + 6 * 3600)  # 03:00 in São Paulo
    one = engine(clock=night, hours="08:00-20:00")
    plan = await one.fix.preview("")
    assert (plan.subjects, plan.refused) == ((recent,), "")
    assert (plan.later, plan.later_at) == (1, night.now + 5 * 3600)
    outcome = await one.fix.run(plan)
    assert outcome.done == (recent,)
    assert len(gateway.sends) == 1
    assert str((await one.fix.preview("")).refused) == "not at 03:00: contact hours are 08:00-20:00"


async def test_the_bot_is_not_flooded_one_message_in_ten_seconds(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    for number in range(3):
        await owed(agent_db, number)
    one = engine()
    assert len((await one.fix.run(await one.fix.preview(""))).done) == 3
    assert one.clock.slept == [10.0, 10.0]


async def test_no_more_than_max_rows_a_run_the_longest_wait_first(agent_db: AgentDatabase, engine: Make) -> None:
    people = [await owed(agent_db, number, age=(20 - number) * MINUTE) for number in range(4)]
    plan = await engine(max_rows=3).fix.preview("")
    assert plan.subjects == tuple(lead for lead, _phone in people[:3])
    assert "1 more waits: run it again" in map(str, plan.warnings)


async def test_who_was_answered_since_the_preview_is_left(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    lead, _phone = await owed(agent_db, 1)
    one = engine()
    plan = await one.fix.preview("")
    session = await agent_db.value("SELECT id::text FROM sessions WHERE lead_id = $1", lead)
    await agent_db.message(lead, session, "enviada")
    outcome = await one.fix.run(plan)
    assert (outcome.outcome, str(outcome.summary)) == ("nothing", "Answered 0 of 1; left: 1 answered meanwhile")
    assert gateway.sends == []


async def test_nobody_is_written_to_while_it_is_not_known_whether_a_person_answered(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    await owed(agent_db, 1)
    one = engine()

    async def unknown() -> tuple[CustomerView, ...]:
        raise FixError("the chats are not told")

    one.fix._tools = msgspec.structs.replace(one.fix._tools, sure=unknown)
    plan = await one.fix.preview("")
    with pytest.raises(FixError, match="not told"):
        await one.fix.run(plan)
    assert (gateway.sends, await told(agent_db)) == ([], [])


async def test_a_row_of_the_bot_counts_as_an_answer_unless_the_gateway_was_broken_then(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    lead, session = await agent_db.conversation(("recebida", 10 * MINUTE), ("enviada", 9 * MINUTE))
    broken_until = time.time() - 5 * MINUTE

    def word(at: float) -> Deliverability:
        return Deliverability.BROKEN if at < broken_until else Deliverability.WORKING

    one = engine(word=word)
    plan = await one.fix.preview("")
    assert plan.subjects == (lead,)
    assert (await one.fix.run(plan)).done == (lead,)
    assert len(gateway.sends) == 1
    del session


async def test_one_who_writes_again_may_be_answered_again(agent_db: AgentDatabase, engine: Make) -> None:
    lead, _phone = await owed(agent_db, 1)
    one = engine()
    await one.fix.run(await one.fix.preview(""))
    session = await agent_db.value("SELECT id::text FROM sessions WHERE lead_id = $1", lead)
    await agent_db.message(lead, session, "recebida")
    assert (await one.fix.preview("")).subjects == (lead,)


async def test_a_delivery_whose_row_was_lost_is_not_repeated(agent_db: AgentDatabase, engine: Make) -> None:
    await owed(agent_db, 1)
    one = engine()
    await one.fix.run(await one.fix.preview(""))
    await agent_db.execute("DELETE FROM messages WHERE conteudo = $1", TEXT)
    plan = await engine().fix.preview("")
    assert (plan.subjects, str(plan.items[0].why)) == ((), "written to already")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            "UPDATE leads SET status = 'nao_qualificado'; UPDATE sessions SET ativa = false",
            "wants none: nao_qualificado",
        ),
        ("UPDATE leads SET telefone = '551234567890123456'", "answer by hand; gateway: its phone is not one"),
        ("DELETE FROM sessions", "answer by hand; gateway: no session to store the answer in"),
    ],
)
async def test_whom_it_may_not_or_cannot_reach_is_listed_with_the_reason(
    agent_db: AgentDatabase, gateway: Waha, engine: Make, change: str, why: str
) -> None:
    await owed(agent_db, 1)
    one = engine(opt_out=("nao_qualificado",))
    stale = await one.fix.preview("")
    await agent_db.execute(change)
    again = engine(opt_out=("nao_qualificado",))
    plan = await again.fix.preview("")
    assert (plan.subjects, [str(item.why) for item in plan.items]) == ((), [why])
    assert (await one.fix.run(stale)).done == ()
    assert gateway.sends == []


async def test_one_whom_the_bot_never_stored_is_answered_by_hand_and_keeps_nobody_else_waiting(
    agent_db: AgentDatabase, gateway: Waha, engine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, _phone = await owed(agent_db, 1)
    one = engine()
    stored = await one.eyes()
    unknown = CustomerView("chat-0123456789abcdef", "+55 11 •••••-••07", time.time() - 60, "never stored")

    async def who() -> tuple[CustomerView, ...]:
        return (unknown, *stored)

    monkeypatch.setattr(one.eyes.probe, "who", who)
    plan = await one.fix.preview("")
    assert plan.subjects == (lead,)
    assert [str(item.why) for item in plan.items if item.what == unknown.phone] == [
        "answer by hand; the bot has no lead of it"
    ]
    assert (await one.fix.run(plan)).done == (lead,)
    assert len(gateway.sends) == 1


async def test_whose_session_the_bot_cannot_read_is_not_written_to_before_it_is_closed(
    agent_db: AgentDatabase, gateway: Waha, engine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await agent_db.lead(7200, telefone="5511900000001")
    session = await agent_db.session(lead, 7200, estado="saudacao")
    await agent_db.message(lead, session, "enviada", 3600)
    one = engine()
    now = time.time()
    view = CustomerView(lead, "+55 11 •••••-••01", now - 300, "never stored", None, now - 300)

    async def who() -> tuple[CustomerView, ...]:
        return (view,)

    monkeypatch.setattr(one.eyes.probe, "who", who)
    plan = await one.fix.preview("")
    assert plan.subjects == ()
    assert "can't read its session (saudacao): close it first" in str(plan.items[0].why)
    await agent_db.execute("UPDATE sessions SET ativa = false")
    plan = await one.fix.preview("")
    assert (await one.fix.run(plan)).done == (lead,)
    assert len(gateway.sends) == 1


async def test_a_gateway_that_is_not_working_is_mended_first(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    await owed(agent_db, 1)
    one = engine()
    plan = await one.fix.preview("")
    gateway.status = "FAILED"
    assert str((await one.fix.preview("")).refused) == "the gateway is FAILED: fix it first"
    assert "the gateway is FAILED" in str((await one.fix.run(plan)).summary)
    assert await told(agent_db) == []


async def test_rights_that_lack_are_named_before_anything_is_sent(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    await owed(agent_db, 1)
    name = f"{agent_db.name}_rw"
    await agent_db.execute(
        f"CREATE ROLE {name} LOGIN; GRANT SELECT ON leads, sessions, messages, system_logs TO {name};"
        f"GRANT INSERT ON messages TO {name}"
    )
    try:
        one = engine(write=agent_db.dsn_as(name))
        plan = await one.fix.preview("")
        assert "lacks INSERT on system_logs.id" in str(plan.refused)
        assert "docs/roles.sql" in str(plan.refused)
        with pytest.raises(FixError, match="lacks INSERT"):
            await one.fix.run(plan)
        await agent_db.execute(f"GRANT INSERT ON system_logs TO {name}")
        plan = await one.fix.preview("")
        await agent_db.execute(f"REVOKE INSERT ON system_logs FROM {name}")
        with pytest.raises(FixError, match="permission denied"):
            await one.fix.run(plan)
        assert gateway.sends == []
        await one.close()
    finally:
        await agent_db.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


async def test_who_declined_once_and_writes_again_is_answered(
    agent_db: AgentDatabase, gateway: Waha, engine: Make
) -> None:
    lead, _phone = await owed(agent_db, 1)  # in a conversation that is open
    await agent_db.execute("UPDATE leads SET status = 'nao_qualificado'")
    one = engine(opt_out=("nao_qualificado",))
    plan = await one.fix.preview("")
    assert plan.subjects == (lead,)
    assert (await one.fix.run(plan)).done == (lead,)


async def test_the_preview_shows_the_text_and_what_the_bot_makes_of_the_reply(
    agent_db: AgentDatabase, engine: Make
) -> None:
    await owed(agent_db, 1)
    explained = [str(line) for line in (await engine().fix.preview("")).explain]
    assert f'Sends "{TEXT}"' in explained
    assert any("stores the reply as the answer to its pending question" in line for line in explained)


def test_the_default_text_asks_nothing() -> None:
    assert "?" not in RetrySettings().text
    assert RetrySettings().text.startswith("Olá! Tivemos uma falha técnica")


async def test_without_a_way_to_answer_it_says_what_to_configure(engine: Make) -> None:
    assert "set http, text, sql or watcher in [fixes.retry]" in str(engine(text="").fix.unavailable)


async def test_a_message_cannot_be_taken_back(engine: Make) -> None:
    one = engine()
    assert one.fix.final
    with pytest.raises(FixError, match="can't be undone"):
        await one.fix.undo(("x",))


async def test_an_interrupted_run_is_told_in_truth(agent_db: AgentDatabase, gateway: Waha, engine: Make) -> None:
    leads = [(await owed(agent_db, number, age=(20 - number) * MINUTE))[0] for number in range(3)]
    one = engine()
    plan = await one.fix.preview("")

    async def end() -> None:
        while len(gateway.sends) < 2:
            gateway.arrived.clear()
            await gateway.arrived.wait()
            if len(gateway.sends) == 1:
                gateway.held = asyncio.Event()

    await _cancelled(one.fix.run(plan), end())
    outcome = await engine().fix.verify(plan.subjects)
    assert (outcome.done, str(outcome.summary)) == (
        (leads[0],),
        "1 of 3 were answered; 1 may have been, is never sent again",
    )


async def _cancelled(work: Awaitable[object], when: Awaitable[None]) -> None:
    task = asyncio.ensure_future(work)
    await when
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
