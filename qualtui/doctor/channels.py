"""The notification channels: is each address valid, and does its host accept a connection? Nothing is sent."""

import asyncio
import sys
from typing import Any
from urllib.parse import urlsplit

from qualtui import dial
from qualtui.config.values import ChannelSettings, Config
from qualtui.dial import DialFault
from qualtui.doctor.http_request import near
from qualtui.doctor.report import Contact, Reach, Report
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.notify.apprise_errors import hush
from qualtui.proxies import ProxyError, proxy_of
from qualtui.text import clean
from qualtui.text.message import Saying, Text, message

CONNECT = 5.0  # s
_ADDRESSES = ("notify_url", "webhook_url", "graph_url", "slack_webhook_url", "api_url")

_REACH = {
    DialFault.REFUSED: Reach.REFUSED,
    DialFault.BROKEN: Reach.REFUSED,
    DialFault.TIMEOUT: Reach.SILENT,
    DialFault.LOCAL: Reach.UNASKED,
}

Place = tuple[str, int]


async def check_channels(config: Config) -> Report:
    """One finding a channel."""
    if not config.notify.channels:
        return Report(())
    gateways = {
        urlsplit(agent.gateway.url).hostname for agent in config.agents.values() if agent.gateway is not None
    }
    places, schemes = await asyncio.to_thread(_places, config.notify.channels)
    tried = await asyncio.gather(*(_try(name, place, schemes.get(name, "")) for name, place in places.items()))
    found = [finding for finding, _contact in tried]
    for name, place in places.items():
        if isinstance(place, tuple) and place[0] in gateways and not near(place[0]):
            why = message("{name} uses the watched gateway: it can't notify when that fails", name=name)
            todo = message("route critical to a second channel, too")
            found.append(warning("notify.same", message("channel {name}", name=name), why, todo))
    return Report(tuple(found), contacts=tuple(contact for _finding, contact in tried if contact is not None))


async def _try(name: str, place: Place | Text | None, scheme: str) -> tuple[Finding, Contact | None]:
    check, what = "notify.channel", message("channel {name}", name=name)
    if isinstance(place, Text):
        todo = message("check [notify.channels.{name}] url: https://github.com/caronc/apprise/wiki", name=name)
        return failed(check, what, place, todo), None
    if place is None:
        why = message("its address is valid; its host is only known when it sends")
        return skipped(check, what, why, message("qualtui notify test {name}", name=name)), None
    host, port = place
    at = f"{clean(host, 60)}:{port}"
    try:
        proxy = proxy_of(scheme, host, port)
    except ProxyError as error:
        return failed(check, what, error.said, message("check the environment of qualtui: docs/network.md")), None
    if proxy is not None:
        reach, reason = await connect_channel(proxy.host, proxy.port)
        if reach is Reach.ANSWERED:
            good = message(
                "{place}: the proxy in {variable} accepts connections; nothing was sent",
                place=at,
                variable=proxy.variable,
            )
            return ok(check, what, good), None
        bad = message(
            "{place}, through the proxy in {variable}: {reason}", place=at, variable=proxy.variable, reason=reason
        )
        return failed(check, what, bad, message("check the proxy, and NO_PROXY: docs/network.md")), None
    reach, reason = await connect_channel(host, port)
    contacted = Contact(what, reach, near(host))
    if reach is Reach.ANSWERED:
        return ok(check, what, message("{place} accepts connections; nothing was sent", place=at)), contacted
    bad = message("{place}: {reason}", place=at, reason=reason)
    return failed(check, what, bad, message("check its host and port, and the firewalls")), contacted


async def connect_channel(host: str, port: int) -> tuple[Reach, Saying]:
    """Open a TCP connection and close it: how far it came, and why not further."""
    try:
        plain = await dial.connected(host, port, CONNECT)
    except TimeoutError:
        return Reach.SILENT, message("no answer in {limit:seconds}", limit=CONNECT)
    except (OSError, ValueError) as error:
        fault, why = dial.sort(error) or (DialFault.LOCAL, message("no route from here"))
        return _REACH[fault], why
    plain.close()
    return Reach.ANSWERED, ""


def _places(targets: dict[str, ChannelSettings]) -> tuple[dict[str, Place | Text | None], dict[str, str]]:
    """By channel: where it sends to (None: unknown; a text: what is wrong with its address), and its scheme."""
    hush()
    import apprise

    found: dict[str, Place | Text | None] = {}
    schemes: dict[str, str] = {}
    for name, target in targets.items():
        plugin = apprise.Apprise.instantiate(target.url.reveal(), suppress_exceptions=True)
        found[name] = message("Apprise does not understand its URL") if plugin is None else place_of(plugin)
        schemes[name] = scheme_of(plugin)
    return found, schemes


def scheme_of(plugin: Any) -> str:
    """http or https if the plugin uses it, and so goes through a proxy; else empty."""
    if getattr(plugin, "smtp_host", None) or not hasattr(sys.modules.get(type(plugin).__module__), "requests"):
        return ""
    for name in _ADDRESSES:
        address = getattr(plugin, name, None)
        if isinstance(address, str) and address.startswith("http"):
            return urlsplit(address.replace("{", "").replace("}", "")).scheme
    return "https" if getattr(plugin, "secure", False) else "http"


def place_of(plugin: Any) -> Place | None:
    """Host and port that an Apprise plugin will connect to, as far as its attributes show."""
    if smtp := getattr(plugin, "smtp_host", None):
        return str(smtp), int(getattr(plugin, "port", 0) or 587)
    for name in _ADDRESSES:
        address = getattr(plugin, name, None)
        if isinstance(address, str) and address.startswith("http"):
            parts = urlsplit(address.replace("{", "").replace("}", ""))
            if parts.hostname:
                return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    host = getattr(plugin, "host", None)
    if isinstance(host, str) and host:
        return host, int(getattr(plugin, "port", 0) or (443 if getattr(plugin, "secure", False) else 80))
    return None
