"""The notice catcher: keeps what arrives by HTTP under /notices/NAME and by SMTP, to be looked at."""

import asyncio
import contextlib
import time
from email import message_from_bytes, policy
from typing import Any

import msgspec
from aiohttp import web

from qualtui.demo.listener import Listener, Mode
from qualtui.demo.port import ReservedPort

_KEEP = 1000
_LIMIT = 1024 * 1024


class Catcher:
    """An HTTP sink and an SMTP sink with one list. Faults take them away; the control URL still shows the list."""

    def __init__(self) -> None:
        self.http = Listener(self._application)
        self._mail = ReservedPort()
        self._smtp: asyncio.Server | None = None
        self._caught: list[dict[str, Any]] = []

    @property
    def smtp_port(self) -> int:
        """The SMTP sink's port."""
        return self._mail.number

    async def close(self) -> None:
        """Stop both sinks for good."""
        await self.become(Mode.DOWN)
        await self.http.close()

    async def become(self, mode: Mode) -> None:
        """Changes how both sinks behave. SMTP knows only up and down: it is down unless UP."""
        await self.http.become(mode)
        if mode is Mode.UP and self._smtp is None:
            await self._open_smtp()
        elif mode is not Mode.UP and self._smtp is not None:
            smtp, self._smtp = self._smtp, None
            smtp.close()

    async def _open_smtp(self) -> None:
        from aiosmtpd.smtp import SMTP

        loop = asyncio.get_running_loop()
        self._smtp = await loop.create_server(
            lambda: SMTP(self, enable_SMTPUTF8=True, loop=loop, hostname="catcher.invalid"),
            sock=self._mail.socket(),
        )

    def add_routes(self, app: web.Application) -> None:
        """GET and DELETE /notices, for the sink's own application and the control server's."""
        app.router.add_get("/notices", self._list)
        app.router.add_delete("/notices", self._clear)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=_LIMIT)
        self.add_routes(app)
        app.router.add_post("/notices/{name}", self._catch)
        return app

    def _keep(self, name: str, via: str, body: object) -> None:
        self._caught = [*self._caught[-_KEEP:], {"name": name, "via": via, "at": time.time(), "body": body}]

    async def _catch(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body: object = raw.decode("utf-8", "replace")
        with contextlib.suppress(msgspec.DecodeError):
            body = msgspec.json.decode(raw)
        self._keep(request.match_info["name"], "http", body)
        return web.json_response({"caught": True})

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response(self._caught)

    async def _clear(self, _: web.Request) -> web.Response:
        self._caught = []
        return web.json_response([])

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """A mail arrived."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        part = mail.get_body(preferencelist=("plain", "html"))
        body = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": str(mail["subject"]),
            "text": "" if part is None else part.get_content(),
        }
        self._keep("mail", "smtp", body)
        return "250 OK"
