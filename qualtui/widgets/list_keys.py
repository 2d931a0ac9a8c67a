"""The keys of a list that can be filtered and sorted, and what a filter means."""

from textual.binding import BindingType

from qualtui.widgets.bindings import binding

FILTER_BINDINGS: list[BindingType] = [binding("filter", "filter", "filter")]
LIST_BINDINGS: list[BindingType] = [
    *FILTER_BINDINGS,
    binding("sort", "sort", "sort"),
    binding("list", "list", "other list"),
]
NOTICE_BINDINGS: list[BindingType] = [binding("resend", "resend", "send again")]


def matches(haystack: str, filter_text: str) -> bool:
    """Whether all words of a filter are in a text, which is in lower case."""
    return all(word in haystack for word in filter_text.lower().split())
