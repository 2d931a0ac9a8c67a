"""The customers: when they come, what they say, how long they have patience, and since when they wait in truth."""

from collections import deque
from functools import partial

from benchmarks.truth.bot import Bot
from benchmarks.truth.customer import AGAIN, ANSWERS, BY_PHONE, GIVE_UP, REPEATS, TWICE, Customer
from benchmarks.truth.database import Database
from benchmarks.truth.faults import DAY, Kind
from benchmarks.truth.gateway import FLICKER, Gateway
from benchmarks.truth.records import What
from benchmarks.truth.scene import Scene

FLICKERS = 0.1  # the share of session.status events of a session that restarts by itself
DOUBLE = (5.0, 15.0)  # s after which a customer says once more what the bot did not understand
ANOTHER = (5.0, 12.0)  # s after which one who heard nothing then says something else
FLOODS = (3.0, 6.0)  # s between two messages of a phone that floods
REPEATED = 0.3  # the share of REPEATS where everybody repeats himself
FAILURE = 180.0  # s: a longer wait is a failure, reported as such, and no slow reply


class Customers:
    """Everybody who ever wrote."""

    def __init__(
        self, scene: Scene, gateway: Gateway, bot: Bot, database: Database, until: float, rate: float
    ) -> None:
        self._scene = scene
        self._gateway = gateway
        self._bot = bot
        self._database = database
        self._until = until
        self._per_hour = rate
        self._unheard: list[tuple[Customer, str]] = []  # who wrote while the gateway was deaf
        self.all: dict[str, Customer] = {}
        self.open: set[Customer] = set()  # who waits
        self.follow_ups: deque[tuple[float, float]] = deque(maxlen=1000)  # when answered, and after how many s
        self.replies: deque[tuple[float, float]] = deque(maxlen=1000)  # likewise, first contacts too, however late
        self.ended = (0.0, 0.0)  # when the newest wait ended, and its length

    def start(self) -> None:
        """They begin to come."""
        self._scene.at(self._gap(self._scene.now), self._arrive)

    def _gap(self, at: float) -> float:
        """The next arrival: a Poisson process whose rate follows the hour and the day of the week."""
        while at < self._until:
            at += self._scene.rng.expovariate(self._per_hour * 2 / 3600)
            hour, weekend = at % DAY / 3600, at // DAY % 7 >= 5
            share = 0.04 if hour < 7 or hour >= 23 else 0.5 if hour < 9 or hour >= 20 else 1.0
            if self._scene.rng.random() < share * (0.5 if weekend else 1.0) / 2:
                return at
        return self._until + DAY

    def _arrive(self) -> None:
        self.come()
        if self._scene.rng.random() < 0.3:
            self._bot.event()
            if self._scene.rng.random() < FLICKERS:
                self._gateway.flicker(self._scene.rng.uniform(*FLICKER))
        self._scene.at(self._gap(self._scene.now), self._arrive)

    def new(self, *, foreign: bool = False) -> Customer:
        """One more, who has not written yet."""
        customer = Customer(f"lead{len(self.all)}", foreign=foreign)
        self.all[customer.lead] = customer
        return customer

    def come(self) -> None:
        """One more, who writes, or was in the sheet before."""
        customer = self.new()
        if self._scene.rng.random() < TWICE and not self._scene.in_trouble():
            self._greet(customer)
        else:
            self.write(customer)

    def _greet(self, customer: Customer) -> None:
        """The sheet makes a lead of it and greets it; it writes later, and the bot makes another lead of it."""
        other = f"old-{customer.lead}"
        self._database.add(What.LEAD, other, customer.other_phone)
        scene = self._scene

        def greet() -> None:
            if self._gateway.status() == "STARTING":
                scene.at(self._gateway.flickers_until + scene.rng.uniform(1, 8), greet)
                return
            self._database.add(What.SENT, other, session=f"session-{other}", text="greeting")
            self._gateway.say(customer.chat, customer.lid, "greeting", ours=True)

        scene.at(scene.now + 8.0, greet)
        self._later(customer, 90.0)

    def flooder(self) -> None:
        """One phone that writes and writes, always the same."""
        customer = self.new()
        customer.floods = True
        self._flood(customer)

    def _flood(self, customer: Customer) -> None:
        if self._scene.on(Kind.FLOOD):
            self._begins_to_wait(customer)
            self._hear(customer, customer.says())
            self._scene.at(self._scene.now + self._scene.rng.uniform(*FLOODS), partial(self._flood, customer))

    def sheet_lead(self) -> None:
        """A lead that nobody greets."""
        customer = self.new()
        self._begins_to_wait(customer)
        self._database.store(What.LEAD, customer)

    def _begins_to_wait(self, customer: Customer) -> None:
        customer.waiting = self._scene.now if customer.waiting is None else customer.waiting
        self.open.add(customer)

    def _ends_to_wait(self, customer: Customer) -> None:
        customer.waiting, customer.again, customer.turn = None, 0, customer.turn + 1
        self.open.discard(customer)

    def write(self, customer: Customer) -> None:
        """The customer writes; while nothing is delivered he writes again, with growing pauses."""
        self._begins_to_wait(customer)
        text = customer.says()
        if self._scene.on(Kind.DEAF):
            customer.unheard = True
            self._unheard.append((customer, text))
        else:
            self._hear(customer, text)
        if self._scene.in_trouble() and not customer.again:
            customer.gave_up = customer.gave_up or self._scene.rng.random() < GIVE_UP
        if customer.again < len(AGAIN) and not customer.gave_up:
            self._later(customer, AGAIN[customer.again] * self._scene.rng.uniform(1, 1.2))
            customer.again += 1

    def _hear(self, customer: Customer, text: str) -> None:
        """The gateway has the message, and posts it to the bot."""
        customer.unheard = False
        self._gateway.say(customer.chat, customer.lid, text, ours=False)
        if not self._scene.on(Kind.AWAY):
            self._bot.webhook(customer, text)

    def _later(self, customer: Customer, wait: float) -> None:
        customer.turn += 1
        turn = customer.turn
        self._scene.at(self._scene.now + wait, lambda: self.write(customer) if customer.turn == turn else None)

    def skipped(self, customer: Customer) -> None:
        """The bot said nothing, because it would have said the same again."""
        if customer.floods:
            return
        self._scene.harmless["answers skipped"] += 1
        customer.repeats = False
        if not customer.content:
            self._later(customer, self._scene.rng.uniform(*ANOTHER))
            return
        customer.content = False  # he has that answer already, and goes on another day
        self._scene.harmless["repeated words"] += 1
        self._ends_to_wait(customer)

    def delivered(self, customer: Customer) -> None:
        """An answer has come: he is answered, and says something later, or not."""
        scene = self._scene
        waited = scene.now - (scene.now if customer.waiting is None else customer.waiting)
        self.ended = (scene.now, waited)
        if customer.waiting is not None:
            self.replies.append(self.ended)
        if customer.known and waited <= FAILURE:
            self.follow_ups.append(self.ended)
        customer.known = True
        self._ends_to_wait(customer)
        customer.stuck = customer.gave_up = customer.repeats = customer.content = customer.unheard = False
        if customer.floods or customer.foreign:
            return
        if customer.kept:
            customer.kept = False
            self._later(customer, scene.rng.uniform(330, 600))
        elif customer.answered < ANSWERS and scene.rng.random() < 0.8:
            customer.answered += 1
            if scene.on(Kind.REPEATED) and scene.spare.random() < REPEATED:
                customer.repeats = customer.content = True
                self._later(customer, scene.spare.uniform(*DOUBLE))
                return
            if scene.rng.random() < REPEATS and not scene.in_trouble():
                customer.repeats = True
                self._later(customer, scene.rng.uniform(*DOUBLE))
                return
            slow = scene.rng.random() < 0.15  # some answer the next day
            wait = scene.rng.uniform(3, 26) * 3600 if slow else scene.rng.lognormvariate(5.0, 1.0) + 20
            self._later(customer, wait)

    def nudge(self) -> None:
        """A fault is over: what was held back comes, who waits writes again soon, or is answered by a person."""
        scene = self._scene
        unheard, self._unheard = self._unheard, []
        for customer, text in unheard:
            self._hear(customer, text)
        for customer in self.all.values():
            if customer.floods:  # his last words stand in the bot's queue, and their answers are skipped
                self._begins_to_wait(customer)
                self.by_phone_soon(customer)
            customer.stuck = customer.floods = customer.lost = False
            pending = self._gateway.undelivered(customer.chat)
            if pending is not None and customer.waiting is not None:
                self._gateway.taken(customer.chat, pending)
                self.delivered(customer)
            if customer.waiting is not None and (customer.gave_up or customer.foreign):
                self.by_phone_soon(customer)
            elif customer.waiting is not None:
                customer.again = 0
                self._later(customer, scene.rng.uniform(30, 240))
                customer.kept = True

    def by_phone_soon(self, customer: Customer) -> None:
        """A person will answer from the phone: the bot's database never hears of it."""
        wait = self._scene.rng.uniform(*BY_PHONE)
        self._scene.at(self._scene.now + wait, partial(self._by_phone, customer))

    def _by_phone(self, customer: Customer) -> None:
        if customer.waiting is not None:
            self._gateway.say(customer.chat, customer.lid, "a person's answer", ours=True)
            self.delivered(customer)
