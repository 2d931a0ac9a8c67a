"""What a filtered list shows: which rows, under which keys. Worked out once for an answer and a filter. Pure."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from qualtui.widgets.line import Line, Span
from qualtui.widgets.list_keys import matches

T = TypeVar("T")


class ListView(NamedTuple, Generic[T]):
    """The rows of a list, each with the key that it keeps."""

    rows: tuple[T, ...] = ()
    keys: tuple[str, ...] = ()

    def row(self, key: str) -> T | None:
        """The row with this key."""
        return self.rows[self.keys.index(key)] if key in self.keys else None


def chosen_rows(
    rows: Sequence[T],
    haystacks: Sequence[str],
    filter_text: str,
    key: Callable[[T], str],
    keep: Callable[[T], bool],
) -> ListView[T]:
    """The rows to keep whose text has all words of the filter, in their order."""
    pairs = zip(rows, haystacks, strict=True)
    found = tuple(row for row, text in pairs if keep(row) and matches(text, filter_text))
    return ListView(found, tuple(map(key, found)))


def list_chips(names: Sequence[str], shown: int) -> Line:
    """The names of a page's lists, the one that is shown in reverse."""
    spans = [Span(" ")]
    for n, name in enumerate(names):
        spans += [Span(f" {name} ", "chip" if n == shown else "dimchip"), Span(" ")]
    return tuple(spans)
