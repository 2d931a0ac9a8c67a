"""An HTTP answer, and signs that it comes from another service."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from qualtui.text import clean
from qualtui.text.message import Saying, message

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Answer(msgspec.Struct, frozen=True):
    """An answer. `body` is cut at its limit, `whole` says whether that was all; `plain`: it is not compressed."""

    status: int
    body: bytes
    whole: bool
    plain: bool
    seconds: float
    headers: Mapping[str, str] = {}  # look up by names in lower case

    @property
    def oddity(self) -> Saying:
        """Why this is no service's JSON, in a few words: it is somebody else's, or was changed on its way."""
        if 300 <= self.status < 400 and (to := self.headers.get("location", "")):
            return message("redirects to {place}", place=_shown(to))
        if not self.plain and (how := self.headers.get("content-encoding", "")):
            return message("it is compressed ({how})", how=clean(how, 20))
        if self.body[:2] in _UTF16:
            return message("it is UTF-16, not UTF-8")
        kind = self.headers.get("content-type", "")
        if kind.startswith("text/html") or self.body[:200].lstrip()[:9].lower() == b"<!doctype":
            return message("it is a web page (HTML)")
        return ""

    @property
    def words(self) -> Saying:
        """The status for people, and where a redirect leads."""
        leads = self.oddity if 300 <= self.status < 400 else ""
        return (
            message("HTTP {status}, {leads}", status=str(self.status), leads=leads)
            if leads
            else f"HTTP {self.status}"
        )


def _shown(location: str) -> str:
    """Where a redirect leads, without what may be a secret: no user, no query."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "?"
    place = parts.netloc.rpartition("@")[2]
    return clean(f"{parts.scheme}://{place}{parts.path}" if place else parts.path or "?", 80)
