"""The WhatsApp gateway: does it let us in, can its session send, and where does it post what customers write?"""

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

import msgspec

from qualtui.config.values import GatewaySettings
from qualtui.doctor.http_request import Time, asked, contact, date_of, milliseconds, near
from qualtui.doctor.report import Report
from qualtui.http import Answer, FetchError
from qualtui.model.findings import Finding, FindingVerdict, failed, ok, skipped, warning
from qualtui.probes.gateway_chats import BODY, LEAST_TIMEOUT, GatewayChatsProbe, chats_url, decoded, overview
from qualtui.probes.probe import ProbeError
from qualtui.text import _, clean, span

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
    """All that the gateway tells; nothing but GET. `agent_url`: the bot's address, empty where it is not known."""
    base = settings.url.rstrip("/")
    host = urlsplit(base).hostname or ""
    path = f"{base}/api/sessions/{quote(settings.session, safe='')}"
    key = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
    timeout = float(settings.timeout)
    got = await asked(path, timeout, headers=key)
    ended = time()
    contacts = (contact(_("the gateway"), host, got),)
    found = [gateway_reach_finding(got, settings.session)]
    clocks = date_of(_("the gateway's host"), got, ended) if isinstance(got, Answer) else ()
    session = session_of(got)
    if session is None:
        return Report(tuple(found), clocks, contacts)
    up = await asked(f"{base}/api/server/status", timeout, headers=key)
    found.append(status_finding(session.status, _uptime(up)))
    found.append(webhook_finding(session.config or _Config(), agent_url))
    if settings.chats_interval and session.status == WORKING:
        chats = overview(chats_url(settings), size=1)
        found.append(chats_finding(await asked(chats, LEAST_TIMEOUT, headers=key, limit=BODY)))
        if found[-1].verdict is FindingVerdict.OK:
            found.append(await evidence_finding(settings, time()))
    found.append(version_finding(await asked(f"{base}/api/server/version", timeout, headers=key)))
    found.append(open_finding(await asked(path, timeout, read=False), host))
    return Report(tuple(found), clocks, contacts)


def session_of(got: Answer | FetchError) -> _Session | None:
    """The session in an answer; None where it holds none."""
    if isinstance(got, FetchError) or got.status != 200 or not got.whole:
        return None
    try:
        return msgspec.json.decode(got.body, type=_Session)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def gateway_reach_finding(got: Answer | FetchError, name: str) -> Finding:
    """Whether the gateway answers us about its session."""
    check, what = "waha.reach", _("gateway")
    if isinstance(got, FetchError):
        todo = _("see that the gateway runs, and the address in [agents.NAME.waha] url")
        return failed(check, what, got.text, todo)
    if got.status in (401, 403):
        return failed(check, what, _("rejects our key"), _("set [agents.NAME.waha] key to its WAHA_API_KEY"))
    if got.status == 404:
        why = _("has no session {}").format(clean(name))
        return failed(check, what, why, _("set [agents.NAME.waha] session; GET /api/sessions?all=true lists them"))
    if got.status != 200 or session_of(got) is None:
        why = _("HTTP {}, not a gateway's answer").format(got.status)
        why = f"{why}: {got.oddity}" if got.oddity else why
        return failed(check, what, why, _("see what listens at [agents.NAME.waha] url, and its log"))
    return ok(check, what, _("lets us in, answers in {}").format(milliseconds(got.seconds)))


def status_finding(status: str, up: float | None) -> Finding:
    """Whether the session can send. `up`: seconds since the gateway's process began, None where it is not told."""
    check, what, word = "waha.session", _("gateway's session"), clean(status, 40)
    if status == WORKING:
        since = "" if up is None else _(", the gateway is up {}").format(span(up))
        return ok(check, what, f"{word}{since}")
    if status == "STARTING":
        if up is not None and up < STARTING_LONG:
            return warning(
                check, what, _("{}, the gateway is up {}").format(word, span(up)), _("look again in 2 min")
            )
        since = _("; how long is not told") if up is None else _("; the gateway is up {}").format(span(up))
        return failed(check, what, word + since, _("if it stays so for 2 min, restart the session"))
    if status == "SCAN_QR_CODE" or status.startswith("PASSKEY"):
        return failed(check, what, word, _("somebody with the phone must log in again: no restart helps"))
    return failed(check, what, word, _("restart the session; if it stays so, log in again with the phone"))


