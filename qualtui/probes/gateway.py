"""Is the WhatsApp gateway there, and is its session able to send?"""

import asyncio
from urllib.parse import quote

import msgspec

from qualtui.config.values import GatewaySettings as Settings
from qualtui.http import Answer, Failure, Fetcher, FetchError
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.text import clean
from qualtui.tracking.deliverability import HUMAN

STARTING = "STARTING"


class _Session(msgspec.Struct, frozen=True):
    status: str


_session = msgspec.json.Decoder(_Session)

Verdict = tuple[float, float | None, str]  # up, working, note


class GatewayProbe:
    """gateway.up, gateway.working (its note is the status), gateway.seconds, three flags. Only WORKING can send.

    A gateway that is refused, silent or in error cannot send: working is 0. One that rejects our key may
    well be working: None.
    """

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/gateway"
        words = ("up", "working", "seconds", "needs_human", "silent", "session_starting")
        self.series = tuple(f"{agent}/gateway.{word}" for word in words)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        headers = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
        url = f"{settings.url.rstrip('/')}/api/sessions/{quote(settings.session, safe='')}"
        self._fetcher = Fetcher(url, headers, self.timeout, keep=True)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where we could not ask."""
        clock = asyncio.get_running_loop().time
        started = clock()
        seconds: float | None = None
        silent = False
        try:
            answer = await self._fetcher.get()
            verdict, seconds = gateway_samples(answer), answer.seconds
        except FetchError as error:
            if error.failure is Failure.LOCAL:
                raise ProbeError(error.text) from None
            verdict = (0.0, 0.0, error.text)
            if silent := error.failure is Failure.TIMEOUT:
                seconds = error.seconds
        up, working, note = verdict
        at = now + clock() - started
        return (
            Sample(self.series[0], at, up, "" if up else note),
            Sample(self.series[1], at, working, note),
            Sample(self.series[2], at, seconds, "" if seconds is not None else note),
            Sample(self.series[3], at, None if not up or working is None else float(note in HUMAN), note),
            Sample(self.series[4], at, float(silent), note if silent else ""),
            Sample(self.series[5], at, None if working is None else float(note == STARTING), note),
        )

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def gateway_samples(answer: Answer) -> Verdict:
    """What an answer of /api/sessions/NAME says; an unknown status is not WORKING."""
    if answer.status in (401, 403):
        return 1.0, None, "unauthorized"
    if answer.status == 404:
        return 1.0, 0.0, "no such session"
    if answer.status >= 500:
        return 0.0, 0.0, answer.words
    if answer.status != 200:
        return 1.0, None, answer.words
    if not answer.plain:  # somebody between us: the gateway may well be working
        return 1.0, None, f"not the gateway's answer: {answer.oddity or 'it is compressed'}"
    try:
        status = _session.decode(answer.body).status if answer.whole else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        status = None
    if status is None:
        return 0.0, 0.0, ": ".join(filter(None, ("not the gateway's answer", answer.oddity)))
    return 1.0, float(status == "WORKING"), clean(status, 40) or "no status"
