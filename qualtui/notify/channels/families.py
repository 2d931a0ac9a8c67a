"""The families of channels: a notice in one line, in chat, as a mail, for a program; none longer than is taken.

What is too long is cut at a line's end, and ends with "…". Limits: Slack's section of 3,000 characters (40,000 a
message), Discord's message of 2,000 (4,096 an embed), Telegram's message of 4,096, WhatsApp's template parameter
of 1,024; of all others, what Apprise knows of the service.
"""

import html
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from qualtui.notify.channels.templates import templated
from qualtui.notify.channels.wording import RAW, wording_for

SMS = 480  # characters: a service that takes no more gets one line
LIMITS = {"NotifySlack": 3000, "NotifyDiscord": 2000, "NotifyTelegram": 4096, "NotifyWhatsApp": 1024}
BREAK = 8  # characters that a line's end takes at most, as <br/> and the like
SPACE = 5  # characters that &nbsp; is longer than a space
JOINED = 40  # characters around a title that a service puts into the text
CUT = "…"


class ChannelFamily(StrEnum):
    """How a channel's notices are laid out."""

    SHORT = "short"  # one line: WhatsApp templates, SMS
    CHAT = "chat"  # lines
    MAIL = "mail"
    PROGRAM = "program"  # as it is


class ChannelLayout(msgspec.Struct, frozen=True):
    """The family of an Apprise plug-in, and the characters of title and body together."""

    plugin: str  # its class
    family: ChannelFamily
    limit: int
    html: bool = False  # Apprise makes HTML of it, in which each space is &nbsp; until it has cut


def layout_of(plugin: Any) -> ChannelLayout:
    """How the notices of an Apprise plug-in are laid out."""
    name = type(plugin).__name__
    most = int(getattr(plugin, "body_maxlen", 0) or LIMITS["NotifyTelegram"])
    limit = min(most, LIMITS.get(name, most))
    if name in RAW:
        return ChannelLayout(name, ChannelFamily.PROGRAM, limit)
    template = name == "NotifyWhatsApp" and bool(getattr(plugin, "template", None))  # Meta refuses its line breaks
    page = "html" in str(getattr(plugin, "notify_format", "")).lower()
    short = template or (limit <= SMS and not getattr(plugin, "title_maxlen", 0))
    return ChannelLayout(name, ChannelFamily.SHORT if short else ChannelFamily.CHAT, limit, page)


def laid_out(layout: ChannelLayout, title: str, body: str) -> tuple[str, str]:
    """Title and body as the service is given them: in its family's template, escaped, and short enough."""
    lines = body.split("\n")
    if layout.family is ChannelFamily.SHORT and len(title) > layout.limit:
        title = title[: layout.limit - len(CUT)].rstrip() + CUT

    def worded(lines: Sequence[str]) -> tuple[str, str]:
        return _worded(layout, title, lines)

    if layout.family is ChannelFamily.PROGRAM or _fits(layout, worded(lines)):
        return worded(lines)
    kept = _most(len(lines) - 1, lambda count: _fits(layout, worded([*lines[:count], CUT])))
    if kept:
        return worded([*lines[:kept], CUT])
    if "://" in lines[0]:  # half an address leads nowhere
        return laid_out(layout, title, "\n".join(lines[1:]))
    first = next((line for line in lines if line.strip()), "")
    length = _most(len(first), lambda count: _fits(layout, worded([first[:count] + CUT])))
    return worded([first[:length].rstrip() + CUT] if length else [])


def _worded(layout: ChannelLayout, title: str, lines: Sequence[str]) -> tuple[str, str]:
    if layout.family is ChannelFamily.SHORT:
        flat = [" ".join(line.split()) for line in lines if line.strip()]
        text = templated("short.txt.j2", title=" ".join(title.split()), lines=flat)
        return wording_for(layout.plugin, "", text)
    if layout.family is ChannelFamily.PROGRAM:
        return wording_for(layout.plugin, title, "\n".join(lines))
    return wording_for(layout.plugin, title, templated("chat.txt.j2", lines=lines))


def _fits(layout: ChannelLayout, worded: tuple[str, str]) -> bool:
    """Whether it is short enough, also where the service's escapes make it longer."""
    title, body = worded
    if layout.family is ChannelFamily.SHORT:
        return len(body) <= layout.limit
    escaped = sum(len(html.escape(text)) + SPACE * layout.html * text.count(" ") for text in worded)
    return escaped + BREAK * body.count("\n") + (JOINED if title else 0) <= layout.limit


def _most(upper: int, fits: Callable[[int], bool]) -> int:
    """The greatest number up to `upper` that fits, 0 where none does; what is smaller than one that fits, fits."""
    low = 0
    while low < upper:
        middle = (low + upper + 1) // 2
        low, upper = (middle, upper) if fits(middle) else (low, middle - 1)
    return low
