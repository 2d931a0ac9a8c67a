"""What addresses of the configuration must be: of HTTP services, of PostgreSQL, of our own listeners."""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none, its port included."""
    if _BLANK.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def http_url(url: str) -> bool | str:
    """Whether an HTTP client can use an address. One with a password is refused: screens would show it."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if "@" in parts.netloc:
        return "an address without user and password"
    return True


def postgres_dsn(dsn: Any) -> bool | str:
    """Whether the driver takes a PostgreSQL address; else what is wrong with it."""
    from qualtui.config.dsn import slip

    return slip(dsn.reveal()) or True


def cut_short(url: str) -> tuple[str, str]:
    """Return the sign at which Apprise would end a value (a password, say), and how to write it; else empty."""
    query = url.partition("?")[2]
    if ";" in query:
        return ";", "%3B"
    return ("&", "%26") if any(part and "=" not in part for part in query.split("&")) else ("", "")


def listens(address: str) -> bool:
    """Whether an address is HOST:PORT, or empty."""
    host, colon, port = address.rpartition(":")
    return not address or bool(colon and host and port.isdecimal() and 0 <= int(port) <= 65535 and "/" not in host)


def public_url(url: str) -> bool | str:
    """Whether an address is https and a host without a path, so that links that acknowledge stay short."""
    parts = _split(url)
    if not url:
        return True
    bare = parts is not None and parts.path in ("", "/") and not parts.query and not parts.fragment
    return http_url(url) if bare and parts is not None and parts.scheme == "https" else False


def loopback_url(url: str) -> bool:
    """Whether an address leads to this machine by number, so that a key sent there does not leave it; or empty."""
    parts = _split(url)
    if not url:
        return True
    bare = parts is not None and parts.path in ("", "/") and not parts.query and not parts.fragment
    return bare and parts is not None and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
