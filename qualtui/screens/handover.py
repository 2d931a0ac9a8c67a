"""The handover digest: what the next person on call must know, to read and to copy."""

from textual import work

from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.text import _, masked
from qualtui.widgets.handover_words import handover_lines
from qualtui.widgets.line import Line, Span, safe, wrapped
from qualtui.widgets.table import TableRow
from qualtui.widgets.words import day_clock
from qualtui.wire import Handover, ShowHandover

FOOTER = ("back", "copy", "refresh", "help")
LONGEST = 1000  # characters of one line
TEXT = 11  # cells before the text of a line that has a word


class HandoverPage(Listing):
    """Asks for the digest once, and again on refresh: it is as of one moment."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._ask = context.ask
        self._answer: Handover | None = None
        self._asked = False

    def fresh(self) -> None:
        """Asks again."""
        self._asked = False
        self.draw()

    def copied(self) -> str:
        """The digest as plain text."""
        return masked("\n".join(self._lines()))

    def fill(self) -> None:
        """Shows the digest; asks for it first."""
        if not self._asked and self.sight.watched:
            self._asked = True
            self._read()
        rows: list[TableRow] = []
        cells = max(10, self.table.size.width - 2)
        for n, line in enumerate(self._lines()):
            token = "strong" if line.startswith("#") else "text"
            for k, row in enumerate(_wrapped(line, cells)):
                rows.append(TableRow(f"{n}/{k}", (Span(f" {row}", token),)))
        self.table.show(self._title(), rows)

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self.named(FOOTER)

    def _title(self) -> Line:
        when = day_clock(self._answer.at, self.zone, self.now) if self._answer else ""
        return (Span(f" {_('Handover')}  ", "title"), Span(when, "faint"))

    def _lines(self) -> list[str]:
        if self._answer is None:
            return []
        lines = handover_lines(
            self._answer, lambda text: safe(text, LONGEST), lambda at: day_clock(at, self.zone, self.now)
        )
        return [line.rstrip() for line in lines]

    @work(exclusive=True, group="handover")
    async def _read(self) -> None:
        answer = await self._ask(ShowHandover())
        if isinstance(answer, Handover):
            self._answer = answer
        if self.is_mounted:
            self.draw()


def _wrapped(line: str, cells: int) -> list[str]:
    """The line in rows; what continues stands below the text, not below its word."""
    if len(line) <= cells:
        return [line]
    at = TEXT if line.startswith("  ") else 0
    first, *rest = wrapped(line[at:], max(2, cells - (at or 2)))
    return [line[:at] + first, *(" " * (at or 2) + row for row in rest)]
