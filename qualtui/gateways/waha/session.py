"""What WAHA's answers about a session, its server and its webhooks mean."""

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from qualtui.gateways.gateway import GatewayError, GatewayFault, GatewayStatus, GatewayWebhook, SessionState
from qualtui.http import Answer, Failure, FetchError
from qualtui.text import clean
from qualtui.text.message import Saying, message

WORKING = "WORKING"
LOGGED_OUT = ("SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED")
STATES = {WORKING: SessionState.WORKING, "STARTING": SessionState.STARTING} | dict.fromkeys(
    LOGGED_OUT, SessionState.LOGGED_OUT
)
FAULTS = {
    Failure.LOCAL: GatewayFault.LOCAL,
    Failure.REFUSED: GatewayFault.REFUSED,
    Failure.BROKEN: GatewayFault.BROKEN,
    Failure.TIMEOUT: GatewayFault.SILENT,
}
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeError)


class _Session(msgspec.Struct, frozen=True):
    status: str
    me: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Webhook(msgspec.Struct, frozen=True):
    url: str = ""
    events: tuple[str, ...] = ()


class _Config(msgspec.Struct, frozen=True):
    webhooks: tuple[_Webhook, ...] = ()


class _Configured(msgspec.Struct, frozen=True):
    config: _Config | None = None


class _Version(msgspec.Struct, frozen=True):
    version: str = "?"
    engine: str | None = None
    tier: str | None = None


class _Uptime(msgspec.Struct, frozen=True):
    uptime: float  # ms


_session = msgspec.json.Decoder(_Session)
_configured = msgspec.json.Decoder(_Configured)
_version = msgspec.json.Decoder(_Version)
_uptime = msgspec.json.Decoder(_Uptime)


def no_answer(error: FetchError) -> GatewayError:
    """The error of a request that got no answer."""
    return GatewayError(FAULTS[error.failure], error.text, unsent=error.unsent)


def silent_status(error: FetchError) -> GatewayStatus:
    """The status of a gateway that gave no answer: it cannot send."""
    waited = error.seconds if error.failure is Failure.TIMEOUT else None
    return GatewayStatus(False, False, error.text, fault=FAULTS[error.failure], seconds=waited)


def status_of(answer: Answer) -> GatewayStatus:
    """What an answer of GET /api/sessions/NAME says; an unknown status is not WORKING."""
    fault = fault_of(answer)
    if fault is None:
        try:
            found = _session.decode(answer.body) if answer.whole else None
        except _UNREADABLE:
            found = None
        if found is not None:
            return _session_status(found, answer)
        fault = GatewayFault.NOT_A_GATEWAY
    up, can_send = _MEANING[fault]
    if fault is GatewayFault.STATUS and answer.status >= 500:
        up, can_send = False, False
    return GatewayStatus(
        up,
        can_send,
        _note(fault, answer),
        fault=fault,
        http=answer.status,
        oddity=answer.oddity,
        seconds=answer.seconds,
        date=date_of(answer),
    )


# By fault: whether the gateway is up, and whether it can send. Who rejects our key may well be working, and so may
# one behind somebody who changed its answer.
_MEANING: dict[GatewayFault, tuple[bool, bool | None]] = {
    GatewayFault.UNAUTHORIZED: (True, None),
    GatewayFault.NO_SESSION: (True, False),
    GatewayFault.STATUS: (True, None),
    GatewayFault.IN_BETWEEN: (True, None),
    GatewayFault.NOT_A_GATEWAY: (False, False),
}


def fault_of(answer: Answer) -> GatewayFault | None:
    """What is wrong with an answer by its status and headers; None: its body may be read."""
    if answer.status in (401, 403):
        return GatewayFault.UNAUTHORIZED
    if answer.status == 404:
        return GatewayFault.NO_SESSION
    if answer.status != 200:
        return GatewayFault.STATUS
    return None if answer.plain else GatewayFault.IN_BETWEEN


def _session_status(found: _Session, answer: Answer) -> GatewayStatus:
    word = clean(found.status, 40)
    state = STATES.get(found.status, SessionState.DOWN)
    working = state is SessionState.WORKING
    return GatewayStatus(
        True,
        working,
        word or message("no status"),
        state=state,
        http=answer.status,
        seconds=answer.seconds,
        date=date_of(answer),
        ownerless=working and found.me is not msgspec.UNSET and bytes(found.me) == b"null",
    )


def _note(fault: GatewayFault, answer: Answer) -> Saying:
    match fault:
        case GatewayFault.UNAUTHORIZED:
            return message("unauthorized")
        case GatewayFault.NO_SESSION:
            return message("no such session")
        case GatewayFault.STATUS:
            return answer.words
    why = answer.oddity or (message("it is compressed") if not answer.plain else "")
    return message("not the gateway's answer: {why}", why=why) if why else message("not the gateway's answer")


def webhooks_of(answer: Answer) -> tuple[GatewayWebhook, ...]:
    """Where the session posts. Global webhooks (WHATSAPP_HOOK_URL) are not in it. Raises GatewayError."""
    try:
        config = _configured.decode(_body(answer)).config
    except _UNREADABLE:
        raise _unreadable(answer) from None
    hooks = () if config is None else config.webhooks
    return tuple(GatewayWebhook(_host(one.url), frozenset(one.events)) for one in hooks)


def whole_body(answer: Answer) -> bytes:
    """The body of a session's answer, as it came. Raises GatewayError."""
    try:
        return _body(answer)
    except _UNREADABLE:
        raise _unreadable(answer) from None


def version_of(answer: Answer) -> str:
    """Version, tier and engine. Raises GatewayError."""
    try:
        found = _version.decode(_body(answer))
    except _UNREADABLE:
        raise _unreadable(answer) from None
    return clean(" ".join(part for part in (found.version, found.tier, found.engine) if part), 80)


def uptime_of(answer: Answer) -> float:
    """Seconds since the server's process started. Raises GatewayError."""
    try:
        return _uptime.decode(_body(answer)).uptime / 1000
    except _UNREADABLE:
        raise _unreadable(answer) from None


def date_of(answer: Answer) -> float | None:
    """When the answer was written, by the gateway's clock."""
    try:
        return parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None


def _body(answer: Answer) -> bytes:
    """The answer's body. Raises GatewayError where the answer has none to read."""
    if (fault := fault_of(answer)) is not None:
        text = _note(fault, answer) if fault is GatewayFault.IN_BETWEEN else answer.words
        raise GatewayError(fault, text, http=answer.status)
    if not answer.whole:
        raise _unreadable(answer)
    return answer.body


def _unreadable(answer: Answer) -> GatewayError:
    fault = GatewayFault.NOT_A_GATEWAY
    return GatewayError(fault, _note(fault, answer), http=answer.status)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"
