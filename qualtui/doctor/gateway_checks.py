"""The WhatsApp gateway: does it accept us, can its session send, and where does it post customers' messages?"""

from urllib.parse import urlsplit

from qualtui.config.values import GatewaySettings
from qualtui.doctor.http_request import Time, milliseconds, near
from qualtui.doctor.report import Clock, Contact, Reach, Report
from qualtui.gateways.gateway import (
    Gateway,
    GatewayAdvice,
    GatewayCapability,
    GatewayError,
    GatewayFault,
    GatewayStatus,
    GatewayWebhook,
    SessionState,
)
from qualtui.gateways.registry import GatewayKind, gateway_of, kind_of
from qualtui.model.findings import Finding, FindingVerdict, failed, ok, skipped, warning
from qualtui.probes.gateway_chats import LEAST_TIMEOUT, GatewayChatsProbe
from qualtui.probes.probe import ProbeError
from qualtui.text import clean
from qualtui.text.message import Saying, Text, message

DAY = 86_400.0  # s
STARTING_LONG = 120.0  # s; a start takes seconds
_REACH = {
    GatewayFault.LOCAL: Reach.UNASKED,
    GatewayFault.REFUSED: Reach.REFUSED,
    GatewayFault.SILENT: Reach.SILENT,
    GatewayFault.BROKEN: Reach.ANSWERED,
}


async def check_gateway(settings: GatewaySettings, agent_url: str, time: Time) -> Report:
    """All findings on the gateway, by GET alone. `agent_url`: the bot's address, empty if unknown."""
    kind, host = kind_of(settings), urlsplit(settings.url).hostname or ""
    gateway = gateway_of(settings)
    try:
        got = await _status(gateway)
        ended = time()
        found = [gateway_reach_finding(got, settings.session, kind.advice)]
        if got.state is not None:
            found += await _session_findings(gateway, kind, got, settings, agent_url, host, time)
    finally:
        await gateway.close()
    reach = Reach.ANSWERED if got.fault is None else _REACH.get(got.fault, Reach.ANSWERED)
    contacts = (Contact(message("the gateway"), reach, near(host)),)
    return Report(tuple(found), _clocks(got, ended), contacts)


async def _session_findings(
    gateway: Gateway,
    kind: GatewayKind,
    status: GatewayStatus,
    settings: GatewaySettings,
    agent_url: str,
    host: str,
    time: Time,
) -> list[Finding]:
    """What is found where the gateway answers about its session."""
    found = [status_finding(status, await _uptime(gateway, kind))]
    if GatewayCapability.WEBHOOK in kind.capabilities:
        found.append(await _webhook_finding(gateway, kind, agent_url))
    if GatewayCapability.CHATS in kind.capabilities and settings.chats_interval and status.can_send:
        found.append(await chats_finding(settings, time()))
        if found[-1].verdict is FindingVerdict.OK:
            found.append(await evidence_finding(settings, time()))
    return [*found, await version_finding(gateway), await open_finding(gateway, kind.advice, host)]


async def _status(gateway: Gateway) -> GatewayStatus:
    try:
        return await gateway.status()
    except GatewayError as error:
        return GatewayStatus(False, None, error.text, fault=error.fault)


def _clocks(status: GatewayStatus, ended: float) -> tuple[Clock, ...]:
    """The gateway's clock: its Date is in whole seconds, at some moment within the exchange."""
    if status.date is None or status.seconds is None:
        return ()
    ahead = status.date + 0.5 - (ended - status.seconds / 2)
    return (Clock(message("the gateway's host"), ahead, 0.5 + status.seconds / 2),)


def gateway_reach_finding(got: GatewayStatus, name: str, advice: GatewayAdvice) -> Finding:
    """Whether the gateway answers about its session."""
    check, what = "gateway.reach", message("gateway")
    if got.fault in _REACH:
        todo = message("check that the gateway runs, and the address in [agents.NAME.gateway] url")
        return failed(check, what, got.note, todo)
    if got.fault is GatewayFault.UNAUTHORIZED:
        return failed(check, what, message("rejects our key"), advice.key)
    if got.fault is GatewayFault.NO_SESSION:
        return failed(check, what, message("has no session {name}", name=clean(name)), advice.session)
    if got.fault is not None:
        why = message("HTTP {status}, not a gateway's answer", status=str(got.http))
        if got.oddity:
            why = message(
                "HTTP {status}, not a gateway's answer: {reason}", status=str(got.http), reason=got.oddity
            )
        return failed(
            check, what, why, message("find out what listens at [agents.NAME.gateway] url, and read its log")
        )
    return ok(check, what, message("accepts our key, answers in {took}", took=milliseconds(got.seconds or 0.0)))


