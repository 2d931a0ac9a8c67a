"""Each fault does what it says, for real, and its end is a real end."""

import asyncio
from typing import Any

import aiohttp
import asyncpg
import psutil
import pytest

from tests.demo.running import Running, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAMES = {
    *("agent-down", "agent-hanging", "database-stopped", "database-slow", "sessions-stuck"),
    *("customers-unanswered", "sends-failing", "sends-hanging", "error-burst", "flood"),
    *("sends-refused", "logged-out", "foreign-number", "chats-hidden", "chats-doubled", "chats-request-time"),
    *("acks-pending", "session-nameless", "catcher-down", "catcher-hangs", "catcher-drips"),
    *(
        "memory-leak",
        "cpu-burn",
        "bad-deploy",
        "suspended",
        "crash-loop",
        "cold-start",
        "host-down",
        "host-limited",
    ),
}


async def customer(demo: Running) -> str:
    """One customer writes now; gives the phone."""
    _, body = await demo.ask("POST", f"{demo.at.control_url}/customers")
    return str(body["phone"])


async def calm(demo: Running) -> bool:
    """Nobody waits for a delivered answer."""
    return bool((await demo.truth())["waiting"] == 0)


async def health(demo: Running, within: float = 3.0) -> Any:
    """The agent's /health."""
    limit = aiohttp.ClientTimeout(total=within)
    return await demo.ask("GET", f"{demo.at.agent_url}/health", timeout=limit)


async def test_every_fault_is_listed_and_switching_twice_changes_nothing(demo: Running) -> None:
    _, faults = await demo.ask("GET", f"{demo.at.control_url}/faults")
    assert {one["name"] for one in faults} == NAMES
    assert not any(one["on"] for one in faults)
    first = await demo.fault("database-slow", True)
    assert await demo.fault("database-slow", True) == first
    assert first["since"] > 0
    assert (await demo.fault("database-slow", False))["on"] is False
    assert (await demo.fault("database-slow", False))["since"] is None


async def test_an_unknown_fault_is_404_with_the_known_ones(demo: Running) -> None:
    status, body = await demo.ask("PUT", f"{demo.at.control_url}/faults/no-such")
    assert status == 404
    assert set(body["known"]) == NAMES


async def test_agent_down_refuses_and_comes_back_on_the_same_port(demo: Running) -> None:
    await demo.fault("agent-down", True)
    with pytest.raises(aiohttp.ClientConnectorError):
        await health(demo)
    await demo.fault("agent-down", False)
    assert (await health(demo))[0] == 200


async def test_agent_hanging_accepts_and_never_answers(demo: Running) -> None:
    await demo.fault("agent-hanging", True)
    with pytest.raises(TimeoutError):
        await health(demo, within=0.4)
    reply = asyncio.create_task(health(demo, within=40))
    await asyncio.sleep(0.1)
    await demo.fault("agent-down", True)  # down wins over hanging, and drops who hangs
    with pytest.raises(aiohttp.ClientError):
        await reply
    await demo.fault("agent-down", False)
    with pytest.raises(TimeoutError):
        await health(demo, within=0.3)
    await demo.fault("agent-hanging", False)
    assert (await health(demo))[0] == 200


async def test_a_killed_agent_forgets_its_counters_and_answers_who_wrote_meanwhile(demo: Running) -> None:
    await demo.fault("agent-down", True)
    phone = await customer(demo)
    await demo.fault("agent-down", False)
    assert (await health(demo))[1]["metrics"]["total_messages"] <= 2
    await eventually(lambda: demo.kinds(phone))
    await eventually(lambda: calm(demo), within=40)


async def test_database_stopped_ends_the_process_and_keeps_the_data(demo: Running) -> None:
    before = await demo.row("select count(*) from messages")
    pid = (await demo.truth())["postgres_pid"]
    await demo.fault("database-stopped", True)
    assert not psutil.pid_exists(pid)
    with pytest.raises(OSError, match="Connect"):
        await demo.row("select 1")
    await demo.fault("database-stopped", False)
    assert (await demo.truth())["postgres_pid"] not in {pid, None}
    assert await demo.row("select count(*) from messages") == before


async def test_an_open_connection_ends_with_the_database(demo: Running) -> None:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(demo.at.dsn)
    await demo.fault("database-stopped", True)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("select 1")
    connection.terminate()


async def test_database_slow_makes_every_answer_late(demo: Running) -> None:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(demo.at.dsn)
    loop = asyncio.get_running_loop()
    try:
        await demo.fault("database-slow", True)
        begun = loop.time()
        await connection.execute("select 1")
        assert loop.time() - begun >= 0.25
        await demo.fault("database-slow", False)
        begun = loop.time()
        await connection.execute("select 1")
        assert loop.time() - begun < 0.25
    finally:
        await connection.close()


