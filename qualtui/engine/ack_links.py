"""Acknowledge links and buttons: made when a notice is sent, used once, and lapsed unless a person confirms."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qualtui.alerts.ack_token import AckClaim, TokenRefusal, claim_of, token_for, token_mark
from qualtui.alerts.button_token import ButtonClaim, button_claim, button_token, notice_mark
from qualtui.alerts.notice_decision import NoticeKind
from qualtui.config.values import HttpSettings
from qualtui.engine.ack_keys import AckKeys
from qualtui.engine.journal import Entry, Journal
from qualtui.eventlog.ack_links import AckLinkLapsed, AckLinkUsed, AckRepliesRead
from qualtui.model import Event, Notice, Phase, State
from qualtui.text import masked
from qualtui.text.message import Saying, message, render
from qualtui.web.ack_listener import AckPage, AckStatus

CONFIRM = 15 * 60.0  # s until a person must have confirmed
LINKED = {  # notices that ask someone to take the incident
    NoticeKind.FIRING,
    NoticeKind.WORSE,
    NoticeKind.REOPENED,
    NoticeKind.GROWTH,
    NoticeKind.REPEAT,
    NoticeKind.ESCALATION,
    NoticeKind.FLAPPING,
    NoticeKind.STEADY,
}
EXPIRED = ButtonClaim(0, "", 0)  # of a token of ours that is too old


class AckLinks:
    """Implements AckAnswers on the engine's journal. The store never holds a token: only the notice has it."""

    def __init__(self, store: Path, journal: Journal, clock: Callable[[], float]) -> None:
        self._keys = AckKeys(store)
        self._journal = journal
        self._clock = clock
        self._public = ""

    def use(self, http: HttpSettings) -> None:
        """Takes a configuration."""
        self._public = http.public_url.rstrip("/") if http.ack_listen else ""

    def line(self, notice: Notice) -> Saying:
        """The line of a notice that acknowledges its incident; empty where there is none."""
        if not self._public or not self._asks(notice):
            return ""
        now = self._clock()
        token = token_for(notice.number, notice.key, self._keys.at(now)[0], now)
        return message("I've got it: {link}", link=f"{self._public}/ack/{token}")

    def button(self, notice: Notice) -> str:
        """The token of a notice's button; empty where it asks for no one."""
        if not self._asks(notice):
            return ""
        now = self._clock()
        return button_token(notice.number, notice.key, notice.channel, self._keys.at(now)[0], now)

    def _asks(self, notice: Notice) -> bool:
        """Whether a notice asks someone to take an incident that no one has."""
        incident = self._journal.state.incidents.get(notice.number)
        if incident is None or notice.kind not in LINKED:
            return False
        return not incident.owner and incident.phase is not Phase.RESOLVED

    def look(self, token: str) -> AckPage:
        """What a link is about; changes nothing."""
        now = self._clock()
        claim = claim_of(token, self._keys.at(now), now)
        return _page(self._journal.state, claim)

    async def accept(self, token: str) -> AckPage:
        """Use a link: the incident is owned by it for as long as a person may take to confirm."""
        now = self._clock()
        claim = claim_of(token, self._keys.at(now), now)
        if isinstance(claim, TokenRefusal):
            return _page(self._journal.state, claim)

        def used(state: State) -> AckLinkUsed:
            return AckLinkUsed(claim.number, _channel(state, claim), claim.notice, now + CONFIRM)

        return await self._take(token, claim, used)

    def pressed(self, token: str, channels: Iterable[str]) -> tuple[str, ButtonClaim] | None:
        """Return the channel that a button's token was sent to, and what it says; None: we did not make it."""
        now = self._clock()
        for channel in channels:
            claim = button_claim(token, channel, self._keys.at(now), now)
            if claim is not TokenRefusal.UNKNOWN:
                return channel, claim if isinstance(claim, ButtonClaim) else EXPIRED
        return None

    async def press(
        self,
        token: str,
        channel: str,
        claim: ButtonClaim,
        read: AckRepliesRead,
        *,
        who: str = "",
        age: float = 0.0,
    ) -> AckPage:
        """Use a button that was pressed `age` seconds ago; that it was looked at is part of the same write."""
        until = self._clock() - age + CONFIRM

        def used(state: State) -> AckLinkUsed:
            return AckLinkUsed(claim.number, channel, _notice(state, claim), until, who)

        late = claim is EXPIRED or age >= CONFIRM
        return await self._take(token, TokenRefusal.EXPIRED if late else claim, used, read)

    async def _take(
        self,
        token: str,
        claim: AckClaim | ButtonClaim | TokenRefusal,
        used: Callable[[State], AckLinkUsed],
        read: AckRepliesRead | None = None,
    ) -> AckPage:
        page = _page(self._journal.state, claim)

        def decision(state: State) -> Iterator[Entry]:
            nonlocal page
            page = _page(state, claim)
            if page.status is AckStatus.READY:
                yield used(state), f"ack-link/{token_mark(token)}"
            if read is not None:
                yield read, ""

        written = await self._journal.decide(decision)
        if page.status is not AckStatus.READY:
            return page
        done = AckStatus.DONE if any(isinstance(one.body, AckLinkUsed) for one in written) else AckStatus.USED
        return AckPage(done, page.number, page.agent, page.summary)

    async def lapse(self) -> tuple[Event, ...]:
        """End what no person confirmed in time."""
        if not self._journal.state.link_acks:
            return ()
        now = self._clock()
        return await self._journal.decide(
            lambda state: [(AckLinkLapsed(n), "") for n, ack in state.link_acks.items() if now >= ack.until]
        )


def _channel(state: State, claim: AckClaim) -> str:
    """The channel that the link was sent to: the notice's, or the end of its key where the notice is forgotten."""
    notice = state.notices.get(claim.notice)
    return notice.channel if notice is not None else claim.notice.rpartition("/")[2]


def _notice(state: State, claim: ButtonClaim) -> str:
    """The notice whose button it was; empty where it is forgotten."""
    mine = (key for key, one in state.notices.items() if one.number == claim.number)
    return next((key for key in mine if notice_mark(key) == claim.notice), "")


def _page(state: State, claim: AckClaim | ButtonClaim | TokenRefusal) -> AckPage:
    if isinstance(claim, TokenRefusal):
        return AckPage(AckStatus.EXPIRED if claim is TokenRefusal.EXPIRED else AckStatus.UNKNOWN)
    incident = state.incidents.get(claim.number)
    if incident is None or incident.phase is Phase.RESOLVED:
        return AckPage(AckStatus.OVER, claim.number)
    status = AckStatus.TAKEN if incident.owner else AckStatus.READY
    return AckPage(status, claim.number, incident.agent, masked(render(incident.summary)), incident.owner)
