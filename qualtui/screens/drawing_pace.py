"""When the window draws again: at once after a lost engine, soon after urgent news, else at its pace. No IO."""

from collections.abc import Callable

from qualtui.widgets.view_state import ConnectionState, ViewState, urgent_news

AGES = 1.0  # s after which ages are drawn again when no snapshot came
SHORTEST = 0.2  # s between two drawings
LOW_BANDWIDTH = 5.0  # s, the same with --low-bandwidth, while nothing urgent changes


class DrawingPace:
    """Remembers the newest drawing. `ticks` is monotonic; `pace`: s between two drawings without urgent news."""

    def __init__(self, ticks: Callable[[], float], pace: float) -> None:
        self._ticks = ticks
        self._pace = pace
        self.drawn_at = -1e9  # by `ticks`
        self._due: float | None = None  # when the next drawing is set
        self._news: object = None  # what was urgent in the newest drawing
        self._bond = ConnectionState.CONNECTING

    def wait(self, sight: ViewState) -> float | None:
        """Return the seconds until what changed is to be drawn, 0: now; None: that is set already."""
        bond, self._bond = self._bond, sight.bond
        urgent = urgent_news(sight.snapshot) != self._news
        now, due = self._ticks(), self.drawn_at + (SHORTEST if urgent else self._pace)
        if now >= due or bond is not self._bond:  # a lost engine is shown at once
            return 0.0
        if self._due is not None and due >= self._due:
            return None
        self._due = due
        return due - now

    def drawn(self, sight: ViewState) -> None:
        """It is drawn now."""
        self._due = None
        self.drawn_at = self._ticks()
        self._news = urgent_news(sight.snapshot)

    @property
    def aged(self) -> bool:
        """Whether the ages on the screen are old enough to be drawn again."""
        return self._ticks() - self.drawn_at >= max(AGES, self._pace)
