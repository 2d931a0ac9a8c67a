"""The loops that deliver notices: one a channel, in order, each step stored before and after it happens."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable

from qualtui.alerts.notice_decision import NoticeKind
from qualtui.engine.journal import Entry, Journal
from qualtui.eventlog.notices import NoticeCovered, NoticeDelivered, NoticeFailed, NoticeSending
from qualtui.model import Notice, State
from qualtui.notify.channels.channel import Channel, ChannelMessage, MessageButton, message_kind
from qualtui.notify.outbox import LONGEST_ASKED, DueNotice, next_for, retry_at, wait_for
from qualtui.notify.render import notice_words
from qualtui.text.message import ENGLISH, Saying, TextReader, message, render

log = logging.getLogger(__name__)

BEGINNINGS = {NoticeKind.FIRING, NoticeKind.REOPENED}


def no_link(_notice: Notice) -> Saying:
    """There are no acknowledge links."""
    return ""


def no_button(_notice: Notice) -> str:
    """There are no buttons."""
    return ""


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
        spread: random.Random | None = None,
        reader: TextReader = ENGLISH,
        link: Callable[[Notice], Saying] = no_link,
        button: Callable[[Notice], str] = no_button,
    ) -> None:
        self._target = target
        self._journal = journal
        self._clock = clock
        self._retry_for = retry_for
        self._under_way = under_way
        self._spread = spread or random.Random()  # noqa: S311 - spreads retries, keeps no secret
        self._reader = reader
        self._link = link
        self._button = button
        self._held = 0.0  # until when the service wants to be left alone
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look for something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, oldest first, until cancelled."""
        while True:
            now = self._clock()
            due = next_for(self._target.name, self._journal.state.notices.values(), now, self._held)
            wait = None if due is None else wait_for(due.head, now, self._held)
            if due is not None and not wait:
                await self._finish(due)
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _finish(self, due: DueNotice) -> None:
        key = due.notice.key
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._deliver(due))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        await asyncio.shield(task)

    async def _deliver(self, due: DueNotice) -> None:
        # An engine stopped after it sent and before it stored the result.
        doubt = due.notice.doubt or due.notice.status == "sending"
        attempt = max(one.attempt for one in (due.notice, *due.covers)) + 1
        await self._journal.decide(lambda state: _begun(state, due, attempt))
        notice = self._journal.state.notices.get(due.notice.key, due.notice)
        title, body = notice_words(notice, self._reader)
        if notice.covers_from is not None:
            body = f"{self._both(notice, notice.covers_from)}\n{body}"
        if doubt:
            again = message("(Sent again: it is unknown whether the first one arrived.)")
            body += "\n" + render(again, self._reader)
        if link := self._link(notice):  # made now: the store never holds it; first, so that no cut loses it
            body = f"{render(link, self._reader)}\n{body}"
        kind = message_kind(notice.kind, notice.severity)
        token = self._button(notice)  # made now, as the link
        button = MessageButton(render(message("I've got it"), self._reader), token) if token else None
        note = ChannelMessage(title, body, kind, self._about(notice), notice.key, self._first(notice), button)
        delivery = await self._target.send(note)
        if delivery.accepted:
            await self._journal.append((NoticeDelivered(notice.key, attempt), ""))
            return
        if delivery.asked:
            self._held = self._clock() + min(delivery.asked, LONGEST_ASKED)
        # Who tests waits for the outcome, not for the next day.
        once = delivery.final or notice.kind == "test"
        since, chance = max(notice.queued_at, notice.retry_from), self._spread.random()
        retry = retry_at(attempt, since, self._clock(), self._retry_for, chance=chance, asked=delivery.asked)
        retry = None if once else retry
        log.warning("notice %s to %s failed: %s", notice.key, notice.channel, delivery.reason)
        await self._journal.append((NoticeFailed(notice.key, attempt, delivery.reason, retry, delivery.doubt), ""))

    def _both(self, notice: Notice, fired_at: float) -> str:
        """The line of an end whose beginning could not be delivered."""
        incident = self._journal.state.incidents.get(notice.number)
        ended = None if incident is None else incident.resolved_at
        text = message(
            "Fired {fired:clock}, resolved {resolved:clock}. The notice of its beginning could not be delivered.",
            fired=fired_at,
            resolved=notice.queued_at if ended is None else ended,
        )
        return render(text, self._reader)

    def _first(self, notice: Notice) -> str:
        """The incident's first notice here that arrived, or may have; empty: there is none before this one."""
        before = [
            one
            for one in self._journal.state.notices.values()
            if one.number == notice.number and one.channel == notice.channel and one.key != notice.key
        ]
        arrived = [one for one in before if one.status == "delivered" or one.doubt]
        return min(arrived, key=lambda one: one.queued_at).key if notice.number and arrived else ""

    def _about(self, notice: Notice) -> str:
        """The incident's key for services that have incidents, too: the same from firing to resolved."""
        incident = self._journal.state.incidents.get(notice.number)
        if incident is None:
            return f"qualtui/{notice.key}"
        # Its time distinguishes two installations that share one service.
        return f"qualtui/{incident.agent}/{incident.number}/{incident.fired_at:.0f}"


def _begun(state: State, due: DueNotice, attempt: int) -> Iterable[Entry]:
    """What is written before a try: the earlier notices that this one covers, and that it is being sent."""
    incident = state.incidents.get(due.notice.number)
    for one in due.covers:
        began = None
        if one.kind in BEGINNINGS:
            began = incident.fired_at if incident is not None and one.kind == NoticeKind.FIRING else one.queued_at
        yield NoticeCovered(one.key, due.notice.key, began), ""
    yield NoticeSending(due.notice.key, attempt), ""
