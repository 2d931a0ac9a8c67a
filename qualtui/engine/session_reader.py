"""The sessions of an agent, read from its database on a person's behalf."""

import asyncio
from collections.abc import Sequence

from qualtui.probes.build import sessions_of
from qualtui.probes.probe import Probe, ProbeError
from qualtui.text.message import message
from qualtui.wire import ListSessions, Refused, Sessions

ASK_LIMIT = 15.0  # s for the database, with the wait for the slow lane's turn
LISTED = 2000  # sessions at most


async def read_sessions(probes: Sequence[Probe], ask: ListSessions, limit: float) -> Sessions | Refused:
    """Its sessions; refused where no database is configured or it fails. `limit`: s until one is stuck."""
    found = sessions_of(probes, ask.agent)
    if found is None:
        return Refused(message("no database is configured for {agent}", agent=ask.agent))
    try:
        async with asyncio.timeout(ASK_LIMIT):
            return await found.read(limit, max(1, min(ask.limit, LISTED)))
    except (ProbeError, TimeoutError) as error:
        return Refused(message("the database fails: {reason}", reason=str(error) or message("no answer in time")))
