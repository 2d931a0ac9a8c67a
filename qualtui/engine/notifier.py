"""The loops that deliver notices: one a channel, in order, each step stored before and after it happens."""

import asyncio
import logging
from collections.abc import Callable

from qualtui.engine.journal import Journal
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed, NoticeSending
from qualtui.model import Notice
from qualtui.notify.channels.channel import Channel, ChannelMessage, message_kind
from qualtui.notify.outbox import next_for, retry_at, wait_for
from qualtui.text import _

log = logging.getLogger(__name__)


class Notifier:
    """Delivers to one channel. `wake` is called after notices were queued.

    `under_way` holds the deliveries of all notifiers by key: a started one continues when its notifier is
    cancelled for another configuration, and the next notifier waits for its end instead of sending again.
    """

    def __init__(
        self,
        target: Channel,
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
        """Look for something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, oldest first, until cancelled."""
        while True:
            now = self._clock()
            notice = next_for(self._target.name, self._journal.state.notices.values(), now)
            wait = None if notice is None else wait_for(notice, now)
            if notice is not None and not wait:
                await self._finish(notice)
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _finish(self, notice: Notice) -> None:
        task = self._under_way.get(notice.key)
        if task is None:
            task = self._under_way[notice.key] = asyncio.create_task(self._deliver(notice))
            task.add_done_callback(lambda _: self._under_way.pop(notice.key, None))
        await asyncio.shield(task)

    async def _deliver(self, notice: Notice) -> None:
        doubt = notice.status == "sending"  # an engine stopped after it sent and before it stored the result
        attempt = notice.attempt + 1
        await self._journal.append((NoticeSending(notice.key, attempt), ""))
        body = str(notice.body)
        if doubt:
            body += "\n" + _("(Sent again: it is unknown whether the first one arrived.)")
        kind = message_kind(notice.kind, notice.severity)
        note = ChannelMessage(str(notice.title), body, kind, self._about(notice), notice.key)
        delivery = await self._target.send(note)
        if delivery.accepted:
            await self._journal.append((NoticeDelivered(notice.key, attempt), ""))
            return
        # Who tests waits for the outcome, not for the next six hours.
        once = delivery.final or notice.kind == "test"
        again = None if once else retry_at(attempt, notice.queued_at, self._clock(), self._retry_for)
        log.warning("notice %s to %s failed: %s", notice.key, notice.channel, delivery.reason)
        await self._journal.append((NoticeFailed(notice.key, attempt, delivery.reason, again), ""))

    def _about(self, notice: Notice) -> str:
        """The incident's key for services with incidents of their own: the same from firing to resolved."""
        incident = self._journal.state.incidents.get(notice.number)
        if incident is None:
            return f"qualtui/{notice.key}"
        # Its time distinguishes two installations that share one service.
        return f"qualtui/{incident.agent}/{incident.number}/{incident.fired_at:.0f}"
