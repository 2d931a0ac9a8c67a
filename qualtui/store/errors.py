"""What can go wrong with a store, whatever keeps it. The text is one line for people."""

from qualtui.text import _


class StoreError(Exception):
    """The store can't do it; the text is one line: what, and the remedy where there is one."""


class StoreBusy(StoreError):  # noqa: N818 - the family's root says Error, its members say what
    """Another engine keeps this store. `pid` 0: it has not said which."""

    def __init__(self, text: str, pid: int = 0, host: str = "", since: float = 0.0) -> None:
        super().__init__(text)
        self.pid = pid
        self.host = host
        self.since = since


class LeaseLost(StoreError):  # noqa: N818 - as above
    """Another engine took the store over: nothing more may be written by us."""


class StoreLost(StoreError):  # noqa: N818 - as above
    """The file is not the one that was opened, or holds not what was written. `moved`: the opened one lives on."""

    def __init__(self, text: str, *, moved: bool = False) -> None:
        super().__init__(text)
        self.moved = moved


class Conflict(StoreError):  # noqa: N818 - as above
    """The log has moved on since the asker looked: somebody else was first."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            _("somebody was first: event {expected} was expected to be the newest, it is {actual}").format(
                expected=expected, actual=actual
            )
        )
        self.expected = expected
        self.actual = actual
