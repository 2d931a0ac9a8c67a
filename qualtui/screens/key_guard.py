"""KeyGuard: drops keys that were not meant for a dialog: typed before it could be read, or a key that is held."""

from collections.abc import Callable

READ = 0.4  # s after a dialog is painted in which it obeys no key
HELD = 0.3  # s: the same key again sooner than this is a held key; keyboards repeat one every 0.03 to 0.1 s
MOVES = frozenset({"up", "down", "left", "right", "tab", "shift+tab", "pageup", "pagedown", "h", "j", "k", "l"})


class KeyGuard:
    """Sees every key of a window. `patience` 0: every key is taken at once."""

    def __init__(self, ticks: Callable[[], float], patience: float = READ) -> None:
        self._ticks = ticks
        self._patience = patience
        self._last, self._last_at = "", -HELD
        self._dialog: object = None
        self._painted_at = 0.0
        self._typed = False  # a key was taken since: a letter may now come twice

    def painted(self, dialog: object) -> None:
        """A dialog stands on the screen from now on."""
        self._dialog, self._painted_at, self._typed = dialog, self._ticks(), False

    def takes(self, key: str, dialog: object = None, *, typing: bool = False) -> bool:
        """Return whether a key counts. `dialog`: the one on top, if any; `typing`: it takes text."""
        now = self._ticks()
        held = key == self._last and 0 <= now - self._last_at < HELD
        self._last, self._last_at = key, now
        if dialog is None or self._patience <= 0:
            return True
        if dialog is not self._dialog or 0 <= now - self._painted_at < self._patience:
            return False
        if held and not (typing and self._typed) and key not in MOVES:
            return False
        self._typed = True
        return True
