"""The bot's database: the rows that it stored, and leads with their phones."""

from benchmarks.truth.customer import Customer
from benchmarks.truth.faults import Kind
from benchmarks.truth.records import Row, What
from benchmarks.truth.scene import Scene


class Database:
    """Rows in the order of their time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.rows: list[Row] = []
        self.leads: list[Row] = []
        self.messages: list[Row] = []
        self.by_lead: dict[str, list[Row]] = {}  # messages
        self.phones: dict[str, str] = {}  # by lead
        self.lead_of: dict[str, str] = {}  # by phone

    def store(self, what: What, customer: Customer, text: str = "") -> None:
        """The bot's insert, which fails in silence where it fails."""
        if self._scene.on(Kind.DATABASE_DOWN) or (self._scene.on(Kind.UNWRITTEN) and what is not What.LEAD):
            return
        if what is What.LEAD:
            self.add(what, customer.lead, customer.phone)
        else:
            self.add(what, customer.lead, session=customer.session, text=text)

    def knows(self, lead: str) -> bool:
        """Whether there is such a lead."""
        return lead in self.phones

    def add(self, what: What, lead: str, phone: str = "", session: str = "", text: str = "") -> None:
        """One row."""
        number = lead if what is What.LEAD else f"row{len(self.rows)}"
        row = Row(self._scene.now, what, number, lead, session, text)
        self.rows.append(row)
        if what is What.LEAD:
            self.leads.append(row)
            self.phones[lead] = phone
            self.lead_of.setdefault(phone, lead)
        else:
            self.messages.append(row)
            self.by_lead.setdefault(lead, []).append(row)
