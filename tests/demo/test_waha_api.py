"""The simulated WAHA answers as the real one."""

import pytest

from tests.demo.running import Running, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def status(demo: Running) -> str:
    """The session's status."""
    _, body = await demo.waha("GET", "/api/sessions/default")
    return str(body["status"])


async def test_a_wrong_key_is_unauthorised(demo: Running) -> None:
    unauthorised = (401, {"message": "Unauthorized", "statusCode": 401})
    assert await demo.waha("GET", "/api/sessions/default", key="wrong") == unauthorised
    assert (await demo.ask("GET", f"{demo.at.waha_url}/ping"))[0] == 401


async def test_an_unknown_session_is_not_found(demo: Running) -> None:
    assert (await demo.waha("GET", "/api/sessions/other"))[0] == 404
    assert (await demo.waha("POST", "/api/sessions/other/restart"))[0] == 404


async def test_a_stopped_session_is_listed_only_when_asked_for_all(demo: Running) -> None:
    try:
        await demo.waha("POST", "/api/sessions/default/stop")
        assert await demo.waha("GET", "/api/sessions") == (200, [])
        _, everything = await demo.waha("GET", "/api/sessions?all=true")
        assert [one["status"] for one in everything] == ["STOPPED"]
    finally:
        await demo.waha("POST", "/api/sessions/default/start")
    await eventually(lambda: _is(demo, "WORKING"))


async def _is(demo: Running, wanted: str) -> bool:
    return await status(demo) == wanted


async def test_sending_while_failed_is_refused_with_the_reason(demo: Running) -> None:
    await demo.fault("sends-failing", True)
    body = {"session": "default", "chatId": "5511900020001@c.us", "text": "oi"}
    code, refusal = await demo.waha("POST", "/api/sendText", json=body)
    assert (code, refusal["status"], refusal["expected"]) == (422, "FAILED", ["WORKING"])


async def test_a_restart_mends_a_failed_session(demo: Running) -> None:
    await demo.fault("sends-failing", True)
    assert await status(demo) == "FAILED"
    await demo.waha("POST", "/api/sessions/default/restart")
    assert await status(demo) in {"STARTING", "WORKING"}
    await eventually(lambda: _is(demo, "WORKING"))
    _, faults = await demo.ask("GET", f"{demo.at.control_url}/faults")
    assert {one["name"]: one["on"] for one in faults}["sends-failing"] is False


async def test_a_restart_does_not_mend_a_lost_login(demo: Running) -> None:
    await demo.ask("PUT", f"{demo.at.control_url}/faults/sends-failing?cause=qr")
    await demo.waha("POST", "/api/sessions/default/restart")
    await eventually(lambda: _is(demo, "SCAN_QR_CODE"))


async def test_server_calls_answer(demo: Running) -> None:
    assert await demo.waha("GET", "/ping") == (200, {"message": "pong"})
    assert (await demo.waha("GET", "/health"))[1]["status"] == "ok"
    assert "version" in (await demo.waha("GET", "/api/server/version"))[1]
    assert (await demo.waha("GET", "/api/server/status"))[1]["uptime"] >= 0
    assert (await demo.waha("GET", "/api/sessions/default/me"))[1]["pushName"] == "Consultoria Exemplo"
