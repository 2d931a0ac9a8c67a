"""What can go wrong with a store, whatever keeps it. The text is one line for people."""

from qualtui.text.message import Saying, message


class StoreError(Exception):
    """The store can't do it. `text` is one line for people: what is wrong, and what to do about it."""

    def __init__(self, text: Saying) -> None:
        super().__init__(str(text))
        self.text = text


class StoreBusy(StoreError):  # noqa: N818 - the family's root says Error, its members say what
    """Another engine keeps this store. `pid` 0: which one is not known."""

    def __init__(self, text: Saying, pid: int = 0, host: str = "", since: float = 0.0) -> None:
        super().__init__(text)
        self.pid = pid
        self.host = host
        self.since = since


class LeaseLost(StoreError):  # noqa: N818 - as above
    """Another engine took the store over: this one must not write any more."""


class StoreLost(StoreError):  # noqa: N818 - as above
    """The file is not the one that was opened, or its content is not ours. `moved`: our file still exists."""

    def __init__(self, text: Saying, *, moved: bool = False) -> None:
        super().__init__(text)
        self.moved = moved


class Conflict(StoreError):  # noqa: N818 - as above
    """The log has grown since the caller read it: somebody else was first."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            message(
                "another writer was first: the newest event is {actual:whole}, not {expected:whole}",
                expected=expected,
                actual=actual,
            )
        )
        self.expected = expected
        self.actual = actual
