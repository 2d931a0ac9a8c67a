"""The month's customers: the same in each play. Nobody but the bot and the fixes answers them."""

import random
import uuid
from functools import partial

import msgspec

from benchmarks.truth.customer import AGAIN, GIVE_UP, Customer
from benchmarks.truth.customers import FLICKERS, Customers
from benchmarks.truth.faults import DAY, Kind
from benchmarks.truth.gateway import FLICKER

EVENTS = 0.3  # the share of arrivals with which the bot gets an event that is no message


class Wait(msgspec.Struct, frozen=True):
    """A customer waited from `begin` for `seconds`. `open`: and still does, or will never be answered."""

    lead: str
    begin: float
    seconds: float
    open: bool = False


class MonthCustomers(Customers):
    """What differs from the week: no person answers from the phone, and every wait is kept."""

    seed = 0  # set by the world before anybody comes

    def start(self) -> None:
        """Plans all arrivals: what a play does must not change who comes."""
        rng = random.Random(f"{self.seed} arrivals")
        self.waits: list[Wait] = []
        self.phones: set[str] = set()  # leads that are no customers: a phone that floods
        self.by_chat: dict[str, Customer] = {}
        self.twice = 0  # messages of qualtui to whom an answer was delivered already
        self._answered_by_us: dict[str, float] = {}  # by lead: the begin of the wait that a fix ended
        at = self._scene.now
        while (at := self._next(at, rng)) < self._until:
            self._scene.at(at, self.come)
            if rng.random() < EVENTS:
                self._scene.at(at, self._bot.event)
                if rng.random() < FLICKERS:
                    self._scene.at(at, partial(self._gateway.flicker, rng.uniform(*FLICKER)))

    def _next(self, at: float, rng: random.Random) -> float:
        """A Poisson process: nights are quiet, weekends half as busy."""
        while at < self._until:
            at += rng.expovariate(self._per_hour / 3600)
            hour, weekend = at % DAY / 3600, at // DAY % 7 >= 5
            share = 0.04 if hour < 7 or hour >= 23 else 0.5 if hour < 9 or hour >= 20 else 1.0
            if rng.random() < share * (0.5 if weekend else 1.0):
                break
        return at

    def new(self, *, foreign: bool = False) -> Customer:
        """One more. The bot knows a lead by a UUID, as the real one does."""
        customer = Customer(f"lead{len(self.all)}", foreign=foreign)
        customer.lead = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.seed} {customer.lead}"))
        self.all[customer.lead] = customer
        self.by_chat |= {customer.chat: customer, customer.lid: customer}
        return customer

    def come(self) -> None:
        """One more, who writes."""
        self.write(self.new())

    def flooder(self) -> None:
        """One phone that writes and writes: no customer."""
        super().flooder()
        self.phones.add(next(reversed(self.all)))

    def write(self, customer: Customer) -> None:
        """Writes; whoever is not answered writes again, or never does: that is the customer's own nature."""
        self._begins_to_wait(customer)
        text = customer.says()
        if self._scene.on(Kind.DEAF):
            customer.unheard = True
            self._unheard.append((customer, text))
        else:
            self._hear(customer, text)
        patient = random.Random(f"{customer.lead} patience").random() >= GIVE_UP
        if patient and customer.again < len(AGAIN):
            self._later(customer, AGAIN[customer.again] * self._scene.rng.uniform(1, 1.2))
            customer.again += 1

    def _ends_to_wait(self, customer: Customer) -> None:
        if customer.waiting is not None:
            self.waits.append(Wait(customer.lead, customer.waiting, self._scene.now - customer.waiting))
        super()._ends_to_wait(customer)

    def answered_by_us(self, chat: str, text: str, *, arrives: bool) -> int:
        """The gateway took a message of qualtui's; returns its number."""
        customer = self.by_chat.get(chat)
        if customer is None:  # a chat that nobody has
            return self._gateway.say(chat, f"{chat}.lid", text, ours=True, arrives=False)
        if customer.waiting is None or self._answered_by_us.get(customer.lead) == customer.waiting:
            self.twice += 1
        elif customer.waiting is not None:
            self._answered_by_us[customer.lead] = customer.waiting
        number = self._gateway.say(customer.chat, customer.lid, text, ours=True, arrives=arrives)
        if arrives:
            self.delivered(customer)
        return number

    def nudge(self) -> None:
        """A fault is over: what was held back comes. Who gave up stays silent."""
        unheard, self._unheard = self._unheard, []
        for customer, text in unheard:
            self._hear(customer, text)
        for customer in self.all.values():
            customer.stuck = customer.floods = customer.lost = False
            pending = self._gateway.undelivered(customer.chat)
            if pending is not None and customer.waiting is not None:
                self._gateway.taken(customer.chat, pending)
                self.delivered(customer)

    def all_waits(self) -> list[Wait]:
        """Every wait of a customer, those that have not ended too."""
        now = self._scene.now
        still = [
            Wait(one.lead, one.waiting, now - one.waiting, open=True)
            for one in self.open
            if one.waiting is not None
        ]
        return [one for one in (*self.waits, *still) if one.lead not in self.phones]
