"""The notification channels: is each address understood, and does its host take a connection? Nothing is sent."""

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
from qualtui.text import _, clean

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
    """One line a target."""
    if not config.notify.targets:
        return Report(())
    gateways = {urlsplit(agent.waha.url).hostname for agent in config.agents.values() if agent.waha is not None}
    places, schemes = await asyncio.to_thread(_places, config.notify.targets)
    tried = await asyncio.gather(*(_try(name, place, schemes.get(name, "")) for name, place in places.items()))
    found = [finding for finding, _contact in tried]
    for name, place in places.items():
        if isinstance(place, tuple) and place[0] in gateways and not near(place[0]):
            why = _("{} goes through the gateway that is watched: it cannot tell of its fall").format(name)
            todo = _("route critical to a second channel too")
            found.append(warning("notify.same", _("channel {}").format(name), why, todo))
    return Report(tuple(found), contacts=tuple(contact for _finding, contact in tried if contact is not None))


async def _try(name: str, place: Place | str | None, scheme: str) -> tuple[Finding, Contact | None]:
    check, what = "notify.channel", _("channel {}").format(name)
    if isinstance(place, str):
        todo = _("see [notify.targets.{}] url and https://github.com/caronc/apprise/wiki").format(name)
        return failed(check, what, place, todo), None
    if place is None:
        why = _("its address is understood; its host is not known before it sends")
        return skipped(check, what, why, _("qualtui notify test {}").format(name)), None
    host, port = place
    at = f"{clean(host, 60)}:{port}"
    try:
        proxy = proxy_of(scheme, host, port)
    except ProxyError as error:
        return failed(check, what, error.text, _("see the environment of qualtui: docs/network.md")), None
    if proxy is not None:
        reach, why = await connect_channel(proxy.host, proxy.port)
        through = _("{} through the proxy in {}").format(at, proxy.variable)
        if reach is Reach.ANSWERED:
            return ok(check, what, _("{}, which takes connections; nothing was sent").format(through)), None
        return failed(check, what, f"{through}: {why}", _("see the proxy, and NO_PROXY: docs/network.md")), None
    reach, why = await connect_channel(host, port)
    told = Contact(what, reach, near(host))
    if reach is Reach.ANSWERED:
        return ok(check, what, _("{} takes connections; nothing was sent").format(at)), told
    return failed(check, what, f"{at}: {why}", _("see its host and port, and the firewall between")), told


async def connect_channel(host: str, port: int) -> tuple[Reach, str]:
    """Opens a TCP connection and closes it: how far that came, and why not further."""
    try:
        plain = await dial.connected(host, port, CONNECT)
    except TimeoutError:
        return Reach.SILENT, _("no answer in {:g}s").format(CONNECT)
    except (OSError, ValueError) as error:
        fault, why = dial.sort(error) or (DialFault.LOCAL, _("no route from here"))
        return _REACH[fault], why
    plain.close()
    return Reach.ANSWERED, ""


def _places(targets: dict[str, ChannelSettings]) -> tuple[dict[str, Place | str | None], dict[str, str]]:
    """By target: where it sends to (None: not known; a text: what is wrong with its address), and its scheme."""
    hush()
    import apprise

    found: dict[str, Place | str | None] = {}
    schemes: dict[str, str] = {}
    for name, target in targets.items():
        plugin = apprise.Apprise.instantiate(target.url.reveal(), suppress_exceptions=True)
        found[name] = _("its URL is not one that Apprise understands") if plugin is None else place_of(plugin)
        schemes[name] = scheme_of(plugin)
    return found, schemes


def scheme_of(plugin: Any) -> str:
    """http or https where the plugin speaks it, and so goes through a proxy; else empty."""
    if getattr(plugin, "smtp_host", None) or not hasattr(sys.modules.get(type(plugin).__module__), "requests"):
        return ""
    for name in _ADDRESSES:
        address = getattr(plugin, name, None)
        if isinstance(address, str) and address.startswith("http"):
            return urlsplit(address.replace("{", "").replace("}", "")).scheme
    return "https" if getattr(plugin, "secure", False) else "http"


def place_of(plugin: Any) -> Place | None:
    """Host and port that an Apprise plugin will connect to, as far as its attributes tell."""
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
