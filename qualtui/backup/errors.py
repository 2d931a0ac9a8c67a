"""What can go wrong with a backup. The text is one line for people."""

from qualtui.text.message import Saying


class BackupError(Exception):
    """A backup can't be taken, read or restored. `text`: what is wrong, and what to do about it."""

    def __init__(self, text: Saying) -> None:
        super().__init__(str(text))
        self.text = text
