"""Help: the keys, the signs, the words."""

from textual.app import ComposeResult

from qualtui.screens.page import Page
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.header import header
from qualtui.widgets.help_rows import column_cells, explained, in_columns, night_rows, page_rows, task_blocks
from qualtui.widgets.line import Line, Span, column, padded
from qualtui.widgets.lines import Lines
from qualtui.widgets.table import Table, TableRow


class Help(Page):
    """The first keys at night, those of the page below, all by task, signs, words; in as many columns as fit."""

    DEFAULT_CSS = """
    Help { layout: vertical; overflow: hidden; }
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look)
        self._named = context.named
        self._here = context.here

    def compose(self) -> ComposeResult:
        """Header and the text."""
        yield Lines(self.look, id="header")
        yield Table(self.look, id="manual")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one("#manual", Table).focus(scroll_visible=False)

    def on_resize(self) -> None:
        """Arrange it for the new width."""
        self.draw()
        cells = self.size.width
        head = (
            Span(f" {_('Help')}", "title"),
            Span("   " + _("Esc goes back; last word of a row: the name to use under [keys]"), "faint"),
        )
        if cells > 0:
            lines = in_columns(self._blocks(column_cells(cells)), cells)
            rows = [TableRow(str(n), line) for n, line in enumerate(lines)]
            self.query_one("#manual", Table).show(head, rows)

    def draw(self) -> None:
        """Draw the header again; the text stays."""
        if self.size.width > 0:
            self.query_one("#header", Lines).show([header(self.sight, self.now, self.size.width, self.look)])

    def _blocks(self, cells: int) -> list[list[Line]]:
        """Parts that stay whole, each in so many cells."""
        glyphs = self.look.glyphs
        signs: list[Line] = [(Span("  " + _("SIGNS"), "title"),)]
        for glyph, token, what in (
            (glyphs.critical, "crit", _("CRITICAL: may wake someone; a link of the chain: broken")),
            (glyphs.warning, "warn", _("WARNING: waits for the day")),
            (glyphs.info, "busy", _("INFO: good to know; a link of the chain: busy, not down")),
            (glyphs.good, "good", _("all is well, by fresh evidence")),
            (glyphs.unknown, "unknown", _("unknown: old data, no data, or two sources disagree")),
            (glyphs.none, "faint", _("no source is configured; or a resolved incident")),
        ):
            signs += explained(Span("  " + padded(glyph, 10), token), what, cells)
        known: list[Line] = [(Span("  " + _("WORDS"), "title"),)]
        for word, what in words():
            known += explained(Span("  " + column(word, 20), "strong"), what, cells)
        return [night_rows(self._named), page_rows(self._here), *task_blocks(self._named), signs, known]


def words() -> tuple[tuple[str, str], ...]:
    """Return the words of the screen with their meaning."""
    return (
        (_("Waiting"), _("a customer wrote or was created, and has had no delivered answer")),
        (_("Lost"), _("has waited for more than a day, or is known to be undeliverable")),
        (_("Backlog"), _("open for more than a day at the first start: grey, never a page")),
        (_("Answered"), _("a delivered message after the customer's, from the bot or a person")),
        (_("Bot owes reply"), _("the last message of an active session is the customer's")),
        (_("Waiting for client"), _("the last message is the bot's: normal")),
        (_("STALE 4m"), _("the last answer is older than two intervals")),
        (_("NO DATA"), _("polling failed on our side: neither good nor bad")),
        (_("Fix"), _("a remedy: it shows what will change before it changes anything")),
        (
            _("I've got it"),
            _("shows everyone that you own the incident; again: still on it; A releases it"),
        ),
        (_("NO ENGINE"), _("no engine runs: no one is notified, and the figures are old")),
    )
