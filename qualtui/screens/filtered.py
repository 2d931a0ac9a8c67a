"""Filtered: a listing with a title, a filter and perhaps several lists; each page works out what it shows."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.filter_line import FilterLine
from qualtui.widgets.line import Line, Span
from qualtui.widgets.lines import Lines
from qualtui.widgets.list_keys import FILTER_BINDINGS
from qualtui.widgets.list_view import list_chips


class Filtered(Listing):
    """What these pages share; a page with several lists binds their key, and names them in `lists`."""

    BINDINGS: ClassVar[list[BindingType]] = FILTER_BINDINGS

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._list = 0  # the place of the list that is shown

    def above(self) -> ComposeResult:
        """The title, and the filter below it."""
        yield Lines(self.look, id="title")
        yield FilterLine(plain=self.look.plain, id="filter", hint=self.hint())

    def hint(self) -> str:
        """Return what can be typed into the filter; empty: the words for customers and sessions."""
        return ""

    def lists(self) -> tuple[str, ...]:
        """Return the names of the lists, in the order of their key."""
        return ()

    def rearrange(self) -> None:
        """Work out the rows of the list and the filter, and draw them."""
        self.draw()

    @property
    def filter_text(self) -> str:
        """What is typed into the filter; empty: all rows are shown."""
        return self.query_one(FilterLine).value

    def chips(self) -> Line:
        """The names of the lists, the one that is shown in reverse."""
        return list_chips(self.lists(), self._list)

    def matching(self, number: int) -> Span:
        """How many rows match the filter, for the title."""
        return Span("   " + _("{n} match the filter").format(n=number), "strong")

    def action_filter(self) -> None:
        """Type what the list is filtered by."""
        self.query_one(FilterLine).open()

    def action_list(self) -> None:
        """To the next list."""
        self._list = (self._list + 1) % len(self.lists())
        self.rearrange()

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        """Each key filters at once."""
        event.stop()
        self.rearrange()

    @on(FilterLine.Closed)
    def _filtered(self, event: FilterLine.Closed) -> None:
        """Keys go to the table again."""
        event.stop()
        self.table.focus(scroll_visible=False)
