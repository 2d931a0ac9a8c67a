"""A bot on this machine behind the Protocol of hosts."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from qualtui.config.values import HostSettings, HostWrite
from qualtui.hosts.host import (
    Deploy,
    DeployId,
    HostCapability,
    HostError,
    HostEvent,
    HostEventKind,
    HostFault,
    Instance,
    Latency,
    LogLine,
    Requests,
    ServiceState,
    Usage,
    Use,
    forbidden,
)
from qualtui.hosts.process import systemd, tree
from qualtui.hosts.process.command import Run, runner
from qualtui.hosts.process.logfile import lines_since
from qualtui.hosts.process.use import usage_of
from qualtui.hosts.process.watched import Watched, seen
from qualtui.text.message import message

_NOT_RUNNING = message("no process runs")


class ProcessHost:
    """Implements Host for a unit of systemd (`service`), or the process that `pid_file` names.

    Of a unit systemd's journal says what happened; of any other process it is known from one look to the next.
    """

    capabilities: ClassVar[frozenset[HostCapability]] = frozenset({HostCapability.LOGS, HostCapability.RESTART})

    def __init__(
        self, settings: HostSettings, clock: Callable[[], float] = time.time, run: Run | None = None
    ) -> None:
        self._unit = settings.service
        self._pid_file = Path(settings.pid_file)
        self._log_file = Path(settings.log_file) if settings.log_file else None
        self._allow = frozenset(settings.allow)
        self._clock = clock
        self._run = runner(float(settings.timeout)) if run is None else run
        self._watched = Watched()
        self._spent: tree.Spent = {}
        self._measured = 0.0

    async def service(self) -> ServiceState:
        """A process is never suspended; a unit that systemd does not know raises HostError."""
        name = (await self._state()).name if self._unit else self._pid_file.stem
        return ServiceState(name or self._unit, suspended=False)

    async def visible(self) -> int:
        """This one: there is no key."""
        return 1

    async def usage(self, now: float) -> Usage:
        """CPU since the last call, memory now, each of the process and all that it started."""
        main = await self._main()
        found = None if main is None else await asyncio.to_thread(tree.measure, int(main.id))
        if found is None:
            return Usage(Use(None, _NOT_RUNNING), Use(None, _NOT_RUNNING))
        said = usage_of(self._spent, found, now - self._measured, now)
        self._spent, self._measured = found.spent, now
        return said

    async def instances(self) -> tuple[Instance, ...]:
        """The main process."""
        main = await self._main()
        return () if main is None else (main,)

    async def events(self, since: float) -> tuple[HostEvent, ...]:
        """What happened, and last how it is now."""
        now = self._clock()
        if not self._unit:
            main = await self._main()
            kills = 0 if main is None else (await asyncio.to_thread(tree.limits_of, int(main.id))).kills
            self._watched = seen(self._watched, main, kills or self._watched.kills, now)
            return tuple(one for one in self._watched.events if one.at >= since)
        unit = await self._state()
        answer = await self._run(systemd.happened(self._unit, since))
        events = systemd.events_of(systemd.entries_of(answer))
        if unit.active:
            events.append(HostEvent("now", now, HostEventKind.AVAILABLE, "runs"))
        elif not events or events[-1].kind not in (HostEventKind.FAILED, HostEventKind.OUT_OF_MEMORY):
            ended = now - max(0.0, time.monotonic() - unit.stopped) if unit.stopped else now
            text = message("failed") if unit.failed else message("stopped")
            events.append(HostEvent("now", max(ended, since), HostEventKind.FAILED, text))
        return tuple(events)

    async def deploys(self, since: float) -> tuple[Deploy, ...]:  # noqa: ARG002
        """None: nothing here keeps them."""
        return ()

    async def requests(self, since: float, now: float) -> Requests:  # noqa: ARG002
        """None: nothing here counts them."""
        return Requests(None, message("this host counts no requests"))

    async def latency(self, now: float) -> Latency:  # noqa: ARG002
        """None: nothing here measures it."""
        return Latency(None, message("this host measures no latency"))

    async def logs(self, since: float, now: float) -> tuple[LogLine, ...]:  # noqa: ARG002
        """The lines of `log_file`, else of the unit's journal."""
        if self._log_file is not None:
            return await asyncio.to_thread(lines_since, self._log_file, since)
        if not self._unit:
            raise HostError(HostFault.LOCAL, message("no log_file in [agents.NAME.host]"))
        answer = await self._run(systemd.written(self._unit, since))
        return systemd.lines_of(systemd.entries_of(answer))

    async def restart(self) -> None:
        """Has systemd restart the unit."""
        if HostWrite.RESTART not in self._allow:
            raise forbidden(message('allow in [agents.NAME.host] does not have "{what}"', what="restart"))
        if not self._unit:
            raise forbidden(message("only a unit of systemd can be restarted: pid_file names a process alone"))
        await self._run(systemd.restart(self._unit))

    async def rollback(self, deploy: DeployId) -> DeployId:  # noqa: ARG002
        """There is nothing to go back to."""
        raise forbidden(message("this host keeps no deploys"))

    async def stop_automatic_deploys(self) -> None:
        """There are none."""
        raise forbidden(message("this host keeps no deploys"))

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _state(self) -> systemd.Unit:
        unit = systemd.unit_of(await self._run(systemd.show(self._unit)))
        if not unit.known:
            raise HostError(HostFault.NO_SERVICE, message("systemd knows no unit {unit}", unit=self._unit))
        return unit

    async def _main(self) -> Instance | None:
        if self._unit:
            unit = await self._state()
            return await asyncio.to_thread(tree.instance_of, unit.pid) if unit.pid else None
        return await asyncio.to_thread(tree.named_by, self._pid_file)
