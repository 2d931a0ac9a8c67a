"""The simulated agent has the real one's shapes and quirks."""

import asyncio

import pytest

from tests.demo.running import Running, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_first_contact_greets_stores_and_asks(demo: Running) -> None:
    status, body = await demo.webhook("5511900010001")
    assert (status, body["status"]) == (200, "processed")
    assert body["resultado"]["whatsapp"]["success"] is True
    assert await demo.kinds("5511900010001") == ["enviada", "recebida", "enviada"]  # the greeting comes first
    row = await demo.row(
        "select array_agg(m.metadata ->> 'etapa' order by m.created_at) filter (where tipo = 'enviada')"
        " from messages m join leads l on l.id = m.lead_id where telefone = '5511900010001'"
    )
    assert row is not None
    assert row[0] == ["mensagem_inicial", "perguntar_patrimonio"]


async def test_the_check_refuses_the_estado_and_nobody_is_told(demo: Running) -> None:
    _, body = await demo.webhook("5511900010002")
    assert body["resultado"]["estado"] == "perguntar_patrimonio"  # the intended one
    row = await demo.row(
        "select s.estado, l.status, (select count(*) from system_logs) as logs"
        " from sessions s join leads l on l.id = s.lead_id where telefone = '5511900010002'"
    )
    assert row is not None
    assert (row["estado"], row["status"], row["logs"]) == ("inicio", "em_qualificacao", 0)


async def test_an_id_that_was_seen_is_ignored(demo: Running) -> None:
    same = {"id": "false_5511900010003@c.us_SAME"}
    await demo.webhook("5511900010003", **same)
    assert await demo.webhook("5511900010003", **same) == (200, {"status": "duplicate_ignored"})


async def test_the_same_text_is_not_sent_twice_in_five_minutes(demo: Running) -> None:
    await demo.webhook("5511900010004")
    _, body = await demo.webhook("5511900010004", "de novo")
    if body["resultado"]["whatsapp"]["success"]:  # the clock's bucket ended between the two
        _, body = await demo.webhook("5511900010004", "e de novo")
    assert body["resultado"]["whatsapp"] == {"success": False, "skipped": "deduplicated"}


async def test_events_without_a_sender_answer_500_html(demo: Running) -> None:
    url = f"{demo.at.agent_url}/webhook"
    events: tuple[object, ...] = ({"event": "session.status", "payload": {"status": "WORKING"}}, {}, [])
    for event in events:
        status, body = await demo.ask("POST", url, json=event)
        assert status == 500
        assert "Internal Server Error" in body
    assert (await demo.ask("POST", url, data=b"{"))[0] == 500
    assert await demo.ask("GET", url) == (200, {"status": "webhook_online"})


async def test_own_messages_are_ignored(demo: Running) -> None:
    assert await demo.webhook("5511900010005", fromMe=True) == (200, {"status": "ignored_self_message"})


async def test_health_waits_behind_a_reply(demo: Running) -> None:
    await demo.waha("POST", "/api/sessions/default/stop")  # three tries a text: a long reply
    try:
        reply = asyncio.create_task(demo.webhook("5511900010006"))
        await eventually(lambda: demo.kinds("5511900010006"))  # the worker is at the second text now
        assert not reply.done()
        status, body = await demo.ask("GET", f"{demo.at.agent_url}/health")
        assert reply.done()
        assert (status, body["status"]) == (200, "healthy")
        await reply
    finally:
        await demo.waha("POST", "/api/sessions/default/start")


async def test_health_is_healthy_and_a_lead_fails_with_200_while_the_database_is_stopped(demo: Running) -> None:
    await demo.fault("database-stopped", True)
    status, body = await demo.ask("GET", f"{demo.at.agent_url}/health")
    assert (status, body["status"]) == (200, "healthy")
    assert await demo.webhook("5511900010007") == (200, {"status": "lead_creation_failed"})
    assert (await demo.ask("GET", f"{demo.at.agent_url}/health/deep"))[0] == 503


async def test_a_failed_send_is_stored_as_sent(demo: Running) -> None:
    await demo.fault("sends-failing", True)
    _, body = await demo.webhook("5511900010008")
    assert body["resultado"]["whatsapp"]["simulado"] is True
    assert await demo.kinds("5511900010008") == ["enviada", "recebida", "enviada"]


async def test_metrics_count_what_the_agent_believes(demo: Running) -> None:
    await demo.webhook("5511900010009")
    status, body = await demo.ask("GET", f"{demo.at.agent_url}/metrics")
    assert status == 200
    assert body["totals"]["messages"]["total_sent"] >= 2
    assert body["last_hour"]["messages"]["total"] >= 2
    assert set(body["rates"]) == {"message_success_rate", "qualification_rate", "meeting_success_rate"}


async def test_the_watcher_says_ok_and_does_nothing(demo: Running) -> None:
    answer = await demo.ask("POST", f"{demo.at.agent_url}/leads/run-watcher")
    assert answer == (200, {"status": "ok"})


async def test_the_switchable_endpoints_look_deep_and_retry(demo: Running) -> None:
    status, body = await demo.ask("GET", f"{demo.at.agent_url}/health/deep")
    assert (status, body["services"]["database"]["status"]) == (200, "up")
    await demo.webhook("5511900010010")
    lead = await demo.row("select id from leads where telefone = '5511900010010'")
    assert lead is not None
    status, body = await demo.ask("POST", f"{demo.at.agent_url}/leads/{lead['id']}/retry")
    assert (status, body["status"] in {"retried", "skipped"}) == (200, True)
    nobody = f"{demo.at.agent_url}/leads/00000000-0000-4000-8000-000000000000/retry"
    assert (await demo.ask("POST", nobody))[0] == 404
