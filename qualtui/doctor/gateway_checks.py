"""The WhatsApp gateway: does it accept us, can its session send, and where does it post customers' messages?"""

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

import msgspec

from qualtui.config.values import GatewaySettings
from qualtui.doctor.http_request import Time, contact, date_of, milliseconds, near, sent
from qualtui.doctor.report import Report
from qualtui.http import Answer, FetchError
from qualtui.model.findings import Finding, FindingVerdict, failed, ok, skipped, warning
from qualtui.probes.gateway_chats import BODY, LEAST_TIMEOUT, GatewayChatsProbe, chats_url, decoded, overview
from qualtui.probes.probe import ProbeError
from qualtui.text import clean
from qualtui.text.message import Text, message

WORKING = "WORKING"
DAY = 86_400.0  # s
STARTING_LONG = 120.0  # s; a start takes seconds
NOISE = {"session.status", "message.ack", "message.any"}  # the bot answers 500 to these, or gets messages twice


class _Webhook(msgspec.Struct, frozen=True):
    url: str = ""
    events: tuple[str, ...] = ()


class _Config(msgspec.Struct, frozen=True):
    webhooks: tuple[_Webhook, ...] = ()


class _Session(msgspec.Struct, frozen=True):
    status: str
    config: _Config | None = None


class _Version(msgspec.Struct, frozen=True):
    version: str = "?"
    engine: str | None = None
    tier: str | None = None


class _Uptime(msgspec.Struct, frozen=True):
    uptime: float  # ms


async def check_gateway(settings: GatewaySettings, agent_url: str, time: Time) -> Report:
    """All findings on the gateway, by GET alone. `agent_url`: the bot's address, empty if unknown."""
    base = settings.url.rstrip("/")
    host = urlsplit(base).hostname or ""
    path = f"{base}/api/sessions/{quote(settings.session, safe='')}"
    key = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
    timeout = float(settings.timeout)
    got = await sent(path, timeout, headers=key)
    ended = time()
    contacts = (contact(message("the gateway"), host, got),)
    found = [gateway_reach_finding(got, settings.session)]
    clocks = date_of(message("the gateway's host"), got, ended) if isinstance(got, Answer) else ()
    session = session_of(got)
    if session is None:
        return Report(tuple(found), clocks, contacts)
    up = await sent(f"{base}/api/server/status", timeout, headers=key)
    found.append(status_finding(session.status, _uptime(up)))
    found.append(webhook_finding(session.config or _Config(), agent_url))
    if settings.chats_interval and session.status == WORKING:
        chats = overview(chats_url(settings), size=1)
        found.append(chats_finding(await sent(chats, LEAST_TIMEOUT, headers=key, limit=BODY)))
        if found[-1].verdict is FindingVerdict.OK:
            found.append(await evidence_finding(settings, time()))
    found.append(version_finding(await sent(f"{base}/api/server/version", timeout, headers=key)))
    found.append(open_finding(await sent(path, timeout, read=False), host))
    return Report(tuple(found), clocks, contacts)


def session_of(got: Answer | FetchError) -> _Session | None:
    """The session in an answer; None if it contains none."""
    if isinstance(got, FetchError) or got.status != 200 or not got.whole:
        return None
    try:
        return msgspec.json.decode(got.body, type=_Session)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def gateway_reach_finding(got: Answer | FetchError, name: str) -> Finding:
    """Whether the gateway answers about its session."""
    check, what = "gateway.reach", message("gateway")
    if isinstance(got, FetchError):
        todo = message("check that the gateway runs, and the address in [agents.NAME.waha] url")
        return failed(check, what, got.text, todo)
    if got.status in (401, 403):
        todo = message("set [agents.NAME.waha] key to its WAHA_API_KEY")
        return failed(check, what, message("rejects our key"), todo)
    if got.status == 404:
        why = message("has no session {name}", name=clean(name))
        todo = message("set [agents.NAME.waha] session; GET /api/sessions?all=true lists them")
        return failed(check, what, why, todo)
    if got.status != 200 or session_of(got) is None:
        why = message("HTTP {status}, not a gateway's answer", status=str(got.status))
        if got.oddity:
            why = message(
                "HTTP {status}, not a gateway's answer: {reason}", status=str(got.status), reason=got.oddity
            )
        return failed(
            check, what, why, message("find out what listens at [agents.NAME.waha] url, and read its log")
        )
    return ok(check, what, message("accepts our key, answers in {took}", took=milliseconds(got.seconds)))


def status_finding(status: str, up: float | None) -> Finding:
    """Whether the session can send. `up`: seconds since the gateway's process started, None if unknown."""
    check, what, word = "gateway.session", message("gateway's session"), clean(status, 40)
    if status == WORKING:
        return ok(check, what, _with_uptime(word, up))
    if status == "STARTING":
        if up is not None and up < STARTING_LONG:
            return warning(check, what, _with_uptime(word, up), message("check again in 2 min"))
        todo = message("if it is still so in 2 min, restart the session")
        return failed(check, what, _with_uptime(word, up), todo)
    if status == "SCAN_QR_CODE" or status.startswith("PASSKEY"):
        return failed(
            check, what, word, message("a person with the phone must log in again: a restart does not help")
        )
    return failed(
        check, what, word, message("restart the session; if that does not help, log in again with the phone")
    )


