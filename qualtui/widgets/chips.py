"""Keys as they look on a keyboard: each in reverse, before the word that says what it does."""

from collections.abc import Container, Iterable

from rich.cells import cell_len

from qualtui.widgets.line import Line, Span

GAP = 2  # cells after a chip's word


def chip(key: str, word: str, *, dim: bool = False) -> Line:
    """One key with its word. `dim`: it can't be used now."""
    return (Span(f" {key} ", "dimchip" if dim else "chip"), Span(word, "faint" if dim else "text"))


def chips(keys: Iterable[tuple[str, str]], cells: int, dim: Container[str] = ()) -> Line:
    """As many keys with their words as fit, in the order given; no half words. `dim`: keys that can't be used."""
    spans: list[Span] = []
    left = cells
    for key, word in keys:
        left -= cell_len(key) + cell_len(word) + 2 + GAP
        if left < -GAP:  # the blank after the last one may be missing
            break
        spans += [*chip(key, word, dim=key in dim), Span(" " * GAP)]
    return tuple(spans[:-1])
