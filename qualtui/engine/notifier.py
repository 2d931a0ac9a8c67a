"""The loops that deliver notices: one a target, in order, each step written before and after it happens."""

import asyncio
import logging
from collections.abc import Callable

from qualtui.engine.journal import Journal
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed, NoticeSending
from qualtui.model import Notice
from qualtui.notify.channel import AppriseChannel, NotifyError, apprise_type
from qualtui.notify.outbox import next_for, retry_at, wait_for
from qualtui.text import _

log = logging.getLogger(__name__)


class Notifier:
    """Delivers to one target. `wake` is called after notices were queued.

    `under_way` holds the deliveries of all notifiers by key: one that has begun goes on when its notifier is
    cancelled for another configuration, and the next notifier waits for its end instead of sending again.
    """

    def __init__(
        self,
        target: AppriseChannel,
        journal: Journal,
        clock: Callable[[], float],
        retry_for: float,
        under_way: "dict[str, asyncio.Task[None]]",
    ) -> None:
        self._target = target
        self._journal = journal
        self._clock = clock
        self._retry_for = retry_for
        self._under_way = under_way
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Sends what is owed, oldest first, until cancelled."""
        while True:
            now = self._clock()
            notice = next_for(self._target.name, self._journal.state.notices.values(), now)
            wait = None if notice is None else wait_for(notice, now)
            if notice is not None and not wait:
                await self._see_through(notice)
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _see_through(self, notice: Notice) -> None:
        task = self._under_way.get(notice.key)
        if task is None:
            task = self._under_way[notice.key] = asyncio.create_task(self._deliver(notice))
            task.add_done_callback(lambda _: self._under_way.pop(notice.key, None))
        await asyncio.shield(task)

    async def _deliver(self, notice: Notice) -> None:
        doubt = notice.status == "sending"  # an engine ended between sending and knowing
        attempt = notice.attempt + 1
        await self._journal.append((NoticeSending(notice.key, attempt), ""))
        body = str(notice.body)
        if doubt:
            body += "\n" + _("(sent again: whether the first one arrived is not known)")
        try:
            kind = apprise_type(notice.kind, notice.severity)
            await self._target.send(str(notice.title), body, kind, self._about(notice), notice.key)
        except NotifyError as error:
            now = self._clock()
            once = (
                error.final or notice.kind == "test"
            )  # who tests waits for the outcome, not for the next six hours
            again = None if once else retry_at(attempt, notice.queued_at, now, self._retry_for)
            log.warning("notice %s to %s failed: %s", notice.key, notice.channel, error)
            await self._journal.append((NoticeFailed(notice.key, attempt, str(error), again), ""))
        else:
            await self._journal.append((NoticeDelivered(notice.key, attempt), ""))

    def _about(self, notice: Notice) -> str:
        """The name of the incident for services that keep one of their own: the same from firing to its end."""
        incident = self._journal.state.incidents.get(notice.number)
        if incident is None:
            return f"qualtui/{notice.key}"
        # Its time tells two installations apart that share one service.
        return f"qualtui/{incident.agent}/{incident.number}/{incident.fired_at:.0f}"
