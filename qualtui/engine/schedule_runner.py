"""Runs scheduled fixes when they are due: written before they begin, so that none begins twice."""

import asyncio
import logging
from collections.abc import Callable

from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Entry, Journal
from qualtui.eventlog.schedules import ScheduleEnded, ScheduleFailed
from qualtui.model import Schedule, State
from qualtui.text.message import Saying, message
from qualtui.wire import Preview

log = logging.getLogger(__name__)

LOOK = 1.0  # s between two looks


class ScheduleRunner:
    """The schedules of the state. Killed before its run, one is overdue, and never runs twice."""

    def __init__(self, journal: Journal, fixing: FixRunner, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._fixing = fixing
        self._clock = clock

    async def work(self) -> None:
        """Look once a second until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                for schedule in await self.due():
                    tasks.create_task(self.carry_out(schedule), name=f"scheduled {schedule.fix}")
                await asyncio.sleep(LOOK)

    async def due(self) -> tuple[Schedule, ...]:
        """The schedules whose time has come; their begin is in the log."""
        begun: list[Schedule] = []

        def decision(state: State) -> tuple[Entry, ...]:
            begun.extend(one for one in state.schedules.values() if one.due_at <= self._clock())
            return tuple((ScheduleEnded(one.id, one.who), f"schedule/{one.id}/end") for one in begun)

        if self._journal.state.schedules:
            await self._journal.decide(decision)
        return tuple(begun)

    async def carry_out(self, schedule: Schedule) -> None:
        """Preview again, and run what is found now."""
        try:
            number = schedule.number if schedule.number in self._journal.state.incidents else 0
            shown = await self._fixing.preview(schedule.agent, schedule.fix, "", number)
            if isinstance(shown, Preview) and shown.token:
                await self._fixing.run(shown.token, schedule.who)
                return
            reason: Saying = shown.refused if isinstance(shown, Preview) else shown.text
            reason = reason or message("no one waits any more")
        except Exception as error:  # the boundary of a scheduled run: the others go on
            log.exception("a scheduled fix failed: %s", schedule.fix)
            reason = message("it failed: {error}", error=type(error).__name__)
        failed = ScheduleFailed(schedule.fix, schedule.who, schedule.number, reason)
        await self._journal.append((failed, ""))
