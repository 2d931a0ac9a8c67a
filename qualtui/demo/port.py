"""A reserved port: bound all the time, so that it refuses while unused and no other program can take it."""

import socket

HOST = "127.0.0.1"


class ReservedPort:
    """Holds a free port of 127.0.0.1 by a socket that is bound and never listens: connecting to it is refused."""

    def __init__(self) -> None:
        self._holder = _bound(0)
        self.number: int = self._holder.getsockname()[1]

    def socket(self) -> socket.socket:
        """A socket to listen with; it can be closed and opened again. Raises OSError while another listens."""
        return _bound(self.number)

    def release(self) -> None:
        """Give the port up."""
        self._holder.close()


def _bound(number: int) -> socket.socket:
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, number))
    except OSError:
        made.close()
        raise
    return made
