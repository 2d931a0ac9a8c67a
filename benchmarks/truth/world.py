"""The bot, its database, gateway and customers in virtual time: a discrete-event simulation. Seeded, no clock.

Nothing of the product decides here what is true. Its quirks are the real ones': see bot, gateway and customers.
"""

from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.truth.bot import Bot
from benchmarks.truth.customers import Customers
from benchmarks.truth.database import Database
from benchmarks.truth.faults import DAY, HARMLESS, NEEDS_CUSTOMERS, Fault, Kind
from benchmarks.truth.gateway import FLICKER, LAG, TAKEN, Gateway
from benchmarks.truth.records import Row
from benchmarks.truth.scene import Scene

CONTROL_FAILS, CONTROL = 0.6, (60.0, 1200.0)  # times a day, and s, that the control target fails on its own
COME_AT = (1.0, 60.0, 200.0)  # s after a fault's begin at which somebody comes who feels it
FIRES_AT = 179.0  # s after a fault's begin: shortly before the first alarm, see customers-waiting
LEFT = (10.0, 60.0, 120.0, 180.0, 240.0, 300.0)  # s after a bot went away at which it loses a customer each
QUEUE = 14  # customers within so many seconds


class World:
    """`run(until)` plays events; the probes' questions are answered for the present instant."""

    def __init__(
        self,
        seed: int,
        days: float,
        per_hour: float,
        faults: Sequence[Fault],
        deploys: int,
        start: float = 0.0,
        people: type[Customers] = Customers,
    ) -> None:
        self.scene = scene = Scene(seed, faults, start)
        end = days * DAY
        self.database = Database(scene)
        self.gateway = Gateway(scene)
        self.bot = Bot(scene, self.gateway, self.database, seed)
        self.people = people(scene, self.gateway, self.bot, self.database, end, per_hour)
        self.gateway.posts = self.bot.event
        self.bot.delivered, self.bot.skipped = self.people.delivered, self.people.skipped
        self._control_until = start
        self.people.start()
        for _ in range(deploys):
            scene.at(scene.rng.uniform(0, end), self.bot.deploy)
        for _ in range(int(days * CONTROL_FAILS) + 1):
            scene.at(scene.rng.uniform(0, end), self._control_fails)
        for fault in faults:
            self._plan(fault)

    def _plan(self, fault: Fault) -> None:
        """What happens in a fault beside that it lasts."""
        scene, begin = self.scene, fault.begin
        if fault.kind not in HARMLESS:
            scene.at(fault.end, self.people.nudge)
        firsts: dict[Kind, Callable[[], None]] = {
            Kind.AGENT_DOWN: self.bot.worker.boot,
            Kind.FLOOD: self.people.flooder,
            Kind.BACK: self.bot.worker.boot,
            Kind.CHATS_AWAY: self._one_lost,
        }
        if fault.kind in firsts:
            scene.at(begin, firsts[fault.kind])
        if fault.kind in NEEDS_CUSTOMERS:  # a fault that only customers feel is none while nobody writes
            come = self.people.sheet_lead if fault.kind is Kind.NEVER_GREETED else self.people.come
            for wait in COME_AT:
                scene.at(begin + wait, come)
        if fault.kind is Kind.FOREIGN:
            for wait in COME_AT:
                scene.at(begin + wait, lambda: self.people.write(self.people.new(foreign=True)))
        if fault.kind is Kind.LOST_RESTART:
            for wait in (
                COME_AT[0],
                FIRES_AT,
            ):  # in the second in which it loses a message, and as that is reported
                scene.at(begin + wait, lambda: self.gateway.flicker(scene.spare.uniform(*FLICKER)))
        if fault.kind is Kind.BACK:
            for wait in LEFT:
                scene.at(begin + wait, self._patient)
        if fault.kind is Kind.QUEUE:
            for number in range(QUEUE):
                scene.at(begin + number, lambda: self.people.write(self.people.new()))

    def _one_lost(self) -> None:
        """A customer on whose messages the bot fails."""
        customer = self.people.new()
        customer.lost = True
        self.people.write(customer)

    def _patient(self) -> None:
        """A customer who writes once, and waits."""
        customer = self.people.new()
        customer.gave_up = True
        self.people.write(customer)

    def _control_fails(self) -> None:
        self.scene.harmless["control target down"] += 1
        self._control_until = self.scene.now + self.scene.rng.uniform(*CONTROL)

    # --- what the probes see ---

    @property
    def now(self) -> float:
        """Virtual seconds since the week's start."""
        return self.scene.now

    @property
    def rows(self) -> list[Row]:
        """What the bot stored."""
        return self.database.rows

    def run(self, until: float) -> None:
        """Plays everything up to an instant."""
        self.scene.run(until)

    def control(self) -> bool:
        """Whether the control target answers."""
        return not self.scene.on(Kind.OUR_NETWORK) and self.scene.now >= self._control_until

    def network(self) -> str:
        """What our own network does: empty, "no route", or "silent": what we ask is lost on its way."""
        down = self.scene.fault(Kind.OUR_NETWORK)
        return "" if down is None else "no route" if int(down.begin) % 2 else "silent"

    # --- what is true ---

    def oldest_wait(self, *, knowable: bool = False) -> float:
        """How long the customer who waits longest has waited, or had until no witness could know yet.

        `knowable`: customers that the gateway has heard of and who wait at this moment.
        """
        now, people = self.scene.now, self.people
        ended = people.ended[1] if not knowable and now - people.ended[0] <= LAG + TAKEN[1] else 0.0
        waits = (
            now - one.waiting for one in people.open if one.waiting is not None and not (knowable and one.unheard)
        )
        return max(ended, *waits, 0.0)

    def waiting(self) -> int:
        """How many wait."""
        return len(self.people.open)

    def slow(self) -> bool:
        """Whether one in twenty of the newest follow-ups took more than 30 s: those of 10 min, or 20."""
        now = self.scene.now
        hour = [(at, wait) for at, wait in self.people.follow_ups if at >= now - 3600]
        newest = hour[-max(20, sum(at >= now - 600 for at, _wait in hour)) :]
        return 20 * sum(wait > 30.0 for _at, wait in newest) >= len(newest) >= 20

    def reply_p95(self, since: float) -> float:
        """The 95th percentile, by nearest rank, of how long customers waited who were answered within the hour.

        Only those count who wrote after `since`: an earlier fault's waits may have been ended by a person.
        """
        hour = self.scene.now - 3600
        waits = sorted(wait for at, wait in self.people.replies if at >= hour and at - wait >= since)
        return waits[max(0, -(-95 * len(waits) // 100) - 1)] if waits else 0.0


# The customers who wrote before anybody looked: minutes before, and one second.
OPEN = (40.0, 33.0, 27.0, 22.0, 17.0, 12.0, 8.0, 5.0, 1 / 60)


def first_start(seed: int, days: float, per_hour: float, begin: float, answered_after: float) -> World:
    """Customers wrote before `begin`, the bot stored each message and failed; a person answers them much later."""
    world = World(seed, days, per_hour, (), 0, start=begin - 60.0 * OPEN[0] - 60.0)
    scene, people = world.scene, world.people
    for minutes in OPEN:
        customer = people.new()
        customer.gave_up = customer.stuck = True
        scene.at(begin - 60.0 * minutes, partial(people.write, customer))
        scene.at(begin + answered_after, partial(people.by_phone_soon, customer))
    return world
