"""Apprise's log lines. They contain recipients, hosts and texts, so none of them reaches a log.

Only the reason of a failed send is taken from them, in our own words.
"""

import contextlib
import logging
import os
import re
import threading
from http import HTTPStatus

from qualtui.text.message import Saying, message

_STATUS = re.compile(r"error=([1-5]\d\d)\b")
_SMTP = re.compile(r"\(([45]\d\d), b['\"]")
_ERRNO = re.compile(r"\[Errno (-?\d+)\]")
_DETAIL = "Socket Exception"  # the beginning of its lines that contain an exception's own text


class _Here(threading.local):
    """The reason in the newest line of this thread's send, and the HTTP status in it (0: none)."""

    reason: Saying = ""
    status = 0


_here = _Here()


class _Listener(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        detail = str(record.msg).startswith(_DETAIL)
        if record.levelno < logging.WARNING and not detail:
            return
        with contextlib.suppress(TypeError, ValueError):  # a line that does not fit its own arguments
            line = record.getMessage()
            _here.reason = reason_of(line) or _here.reason
            found = _STATUS.search(line)
            _here.status = int(found[1]) if found else _here.status


_listener = _Listener()


def hush() -> None:
    """Keep Apprise's lines to ourselves from now on."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(_listener)  # once, however often it is called


def forget_errors() -> None:
    """Forget the reason of an earlier send of this thread."""
    _here.reason, _here.status = "", 0


def heard_status() -> int:
    """The HTTP status that this thread's send was refused with; 0: none is known."""
    return _here.status


def heard() -> Saying:
    """Why this thread's send failed, as far as known; without address, recipient or text."""
    return _here.reason


def reason_of(line: str) -> Saying:
    """The reason in a line of Apprise; empty if it has none."""
    if found := _STATUS.search(line):
        code = int(found[1])
        known = code in HTTPStatus._value2member_map_
        return f"HTTP {code} {HTTPStatus(code).phrase}" if known else f"HTTP {code}"
    if "onnection error" in line:
        return message("no connection, or the connection broke")
    if not line.startswith(_DETAIL):
        return ""
    if "CERTIFICATE_VERIFY_FAILED" in line:
        if "certificate has expired" in line:
            return message("the certificate has expired")
        if "Hostname mismatch" in line or "IP address mismatch" in line:
            return message("the certificate is for another name")
        return message("its certificate is not trusted")
    if found := _ERRNO.search(line):
        number = int(found[1])  # those of name resolution are negative
        return os.strerror(number).lower() if number > 0 else message("its name can't be resolved")
    if found := _SMTP.search(line):
        return message("the mail server answered {code}", code=found[1])
    return message("no answer in time") if "timed out" in line else ""
