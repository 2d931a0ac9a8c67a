"""An address that never answers: its queue is full, so the kernel drops whoever wants to connect."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

SILENT, GOOD = "127.0.0.2", "127.0.0.1"
HOST = "two.example.test"  # has both addresses, the silent one first


@contextlib.contextmanager
def silent_address(port: int) -> Iterator[None]:
    """While it lasts, SILENT takes no connection on this port and refuses none."""
    held = []
    with socket.socket() as listener:
        listener.bind((SILENT, port))
        listener.listen(0)
        try:
            for _ in range(3):
                one = socket.socket()
                one.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    one.connect((SILENT, port))
                held.append(one)
            yield
        finally:
            for one in held:
                one.close()


def two_addresses(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """HOST has these addresses, SILENT and GOOD unless others are given; all other names are looked up as ever."""
    real = socket.getaddrinfo

    def looked_up(host: Any, port: Any, *words: Any, **named: Any) -> Any:
        if host != HOST:
            return real(host, port, *words, **named)
        found = [real(one, port, type=socket.SOCK_STREAM) for one in addresses or (SILENT, GOOD)]
        return [info for infos in found for info in infos]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
