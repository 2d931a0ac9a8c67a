"""`Retry-After` of an answer (RFC 9110, section 10.2.3): how long a service asks us to wait. Pure."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from qualtui.notify.outbox import LONGEST_ASKED

LEAST = 30.0  # s after 429, whatever the service asks: most ask for less than they need
ASKING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def requested_wait(status: int, headers: Mapping[str, str], now: float, in_body: float = 0.0) -> float:
    """Return the seconds to wait before the next request, 0 where the answer asks for none.

    `headers`: names in any case. `in_body`: the seconds that the answer's body names.
    """
    if status not in ASKING:
        return 0.0
    named = {name.lower(): value for name, value in headers.items() if name.lower() in {"retry-after", "date"}}
    wait = max(in_body, _seconds(named.get("retry-after", ""), named.get("date", ""), now))
    least = LEAST if status == HTTPStatus.TOO_MANY_REQUESTS else 0.0
    return min(LONGEST_ASKED, max(least, wait))


def _seconds(text: str, date: str, now: float) -> float:
    """The seconds in a header: a number, or a moment by the server's own clock (its `Date`), else by ours."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = http_time(text)
    if until is None:
        return 0.0
    since = http_time(date)
    return max(0.0, until - (now if since is None else since))


def http_time(text: str) -> float | None:
    """Return the seconds since 1970 of an HTTP date, None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def http_age(headers: Mapping[str, str], at: float) -> float:
    """Return how old a moment by the server's clock was at its answer, in seconds; 0 where it does not say."""
    date = http_time(headers.get("date", ""))
    return 0.0 if date is None else max(0.0, date - at)