def webhook_finding(config: _Config, agent_url: str) -> Finding:
    """Whether the gateway posts messages to the bot, and what else it posts there. Global webhooks do not show."""
    check, what = "waha.webhook", _("gateway's webhook")
    if not config.webhooks:
        why = _("none in the session; one set for the whole gateway (WHATSAPP_HOOK_URL) does not show")
        return skipped(check, what, why, _("see WHATSAPP_HOOK_URL in the gateway's environment"))
    host = urlsplit(agent_url).hostname
    places = [_host(webhook.url) for webhook in config.webhooks]
    mine = [webhook for webhook, place in zip(config.webhooks, places, strict=True) if place == host]
    if host and not mine:
        why = _("posts to {}, not to the bot at {}").format(clean(", ".join(places), 80), clean(host))
        return warning(check, what, why, _("see that this is where the bot listens; PUT /api/sessions changes it"))
    watched = mine or list(config.webhooks)
    if not any({"message", "message.any", "*"} & set(webhook.events) for webhook in watched):
        why = _("no event `message`: the bot never hears of a customer")
        return failed(check, what, why, _("add `message` to the session's webhook events"))
    noise = sorted(noise_of([set(webhook.events) for webhook in watched]))
    if noise:
        why = _("posts to the bot; {} only make it answer 500 or hear twice").format(", ".join(noise))
        return warning(check, what, why, _("subscribe the webhook to `message` alone"))
    if not host:
        return ok(check, what, _("posts `message` to {}").format(clean(places[0], 80)))
    return ok(check, what, _("posts `message` to the bot"))


def noise_of(subscribed: Sequence[set[str]]) -> set[str]:
    """Events that do harm: the bot answers 500 to some, and hears twice where `message` comes both ways."""
    every = set().union(*subscribed)
    return every & (NOISE if "message" in every else NOISE - {"message.any"})


def chats_finding(got: Answer | FetchError) -> Finding:
    """Whether the gateway tells of its chats: messages that the bot lost are in these alone."""
    check, what = "waha.chats", _("gateway's chats")
    problem = got.text if isinstance(got, FetchError) else _untold(got)
    if not problem:
        return ok(check, what, _("told: a message that the bot loses is seen"))
    todo = _(
        "update the gateway, or switch its store on (NOWEB: config.noweb.store.enabled); until then a message "
        'that the bot loses is seen by nobody. chats_interval = "0s" ends the asking'
    )
    return warning(check, what, problem, todo)


async def evidence_finding(settings: GatewaySettings, now: float) -> Finding:
    """Whether one read of the chats of a day may be believed, and which assumption is broken where not."""
    check, what = "waha.evidence", _("chats as evidence")
    probe = GatewayChatsProbe("doctor", settings, lambda: now - DAY)
    try:
        _waiting, sample = await probe.ask(now)
    except ProbeError as error:
        return skipped(check, what, clean(error))
    finally:
        await probe.close()
    if sample.value:
        return ok(check, what, sample.note or _("order, ids, times and owner are as they should be"))
    todo = _("until that ends rows alone count, and retry writes to nobody; update the gateway or its engine")
    return warning(check, what, sample.note, todo)


def _untold(answer: Answer) -> str:
    try:
        decoded(answer)
    except ProbeError as error:
        return clean(error)
    return ""


def version_finding(got: Answer | FetchError) -> Finding:
    """Which gateway it is."""
    check, what = "waha.version", _("gateway's version")
    if isinstance(got, FetchError) or got.status != 200:
        return skipped(check, what, _("not told"))
    try:
        told = msgspec.json.decode(got.body, type=_Version)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return skipped(check, what, _("not told"))
    parts = [told.version, told.tier or "", told.engine or ""]
    return ok(check, what, clean(" ".join(part for part in parts if part), 80))


def open_finding(got: Answer | FetchError, host: str) -> Finding:
    """Whether somebody without the key is let in. Only the status was looked at."""
    check, what = "waha.open", _("gateway without a key")
    if isinstance(got, FetchError):
        return skipped(check, what, got.text)
    if got.status != 200:
        return ok(check, what, _("refused: HTTP {}").format(got.status))
    why = _("let in: whoever reaches it may send as the business")
    if near(host):
        return warning(check, what, why, _("set WAHA_API_KEY, unless nobody else reaches this machine's port"))
    return warning(check, what, why, _("set WAHA_API_KEY on the gateway, the bot and in [agents.NAME.waha] key"))


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
