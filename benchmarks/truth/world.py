"""The agent, its database, gateway and customers in virtual time: a discrete-event simulation. Seeded, no clock.

Its quirks are the real one's: a single worker that sleeps 5-12 s a message while all else queues, a first
contact of two messages, failed sends stored as sent after three tries, 200 on failure, retries of the webhook,
counters that end with each worker, and a text that is not said twice to one phone in the same five minutes.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from benchmarks.truth.customer import AGAIN, ANSWERS, BY_PHONE, GIVE_UP, REPEATS, TWICE, Customer
from benchmarks.truth.faults import DAY, NEEDS_CUSTOMERS, Fault, Kind
from benchmarks.truth.worker import BUCKET, Worker
from qualtui.signals.book import Row, What
from qualtui.signals.chats import Said

RETRIES, RETRY_EVERY = 15, 2.0  # of the gateway's webhook
DEPLOY = (10.0, 40.0)  # s of 502 from the host while an instance is replaced
KILLED = 120.9  # s: a send that hangs holds the worker until it is killed
DEVICE = 2  # ack of a message that a phone has
LAG = 3.0  # s after which the chats' overview has a message
CHAT_CLOCK = 2.0  # s by which WhatsApp's clock may differ from the database's
FLICKERS = 0.1  # the share of session.status events that tell of a session that restarts on its own ...
FLICKER = (2.0, 20.0)  # ... for so many s
SKIPPED = 0.3  # s of the worker for an answer that it does not give
DOUBLE = (5.0, 15.0)  # s after which a customer says once more what the bot did not understand
ANOTHER = (5.0, 12.0)  # s after which one who heard nothing then says something else
FLOODS = (3.0, 6.0)  # s between two messages of a phone that floods
CONTROL_FAILS, CONTROL = 0.6, (60.0, 1200.0)  # times a day, and s, that the control target fails on its own
TAKEN = (0.5, 9.0)  # s after which WhatsApp acknowledges a message of ours


class World:
    """`run(until)` plays events; the probes' questions are answered for the present instant."""

    def __init__(self, seed: int, days: float, per_hour: float, faults: Sequence[Fault], deploys: int) -> None:
        self._rng = random.Random(seed)
        self._faults = faults
        self._per_hour = per_hour
        self._end = days * DAY
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._free = 0.0  # when the worker has done all that is queued
        self._life = 0  # of the worker: a deploy ends what it was doing
        self._down_until = 0.0
        self.now = 0.0
        self.rows: list[Row] = []
        self.customers: dict[str, Customer] = {}
        self.harmless: Counter[str] = Counter()  # what happened that must alarm nobody
        self.changed: dict[str, Customer] = {}  # chats with news since somebody looked, by lead
        self._unheard: list[Customer] = []  # who wrote while the gateway was deaf
        self._every_second = 0
        self._worker = Worker(seed, self.harmless)
        self._flickers_until = 0.0  # the gateway's session restarts on its own
        self._control_until = 0.0
        self._replies: deque[tuple[float, float]] = deque(maxlen=1000)  # when, and after how many s
        self._ended = (0.0, 0.0)  # when the newest wait ended, and its length
        self._chat_clock = self._rng.uniform(-CHAT_CLOCK, CHAT_CLOCK)
        self._at(self._gap(0.0), self._arrive)
        for _ in range(deploys):
            self._at(self._rng.uniform(0, self._end), self._deploy)
        for _ in range(int(days * CONTROL_FAILS) + 1):
            self._at(self._rng.uniform(0, self._end), self._control_fails)
        for fault in faults:
            self._at(fault.end, self._nudge)
            if fault.kind is Kind.AGENT_DOWN:
                self._at(fault.begin, self._worker.boot)
            if fault.kind is Kind.FLOOD:
                self._at(fault.begin, self._flooder)
            if fault.kind in NEEDS_CUSTOMERS:  # a fault that only customers feel is none while nobody writes
                come = self._sheet_lead if fault.kind is Kind.NEVER_GREETED else self._come
                for wait in (1.0, 60.0, 200.0):
                    self._at(fault.begin + wait, come)

    # --- what the probes see ---

    def on(self, kind: Kind) -> bool:
        """Whether a fault lasts now."""
        return any(fault.kind is kind and fault.on(self.now) for fault in self._faults)

    def health(self) -> tuple[float, str]:
        """Seconds until /health answers, and what: ok, refused, timeout, or an error."""
        if self.on(Kind.AGENT_DOWN):
            return 0.0, "refused"
        if self.on(Kind.AGENT_ERRORS) or self.now < self._down_until:
            return 0.1, "HTTP 502"
        wait = max(0.0, self._free - self.now)
        if self.on(Kind.AGENT_HANGS) or wait > 30.0:
            return 30.0, "timeout"
        self._worker.asked()
        return wait + 0.05, "ok"

    def metrics(self) -> bytes:
        """What the worker answers at /metrics at this moment, where it answers at all."""
        return self._worker.metrics()

    def control(self) -> bool:
        """Whether the control target answers."""
        return not self.on(Kind.OUR_NETWORK) and self.now >= self._control_until

    def network(self) -> str:
        """What our own network does: empty, "no route", or "silent": what we ask is lost on its way."""
        down = [fault for fault in self._faults if fault.kind is Kind.OUR_NETWORK and fault.on(self.now)]
        return ("no route" if int(down[0].begin) % 2 else "silent") if down else ""

    def gateway(self) -> str:
        """WAHA's word for its session; empty when it refuses connections."""
        if self.on(Kind.WAHA_GONE):
            return ""
        if self.on(Kind.WAHA_FAILED):
            return "FAILED"
        if self.on(Kind.WAHA_HANGS):
            return "no answer in 5s"
        if self.now < self._flickers_until:
            return "STARTING"
        return "SCAN_QR_CODE" if self.on(Kind.WAHA_QR) else "WORKING"

    def chats(self) -> list[Customer]:
        """Whose chats have news since the last call."""
        changed, self.changed = list(self.changed.values()), {}
        return changed

    def oldest_wait(self) -> float:
        """How long the customer who waits longest has waited, or had until no witness could know yet; in truth."""
        ended = self._ended[1] if self.now - self._ended[0] <= LAG + TAKEN[1] else 0.0
        return max(ended, *(self.now - c.waiting for c in self.customers.values() if c.waiting is not None), 0.0)

    def slow(self) -> bool:
        """Whether one in twenty of the newest follow-ups took more than 30 s in truth: those of 10 min, or 20."""
        hour = [(at, wait) for at, wait in self._replies if at >= self.now - 3600]
        newest = hour[-max(20, sum(at >= self.now - 600 for at, _wait in hour)) :]
        return 20 * sum(wait > 30.0 for _at, wait in newest) >= len(newest) >= 20

    # --- time ---

    def run(self, until: float) -> None:
        """Plays everything up to an instant."""
        while self._due and self._due[0][0] <= until:
            self.now, _, act = heapq.heappop(self._due)
            act()
        self.now = until

    def _at(self, at: float, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, act))

    # --- customers ---

    def _gap(self, at: float) -> float:
        """The next arrival: a Poisson process whose rate follows the hour and the day of the week."""
        while at < self._end:
            at += self._rng.expovariate(self._per_hour * 2 / 3600)
            hour, weekend = at % DAY / 3600, at // DAY % 7 >= 5
            share = 0.04 if hour < 7 or hour >= 23 else 0.5 if hour < 9 or hour >= 20 else 1.0
            if self._rng.random() < share * (0.5 if weekend else 1.0) / 2:
                return at
        return self._end + DAY

    def _come(self) -> None:
        customer = Customer(f"lead{len(self.customers)}")
        self.customers[customer.lead] = customer
        if self._rng.random() < TWICE and not self._in_trouble():
            self._greet(customer)
        else:
            self._write(customer)

    def _greet(self, customer: Customer) -> None:
        """The sheet makes a lead of it and greets it; it writes later, and the bot makes another lead of it."""
        other = f"old-{customer.lead}"
        self.rows.append(Row(self.now, What.LEAD, other, other))

        def greet() -> None:
            if self.gateway() == "STARTING":
                self._at(self._flickers_until + self._rng.uniform(1, 8), greet)
                return
            self.rows.append(Row(self.now, What.SENT, f"row{len(self.rows)}", other, f"session-{other}"))
            self._say(customer, ack=DEVICE)

        self._at(self.now + 8.0, greet)
        self._later(customer, 90.0)

    def _arrive(self) -> None:
        self._come()
        if self._rng.random() < 0.3:
            self._harmless()
            if self._rng.random() < FLICKERS:
                self.harmless["session restarts"] += 1
                self._flickers_until = self.now + self._rng.uniform(*FLICKER)
        self._at(self._gap(self.now), self._arrive)

    def _harmless(self) -> None:
        """A session.status or message.ack: the webhook answers 500, and its worker is a request older."""
        self.harmless["events answered 500"] += 1
        self._worker.asked()
        self._free = max(self._free, self.now) + 0.02

    def _control_fails(self) -> None:
        self.harmless["control target down"] += 1
        self._control_until = self.now + self._rng.uniform(*CONTROL)

    def _flooder(self) -> None:
        customer = Customer(f"lead{len(self.customers)}")
        self.customers[customer.lead] = customer
        customer.floods = True
        self._flood(customer)

    def _flood(self, customer: Customer) -> None:
        """One phone writes and writes, always the same."""
        if self.on(Kind.FLOOD):
            customer.waiting = self.now if customer.waiting is None else customer.waiting
            self._hear(customer)
            self._at(self.now + self._rng.uniform(*FLOODS), partial(self._flood, customer))

    def _sheet_lead(self) -> None:
        customer = Customer(f"lead{len(self.customers)}")
        self.customers[customer.lead] = customer
        customer.waiting = self.now
        self._store(What.LEAD, customer)

    def _write(self, customer: Customer) -> None:
        """The customer writes; while nothing is delivered he writes again, with growing pauses."""
        if customer.waiting is None:
            customer.waiting = self.now
        if self.on(Kind.DEAF):
            self._unheard.append(customer)
        else:
            self._hear(customer)
        if self._in_trouble() and not customer.again:
            customer.gave_up = self._rng.random() < GIVE_UP
        if customer.again < len(AGAIN) and not customer.gave_up:
            self._later(customer, AGAIN[customer.again] * self._rng.uniform(1, 1.2))
            customer.again += 1

    def _in_trouble(self) -> bool:
        return any(fault.on(self.now) and fault.kind is not Kind.OUR_NETWORK for fault in self._faults)

    def _hear(self, customer: Customer) -> None:
        """The gateway has the message, and posts it to the bot."""
        self._say(customer)
        if not self.on(Kind.AWAY):
            self._webhook(customer, RETRIES)

    def _say(self, customer: Customer, ack: int | None = None) -> None:
        """A message stands in the chat: the customer's, or one of ours with an `ack` that comes later."""
        at, ours = float(int(self.now + self._chat_clock)), ack is not None
        said = Said(at, ours=ours, ack=0 if ours else None)

        def appear() -> None:
            customer.see(said)
            self.changed[customer.lead] = customer

        self._at(self.now + LAG, appear)
        if ack:
            self._at(self.now + LAG + self._rng.uniform(*TAKEN), lambda: self._taken(customer, said))

    def _taken(self, customer: Customer, said: Said) -> None:
        """WhatsApp has taken a message, and the gateway tells the bot of it."""
        self._harmless()
        customer.see(said, msgspec.structs.replace(said, ack=DEVICE))
        self.changed[customer.lead] = customer

    def _later(self, customer: Customer, wait: float) -> None:
        customer.turn += 1
        turn = customer.turn
        self._at(self.now + wait, lambda: self._write(customer) if customer.turn == turn else None)

    def _delivered(self, customer: Customer) -> None:
        self._ended = (self.now, self.now - (customer.waiting or self.now))
        if customer.known and self._ended[1] <= 180.0:  # a longer wait is a failure, told as such
            self._replies.append(self._ended)
        customer.known = True
        customer.waiting, customer.again, customer.turn = None, 0, customer.turn + 1
        customer.gave_up = customer.repeats = False
        if customer.floods:
            return
        if customer.kept:
            customer.kept = False
            self._later(customer, self._rng.uniform(330, 600))
        elif customer.answered < ANSWERS and self._rng.random() < 0.8:
            customer.answered += 1
            if self._rng.random() < REPEATS and not self._in_trouble():
                customer.repeats = True
                self._later(customer, self._rng.uniform(*DOUBLE))
                return
            slow = self._rng.random() < 0.15  # some answer the next day
            self._later(
                customer, self._rng.uniform(3, 26) * 3600 if slow else self._rng.lognormvariate(5.0, 1.0) + 20
            )

    def _nudge(self) -> None:
        """A fault is over: what was held back comes, who waits writes again soon, or is answered by a person."""
        unheard, self._unheard = self._unheard, []
        for customer in unheard:
            self._hear(customer)
        for customer in self.customers.values():
            if customer.floods:  # his last words stand in the bot's queue, and their answers are skipped
                customer.waiting = self.now if customer.waiting is None else customer.waiting
                self._at(self.now + self._rng.uniform(*BY_PHONE), partial(self._by_phone, customer))
            customer.stuck = customer.floods = False
            pending = customer.said and customer.said[-1].ours and not customer.said[-1].heard
            if pending and customer.waiting is not None:
                self._taken(customer, customer.said[-1])
                self._delivered(customer)
            if customer.waiting is not None and customer.gave_up:
                self._at(self.now + self._rng.uniform(*BY_PHONE), partial(self._by_phone, customer))
            elif customer.waiting is not None:
                customer.again = 0
                self._later(customer, self._rng.uniform(30, 240))
                customer.kept = True

    def _by_phone(self, customer: Customer) -> None:
        """A person answers from the phone: the bot's database never hears of it."""
        if customer.waiting is not None:
            self._say(customer, ack=DEVICE)
            self._delivered(customer)

    # --- the agent ---

    def _deploy(self) -> None:
        self._life += 1
        self._down_until = self.now + self._rng.uniform(*DEPLOY)
        self._free = self._down_until
        self._worker.boot()

    def _webhook(self, customer: Customer, tries: int) -> None:
        gone = self.on(Kind.AGENT_DOWN) or self.on(Kind.AGENT_HANGS) or self.on(Kind.AGENT_ERRORS)
        if gone or self.now < self._down_until:
            if tries:
                self._at(self.now + RETRY_EVERY, lambda: self._webhook(customer, tries - 1))
            return
        start = max(self.now, self._free) + 0.05
        life = self._life
        first = not customer.session
        took = sum(self._rng.uniform(5, 12) for _ in range(2 if first else 1))
        skips = (customer.repeats or customer.floods) and customer.bucket == start // BUCKET
        customer.bucket = start // BUCKET
        if skips:
            took = SKIPPED
        elif self.gateway() != "WORKING" or self.on(Kind.SENDS_REFUSED):
            took = took * 3 + 21.0  # three tries, each refused after up to 5 s
        if self.on(Kind.WAHA_HANGS):
            took = KILLED
        self._free = start + took

        def begin() -> None:
            if self._life != life:  # the worker was replaced: the gateway's retry finds the next one
                self._webhook(customer, tries - 1 if tries else 0)
                return
            if self.on(Kind.DATABASE_DOWN):
                return  # 200 lead_creation_failed: lost, and no row tells
            self._worker.asked()
            self._every_second += 1
            if self.on(Kind.LOST) or (self.on(Kind.HALF_LOST) and self._every_second % 2):
                return  # 500, and its retry is called a duplicate
            self._process(customer, start + took, first, skips)

        self._at(start, begin)

    def _process(self, customer: Customer, done: float, first: bool, skips: bool) -> None:
        if first:
            customer.session = f"session-{customer.lead}"
            if not any(row.what is What.LEAD and row.lead == customer.lead for row in self.rows[-200:]):
                self._store(What.LEAD, customer)
        self._store(What.RECEIVED, customer)
        if self.on(Kind.STUCK) and self._rng.random() < 0.9:
            customer.stuck = True
        if self.on(Kind.SILENT) or customer.stuck:
            return
        if skips:
            self._worker.deduped += 1
            if not customer.floods:
                self.harmless["answers skipped"] += 1
                customer.repeats = False
                self._later(customer, self._rng.uniform(*ANOTHER))
            return
        if self.on(Kind.WAHA_HANGS):
            self._at(done, self._worker.boot)  # it is killed in its send
            return

        def send() -> None:
            if self.gateway() == "STARTING":  # one of its next two tries finds the session again
                self._free = max(self._free, self._flickers_until + self._rng.uniform(1, 8))
                self._at(self._free, send)
                return
            self._worker.sent += 1
            self._store(What.SENT, customer)
            if self.gateway() != "WORKING" or self.on(Kind.SENDS_REFUSED):
                return
            pending = self.on(Kind.PENDING)
            self._say(customer, ack=0 if pending else DEVICE)
            if not pending:
                self._delivered(customer)

        self._at(done, send)

    def _store(self, what: What, customer: Customer) -> None:
        if self.on(Kind.DATABASE_DOWN) or (self.on(Kind.UNWRITTEN) and what is not What.LEAD):
            return
        number = customer.lead if what is What.LEAD else f"row{len(self.rows)}"
        session = "" if what is What.LEAD else customer.session
        self.rows.append(Row(self.now, what, number, customer.lead, session))