async def test_stuck_sessions_are_mended_by_closing_them(demo: Running) -> None:
    await demo.fault("sessions-stuck", True)
    stuck = (
        "select count(*) as all, count(*) filter (where s.created_at < now() - interval '20 s') as old"
        " from sessions s where ativa and contexto ->> 'responses' = 'damaged'"
    )
    row = await demo.row(stuck)
    assert row is not None
    assert (row["all"], row["old"]) == (4, 4)  # 20 s at this speed: beyond the cleanup's 30 minutes
    assert (await demo.truth())["waiting"] == 4
    someone = await demo.row(
        "select telefone from leads l join sessions s on s.lead_id = l.id"
        " where ativa and contexto ->> 'responses' = 'damaged' limit 1"
    )
    assert someone is not None
    phone = someone["telefone"]
    assert await demo.kinds(phone) == ["recebida", "enviada", "recebida"]
    assert (await demo.webhook(phone))[0] == 500  # stored first, then the bot fails
    assert (await demo.kinds(phone))[-2:] == ["recebida", "recebida"]
    await demo.write("update sessions set ativa = false where ativa and contexto ->> 'responses' = 'damaged'")
    await eventually(lambda: calm(demo), within=40)
    assert (await demo.fault("sessions-stuck", False))["on"] is False


async def test_stuck_sessions_are_repaired_when_the_fault_ends(demo: Running) -> None:
    await demo.fault("sessions-stuck", True)
    await demo.fault("sessions-stuck", False)
    row = await demo.row("select count(*) from sessions where ativa and contexto ->> 'responses' = 'damaged'")
    assert row is not None
    assert row[0] == 0
    await eventually(lambda: calm(demo), within=40)


async def test_stuck_sessions_cannot_be_made_while_the_database_is_stopped(demo: Running) -> None:
    await demo.fault("database-stopped", True)
    status, body = await demo.ask("PUT", f"{demo.at.control_url}/faults/sessions-stuck")
    assert status == 409
    assert body["error"].startswith("sessions-stuck")


async def test_unanswered_customers_are_stored_and_answered_after_the_fault(demo: Running) -> None:
    await demo.fault("customers-unanswered", True)
    phone = await customer(demo)
    await eventually(lambda: demo.kinds(phone))
    assert "enviada" not in await demo.kinds(phone)
    await demo.fault("customers-unanswered", False)
    await eventually(lambda: calm(demo), within=40)
    assert (await demo.kinds(phone))[-1] == "enviada"


async def test_failing_sends_leave_phantoms_until_the_session_is_restarted(demo: Running) -> None:
    await demo.fault("sends-failing", True)
    phone = await customer(demo)

    async def phantom() -> bool:
        return (await demo.kinds(phone))[-1:] == ["enviada"]

    await eventually(phantom, within=40)
    assert (await demo.truth())["waiting"] >= 1  # the database says sent, the customer has nothing
    await demo.waha("POST", "/api/sessions/default/restart")
    await eventually(lambda: calm(demo), within=40)


async def test_hanging_sends_are_answered_once_the_session_is_restarted(demo: Running) -> None:
    await demo.fault("sends-hanging", True)
    await customer(demo)
    _, session = await demo.waha("GET", "/api/sessions/default")
    assert session["status"] == "WORKING"

    async def hangs() -> bool:  # the one worker, in its send
        try:
            await health(demo, within=1.0)
        except TimeoutError:
            return True
        return False

    await eventually(hangs)
    await demo.waha("POST", "/api/sessions/default/restart")
    _, faults = await demo.ask("GET", f"{demo.at.control_url}/faults")
    assert not {one["name"]: one["on"] for one in faults}["sends-hanging"]
    await eventually(lambda: calm(demo), within=60)


async def test_an_error_burst_answers_500_to_messages_and_the_retry_is_a_duplicate(demo: Running) -> None:
    await demo.fault("error-burst", True)
    same = {"id": "false_5511900030001@c.us_BURST"}
    assert (await demo.webhook("5511900030001", **same))[0] == 500
    assert await demo.webhook("5511900030001", **same) == (200, {"status": "duplicate_ignored"})
    phones = [f"551190003010{n}" for n in range(8)]
    assert {(await demo.webhook(phone))[0] for phone in phones} == {500}
    stored = [await demo.kinds(phone) for phone in phones]
    assert [] in stored  # lost without a row
    assert ["enviada", "recebida"] in stored  # greeted, and then left alone
    assert (await health(demo))[0] == 200


async def test_a_flood_comes_from_one_phone_at_a_bounded_rate(demo: Running) -> None:
    await demo.fault("flood", True)

    async def several() -> bool:
        return (await demo.kinds("5511900099001")).count("recebida") >= 3

    await eventually(several)
    assert (await demo.truth())["webhooks_in_flight"] <= 30
    await demo.fault("flood", False)
    assert (await health(demo, within=40))[0] == 200
