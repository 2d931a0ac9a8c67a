"""Posts as WAHA sends them, and a bot that answers as the real one does. Invented numbers only."""

import hmac
import json
from pathlib import Path
from typing import Any

from qualtui.config.value_types import Secret
from qualtui.guard.guard_core import GuardClock, GuardCore, Reply
from qualtui.guard.origin import Post
from qualtui.guard.settings import GuardSettings, HoldSettings, LogSettings, OriginSettings
from qualtui.guard.wiring import make_core

KEY = "an invented key of the gateway"
TOKEN = "an-invented-token-0123456789"
ANA = "5511900000001@c.us"
NOW = 1_790_000_000.0


def processed(whatsapp: bytes) -> Reply:
    """The bot's answer after it handled a message, with what its send brought."""
    return Reply(200, b'{"status":"processed","resultado":{"success":true,"whatsapp":' + whatsapp + b"}}")


PROCESSED = processed(b'{"success":true,"message_id":"x"}')


def message(chat: str = ANA, number: int = 1, text: str = "quero saber mais", **more: Any) -> bytes:
    """A customer's message. `more` changes the payload."""
    payload = {
        "id": f"false_{chat}_{number:08X}",
        "timestamp": int(NOW),
        "from": chat,
        "fromMe": False,
        "body": text,
    }
    return body("message", {**payload, **more})


def body(event: str, payload: dict[str, Any] | None, **outer: Any) -> bytes:
    """Any event."""
    whole = {"event": event, "session": "default", "engine": "NOWEB", "payload": payload, **outer}
    return json.dumps(whole).encode()


def signed(content: bytes, key: str = KEY, **headers: str) -> Post:
    """A post with a signature by this key."""
    signature = hmac.new(key.encode(), content, "sha512").hexdigest()
    named = {"x-webhook-hmac": signature, "x-webhook-hmac-algorithm": "sha512", **headers}
    return Post(content, tuple(named.items()), peer="203.0.113.9")


class Bot:
    """Records what reaches it. `reply` is its answer; an exception is raised."""

    def __init__(self, reply: Reply | Exception = PROCESSED) -> None:
        self.reply = reply
        self.seen: list[bytes] = []

    def __call__(self, post: Post) -> Reply:
        self.seen.append(post.body)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


class Time:
    """A clock that only a test moves; a wait moves it, too."""

    def __init__(self) -> None:
        self.now = NOW

    def clock(self) -> GuardClock:
        return GuardClock(lambda: self.now, self.wait)

    def wait(self, seconds: float) -> None:
        self.now += seconds


def settings(folder: Path, **more: Any) -> GuardSettings:
    """Settings that keep everything in a folder; enforced by the key unless said."""
    given = {"origin": OriginSettings(hmac_key=Secret(KEY)), **more}
    return GuardSettings(
        hold=HoldSettings(str(folder)),
        log=LogSettings(str(folder / "attempts.jsonl")),
        folder=str(folder),
        **given,
    )


def core(folder: Path, time: Time | None = None, **more: Any) -> GuardCore:
    """A guard on a folder."""
    return make_core(settings(folder, **more), (time or Time()).clock())


def logged(folder: Path) -> list[dict[str, Any]]:
    """The lines of the log of attempts."""
    path = folder / "attempts.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
