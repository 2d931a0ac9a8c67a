"""Page: a screen that is drawn from the Sight, and a subject that the keys act on."""

from collections.abc import Callable, Sequence

from textual.message import Message
from textual.screen import Screen

from qualtui.screens.availability import CHANGES, REASONS, only_looks, why_not
from qualtui.widgets.line import Line
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.running import running
from qualtui.widgets.table import Table
from qualtui.widgets.view_state import ViewState
from qualtui.widgets.words import have_word
from qualtui.wire import CloseCustomer, IncidentView


class Page(Screen[None]):
    """A full screen. `draw` is called with every new Sight and once a second."""

    class Resumed(Message):
        """The page is on top again."""

    class IncidentChosen(Message):
        """A person wants to see everything about this incident."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.sight = ViewState()
        self.now = 0.0
        self._keys: Callable[[Sequence[str]], list[tuple[str, str]]] = lambda _ids: []

    def show(self, sight: ViewState, now: float) -> None:
        """Takes the Sight and draws it, if the page is mounted already."""
        self.sight, self.now = sight, now
        if self.is_mounted:
            self.draw()

    def on_screen_resume(self) -> None:
        """It missed what came while it was covered."""
        self.post_message(self.Resumed())

    def restyle(self, look: Look) -> None:
        """Draw it in another look."""
        self.look = look
        for drawn in (*self.query(Lines), *self.query(Table)):
            drawn.restyle(look)
        if self.is_mounted:
            self.draw()

    def draw(self) -> None:
        """Draws what it shows from `sight` and `now`; what is equal is not repainted."""

    def status(self, text: str, token: str) -> None:
        """The line about the last action."""

    def running(self, now: float) -> list[Line]:
        """The running fixes, and the key that stops them."""
        return running(self.sight, now, self.look, "".join(key for key, _word in self._keys(("stop",))))

    def subject(self) -> IncidentView | None:
        """The incident that the keys act on here."""
        return None

    def agents(self) -> tuple[str, ...]:
        """The agents that this page shows besides the one on the screen."""
        return ()

    def named(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """Keys for the footer; that of *I've got it* by what it does with the incident under the cursor."""
        incident = self.subject()
        have = have_word(incident.owner if incident is not None else "", self.sight.who)
        return [(key, have if name == "have" else word) for name in ids for key, word in self._keys((name,))]

    def closing(self) -> CloseCustomer | None:
        """Return the command that closes the selected customer, still without the reason."""
        return None

    def footer(self) -> list[tuple[str, str]]:
        """Return the keys of this page, each with what it does."""
        return []

    def remedy(self) -> tuple[str, str]:
        """Return the fix of the fix key here, and its agent; empty: the one of the incident or of NOW."""
        return "", ""

    def copied(self) -> str:
        """Return what the copy key takes here; empty: the summary of how it is."""
        return ""

    def dimmed(self) -> frozenset[str]:
        """Return the keys that can't do anything now."""
        incident = self.subject()
        own = {"fix"} if self.remedy()[0] and not only_looks("fix", self.sight) else set()
        names = [name for name in {*REASONS, *CHANGES} - own if why_not(name, self.sight, incident)]
        return frozenset(key for name in names for key, _word in self._keys((name,)))

    def step(self, by: int) -> None:
        """To the next or the previous incident."""

    def home(self) -> None:
        """Esc where there is no page to go back to."""

    def fresh(self) -> None:
        """Refresh: a page that fetched something fetches it again."""
