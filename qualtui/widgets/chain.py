"""The chain from us to the customer, with its first broken link."""

from qualtui.model import Evidence, Link
from qualtui.text import _
from qualtui.widgets.line import Line, Span, safe, width
from qualtui.widgets.look import Look
from qualtui.wire import LinkView


def link_names() -> dict[Link, str]:
    """What the links are called on the screen."""
    return {
        Link.US: _("Us"),
        Link.HOST: _("Host"),
        Link.WEBHOOK: _("Webhook"),
        Link.BOT: _("Bot"),
        Link.DATABASE: _("DB"),
        Link.GATEWAY: _("WhatsApp"),
        Link.CUSTOMER: _("Customer"),
    }


def chain_line(links: tuple[LinkView, ...], cells: int, look: Look, rows: int = 2) -> list[Line]:
    """The links in order, on at most `rows` rows. What has no source goes first when there is no room."""
    called = link_names()
    shown = list(links)
    pieces = [_link(link, called, look) for link in shown]
    if _needed(pieces) > cells * rows:
        shown = [link for link in shown if link.status != "no_source"] or shown
        pieces = [_link(link, called, look) for link in shown]
    if _needed(pieces) > cells * rows:
        pieces = [_link(link, called, look, brief=link.status == "ok") for link in shown]
    return _wrapped(pieces, cells, look)[: max(1, rows)] if pieces else []


def link_mark(link: LinkView, look: Look) -> tuple[str, str]:
    """Glyph and token of a link's status."""
    glyphs = look.glyphs
    if link.evidence is not Evidence.FRESH and link.status == "ok":  # only fresh may look green
        return glyphs.unknown, "unknown"
    return {
        "ok": (glyphs.good, "good"),
        "busy": (glyphs.info, "busy"),
        "bad": (glyphs.critical, "crit"),
        "no_source": (glyphs.none, "faint"),
    }.get(link.status, (glyphs.unknown, "unknown"))


def _needed(pieces: list[Line]) -> int:
    return 1 + sum(width(piece) + 3 for piece in pieces)


def _wrapped(pieces: list[Line], cells: int, look: Look) -> list[Line]:
    arrow = Span(f" {look.glyphs.arrow} ", "faint")
    lines: list[list[Span]] = [[Span(" ")]]
    used = 1
    for n, piece in enumerate(pieces):
        size = width(piece) + (3 if n else 0)
        if used + size > cells and used > 1:
            lines.append([Span("  ")])
            used = 2
        if n:
            lines[-1].append(arrow)
        lines[-1].extend(piece)
        used += size
    return [tuple(line) for line in lines]


def _link(link: LinkView, called: dict[Link, str], look: Look, brief: bool = False) -> Line:
    glyph, token = link_mark(link, look)
    text = safe(link.text, 40)
    if link.status == "no_source":
        text = text or _("no source")
    name = "strong" if link.status == "bad" else "faint" if link.status == "no_source" else "label"
    words = "" if brief else ("" if not text else f" {text}")
    return (Span(called[link.link] + " ", name), Span(f"{glyph}{words}", token))
