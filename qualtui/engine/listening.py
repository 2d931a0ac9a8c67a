"""The engine's socket as a file: made, looked at, removed."""

import os
import socket
from pathlib import Path

from qualtui.text.message import Text, message

BACKLOG = 200  # connections that may wait to be taken
KNOCK = 0.2  # s for another program to take a connection
MODE = 0o660  # the store's group may look


class SocketError(Exception):
    """The socket can't be made; `said` is the reason in one line."""

    def __init__(self, said: Text) -> None:
        super().__init__(str(said))
        self.said = said


def owned(path: Path) -> tuple[int, int] | None:
    """Return what identifies a socket beyond its name; None if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def peer_answers(path: Path) -> bool:
    """Return whether a program listens on the socket; never waits for long."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(KNOCK)
        try:
            probe.connect(str(path))
        except TimeoutError:
            return True  # it listens and has no time
        except OSError:
            return False
    return True


def listening(path: Path) -> socket.socket:
    """A listening socket, MODE from its first moment whatever the umask. Raises SocketError."""
    made = socket.socket(socket.AF_UNIX)
    try:
        if path.exists():
            _remove(path)
        os.fchmod(made.fileno(), 0o600)
        made.bind(str(path))
        path.chmod(MODE)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        reason = error.strerror or str(error)
        raise SocketError(
            message("the engine can't listen at {path}: {reason}", path=str(path), reason=reason)
        ) from None
    return made


def _remove(path: Path) -> None:
    """Removes a dead engine's socket, and nothing else."""
    if not path.is_socket():
        raise FileExistsError(0, "there is a file that is not a socket; check [store] socket")
    path.unlink()
