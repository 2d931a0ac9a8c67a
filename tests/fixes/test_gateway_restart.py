"""gateway-restart on a real socket: mended only when WORKING, refused when WORKING, and it says whom to call."""

import socket
from collections.abc import AsyncIterator

import msgspec
import pytest

from qualtui.config.values import GatewayRestartSettings as Settings
from qualtui.config.values import GatewaySettings, Seconds, Secret
from qualtui.fixes.fix import FixError
from qualtui.fixes.gateway_restart import GatewayRestart
from tests.fixes.waha import Waha, waha


@pytest.fixture
async def gateway() -> AsyncIterator[Waha]:
    async with waha() as gateway:
        gateway.status = "FAILED"
        yield gateway


async def soon(_seconds: float) -> None:
    pass


def remedy(settings: GatewaySettings, timeout: float = 5.0, call: str = "Bea, extension 12") -> GatewayRestart:
    return GatewayRestart("bot", settings, Settings(timeout=Seconds(timeout), call=call), soon)


async def test_a_failed_session_is_restarted_and_mended_when_it_is_working(gateway: Waha) -> None:
    gateway.after = ["STARTING", "STARTING", "WORKING"]
    fix = remedy(gateway.settings)
    plan = await fix.preview("")
    assert (str(plan.title), plan.subjects, str(plan.refused)) == (
        "Restarts the WhatsApp session default",
        ("default",),
        "",
    )
    assert str(plan.items[0].why) == "FAILED"
    outcome = await fix.run(plan)
    assert (outcome.outcome, outcome.done, gateway.restarts) == ("ok", ("default",), 1)
    assert str((await fix.verify(plan.subjects)).summary) == "the session is WORKING now"
    await fix.close()


async def test_a_working_session_is_not_restarted_neither_at_preview_nor_later(gateway: Waha) -> None:
    fix = remedy(gateway.settings)
    plan = await fix.preview("")
    gateway.status = "WORKING"
    assert (await fix.run(plan)).outcome == "nothing"
    assert "WORKING" in str((await fix.preview("")).refused)
    assert gateway.restarts == 0
    await fix.close()


async def test_a_session_that_is_logged_out_is_offered_no_restart_and_the_reason_is_said(gateway: Waha) -> None:
    status = [""]
    fix = GatewayRestart("bot", gateway.settings, Settings(call="Bea"), soon, logged_out=lambda: status[0])
    assert str(fix.not_now) == ""
    status[0] = "SCAN_QR_CODE"
    assert "(SCAN_QR_CODE): a person must log in" in str(fix.not_now)
    assert "Bea" in str(fix.not_now)
    await fix.close()


async def test_a_gateway_that_takes_no_calls_is_offered_no_restart_and_the_reason_is_said(gateway: Waha) -> None:
    why = ["connection refused"]
    fix = GatewayRestart("bot", gateway.settings, Settings(call="Bea"), soon, unreachable=lambda: why[0])
    assert str(fix.not_now).startswith("the gateway takes no calls (connection refused)")
    assert "start the gateway itself. Call Bea" in str(fix.not_now)
    why[0] = ""
    assert fix.not_now == ""
    await fix.close()


async def test_a_session_that_hangs_though_working_is_restarted_for_that_reason(gateway: Waha) -> None:
    gateway.status = "WORKING"
    reasons = ["The bot is stuck sending"]
    fix = GatewayRestart("bot", gateway.settings, Settings(timeout=Seconds(5)), soon, despite=lambda: reasons[0])
    plan = await fix.preview("")
    assert (str(plan.refused), plan.subjects) == ("", ("default",))
    assert "it is restarted because: The bot is stuck sending" in str(plan.warnings[0])
    gateway.after = ["WORKING", "STARTING", "WORKING"]  # the first look comes before it stopped
    outcome = await fix.run(plan)
    assert (outcome.outcome, gateway.restarts, gateway.after) == ("ok", 1, [])
    reasons[0] = ""
    assert "would only interrupt" in str((await fix.preview("")).refused)
    await fix.close()


@pytest.mark.parametrize("status", ["SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED"])
async def test_where_a_login_is_needed_it_says_so_and_whom_to_call(gateway: Waha, status: str) -> None:
    gateway.after = ["STARTING", status]
    fix = remedy(gateway.settings)
    with pytest.raises(FixError, match=r"log in with the phone\. Call Bea, extension 12"):
        await fix.run(await fix.preview(""))
    refused = str((await fix.preview("")).refused)
    assert status in refused
    assert "Bea" in refused
    await fix.close()
    nobody = remedy(gateway.settings, call="")
    assert "is not set" in str((await nobody.preview("")).refused)
    await nobody.close()


async def test_a_session_that_does_not_come_back_is_told_in_time(gateway: Waha) -> None:
    gateway.after = ["STARTING"]
    fix = remedy(gateway.settings, timeout=0.05)
    with pytest.raises(FixError, match=r"not WORKING within 1s: STARTING\. Call Bea"):
        await fix.run(await fix.preview(""))
    await fix.close()


async def test_each_refusal_is_one_line(gateway: Waha) -> None:
    replace = msgspec.structs.replace
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        for settings, words in (
            (replace(gateway.settings, session="other"), "no session 'other'"),
            (replace(gateway.settings, key=Secret("wrong")), "rejects our key"),
            (
                replace(gateway.settings, url=f"http://127.0.0.1:{held.getsockname()[1]}"),
                "does not answer: refused",
            ),
        ):
            fix = remedy(settings)
            with pytest.raises(FixError, match=words):
                await fix.preview("")
            await fix.close()


async def test_a_restart_is_never_taken_back(gateway: Waha) -> None:
    fix = remedy(gateway.settings)
    assert fix.final
    with pytest.raises(FixError, match="can't be undone"):
        await fix.undo(("default",))


async def test_the_preview_says_for_how_long_the_session_has_not_been_working(gateway: Waha) -> None:
    fix = GatewayRestart("bot", gateway.settings, Settings(), broken_for=lambda: 120.0)
    (item,) = (await fix.preview("")).items
    assert (str(item.why), item.age) == ("FAILED", 120.0)
    gateway.status = "WORKING"
    (item,) = (await fix.preview("")).items
    assert (str(item.why), item.age) == ("WORKING", 0.0)
    await fix.close()
