"""What the fast lane asks beside the streams, and only while there is a reason: a flood, messages never stored."""

from collections.abc import Mapping as Of

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, DatabaseReader, sql
from qualtui.probes.watermark import WatermarkReader
from qualtui.text import clean, mask_phone
from qualtui.tracking.answered_share import Told
from qualtui.tracking.gateway_chats import PSEUDONYM
from qualtui.tracking.replies import PendingReply

MOST = 100  # customers asked about in a cycle


class OccasionalPolls:
    """Names a flood's sender, its phone masked at once, and counts sessions that the bot can't read."""

    def __init__(self, mapping: Mapping, follow: WatermarkReader) -> None:
        self._states = list(mapping.unreadable)
        self._unreadable = sql("qualtui.probes", "customers_unreadable", mapping)
        self._follow = follow
        self._sender = ("", "")  # lead and masked phone of the flood that goes on

    async def look(self, reader: DatabaseReader, waiting: Of[str, PendingReply], flood: tuple[str, int]) -> Told:
        """`customers.flood` and `sessions.unreadable`; one that was not answered is None with its reason."""
        told: Told = {"customers.flood": (float(flood[1]), ""), "sessions.unreadable": (0.0, "")}
        unstored = [
            lead for lead, owed in waiting.items() if owed.unstored is not None and not lead.startswith(PSEUDONYM)
        ]
        try:
            if flood[0]:
                told["customers.flood"] = (float(flood[1]), await self._masked(reader, flood[0]))
            if unstored and self._states:
                rows = await reader.ask("sessions", self._unreadable, unstored[:MOST], self._states)
                states = ", ".join(sorted({clean(row["state"], 20) for row in rows}))
                told["sessions.unreadable"] = (float(len(rows)), states)
        except DatabaseError as error:
            if reader.lost:
                raise
            told["sessions.unreadable"] = (None, error.text)
        return told

    async def _masked(self, reader: DatabaseReader, lead: str) -> str:
        if self._sender[0] != lead:
            phones = await self._follow.phones(reader, [lead])
            self._sender = (lead, mask_phone(phones.get(lead, "")))
        return self._sender[1]
