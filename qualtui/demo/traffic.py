"""The customers at work: they write, answer, wait, write again, and stop."""

import asyncio
import contextlib
import heapq
import random
from collections.abc import Callable, Iterator

from qualtui.demo.bot import greeting
from qualtui.demo.pace import Pace
from qualtui.demo.persona import AGAIN, CLOSING, Persona

_AGAIN_AFTER = (420.0, 600.0, 900.0, 1500.0, 1500.0, 2400.0)  # virtual seconds without an answer
_NUDGE = (30.0, 240.0)  # virtual seconds after a fault's end in which everyone who waits writes again
_CROSSED = (330.0, 600.0)  # virtual seconds: past the five minutes in which the bot repeats nothing
_LATELY = 3600.0  # virtual seconds
_QUIET = 2.0  # virtual seconds between two messages of one customer, at least


class Customer:
    """One customer's side of the conversation. `waiting_since`: virtual time of the oldest unanswered text."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.answered = 0
        self.again = 0
        self.wrote_at: float | None = None
        self.waiting_since: float | None = None
        self.turn = 0  # a due entry counts only when its turn is the newest


class Traffic:
    """Drives every customer from one loop over a heap of what is due."""

    def __init__(self, pace: Pace, seed: int, write: Callable[[str, str, str], None]) -> None:
        self._pace = pace
        self._rng = random.Random(seed + 1)  # noqa: S311 - moods, nothing secret
        self._send = write
        self._due: list[tuple[float, int, Customer, int, str]] = []
        self._order = 0
        self._news = asyncio.Event()
        self._thanks_until = float("-inf")
        self.customers: dict[str, Customer] = {}
        self.written = 0
        self.delivered_count = 0

    # --- reports from outside ---

    def delivered(self, phone: str, text: str) -> None:
        """A text of the bot reached the phone: the customer waits no more, and answers after a while."""
        self.delivered_count += 1
        customer = self.customers.get(phone)
        if customer is None or text == greeting(customer.persona.name):
            return  # a greeting alone is no answer: the first question follows
        persona = customer.persona
        customer.waiting_since = None
        customer.again = 0
        if customer.answered < len(persona.answers):
            self._schedule(customer, persona.delays[customer.answered], persona.answers[customer.answered])
        elif self._pace.now() < self._thanks_until:
            self._schedule(customer, self._rng.uniform(*_CROSSED), CLOSING)
        else:
            customer.turn += 1  # silent from now on

    def unheard(self, phone: str) -> None:
        """The bot skipped its answer as said before: whoever wrote has nothing, and writes again later."""
        customer = self.customers.get(phone)
        if customer is None:
            return
        if customer.waiting_since is None:
            customer.waiting_since = self._pace.now()
        self.write_again(customer, self._rng.uniform(*_CROSSED))

    def arrive(self, persona: Persona, *, insists: bool = True) -> Customer:
        """A customer writes for the first time, at once, and again while there is no answer if he `insists`."""
        customer = self.add(persona)
        customer.again = 0 if insists else len(_AGAIN_AFTER)
        self._say(customer, persona.opening)
        return customer

    def add(self, persona: Persona, waiting: float | None = None) -> Customer:
        """A customer who is already in the database, waiting so many virtual seconds or not at all."""
        customer = Customer(persona)
        customer.waiting_since = None if waiting is None else self._pace.now() - waiting
        self.customers[persona.phone] = customer
        return customer

    def expect(self, persona: Persona, delay: float) -> Customer:
        """A customer who writes for the first time after so many virtual seconds."""
        customer = self.add(persona)
        self._schedule(customer, delay, persona.opening)
        return customer

    def go_on(self, persona: Persona, answered: int, delay: float) -> None:
        """A customer in the middle of a conversation, who answers after so many virtual seconds."""
        customer = self.add(persona)
        customer.answered = answered
        self._schedule(customer, delay, persona.answers[answered])

    def write_again(self, customer: Customer, delay: float) -> None:
        """This customer writes again after so many virtual seconds."""
        self._schedule(customer, delay, self._rng.choice(AGAIN))

    def nudge(self) -> None:
        """After a fault ends, customers who wait write again soon; those who wrote meanwhile say thanks.

        The thanks matter: at the moment of recovery no monitor knows which answers still arrived.
        """
        self._thanks_until = self._pace.now() + _NUDGE[1] + _CROSSED[0]
        for customer in self.customers.values():
            if customer.waiting_since is not None:
                self.prompt(customer)
            elif customer.wrote_at is not None and self._pace.now() - customer.wrote_at < _LATELY:
                self._schedule(customer, self._rng.uniform(*_CROSSED), CLOSING)

    def prompt(self, customer: Customer) -> None:
        """This customer writes again soon."""
        customer.again = 0
        self.write_again(customer, self._rng.uniform(*_NUDGE))

    def waiting(self) -> list[Customer]:
        """The truth that a monitor has to find: who wrote and got no delivered answer."""
        return [one for one in self.customers.values() if one.waiting_since is not None]

    # --- the loop ---

    async def run(self, personas: Iterator[Persona]) -> None:
        """Plays the plan until cancelled."""
        coming = next(personas, None)
        while True:
            now = self._pace.now()
            while coming is not None and coming.at <= now:
                self.arrive(coming)
                coming = next(personas, None)
            while self._due and self._due[0][0] <= now:
                _, _, customer, turn, text = heapq.heappop(self._due)
                if turn == customer.turn:
                    self._say(customer, text)
            await self._pause(None if coming is None else coming.at)

    async def _pause(self, coming: float | None) -> None:
        times = [time for time in (coming, self._due[0][0] if self._due else None) if time is not None]
        self._news.clear()
        wait = None if not times else max(0.0, self._pace.real(min(times) - self._pace.now()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), wait)

    def _say(self, customer: Customer, text: str) -> None:
        if customer.waiting_since is None:
            if text in customer.persona.answers[customer.answered : customer.answered + 1]:
                customer.answered += 1
            customer.waiting_since = self._pace.now()
        self.written += 1
        customer.wrote_at = self._pace.now()
        self._send(customer.persona.phone, customer.persona.name, text)
        if customer.again < len(_AGAIN_AFTER):
            delay = _AGAIN_AFTER[customer.again] * self._rng.uniform(1.0, 1.15)
            customer.again += 1
            self._schedule(customer, delay, self._rng.choice(AGAIN))

    def _schedule(self, customer: Customer, delay: float, text: str) -> None:
        customer.turn += 1
        self._order += 1
        due = self._pace.now() + max(delay, _QUIET)
        heapq.heappush(self._due, (due, self._order, customer, customer.turn, text))
        self._news.set()
