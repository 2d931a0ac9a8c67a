"""An engine that is killed while it retries: nobody is written to twice, and who is in doubt is shown."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.fixes.scene import TEXT, Engine, owed, told
from tests.fixes.waha import Waha, waha
from tests.postgres import AgentDatabase


@asynccontextmanager
async def child(step: str, database: AgentDatabase, gateway: Waha) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fixes.child", step, database.dsn.reveal(), gateway.url),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.parametrize(("step", "sends"), [("claimed", 0), ("sending", 1), ("sent", 1)])
async def test_killed_between_claim_send_and_record_the_next_engine_sends_nothing_and_says_interrupted(
    agent_db: AgentDatabase, step: str, sends: int
) -> None:
    lead, phone = await owed(agent_db, 1)
    async with waha() as gateway:
        if step == "sending":
            gateway.held = asyncio.Event()
        async with child(step, agent_db, gateway) as process:
            async with asyncio.timeout(20):
                if step == "sending":
                    await gateway.arrived.wait()
                else:
                    assert process.stdout is not None
                    assert (await process.stdout.readline()).decode().strip() == step
            process.kill()
            await process.wait()
        if gateway.held is not None:
            gateway.held.set()
        assert gateway.sent_to(phone) == sends
        engine = Engine(agent_db, gateway)
        plan = await engine.fix.preview("")
        assert plan.subjects == ()
        assert "interrupted" in str(plan.items[0].why)
        assert str((await engine.fix.verify((lead,))).summary) == (
            "0 of 1 were answered; 1 may have been, is never sent again"
        )
        assert gateway.sent_to(phone) == sends
        assert await told(agent_db) == ["qualtui_retry_claim"]
        assert await agent_db.value("SELECT count(*) FROM messages WHERE conteudo = $1", TEXT) == 0
        await engine.close()