def _with_uptime(status: str, up: float | None) -> Text:
    if up is None:
        return message("{status}", status=status)
    return message("{status}; the gateway runs for {up:span}", status=status, up=up)


def webhook_finding(config: _Config, agent_url: str) -> Finding:
    """Whether the gateway posts messages to the bot, and what else. Global webhooks are not visible."""
    check, what = "gateway.webhook", message("gateway's webhook")
    if not config.webhooks:
        why = message("none in the session; one for the whole gateway (WHATSAPP_HOOK_URL) is not visible")
        return skipped(check, what, why, message("check WHATSAPP_HOOK_URL in the gateway's environment"))
    host = urlsplit(agent_url).hostname
    places = [_host(webhook.url) for webhook in config.webhooks]
    mine = [webhook for webhook, place in zip(config.webhooks, places, strict=True) if place == host]
    if host and not mine:
        why = message(
            "posts to {places}, not to the bot at {host}", places=clean(", ".join(places), 80), host=clean(host)
        )
        todo = message("check that the bot listens there; PUT /api/sessions changes it")
        return warning(check, what, why, todo)
    watched = mine or list(config.webhooks)
    if not any({"message", "message.any", "*"} & set(webhook.events) for webhook in watched):
        why = message("no event `message`: the bot gets no customer's message")
        return failed(check, what, why, message("add `message` to the session's webhook events"))
    noise = sorted(noise_of([set(webhook.events) for webhook in watched]))
    if noise:
        why = message(
            "posts to the bot; {events} only cause HTTP 500 or duplicates there", events=", ".join(noise)
        )
        return warning(check, what, why, message("subscribe the webhook to `message` alone"))
    if not host:
        return ok(check, what, message("posts `message` to {place}", place=clean(places[0], 80)))
    return ok(check, what, message("posts `message` to the bot"))


def noise_of(subscribed: Sequence[set[str]]) -> set[str]:
    """Harmful events: the bot answers 500 to some, and gets messages twice if `message` comes both ways."""
    every = set().union(*subscribed)
    return every & (NOISE if "message" in every else NOISE - {"message.any"})


def chats_finding(got: Answer | FetchError) -> Finding:
    """Whether the gateway lists its chats: a message that the bot lost is only there."""
    check, what = "gateway.chats", message("gateway's chats")
    problem = got.text if isinstance(got, FetchError) else _unreadable(got)
    if not problem:
        return ok(check, what, message("readable: qualtui sees a message that the bot loses"))
    todo = message(
        "update the gateway, or switch its store on (NOWEB: config.noweb.store.enabled). Until then qualtui can't "
        'see a message that the bot loses. chats_interval = "0s" stops the polling'
    )
    return warning(check, what, problem, todo)


async def evidence_finding(settings: GatewaySettings, now: float) -> Finding:
    """Whether the chats of a day can be trusted, and if not, which assumption is broken."""
    check, what = "gateway.evidence", message("chats as evidence")
    probe = GatewayChatsProbe("doctor", settings, lambda: now - DAY)
    try:
        _waiting, sample = await probe.ask(now)
    except ProbeError as error:
        return skipped(check, what, clean(error))
    finally:
        await probe.close()
    if sample.value:
        return ok(check, what, sample.note or message("order, ids, times and owner are as expected"))
    todo = message(
        "until it is fixed only rows count, and retry writes to nobody; update the gateway or its engine"
    )
    return warning(check, what, sample.note, todo)


def _unreadable(answer: Answer) -> str:
    try:
        decoded(answer)
    except ProbeError as error:
        return clean(error)
    return ""


def version_finding(got: Answer | FetchError) -> Finding:
    """Which gateway it is."""
    check, what = "gateway.version", message("gateway's version")
    if isinstance(got, FetchError) or got.status != 200:
        return skipped(check, what, message("unknown"))
    try:
        found = msgspec.json.decode(got.body, type=_Version)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return skipped(check, what, message("unknown"))
    parts = [found.version, found.tier or "", found.engine or ""]
    return ok(check, what, clean(" ".join(part for part in parts if part), 80))


def open_finding(got: Answer | FetchError, host: str) -> Finding:
    """Whether the gateway accepts requests without a key. Only the status was read."""
    check, what = "gateway.open", message("gateway without a key")
    if isinstance(got, FetchError):
        return skipped(check, what, got.text)
    if got.status != 200:
        return ok(check, what, message("refused: HTTP {status}", status=str(got.status)))
    why = message("accepted: everyone who can reach it can send in your name")
    if near(host):
        todo = message("set WAHA_API_KEY, unless no one else can reach this machine's port")
        return warning(check, what, why, todo)
    todo = message("set WAHA_API_KEY on the gateway, the bot and in [agents.NAME.waha] key")
    return warning(check, what, why, todo)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def _uptime(got: Answer | FetchError) -> float | None:
    if isinstance(got, FetchError) or got.status != 200:
        return None
    try:
        return msgspec.json.decode(got.body, type=_Uptime).uptime / 1000
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
