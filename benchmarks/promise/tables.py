"""The bot's database as fixes write to it: claims and outcomes in its log, and answers that were given."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from benchmarks.promise.session_table import SessionTable
from benchmarks.promise.world import MonthWorld
from benchmarks.truth.records import What
from benchmarks.truth.tables import Clock, Record, Tables
from qualtui.config.values import Mapping
from qualtui.database import sql


class _Claim(msgspec.Struct):
    at: float
    outcome: str | None = None
    delivered: str | None = None


class WritableTables(Tables):
    """Stands in for qualtui.database.Database, for probes and for fixes alike."""

    def __init__(self, world: MonthWorld, epoch: float, clock: Clock) -> None:
        super().__init__(world, epoch, clock)
        self._month = world
        self._start = epoch
        self._claims: dict[str, dict[str, _Claim]] = {}  # by lead and key
        names: dict[str, Callable[..., object]] = {
            "lock": lambda _lead: True,
            "cases": self._cases,
            "phone": self._digits,
            "claim": self._claim,
            "outcome": self._outcome,
            "delivered": self._delivered,
            "store": self._store,
            "rights": lambda *_asked: [],  # none is lacking
        }
        self._fixes = {sql("qualtui.fixes", f"retry_{name}", Mapping()): act for name, act in names.items()}
        self._fixes |= SessionTable(world).statements()

    @contextlib.asynccontextmanager
    async def read(self, timeout: float, each: float | None = None) -> AsyncIterator["WritableTables"]:
        """A snapshot. Raises DatabaseError as a real one fails."""
        self._present()
        async with super().read(timeout, each):
            yield self

    @contextlib.asynccontextmanager
    async def write(self, timeout: float) -> AsyncIterator["WritableTables"]:
        """A transaction. Raises DatabaseError."""
        async with self.read(timeout):
            yield self

    def _present(self) -> None:
        at = self._clock() - self._start
        if at > self._month.now:
            self._month.run(at)

    async def ask(self, question: str, statement: str, *args: object) -> Sequence[Record]:
        """The rows that a statement gives."""
        found = self._fixes.get(statement)
        return await super().ask(question, statement, *args) if found is None else self._rows(found(*args))

    def _rows(self, found: object) -> Sequence[Record]:
        assert isinstance(found, list)
        return found

    async def fetch(self, statement: str, *args: object) -> Sequence[Record]:
        """All rows that a statement gives."""
        return self._rows(self._fixes[statement](*args))

    async def fetchval(self, statement: str, *args: object) -> object:
        """The one value that a statement gives."""
        return self._fixes[statement](*args)

    async def fetchrow(self, statement: str, *args: object) -> Record | None:
        """The first row that a statement gives."""
        return next(iter(self._rows(self._fixes[statement](*args))), None)

    async def execute(self, statement: str, *args: object) -> str:
        """Writes."""
        self._fixes[statement](*args)
        return "INSERT 0 1"

    # --- what retry's statements say ---

    def _digits(self, lead: object) -> str:
        return "".join(filter(str.isdigit, self._month.database.phones.get(str(lead), "")))

    def _cases(self, leads: Sequence[str], _sent: str, _received: str, window: float) -> list[Record]:
        known = self._month.database.phones
        return [self._case(lead, window) for lead in leads if lead in known]

    def _case(self, lead: str, window: float) -> Record:
        rows = self._month.database.by_lead.get(lead, [])
        newest = {what: max((row.at for row in rows if row.what is what), default=None) for what in What}
        now = self._clock()
        claims = [one for one in self._claims.get(lead, {}).values() if one.at > now - window]
        # One that is in doubt comes before any that is known.
        claim = max(claims, key=lambda one: (_doubt(one), one.at), default=None)
        session = next((row.session for row in reversed(rows) if row.session), None)
        heard, said = (newest[what] for what in (What.RECEIVED, What.SENT))
        return {
            "lead": lead,
            "status": "em_qualificacao",
            "channel": "whatsapp",
            "dialable": 10 <= len(self._digits(lead)) <= 14,
            "session": session,
            "state": "" if session is None else "aguardando",
            "said": None if said is None else self._start + said,
            "heard": None if heard is None else self._start + heard,
            "claimed": None if claim is None else claim.at,
            "now": now,
            "outcome": None if claim is None else claim.delivered or claim.outcome,
            "again": heard is not None,
        }

    def _claim(self, key: str, lead: str, _details: str) -> None:
        self._claims.setdefault(lead, {})[key] = _Claim(self._clock())

    def _outcome(self, key: str, lead: str, event: str, _details: str) -> None:
        self._claims[lead][key].outcome = event

    def _delivered(self, key: str, lead: str, event: str, _details: str) -> None:
        self._claims[lead][key].delivered = event

    def _store(self, session: str, lead: str, text: str, _sent: str) -> None:
        self._month.database.add(What.SENT, lead, session=session, text=text)


def _doubt(claim: _Claim) -> bool:
    return claim.outcome is None or claim.outcome.endswith("doubt")
