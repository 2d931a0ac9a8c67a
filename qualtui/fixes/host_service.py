"""The bot's service as fixes use it: whether a change is allowed, what became of it, and waiting for an effect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from qualtui.config.values import HostSettings, HostWrite
from qualtui.fixes.fix import FixError
from qualtui.hosts.host import HostError, HostFault
from qualtui.text.message import Saying, message

UNCERTAIN = frozenset({HostFault.BROKEN, HostFault.SILENT, HostFault.UNREADABLE})  # it may have been carried out
LOOKS = 40  # at the host, over the whole timeout ...
LEAST_PAUSE, MOST_PAUSE = 0.2, 5.0  # s between two of them

T = TypeVar("T")


def not_allowed(agent: str, settings: HostSettings, what: HostWrite) -> Saying:
    """Why a change is not allowed; empty where it is."""
    if what in settings.allow:
        return ""
    return message('allow in [agents.{agent}.host] does not have "{what}"', agent=agent, what=what.value)


async def asked(call: Awaitable[T]) -> T:
    """The host's answer. Raises FixError."""
    try:
        return await call
    except HostError as error:
        raise FixError(message("the host: {reason}", reason=error.text)) from None


async def accepted(call: Awaitable[object]) -> bool:
    """Whether the host accepted a change; False: no answer came, and it may have been carried out.

    Raises FixError where it was refused.
    """
    try:
        await call
    except HostError as error:
        if error.fault in UNCERTAIN:
            return False
        raise FixError(message("the host: {reason}", reason=error.text)) from None
    return True


async def until(
    holds: Callable[[], Awaitable[bool]], limit: float, sleep: Callable[[float], Awaitable[None]]
) -> bool:
    """Whether it comes true within `limit` seconds; a host that does not answer is asked again."""
    clock = asyncio.get_running_loop().time
    end, pause = clock() + limit, min(MOST_PAUSE, max(LEAST_PAUSE, limit / LOOKS))
    while True:
        try:
            if await holds():
                return True
        except FixError:
            pass
        if clock() >= end:
            return False
        await sleep(pause)
