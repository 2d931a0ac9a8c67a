"""The notification channels: is each address valid, and does its host accept a connection? Nothing is sent."""

import asyncio
from urllib.parse import urlsplit

from qualtui import dial
from qualtui.config.values import ChannelSettings, Config
from qualtui.dial import DialFault
from qualtui.doctor.http_request import near
from qualtui.doctor.report import Contact, Reach, Report
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.notify.channels.channel import ChannelPlace
from qualtui.notify.channels.registry import channel_kind
from qualtui.proxies import ProxyError, proxy_of
from qualtui.text import clean
from qualtui.text.message import Saying, Text, message

CONNECT = 5.0  # s

_REACH = {
    DialFault.REFUSED: Reach.REFUSED,
    DialFault.BROKEN: Reach.REFUSED,
    DialFault.TIMEOUT: Reach.SILENT,
    DialFault.LOCAL: Reach.UNASKED,
}


async def check_channels(config: Config) -> Report:
    """One finding a channel."""
    if not config.notify.channels:
        return Report(())
    gateways = {
        urlsplit(agent.gateway.url).hostname for agent in config.agents.values() if agent.gateway is not None
    }
    places = await asyncio.to_thread(_places, config.notify.channels)
    tried = await asyncio.gather(*(_try(name, place) for name, place in places.items()))
    found = [finding for finding, _contact in tried]
    for name, place in places.items():
        if isinstance(place, ChannelPlace) and place.host in gateways and not near(place.host):
            why = message("{name} uses the watched gateway: it can't notify when that fails", name=name)
            todo = message("route critical to a second channel, too")
            found.append(warning("notify.same", message("channel {name}", name=name), why, todo))
    return Report(tuple(found), contacts=tuple(contact for _finding, contact in tried if contact is not None))


async def _try(name: str, place: ChannelPlace | Text | None) -> tuple[Finding, Contact | None]:
    check, what = "notify.channel", message("channel {name}", name=name)
    if isinstance(place, Text):
        todo = message("check [notify.channels.{name}] url: https://github.com/caronc/apprise/wiki", name=name)
        return failed(check, what, place, todo), None
    if place is None:
        why = message("its address is valid; its host is only known when it sends")
        return skipped(check, what, why, message("qualtui notify test {name}", name=name)), None
    host, port = place.host, place.port
    at = f"{clean(host, 60)}:{port}"
    try:
        proxy = proxy_of(place.scheme, host, port)
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


def _places(targets: dict[str, ChannelSettings]) -> dict[str, ChannelPlace | Text | None]:
    """By channel: where it sends to. None: known when it sends; a text: what is wrong with its address."""
    return {
        name: channel_kind(one).place(one)
        if channel_kind(one).understood(one)
        else message("Apprise does not understand its URL")
        for name, one in targets.items()
    }
