"""The guard as two lines in the bot: WSGI middleware before its webhook.

It sits in the bot's own worker: it proves origin and keeps messages, and can't protect the worker from a flood.
The proxy form can.
"""

import hmac
import io
import os
import sys
import threading
from collections.abc import Callable, Iterable
from http.client import responses
from pathlib import Path
from typing import Any

from qualtui.guard.guard_core import GuardCore, Reply
from qualtui.guard.origin import Post
from qualtui.guard.places import hold_folder
from qualtui.guard.releaser import Releaser
from qualtui.guard.settings import GuardSettings, load_guard
from qualtui.guard.wiring import make_core

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

STATS = "/guard/stats"
_PART = 65536


class Guard:
    """Wraps a WSGI application. Posts to the webhook are guarded; all else goes to it untouched."""

    def __init__(self, app: App, settings: str | Path | GuardSettings = "guard.toml") -> None:
        self._app = app
        if not isinstance(settings, GuardSettings):
            settings = load_guard(Path(settings), os.environ)
        self._settings = settings
        self._core: GuardCore | None = None
        self._process = 0
        self._opening = threading.Lock()
        self._turn = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if self._settings.stats.key is not None and environ.get("PATH_INFO") == STATS:
            return _answer(self._stats(environ), start_response)
        token = self._token(environ)
        if token is None:
            return self._app(environ, start_response)
        body = _body(environ, self._settings.largest)
        post = Post(body, _headers(environ), token, str(environ.get("REMOTE_ADDR", "")))
        reply = self._own().receive(post, lambda passed: self._forward(environ, passed))
        return _answer(reply, start_response)

    def _stats(self, environ: Environ) -> Reply:
        """What /guard/stats answers to who has its key."""
        key = self._settings.stats.key
        given = str(environ.get("HTTP_AUTHORIZATION", "")).removeprefix("Bearer ")
        if key is None or not hmac.compare_digest(given.encode(errors="replace"), key.reveal().encode()):
            return Reply(401, b'{"guard":"refused"}')
        return Reply(200, self._own().stats())

    def _token(self, environ: Environ) -> str | None:
        """The path's part after the webhook's, empty without one; None: this is not a post to the webhook."""
        path = str(environ.get("PATH_INFO", ""))
        webhook = self._settings.webhook
        if environ.get("REQUEST_METHOD") != "POST":
            return None
        # Every path that a framework may route to the webhook: doubled slashes, one at the end, another case.
        plain = "/" + "/".join(part for part in path.split("/") if part)
        if plain.lower() == webhook.lower():
            return ""
        if plain.lower().startswith(f"{webhook.lower()}/"):
            return plain[len(webhook) + 1 :]
        return None

    def _own(self) -> GuardCore:
        """The core of this process: nothing is opened before a fork."""
        with self._opening:
            if self._core is None or self._process != os.getpid():
                self._core, self._process = make_core(self._settings), os.getpid()
                lock = hold_folder(self._settings) / "release.lock"
                Releaser(self._core, lock, self._forward_later).start()
        return self._core

    def _forward_later(self, post: Post) -> Reply:
        """Give the bot a message that waited: a request of our own."""
        environ: Environ = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "application/json",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        return self._forward(environ, post)

    def _forward(self, environ: Environ, post: Post) -> Reply:
        """Give a post to the bot in this process, as if it had come just so; no token, no chunks."""
        inner = {**environ, "PATH_INFO": self._settings.webhook, "wsgi.input": io.BytesIO(post.body)}
        inner["CONTENT_LENGTH"] = str(len(post.body))
        for name in ("HTTP_TRANSFER_ENCODING", "wsgi.input_terminated", "RAW_URI", "REQUEST_URI"):
            inner.pop(name, None)
        with self._turn:  # the bot is written for one request at a time
            return call(self._app, inner)


def _answer(reply: Reply, start_response: StartResponse) -> list[bytes]:
    headers = [("Content-Type", reply.kind), ("Content-Length", str(len(reply.body)))]
    start_response(f"{reply.status} {responses.get(reply.status, 'Status')}", headers)
    return [reply.body]


def call(app: App, environ: Environ) -> Reply:
    """The whole answer of a WSGI application. Raises what it raises."""
    status, kind, written = 500, "application/json", list[bytes]()

    def start(line: str, headers: list[tuple[str, str]], failed: Any = None) -> Callable[[bytes], None]:
        nonlocal status, kind
        del failed  # the traceback is the application's own
        status = int(line.split(" ", 1)[0])
        kind = next((value for name, value in headers if name.lower() == "content-type"), kind)
        return written.append

    parts = app(environ, start)
    try:
        written.extend(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Reply(status, b"".join(written), kind)


def _headers(environ: Environ) -> tuple[tuple[str, str], ...]:
    found = [
        (name[5:].replace("_", "-").lower(), str(value))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    if kind := environ.get("CONTENT_TYPE"):
        found.append(("content-type", str(kind)))
    return tuple(found)


def _body(environ: Environ, largest: int) -> bytes:
    """The body to its end, and one byte more than the cap at most; chunked or with a length."""
    stream = environ["wsgi.input"]
    length = str(environ.get("CONTENT_LENGTH") or "")
    chunked = "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower()
    if length.isascii() and length.isdigit() and not chunked:
        rest = min(int(length[:12]), largest + 1)
    elif chunked or environ.get("wsgi.input_terminated"):
        rest = largest + 1
    else:
        return b""
    parts: list[bytes] = []
    while rest > 0 and (part := stream.read(min(rest, _PART))):
        parts.append(part)
        rest -= len(part)
    return b"".join(parts)
