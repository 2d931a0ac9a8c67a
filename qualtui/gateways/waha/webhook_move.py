"""Moves an address in a session's own webhook list: the whole configuration is kept, one origin changes. Pure."""

import hashlib
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

import msgspec

from qualtui.gateways.gateway import GatewayError, GatewayFault, WebhookMove
from qualtui.text.message import Text, message


def moved(body: bytes, name: str, old: str, new: str) -> tuple[bytes, WebhookMove]:
    """Return what PUT /api/sessions/{session} gets, and what it changes. `old`, `new`: origins.

    Raises GatewayError where the list has no such address, has the new one already, or hides a key that would
    be lost.
    """
    try:
        config = msgspec.json.decode(body).get("config")
    except (msgspec.DecodeError, RecursionError, UnicodeError, AttributeError):
        raise _refused(message("an answer that is not the gateway's")) from None
    hooks = config.get("webhooks") if isinstance(config, dict) else None
    if not isinstance(hooks, list) or not hooks or not all(isinstance(one, dict) for one in hooks):
        raise _refused(
            message("the session's list has no webhook: it is set in the gateway's environment, change it there")
        )
    if any(_masked(one) for one in hooks):
        raise _refused(message("the gateway hides the webhook's key: it would be lost"))
    origins = [origin_of(str(one.get("url", ""))) for one in hooks]
    if origin_of(new) in origins:
        raise _refused(message("it posts to {url} already", url=origin_of(new)))
    if origin_of(old) not in origins:
        raise _refused(message("its webhooks do not have {url}", url=origin_of(old)))
    changed = deepcopy(config)
    for hook in changed["webhooks"]:
        if origin_of(str(hook.get("url", ""))) == origin_of(old):
            hook["url"] = origin_of(new) + _path(str(hook["url"]))
    digest = hashlib.sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:12]
    move = WebhookMove(origin_of(old), origin_of(new), digest)
    return msgspec.json.encode({"name": name, "config": changed}), move


def same_config(before: bytes, after: bytes) -> bool:
    """Whether a session's configuration is what PUT was given."""
    try:
        wanted, found = msgspec.json.decode(before)["config"], msgspec.json.decode(after).get("config")
    except (msgspec.DecodeError, RecursionError, UnicodeError, AttributeError, KeyError):
        return False
    return bool(wanted == found)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; a path may hold a secret."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}".lower()


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _masked(hook: dict[str, Any]) -> bool:
    hmac = hook.get("hmac")
    key = hmac.get("key") if isinstance(hmac, dict) else None
    return isinstance(key, str) and key != "" and set(key) <= {"*", "•", "x"}


def _refused(text: Text) -> GatewayError:
    return GatewayError(GatewayFault.STATUS, text, unsent=True)
