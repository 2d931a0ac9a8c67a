"""FilterLine: one row in which a person types what a list is filtered by."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from qualtui.text import _

LONGEST = 60  # characters


class FilterLine(Input):
    """Hidden until `open`. Each key filters at once; Enter keeps the filter, Esc drops it."""

    DEFAULT_CSS = """
    FilterLine { display: none; height: 1; border: none; padding: 0 1; background: $panel; color: $foreground; }
    FilterLine:focus { border: none; }
    FilterLine.shown { display: block; }
    FilterLine.plain { background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "drop the filter", show=False),
        Binding("enter,down,up,tab", "keep", "keep the filter", show=False),
    ]

    class Closed(Message):
        """The keys go back to the list."""

    def __init__(self, *, plain: bool, id: str, hint: str = "") -> None:  # noqa: A002 - Textual's word
        hint = hint or _("filter: part of a phone, an id or a reason; Enter keeps it, Esc drops it")
        super().__init__(
            placeholder=hint, max_length=LONGEST, compact=True, id=id, classes="plain" if plain else ""
        )
        self.can_focus = False  # until it is shown: tab must not lead into a hidden row

    def open(self) -> None:
        """Show the row and take the keys."""
        self.add_class("shown")
        self.can_focus = True
        self.focus(scroll_visible=False)

    def action_drop(self) -> None:
        """No filter."""
        self.value = ""
        self.action_keep()

    def action_keep(self) -> None:
        """Give the keys back; a filter stays in sight."""
        self.set_class(bool(self.value), "shown")
        self.post_message(self.Closed())
        self.can_focus = False
