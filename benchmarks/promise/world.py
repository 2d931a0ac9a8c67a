"""The month's world: a fault ends by itself, by the owner, by an engineer's hands or by a fix."""

from collections.abc import Callable, Sequence

from benchmarks.promise.people import MonthCustomers
from benchmarks.promise.rates import BY_KIND
from benchmarks.truth.faults import HARMLESS, Fault, Kind
from benchmarks.truth.gateway import FLICKER
from benchmarks.truth.world import LEFT, World

DEPLOYS = 4  # that nobody notices
STARTS = (5.0, 20.0)  # s that a session takes to start
SHEET = (1.0, 60.0, 200.0, 1200.0)  # s after which the sheet has a lead that nobody greets
ABROAD = 2  # customers with a foreign number


class MonthWorld(World):
    """`seed` decides who comes and what breaks, whatever is done about it."""

    people: MonthCustomers

    def __init__(self, seed: int, days: float, per_hour: float, faults: Sequence[Fault]) -> None:
        class Seeded(MonthCustomers):
            pass

        Seeded.seed = seed
        super().__init__(seed, days, per_hour, faults, DEPLOYS, people=Seeded)

    def _plan(self, fault: Fault) -> None:
        scene, begin = self.scene, fault.begin
        scene.at(fault.end, lambda: self._over(fault))
        firsts: dict[Kind, Callable[[], None]] = {
            Kind.AGENT_DOWN: self.bot.worker.boot,
            Kind.FLOOD: self.people.flooder,
            Kind.BACK: self.bot.worker.boot,
            Kind.CHATS_AWAY: self._one_lost,
        }
        if fault.kind in firsts:
            scene.at(begin, firsts[fault.kind])
        if fault.kind is Kind.LOST_RESTART:
            scene.at(begin, lambda: self.gateway.flicker(scene.spare.uniform(*FLICKER)))
        if fault.kind is Kind.NEVER_GREETED:
            for wait in SHEET:
                scene.at(begin + wait, self.people.sheet_lead)
        if fault.kind is Kind.FOREIGN:
            for wait in LEFT[:ABROAD]:
                scene.at(begin + wait, lambda: self.people.write(self.people.new(foreign=True)))

    def _over(self, fault: Fault) -> None:
        """Its own end has come, unless somebody ended it before."""
        if fault in self.scene.faults:
            self.people.nudge()

    def going(self) -> list[Fault]:
        """The faults that last now."""
        return [one for one in self.scene.faults if one.on(self.now) and one.kind not in HARMLESS]

    def repair(self, fault: Fault) -> None:
        """Somebody ends a fault now."""
        self.scene.end(fault)
        self.people.nudge()

    def restart_session(self) -> None:
        """The gateway's session stops and starts: ends what such a restart ends."""
        self.gateway.flicker(self.scene.spare.uniform(*STARTS))
        for fault in self.going():
            if BY_KIND[fault.kind].fixes:
                self.repair(fault)
