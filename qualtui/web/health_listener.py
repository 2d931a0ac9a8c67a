"""`GET /health` of the engine, and `GET /health/deep` of everything that it watches, with a key."""

import hmac
from collections.abc import Callable

import msgspec
from aiohttp import web

from qualtui.config.values import Secret
from qualtui.text.message import Saying, render
from qualtui.web.deep_health import DeepHealth, ServiceStatus
from qualtui.web.serving import application

_SCHEME = "bearer "


def health_application(
    fault: Callable[[], Saying], deep: Callable[[], DeepHealth], key: Secret | None
) -> web.Application:
    """`fault`: what of the engine's own fails, empty where nothing does. Without `key` no one reads `deep`."""

    async def health(_request: web.Request) -> web.Response:
        problem = fault()
        status = "failing" if problem else "ok"
        return web.json_response({"status": status, "text": render(problem)}, status=503 if problem else 200)

    async def whole(request: web.Request) -> web.Response:
        if key is None or not key.reveal():
            return web.json_response({"error": "[http] key is not set"}, status=403)
        if not _authorized(request.headers.get("Authorization", ""), key):
            refused = {"WWW-Authenticate": 'Bearer realm="qualtui"'}
            return web.json_response({"error": "a key is needed"}, status=401, headers=refused)
        found = deep()
        return web.Response(
            body=msgspec.json.encode(found),
            content_type="application/json",
            status=503 if found.status is ServiceStatus.CRITICAL else 200,
        )

    app = application()
    app.router.add_get("/health", health)
    app.router.add_get("/health/deep", whole)
    return app


def _authorized(header: str, key: Secret) -> bool:
    """Whether a header carries the key; compared in constant time."""
    if not header.lower().startswith(_SCHEME):
        return False
    given = header[len(_SCHEME) :].strip()
    return hmac.compare_digest(given.encode(), key.reveal().encode())
