"""What Apprise says while it sends. Its lines carry recipients, hosts and texts: none of them reaches a log.

Only why a send failed is taken from them, in words of our own.
"""

import contextlib
import logging
import os
import re
import threading
from http import HTTPStatus

from qualtui.text import _

_STATUS = re.compile(r"error=([1-5]\d\d)\b")
_SMTP = re.compile(r"\(([45]\d\d), b['\"]")
_ERRNO = re.compile(r"\[Errno (-?\d+)\]")
_DETAIL = "Socket Exception"  # how its lines with an exception's own text begin


class _Here(threading.local):
    """What the sending thread has heard since it asked last."""

    reason = ""


_here = _Here()


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        detail = str(record.msg).startswith(_DETAIL)
        if record.levelno < logging.WARNING and not detail:
            return
        with contextlib.suppress(TypeError, ValueError):  # a line that does not fit its own arguments
            _here.reason = reason_of(record.getMessage()) or _here.reason


_ear = _Ear()


def hush() -> None:
    """From now on its lines reach nobody but us."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(_ear)  # once, however often it is called


def forget_errors() -> None:
    """What this thread hears from now on counts."""
    _here.reason = ""


def heard() -> str:
    """Why this thread's send failed, as far as it is known; no address, recipient or text is in it."""
    return _here.reason


def reason_of(said: str) -> str:
    """The reason in a line of Apprise's; empty where it tells none."""
    if found := _STATUS.search(said):
        code = int(found[1])
        known = code in HTTPStatus._value2member_map_
        return f"HTTP {code} {HTTPStatus(code).phrase}" if known else f"HTTP {code}"
    if "onnection error" in said:
        return _("no connection to it, or it broke off")
    if not said.startswith(_DETAIL):
        return ""
    if "CERTIFICATE_VERIFY_FAILED" in said:
        if "certificate has expired" in said:
            return _("the certificate has expired")
        if "Hostname mismatch" in said or "IP address mismatch" in said:
            return _("the certificate is for another name")
        return _("its certificate is not trusted")
    if found := _ERRNO.search(said):
        number = int(found[1])  # those of name resolution are negative
        return os.strerror(number).lower() if number > 0 else _("its name could not be looked up")
    if found := _SMTP.search(said):
        return _("the mail server answered {}").format(found[1])
    return _("no answer in time") if "timed out" in said else ""
