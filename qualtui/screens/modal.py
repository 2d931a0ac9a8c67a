"""Dialog: what all dialogs share."""

from typing import ClassVar, Generic, TypeVar

from textual.message import Message
from textual.screen import ModalScreen

from qualtui.widgets.look import Look

Answer = TypeVar("Answer")


def classes_of(look: Look) -> str:
    """The classes by which a dialog's style follows the terminal: few colours, and ASCII alone."""
    return " ".join(("plain",) * look.plain + ("ascii",) * look.ascii)


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A question above a page. It says when it is painted: keys that come sooner were not meant for it."""

    TYPING: ClassVar[bool] = False  # its keys are text

    class Painted(Message):
        """The dialog stands on the screen."""

        def __init__(self, dialog: object) -> None:
            super().__init__()
            self.dialog = dialog

    def on_screen_resume(self) -> None:
        """It is on top: painted with the next refresh."""
        self.call_after_refresh(self.post_message, self.Painted(self))
