"""A small HTTP server on one address: it comes when the address can be had, and goes without delay."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable

from aiohttp import web

from qualtui.text.message import Saying, message

log = logging.getLogger(__name__)

AGAIN = 5.0  # s until an address that could not be had is tried again
LARGEST = 4096  # bytes of a request's body
ENDING = 0.5  # s for running requests when the server goes

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HttpServing:
    """One listener. `trouble`: why it does not listen, empty while it does."""

    def __init__(self) -> None:
        self.trouble: Saying = ""
        self.port = 0  # that it listens on; 0: it does not

    async def run(self, address: str, app: web.Application) -> None:
        """Listen on HOST:PORT until cancelled."""
        host, _colon, port = address.rpartition(":")
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=ENDING, keepalive_timeout=15)
        await runner.setup()
        try:
            await self._listen(runner, host.strip("[]"), int(port), address)
            await asyncio.Event().wait()
        finally:
            self.port = 0
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner, host: str, port: int, address: str) -> None:
        while True:
            site = web.TCPSite(runner, host, port)
            try:
                await site.start()
            except OSError as error:
                await site.stop()
                if not self.trouble:
                    log.warning("cannot listen on %s: %s", address, _why(error))
                self.trouble = message("cannot listen on {address}: {why}", address=address, why=_why(error))
                await asyncio.sleep(AGAIN)
            else:
                self.trouble = ""
                self.port = int(runner.addresses[0][1])
                return


def _why(error: OSError) -> str:
    number = error.errno or 0
    return os.strerror(number).lower() if number > 0 else type(error).__name__  # those of a lookup are negative


def application() -> web.Application:
    """An application whose every answer has the headers of one that is private and stands alone."""

    async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(SAFE_HEADERS)

    app = web.Application(client_max_size=LARGEST)
    app.on_response_prepare.append(add_headers)
    return app
