"""The page behind a link that acknowledges an incident: GET shows, POST takes it for whoever holds the link."""

import html
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from qualtui.alerts.ack_token import LONGEST, token_mark
from qualtui.text import clean
from qualtui.text.message import Saying, message, render
from qualtui.web.rate_limit import RateLimit, RateLimits
from qualtui.web.serving import Handler, application

EACH_TOKEN = RateLimit(10, 6.0)  # a link: previews of a chat program, and a person who presses twice
ALL_TOKENS = RateLimit(60, 1.0)
MISDIRECTED = 421


class AckStatus(StrEnum):
    """What can be done with a link, or was."""

    READY = "ready"
    DONE = "done"
    TAKEN = "taken"
    USED = "used"
    OVER = "over"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class AckPage(msgspec.Struct, frozen=True):
    """What a page shows: no name, phone or text of a customer."""

    status: AckStatus
    number: int = 0
    agent: str = ""
    summary: str = ""
    owner: str = ""


class AckAnswers(Protocol):
    """Who knows what a link is about."""

    def look(self, token: str) -> AckPage:
        """What it is about; changes nothing."""

    async def accept(self, token: str) -> AckPage:
        """Use it."""


_CODES = {
    AckStatus.READY: 200,
    AckStatus.DONE: 200,
    AckStatus.TAKEN: 409,
    AckStatus.USED: 410,
    AckStatus.OVER: 410,
    AckStatus.EXPIRED: 410,
    AckStatus.UNKNOWN: 404,
}


def ack_application(
    answers: AckAnswers, public_url: str, clock: Callable[[], float] = time.monotonic
) -> web.Application:
    """The application that stands behind `public_url`; requests for another host are refused."""
    limits = RateLimits(EACH_TOKEN, ALL_TOKENS)
    own = _authority(public_url)

    @web.middleware
    async def only_ours(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _authority(f"https://{request.host}") != own:
            return web.Response(status=MISDIRECTED, text="Misdirected request")
        origin = request.headers.get("Origin", "")
        if request.method == "POST" and origin and _authority(origin) != own:
            return web.Response(status=403, text="Forbidden")
        return await handler(request)

    def limited(token: str) -> web.Response | None:
        if limits.allow(token_mark(token), clock()):
            return None
        return web.Response(status=429, text="Too many requests", headers={"Retry-After": "10"})

    async def show(request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"][: LONGEST + 1]
        return limited(token) or _answer(answers.look(token), token)

    async def take(request: web.Request) -> web.StreamResponse:
        token = str((await request.post()).get("token", ""))[: LONGEST + 1]
        return limited(token) or _answer(await answers.accept(token), token)

    app = application()
    app.middlewares.append(only_ours)
    app.router.add_get("/ack/{token}", show)
    app.router.add_post("/ack", take)
    return app


def _authority(url: str) -> tuple[str, int]:
    """Host and port of an https address; no host where it is none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.port or 443
    except ValueError:
        return "", 0


def _answer(page: AckPage, token: str) -> web.Response:
    return web.Response(text=_html(page, token), content_type="text/html", status=_CODES[page.status])


def ack_text(page: AckPage) -> Saying:
    """What became of a link or a button, in a sentence."""
    number = str(page.number)
    if page.status is AckStatus.READY:
        return message("No one has got #{number} yet.", number=number)
    if page.status is AckStatus.DONE:
        return message(
            "You have got #{number} for 15 minutes. To keep it: qualtui incidents ack {number}", number=number
        )
    if page.status is AckStatus.TAKEN:
        return message("#{number} has an owner already: {owner}", number=number, owner=clean(page.owner))
    if page.status is AckStatus.USED:
        return message("This link was used. To take #{number}: qualtui incidents ack {number}", number=number)
    if page.status is AckStatus.OVER:
        return message("#{number} is resolved.", number=number)
    if page.status is AckStatus.EXPIRED:
        return message("This link is older than a day.")
    return message("This link is not known.")


def _html(page: AckPage, token: str) -> str:
    what = f"#{page.number} {page.agent}: {page.summary}" if page.agent else "qualtui"
    form = ""
    if page.status is AckStatus.READY:
        button = render(message("I've got it"))
        form = (
            f'<form method="post" action="/ack"><input type="hidden" name="token" value="{html.escape(token)}">'
            f'<button style="font-size:1.4em;padding:.6em 1.2em">{html.escape(button)}</button></form>'
        )
    said = html.escape(render(ack_text(page)))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        '<title>qualtui</title></head><body style="font-family:sans-serif;margin:2em">'
        f"<h1>{html.escape(clean(what, 300))}</h1><p>{said}</p>{form}</body></html>\n"
    )
