"""Reads what comes back through channels: who pressed *I've got it* under a notice takes its incident."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from qualtui.alerts.ack_token import LIFETIME, token_mark
from qualtui.config.values import Config
from qualtui.engine.ack_links import CONFIRM, LINKED, AckLinks
from qualtui.engine.journal import Journal
from qualtui.eventlog.ack_links import AckRepliesRead
from qualtui.model import Incident, Notice, Phase
from qualtui.notify.channels.replies import ButtonPress, Replies, ReplyReader
from qualtui.notify.reader import channel_reader
from qualtui.text.message import Saying, message, render
from qualtui.web.ack_listener import EACH_TOKEN, AckPage, AckStatus, ack_text
from qualtui.web.rate_limit import RateLimit, RateLimits

log = logging.getLogger(__name__)

LOOK = 2.0  # s between two looks for a button that can be pressed
PACE = 1.0  # s between two reads at least, also of a service that keeps no poll open
PATIENCE = 300.0  # s of failing reads before a banner
BACKOFF = (5.0, 10.0, 20.0, 40.0, 60.0)  # s after the first, second, ... failure
ALL_PRESSES = RateLimit(60, 1.0)


class AckReplies:
    """One loop a reader: a service that hangs or answers garbage delays no other, no notice and no exit."""

    def __init__(
        self,
        links: AckLinks,
        journal: Journal,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._links = links
        self._journal = journal
        self._clock = clock
        self._pause = pause
        self._limits = RateLimits(EACH_TOKEN, ALL_PRESSES)
        self._config = Config(agents={})
        self._failing: dict[str, tuple[float, Replies]] = {}  # by reader: since when, and the newest failure
        self._places: dict[str, str] = {}  # by reader: where it goes on, also after replies that no event records
        self.strangers: dict[str, int] = {}  # by reader: replies that no button of ours sent

    @property
    def troubles(self) -> tuple[Saying, ...]:
        """Return a line for each reader that gets no replies."""
        return tuple(line for name in self._failing if (line := self._trouble(name)))

    def _trouble(self, name: str) -> Saying:
        since, newest = self._failing[name]
        if newest.conflict:
            return message(
                "another program (or a webhook) reads the Telegram bot of {channel}: its buttons may do nothing",
                channel=name,
            )
        age = self._clock() - since
        if age < PATIENCE:
            return ""
        return message(
            "the buttons in notices to {channel} are not read for {age:span}: {why}",
            channel=name,
            age=age,
            why=newest.trouble,
        )

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config, self._failing = config, {}

    async def run(self, config: Config, readers: Iterable[ReplyReader]) -> None:
        """Read until cancelled."""
        self.use(config)
        async with asyncio.TaskGroup() as tasks:
            for reader in readers:
                tasks.create_task(self._follow(reader), name=f"replies of {reader.source}")

    async def _follow(self, reader: ReplyReader) -> None:
        failures = 0
        try:
            while True:
                if not reader.always and not self.pressable(reader.channels):
                    await self._pause(LOOK)
                    continue
                found = await self.read(reader)
                failures = failures + 1 if found.trouble else 0
                backoff = BACKOFF[min(failures, len(BACKOFF)) - 1] if failures else 0.0
                await self._pause(max(PACE, found.wait, backoff))
        finally:
            await reader.close()

    async def read(self, reader: ReplyReader) -> Replies:
        """Read once, and use what was pressed."""
        source, name = reader.source, ", ".join(reader.channels)
        place = self._places.get(source) or self._journal.state.replies_read.get(source, "")
        try:
            found = await reader.read(place)
        except Exception as error:  # a fault of ours in one reader ends no other
            log.error("replies of %s: %s", name, type(error).__name__)  # noqa: TRY400 - its text may hold a token
            found = Replies(trouble=message("an internal error"), wait=BACKOFF[-1])
        for press in found.presses:
            await self._use(reader, press)
            self._places[source] = press.place
        self._places[source] = found.place or self._places.get(source, "")
        self._ignore(name, found.strangers)
        self._note(name, found)
        return found

    async def _use(self, reader: ReplyReader, press: ButtonPress) -> None:
        known = self._links.pressed(press.token, press.channels)
        if known is None or not self._limits.allow(token_mark(press.token), self._clock()):
            self._ignore(", ".join(reader.channels), 1)
            return
        channel, claim = known
        who = self._person(channel) if press.personal else ""
        read = AckRepliesRead(reader.source, press.place)
        page = await self._links.press(press.token, channel, claim, read, who=who, age=press.age)
        log.info("a button in a notice to %s was pressed: %s", channel, page.status.value)
        await reader.answer(press, render(_result(page), channel_reader(self._config, channel)))

    def _person(self, channel: str) -> str:
        """The only person whose channel it is; empty where there is none, or more than one."""
        whose = [name for name, one in self._config.people.items() if channel in one.channels]
        return whose[0] if len(whose) == 1 else ""

    def _ignore(self, name: str, count: int) -> None:
        before = self.strangers.get(name, 0)
        after = self.strangers[name] = before + count
        if count and (not before or len(str(after)) > len(str(before))):  # 1, 10, 100, ...
            log.warning("%d replies through %s came from no button of ours and were ignored", after, name)

    def _note(self, name: str, found: Replies) -> None:
        if not found.trouble:
            self._failing.pop(name, None)
            return
        since, _before = self._failing.get(name, (self._clock(), found))
        if name not in self._failing:
            log.warning("the buttons in notices to %s are not read: %s", name, found.trouble)
        self._failing[name] = since, found

    def pressable(self, channels: tuple[str, ...]) -> bool:
        """Whether a notice with a button can lie on someone's phone, or a press of one be on its way."""
        now, state = self._clock(), self._journal.state
        return any(
            one.channel in channels and _carries(one, state.incidents.get(one.number), now)
            for one in state.notices.values()
        )


def _result(page: AckPage) -> Saying:
    """What became of a press."""
    number = str(page.number)
    if page.status is AckStatus.USED:
        return message("This button was used. To take #{number}: qualtui incidents ack {number}", number=number)
    if page.status is AckStatus.EXPIRED:
        return message("This button is too old.")
    return ack_text(page)


def _carries(notice: Notice, incident: Incident | None, now: float) -> bool:
    """Whether a press of a notice's button is looked at: also for a while after the incident's end."""
    if incident is None or notice.kind not in LINKED or not notice.attempt or now - notice.queued_at > LIFETIME:
        return False
    return incident.phase is not Phase.RESOLVED or now - (incident.resolved_at or now) < CONFIRM
