"""How long a service asks Apprise to wait: Apprise reads no `Retry-After`, and hands no answer on.

Its plug-ins send through `requests`; each answer to this thread's send is looked at on its way.
"""

import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from qualtui.notify.channels.retry_after import requested_wait


class _Heard(threading.local):
    """The longest wait that an answer to this thread's send asked for, in seconds."""

    wait = 0.0


_heard = _Heard()
_MARK = "_qualtui_listens"


def listen_for_waits() -> None:
    """Forget what earlier sends of this thread were asked, and look at the answers from now on."""
    import requests

    _heard.wait = 0.0
    send: Callable[..., Any] = requests.Session.send
    if getattr(send, _MARK, False):
        return

    def listening(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
        answer = send(session, request, **options)
        wait = requested_wait(answer.status_code, answer.headers, time.time(), _in_body(answer))
        _heard.wait = max(_heard.wait, wait)
        return answer

    setattr(listening, _MARK, True)
    requests.Session.send = listening  # type: ignore[assignment,method-assign]


def heard_wait(status: int) -> float:
    """The seconds that the service asked this thread's send to wait; at least 30 after HTTP 429."""
    return max(_heard.wait, requested_wait(status, {}, 0.0))


def _in_body(answer: Any) -> float:
    """The seconds in the body of a 429: `retry_after` of Discord, `parameters.retry_after` of Telegram."""
    if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        return 0.0
    try:
        body = answer.json()
    except ValueError:
        return 0.0
    return wait_in_body(body)


def wait_in_body(body: object) -> float:
    """The seconds that a JSON answer names, 0 where it names none."""
    if not isinstance(body, dict):
        return 0.0
    for place in (body, body.get("parameters")):
        found = place.get("retry_after") if isinstance(place, dict) else None
        if isinstance(found, int | float) and not isinstance(found, bool) and found > 0:
            return float(found)
    return 0.0