def status_finding(status: GatewayStatus, up: float | None) -> Finding:
    """Whether the session can send. `up`: seconds since the gateway's process started, None if unknown."""
    check, what, why = "gateway.session", message("gateway's session"), _with_uptime(status.note, up)
    match status.state:
        case SessionState.WORKING:
            return ok(check, what, why)
        case SessionState.STARTING:
            if up is not None and up < STARTING_LONG:
                return warning(check, what, why, message("check again in 2 min"))
            return failed(check, what, why, message("if it is still so in 2 min, restart the session"))
        case SessionState.LOGGED_OUT:
            todo = message("a person with the phone must log in again: a restart does not help")
            return failed(check, what, status.note, todo)
    todo = message("restart the session; if that does not help, log in again with the phone")
    return failed(check, what, status.note, todo)


def _with_uptime(status: Saying, up: float | None) -> Text:
    if up is None:
        return message("{status}", status=status)
    return message("{status}; the gateway runs for {up:span}", status=status, up=up)


async def _webhook_finding(gateway: Gateway, kind: GatewayKind, agent_url: str) -> Finding:
    try:
        return webhook_finding(await gateway.webhooks(), kind, agent_url)
    except GatewayError as error:
        return skipped("gateway.webhook", message("gateway's webhook"), error.text)


def webhook_finding(hooks: tuple[GatewayWebhook, ...], kind: GatewayKind, agent_url: str) -> Finding:
    """Whether the gateway posts messages to the bot, and what else."""
    check, what, events = "gateway.webhook", message("gateway's webhook"), kind.events
    if not hooks:
        return skipped(check, what, kind.advice.hidden_webhook, kind.advice.look_for_webhook)
    host = urlsplit(agent_url).hostname
    mine = [hook for hook in hooks if hook.host == host]
    if host and not mine:
        places = clean(", ".join(hook.host for hook in hooks), 80)
        why = message("posts to {places}, not to the bot at {host}", places=places, host=clean(host))
        return warning(check, what, why, kind.advice.move_webhook)
    subscribed = frozenset[str]().union(*(hook.events for hook in mine or hooks))
    if not events.any_message & subscribed:
        why = message("no event `{event}`: the bot gets no customer's message", event=events.main)
        todo = message("add `{event}` to the session's webhook events", event=events.main)
        return failed(check, what, why, todo)
    if noise := sorted(events.noise(subscribed)):
        why = message(
            "posts to the bot; {events} only cause HTTP 500 or duplicates there", events=", ".join(noise)
        )
        return warning(check, what, why, message("subscribe the webhook to `{event}` alone", event=events.main))
    if not host:
        place = clean(hooks[0].host, 80)
        return ok(check, what, message("posts `{event}` to {place}", event=events.main, place=place))
    return ok(check, what, message("posts `{event}` to the bot", event=events.main))


async def chats_finding(settings: GatewaySettings, now: float) -> Finding:
    """Whether the gateway lists its chats: a message that the bot lost is only there."""
    check, what = "gateway.chats", message("gateway's chats")
    gateway = gateway_of(settings, timeout=LEAST_TIMEOUT)
    try:
        await gateway.chats(0, now, 1)
    except GatewayError as error:
        return warning(check, what, error.text, kind_of(settings).advice.chats)
    finally:
        await gateway.close()
    return ok(check, what, message("readable: qualtui sees a message that the bot loses"))


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
        "until it is fixed only rows count, and retry writes to no one; update the gateway or its engine"
    )
    return warning(check, what, sample.note, todo)


async def version_finding(gateway: Gateway) -> Finding:
    """Which gateway it is."""
    check, what = "gateway.version", message("gateway's version")
    try:
        found = await gateway.version()
    except GatewayError:
        found = ""
    return ok(check, what, found) if found else skipped(check, what, message("unknown"))


async def open_finding(gateway: Gateway, advice: GatewayAdvice, host: str) -> Finding:
    """Whether the gateway accepts requests without a key."""
    check, what = "gateway.open", message("gateway without a key")
    try:
        status = await gateway.without_key()
    except GatewayError as error:
        return skipped(check, what, error.text)
    if status != 200:
        return ok(check, what, message("refused: HTTP {status}", status=str(status)))
    why = message("accepted: everyone who can reach it can send in your name")
    return warning(check, what, why, advice.close_near if near(host) else advice.close)


async def _uptime(gateway: Gateway, kind: GatewayKind) -> float | None:
    if GatewayCapability.UPTIME not in kind.capabilities:
        return None
    try:
        return await gateway.uptime()
    except GatewayError:
        return None
