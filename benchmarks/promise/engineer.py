"""The engineer on call: answers a page after five minutes, and presses what the screen offers."""

import asyncio

from benchmarks.promise.duty import Duty
from benchmarks.promise.rates import BY_KIND
from benchmarks.truth.polls import BOT
from benchmarks.truth.watch import EPOCH
from qualtui.model import Incident
from qualtui.wire import Acknowledge, Done, Preview, PreviewFix, RunFix

NAME = "engineer"
ANSWERS = 300.0  # s from a page to the first press
LOOKS = 30.0  # s between two looks at the screen while an incident is young ...
BUSY, SELDOM = 3600.0, 300.0  # ... for so many s; then it is looked at each 5 min
AGAIN = 120.0  # s until the same fix is pressed again ...
REFUSED = 600.0  # ... or a refused one, of which the hour may be the reason


class Engineer:
    """One person, at any hour. What no fix ends is ended by hand after a while, as the table of rates says."""

    def __init__(self, duty: Duty) -> None:
        self._duty = duty
        self._owned: dict[int, float] = {}  # by incident: since when the engineer works on it
        self._pressed: dict[tuple[int, str], float] = {}  # by incident and fix: when it may be pressed again
        self.presses = 0
        self._calls: asyncio.Queue[int] = asyncio.Queue()
        duty.paged = self._calls.put_nowait

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            number = await self._calls.get()
            await asyncio.sleep(ANSWERS)
            await self._attend({number, *self._called()})

    def _called(self) -> set[int]:
        found: set[int] = set()
        while not self._calls.empty():
            found.add(self._calls.get_nowait())
        return found

    async def _attend(self, numbers: set[int]) -> None:
        """Stays with these incidents, and those of which pages come meanwhile, until none is left."""
        while True:
            numbers |= self._called()
            mine = [one for one in self._duty.incidents() if one.number in numbers]
            if not mine:
                return
            for incident in mine:
                await self._look_at(incident)
            self._by_hand({one.number for one in mine})
            newest = max(self._owned[one.number] for one in mine)
            await asyncio.sleep(LOOKS if self._duty.clock() - newest < BUSY else SELDOM)

    async def _look_at(self, incident: Incident) -> None:
        now = self._duty.clock()
        if incident.number not in self._owned:
            self._owned[incident.number] = now
            await self._duty.command(Acknowledge(incident.number), NAME)
        fix = incident.fix
        if fix and now >= self._pressed.get((incident.number, fix), 0.0):
            done = await self._press(incident.number, fix)
            self._pressed[incident.number, fix] = self._duty.clock() + (AGAIN if done else REFUSED)

    async def _press(self, number: int, fix: str) -> bool:
        """Opens the preview, and confirms it where there is anything to confirm."""
        shown = await self._duty.command(PreviewFix(fix, BOT, number=number), NAME)
        if not isinstance(shown, Preview) or not shown.token:
            return False
        self.presses += 1
        return isinstance(await self._duty.command(RunFix(shown.token), NAME), Done)

    def _by_hand(self, numbers: set[int]) -> None:
        """Ends the faults on which the engineer has worked long enough."""
        now = self._duty.clock()
        begun = [at for number, at in self._owned.items() if number in numbers]
        for fault in self._duty.world.going():
            since = [at for at in begun if at - EPOCH >= fault.begin]
            if since and now - min(since) >= BY_KIND[fault.kind].hands:
                self._duty.world.repair(fault)
