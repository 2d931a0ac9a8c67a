"""The notification channels: is each address understood, and does its host take a connection? Nothing is sent."""

import asyncio
import contextlib
import socket
from typing import Any
from urllib.parse import urlsplit

from qualtui.config.values import Config, Target
from qualtui.doctor.asking import near
from qualtui.doctor.report import Contact, Reach, Report
from qualtui.findings import Finding, failed, ok, skipped, warning
from qualtui.notify.hearsay import hush
from qualtui.text import _, clean

CONNECT = 5.0  # s
_ADDRESSES = ("notify_url", "webhook_url", "graph_url", "slack_webhook_url", "api_url")

Place = tuple[str, int]


async def examine(config: Config) -> Report:
    """One line a target."""
    if not config.notify.targets:
        return Report(())
    gateways = {urlsplit(agent.waha.url).hostname for agent in config.agents.values() if agent.waha is not None}
    places = await asyncio.to_thread(_places, config.notify.targets)
    tried = await asyncio.gather(*(_try(name, place) for name, place in places.items()))
    found = [finding for finding, _contact in tried]
    for name, place in places.items():
        if isinstance(place, tuple) and place[0] in gateways and not near(place[0]):
            why = _("{} goes through the gateway that is watched: it cannot tell of its fall").format(name)
            todo = _("route critical to a second channel too")
            found.append(warning("notify.same", _("channel {}").format(name), why, todo))
    return Report(tuple(found), contacts=tuple(contact for _finding, contact in tried if contact is not None))


async def _try(name: str, place: Place | str | None) -> tuple[Finding, Contact | None]:
    check, what = "notify.channel", _("channel {}").format(name)
    if isinstance(place, str):
        todo = _("see [notify.targets.{}] url and https://github.com/caronc/apprise/wiki").format(name)
        return failed(check, what, place, todo), None
    if place is None:
        why = _("its address is understood; its host is not known before it sends")
        return skipped(check, what, why, _("qualtui notify test {}").format(name)), None
    host, port = place
    reach, why = await connect(host, port)
    told = Contact(what, reach, near(host))
    at = f"{clean(host, 60)}:{port}"
    if reach is Reach.ANSWERED:
        return ok(check, what, _("{} takes connections; nothing was sent").format(at)), told
    return failed(check, what, f"{at}: {why}", _("see its host and port, and the firewall between")), told


async def connect(host: str, port: int) -> tuple[Reach, str]:
    """Opens a TCP connection and closes it: how far that came, and why not further."""
    try:
        async with asyncio.timeout(CONNECT):
            _reader, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return Reach.SILENT, _("no answer in {:g}s").format(CONNECT)
    except socket.gaierror:
        return Reach.UNASKED, _("the name could not be looked up")
    except (ConnectionRefusedError, ConnectionResetError):
        return Reach.REFUSED, _("refused")
    except OSError as error:
        refused = "Connect call failed" in str(error)
        return (Reach.REFUSED, _("refused")) if refused else (Reach.UNASKED, _("no route from here"))
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return Reach.ANSWERED, ""


def _places(targets: dict[str, Target]) -> dict[str, Place | str | None]:
    """By target: where it sends to, None where that is not known, or what is wrong with its address."""
    hush()
    import apprise

    found: dict[str, Place | str | None] = {}
    for name, target in targets.items():
        plugin = apprise.Apprise.instantiate(target.url.reveal(), suppress_exceptions=True)
        found[name] = _("its URL is not one that Apprise understands") if plugin is None else place_of(plugin)
    return found


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
