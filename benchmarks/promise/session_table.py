"""The bot's sessions as session-cleanup reads and closes them: one a customer, open until it is closed."""

from collections.abc import Callable, Sequence

from benchmarks.promise.world import MonthWorld
from benchmarks.truth.records import What
from benchmarks.truth.tables import Record
from qualtui.config.values import Mapping
from qualtui.database import sql


class SessionTable:
    """Answers the fix's statements for the world's present instant."""

    def __init__(self, world: MonthWorld) -> None:
        self._world = world
        self._closed: dict[str, float] = {}  # by session, when

    def statements(self) -> dict[str, Callable[..., list[Record]]]:
        """By statement, what it gives."""
        names: dict[str, Callable[..., list[Record]]] = {
            "stuck_truth": self._stuck,
            "facts": lambda _table: [{"triggers": False, "security": False}],
            "lock": lambda ids: [{"id": one} for one in ids],  # the bot is at none of them
            "close_truth": self._close,
            "state": self._states,
        }
        return {sql("qualtui.fixes", f"sessions_{name}", Mapping()): act for name, act in names.items()}

    def _active(self, session: str, newest: float) -> bool:
        return self._closed.get(session, -1.0) < newest

    def _owing(self, limit: float) -> list[Record]:
        """Sessions in which the bot owes a reply for longer than `limit` s."""
        found: list[Record] = []
        database = self._world.database
        for lead, rows in database.by_lead.items():
            last = rows[-1]
            age = self._world.now - last.at
            if last.what is What.RECEIVED and age > limit and self._active(last.session, last.at):
                found.append(
                    {
                        "id": last.session,
                        "lead": lead,
                        "phone": database.phones.get(lead, ""),
                        "situation": "bot_owes",
                        "age": age,
                    }
                )
        return sorted(found, key=lambda one: (-float(str(one["age"])), str(one["id"])))

    def _stuck(
        self, limit: float, _received: str, most: int, _leads: Sequence[str], _states: Sequence[str]
    ) -> list[Record]:
        found = self._owing(limit)
        return [{**one, "total": len(found)} for one in found[:most]]

    def _close(self, ids: Sequence[str], limit: float, _received: str, _states: Sequence[str]) -> list[Record]:
        found = [one for one in self._owing(limit) if one["id"] in ids]
        for one in found:
            self._closed[str(one["id"])] = self._world.now
            self._world.people.all[str(one["lead"])].session = ""  # the bot begins anew
        return [{"id": one["id"]} for one in found]

    def _states(self, ids: Sequence[str]) -> list[Record]:
        return [{"id": one, "active": one not in self._closed, "finished": False, "newer": False} for one in ids]
