"""Everything that is asked of the database works through a real PgBouncer that pools by transaction."""

import asyncio
import time

from qualtui.config.values import AgentSettings, DatabaseSettings, Seconds
from qualtui.engine.supervisor import ask_once
from qualtui.probes.build import Deps, customers_of, probes_of
from qualtui.tracking.deliverability import no_gateway
from tests.pgbouncer import needs_pgbouncer, running_pgbouncer
from tests.postgres import AgentDatabase

pytestmark = needs_pgbouncer


def deps() -> Deps:
    kept: dict[str, bytes] = {}

    async def load(name: str) -> bytes | None:
        return kept.get(name)

    async def save(name: str, blob: bytes) -> None:
        kept[name] = blob

    return Deps(load, save, lambda _mark: None, lambda _agent: no_gateway, lambda _agent: None)


async def test_both_lanes_work_while_others_take_the_backends_in_turn(agent_db: AgentDatabase) -> None:
    with running_pgbouncer(agent_db.server) as bouncer:
        settings = DatabaseSettings(dsn=bouncer.dsn(agent_db), pooler=True, timeout=Seconds(5))
        ours, theirs = (probes_of(name, AgentSettings(database=settings), deps()) for name in ("bot", "other"))
        for probe in ours:  # learns the empty database
            await ask_once(probe, time.time)
        lead, _session = await agent_db.conversation(("enviada", 0.0), ("recebida", 0.0))
        said: dict[str, float | None] = {}
        for _turn in range(8):
            asked = await asyncio.gather(*(ask_once(probe, time.time) for probe in (*ours, *theirs)))
            notes = {s.series: str(s.note) for samples in asked for s in samples if s.value is None}
            said |= {s.series: s.value for samples in asked for s in samples}
            assert not [note for note in notes.values() if "prepared" in note or "lost" in note], notes
        customers = customers_of(ours, "bot")
        assert customers is not None
        waiting = await customers.who()
        for probe in (*ours, *theirs):
            await probe.close()
    assert said["bot/db.up"] == 1
    assert (said["bot/customers.waiting"], said["bot/sessions.bot_owes"]) == (1, 1)
    assert said["bot/sessions.active"] == 1
    assert [one.lead for one in waiting] == [lead]
