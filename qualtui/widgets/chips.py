"""Keys as they look on a keyboard: each in reverse, before the word that says what it does."""

from collections.abc import Container, Iterable

from rich.cells import cell_len

from qualtui.widgets.line import Line, Span

GAP = 2  # cells after a chip's word


def chip(key: str, word: str, *, dim: bool = False) -> Line:
    """One key with its word. `dim`: it can't be used now."""
    return (Span(f" {key} ", "dimchip" if dim else "chip"), Span(word, "faint" if dim else "text"))


def chips(
    keys: Iterable[tuple[str, str]], cells: int, dim: Container[str] = (), last: str = "", gap: int = GAP
) -> Line:
    """As many keys with their words as fit, in the order given; no half words. `dim`: keys that can't be used.

    `last`: this key keeps its place at the end where others have no room. `gap`: cells after a word.
    """
    shown = list(keys)
    kept = next((pair for pair in shown if pair[0] == last), None)
    whole = sum(_cells(pair, gap) for pair in shown) - gap
    if kept is None or whole <= cells or _cells(kept, gap) - gap > cells:
        return _fitting(shown, cells, dim, gap)[:-1]
    shown.remove(kept)
    return (*_fitting(shown, cells - _cells(kept, gap), dim, gap), *chip(*kept, dim=kept[0] in dim))


def _cells(pair: tuple[str, str], gap: int) -> int:
    return cell_len(pair[0]) + cell_len(pair[1]) + 2 + gap


def _fitting(keys: Iterable[tuple[str, str]], cells: int, dim: Container[str], gap: int) -> Line:
    """What fits, each with a gap behind it; the gap of the last one may have no room."""
    spans: list[Span] = []
    left = cells
    for key, word in keys:
        left -= _cells((key, word), gap)
        if left < -gap:
            break
        spans += [*chip(key, word, dim=key in dim), Span(" " * gap)]
    return tuple(spans)
