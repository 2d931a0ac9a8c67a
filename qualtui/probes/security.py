"""Row security shows a role fewer rows and says nothing: of which tables is no row seen for it, or maybe so?"""

from collections.abc import Iterable

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, DatabaseReader, sql, table
from qualtui.text.message import Saying, Text, message

LOOK_AGAIN = 60.0  # s between two searches of a table for a row: where a policy hides all, each reads all of it


class RowSecurity:
    """Of some tables of the agent's. A policy that hides a part of the rows goes unseen: `doctor` counts.

    Under a policy an empty table looks like a hidden one: until a row of it is seen nothing is known of it.
    """

    def __init__(self, names: Iterable[str], mapping: Mapping) -> None:
        self._names = {table(name, mapping): name for name in names}
        self._active = sql("qualtui.probes", "row_security", mapping)
        self._real = {name: mapping.names.get(name, name) for name in self._names.values()}
        self._looked: dict[str, float] = {}  # by table of which no row was seen: when, by the server's clock

    async def hidden(self, reader: DatabaseReader) -> dict[str, Saying]:
        """By table: why none of its rows being seen does not mean that there is none. Raises DatabaseError."""
        found: dict[str, Saying] = {}
        for row in await reader.ask("row security", self._active, list(self._names)):
            name = self._names[row["name"]]
            if row["active"] and not row["policy"]:
                found[name] = hides(name)
            elif row["active"] and (why := await self._unseen(reader, name)):
                found[name] = why
        return found

    async def _unseen(self, reader: DatabaseReader, name: str) -> Saying:
        if 0 <= reader.now - self._looked.get(name, float("-inf")) < LOOK_AGAIN:
            return hides_maybe(name)
        self._looked[name] = reader.now  # also of a search that does not end in time
        try:
            if await sees(reader, name, self._real[name]):
                del self._looked[name]
                return ""
        except DatabaseError as error:
            if reader.lost:
                del self._looked[name]
                raise
            return error.text
        return hides_maybe(name)


def hides(name: str) -> Text:
    """There is no policy for our role."""
    return message("{table}: row security hides rows", table=name)


def hides_maybe(name: str) -> Text:
    """There is one, and no row."""
    return message("{table}: row security hides rows, or there are none", table=name)


async def sees(reader: DatabaseReader, question: str, real: str) -> bool:
    """Whether any row of the table of this name is seen. Raises DatabaseError."""
    statement = sql("qualtui.probes", "row_seen", Mapping(names={"rows": real}))
    return bool((await reader.ask(question, statement))[0]["seen"])
