"""The floor: a Textual application that shows a clock and obeys one key, and does nothing else."""

import os

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """A line that counts seconds and the key `j`; `q` quits."""

    BINDINGS = [("j", "mark", "mark"), ("q", "quit", "quit")]  # noqa: RUF012 - Textual's form

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("READY 0 keys 0.", id="line")

    def on_mount(self) -> None:
        """Counts."""
        self.count = self.keys = 0
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """One second more."""
        self.count += 1
        self.show()

    def action_mark(self) -> None:
        """What a key changes."""
        self.keys += 1
        self.show()

    def show(self) -> None:
        """Both counts."""
        self.query_one("#line", Static).update(f"READY {self.count} keys {self.keys}.")


if __name__ == "__main__":
    Bare().run()
