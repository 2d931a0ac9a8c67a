"""An address that Apprise reads: once, at first use, and beside the loop, for the library is slow to load."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from qualtui.config.values import Secret

T = TypeVar("T")


class ParsedAddress(Generic[T]):
    """What a URL says; None where it is not understood."""

    def __init__(self, url: Secret, parse: Callable[[Secret], T | None]) -> None:
        self._url = url
        self._parse = parse
        self._found: T | None = None

    async def read(self) -> T | None:
        """The address."""
        if self._found is None:
            self._found = await asyncio.to_thread(self._parse, self._url)
        return self._found
