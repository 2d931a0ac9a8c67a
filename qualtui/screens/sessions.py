"""Sessions: the states that they are in, which are stuck, which repeat a question, and what closes them."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal

from qualtui.screens.filtered import Filtered
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.line import Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.session_rows import (
    ListedSessions,
    SessionGroup,
    group_row,
    head,
    listed,
    session_row,
    state_counts,
    states_line,
    states_pane,
)
from qualtui.wire import ListSessions, Sessions

FOOTER = ("back", "filter", "fix", "refresh", "customers", "help")
EVERY = 30.0  # s between two requests while the page is open: it reads every active session
MOST = 2000  # sessions requested
PANE, PANE_FROM = 56, 150  # cells of the pane, and of a window that has room for it
FIX = "session-cleanup"


class SessionsPage(Filtered):
    """The active sessions in groups; the fix key closes those that are stuck, after its preview."""

    DEFAULT_CSS = """
    SessionsPage Horizontal { height: 1fr; }
    SessionsPage #pane { width: 56; height: 1fr; display: none; padding-left: 2; }
    SessionsPage #pane.shown { display: block; }
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._agent = context.agent
        self._ask = context.ask
        self._answer: Sessions | None = None
        self._asked_at: float | None = None
        self._read_at = 0.0
        self._unread = False  # the newest request failed
        self._listed = ListedSessions()

    def middle(self) -> ComposeResult:
        """The table, and where there is room the states."""
        with Horizontal():
            yield from super().middle()
            yield Lines(self.look, id="pane")

    def remedy(self) -> tuple[str, str]:
        """What closes stuck sessions; its preview says which, and refuses where it can't."""
        return (FIX, self._agent) if self.sight.watched else ("", "")

    def fresh(self) -> None:
        """Request the list again."""
        self._asked_at = None
        self.draw()

    def fill(self) -> None:
        """Show the newest list, with ages as of now."""
        if self.sight.watched and (self._asked_at is None or self.now - self._asked_at >= EVERY):
            self._asked_at = self.now
            self._read()
        beside = self.size.width >= PANE_FROM
        pane = self.query_one("#pane", Lines)
        pane.set_class(beside, "shown")
        cells = self.size.width - (PANE if beside else 0)
        live, answer, entries = self.sight.watched, self._answer, self._listed.entries
        late = max(0.0, self.now - self._read_at)

        def line(n: int) -> Line:
            entry = entries[n]
            if isinstance(entry, SessionGroup):
                drawn = group_row(entry, self.look)
            else:
                drawn = session_row(entry, late, cells, self.look)
            return drawn if live else faded([drawn], self.look.glyphs.good)[0]

        top = [self._title()]
        if answer is not None and not beside:
            top.append(states_line(answer))
        states = states_pane(answer, PANE - 2, self.look) if answer is not None and beside else []
        pane.show(states if live else faded(states, self.look.glyphs.good))
        self.query_one("#title", Lines).show(top if live else [top[0], *faded(top[1:], self.look.glyphs.good)])
        self.table.empty = self._empty()
        self.table.show_lazily(head(cells), self._listed.keys, line, self._listed.headings)

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page, that of the fix with what it does here."""
        words = {"fix": _("close stuck ones"), "customers": _("who waits"), "refresh": _("read again")}
        return [(key, words.get(name, word)) for name in FOOTER for key, word in self._keys((name,))]

    def rearrange(self) -> None:
        """The sessions that match the filter, in groups."""
        key = "".join(key for key, _word in self._keys(("fix",)))
        self._listed = listed(self._answer, self.filter_text, key)
        if self.is_mounted:
            self.draw()

    def _empty(self) -> str:
        """What stands in place of rows."""
        if not self.sight.watched:
            return _("Engine not running: sessions can't be read.")
        if self._answer is None:
            return _("The sessions can't be read.") if self._unread else _("reading ...")
        return _("No session matches the filter.") if self._answer.sessions else _("No session is active.")

    def _title(self) -> Line:
        title = (Span(" " + _("Sessions"), "title"), Span(f"   {safe(self._agent, 60)}", "faint"))
        answer = self._answer
        if answer is None:
            return title
        numbers = state_counts(answer, self.size.width, self.look)
        spans = [*title, *(numbers if self.sight.watched else faded([numbers], self.look.glyphs.good)[0])]
        if self._listed.found != len(answer.sessions):
            spans.insert(2, self.matching(self._listed.found))
        elif answer.active > len(answer.sessions):
            spans.insert(2, Span("   " + _("the first {n} are listed").format(n=len(answer.sessions)), "strong"))
        return tuple(spans)

    @work(exclusive=True, group="sessions")
    async def _read(self) -> None:
        answer = await self._ask(ListSessions(self._agent, MOST))
        self._unread = not isinstance(answer, Sessions)
        if isinstance(answer, Sessions):
            self._answer, self._read_at = answer, self.now
        if self.is_mounted:
            self.rearrange()
