"""ntfy with a button: a press publishes a token to a reply topic of the same server, which the engine reads.

Facts: a topic has at most 64 of A-Z a-z 0-9 - _; a message has at most 4,096 bytes (more becomes a file); of an
`http` action the app sends method, headers and body (docs.ntfy.sh/publish). Apprise reads the address; it takes
actions only from the URL, where a token would be the same in every notice.
"""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlsplit

import msgspec

from qualtui.config.values import ChannelSettings, Secret
from qualtui.http import FetchError
from qualtui.notify.channels.apprise_channel import NOT_UNDERSTOOD, plugin_of
from qualtui.notify.channels.channel import ChannelLimits, ChannelMessage, ChannelPlace, Delivery
from qualtui.notify.channels.exchange import delivery_of, posted, undelivered
from qualtui.notify.channels.families import ChannelFamily, ChannelLayout, laid_out
from qualtui.notify.channels.parsed import ParsedAddress

LARGEST = 3800  # bytes of a message, which with its title and button stays below what a server takes
_SIZES = (3800, 2500, 1600, 900)  # characters: the first whose bytes fit
_PRIORITIES = {"min": 1, "low": 2, "default": 3, "high": 4, "max": 5}


class NtfyAddress(msgspec.Struct, frozen=True):
    """What an ntfy:// address says. Its repr shows nothing secret."""

    base: str
    topic: str
    headers: dict[str, str]
    priority: int = 3
    tags: tuple[str, ...] = ()
    click: str = ""

    def __repr__(self) -> str:
        return "NtfyAddress(***)"


def ntfy_address(url: Secret) -> NtfyAddress | None:
    """Read an ntfy:// address with one topic; None for any other, or one that does not verify certificates."""
    plugin = plugin_of(url)
    if type(plugin).__name__ != "NotifyNtfy" or len(plugin.topics) != 1 or not plugin.verify_certificate:
        return None
    headers, base = {}, str(plugin.cloud_notify_url)
    if plugin.mode == "private":
        base = f"{'https' if plugin.secure else 'http'}://{plugin.host}" + (
            f":{plugin.port}" if plugin.port else ""
        )
        if plugin.auth == "token" and plugin.token:
            headers = {"Authorization": f"Bearer {plugin.token}"}
        elif plugin.user:
            login = base64.b64encode(f"{plugin.user}:{plugin.password or ''}".encode()).decode("ascii")
            headers = {"Authorization": f"Basic {login}"}
    query = dict(parse_qsl(urlsplit(url.reveal()).query))
    tags = tuple(part.strip() for part in (query.get("xtags") or query.get("tags", "")).split(",") if part.strip())
    # ntfy's own word "urgent" is none of Apprise's, which takes it for the default.
    priority = 5 if query.get("priority", "").lower() == "urgent" else _PRIORITIES.get(str(plugin.priority), 3)
    return NtfyAddress(base, str(plugin.topics[0]), headers, priority, tags, str(plugin.click or ""))


def reply_topic(settings: ChannelSettings) -> str:
    """The topic of the replies: the configured one, else one that follows from the channel's secret address."""
    if settings.reply_topic is not None and settings.reply_topic.reveal():
        return settings.reply_topic.reveal()
    mark = hmac.new(settings.url.reveal().encode(), b"qualtui reply topic", hashlib.sha256).hexdigest()
    return f"qualtui-{mark[:40]}"


class NtfyChannel:
    """Implements Channel: a named ntfy address whose notices can have a button."""

    def __init__(self, name: str, settings: ChannelSettings) -> None:
        self.name = name
        self.limits = ChannelLimits(float(settings.timeout), 1)
        self._address = ParsedAddress(settings.url, ntfy_address)
        self._replies = reply_topic(settings)

    async def send(self, note: ChannelMessage) -> Delivery:
        """Publish a message: accepted, refused, not understood, or in doubt."""
        address = await self._address.read()
        if address is None:
            return NOT_UNDERSTOOD
        payload = ntfy_payload(address, note, self._replies)
        try:
            return delivery_of(await posted(address.base, address.headers, self.limits.timeout, payload))
        except FetchError as error:
            return undelivered(error)

    def close(self) -> None:
        """Holds nothing between two messages."""


def ntfy_payload(address: NtfyAddress, note: ChannelMessage, replies: str) -> dict[str, object]:
    """The message as ntfy takes it as JSON."""
    title, body = fitting(note.title, note.body)
    payload: dict[str, object] = {"topic": address.topic, "title": title, "message": body or title}
    if address.priority != 3:
        payload["priority"] = address.priority
    if address.tags:
        payload["tags"] = list(address.tags)
    if address.click:
        payload["click"] = address.click
    if note.button is not None:
        payload["actions"] = [
            {
                "action": "http",
                "label": note.button.label,
                "url": f"{address.base}/{replies}",
                "method": "POST",
                "body": note.button.token,
                "headers": {"Firebase": "no"},  # the token need not pass through Google once more
                "clear": True,
            }
        ]
    return payload


def fitting(title: str, body: str) -> tuple[str, str]:
    """Title and body, escaped for a chat, so short that ntfy makes no file of them."""
    worded = title, body
    for size in _SIZES:
        worded = laid_out(ChannelLayout("NotifyNtfy", ChannelFamily.CHAT, size), title, body)
        if len(worded[1].encode("utf-8", "replace")) <= LARGEST:
            break
    return worded


def ntfy_place(settings: ChannelSettings) -> ChannelPlace | None:
    """Where it connects to."""
    address = ntfy_address(settings.url)
    if address is None:
        return None
    parts = urlsplit(address.base)
    return ChannelPlace(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), parts.scheme)
