"""AgentCharts: one agent's rows, and below them charts of its past; the title names the range."""

from typing import ClassVar

from textual.app import ComposeResult

from qualtui.screens.pages import PageContext
from qualtui.screens.ranged import Ranged
from qualtui.text import _, span
from qualtui.widgets.line import Span, safe
from qualtui.widgets.lines import Lines


class AgentCharts(Ranged):
    """What these pages share; Enter shows where the chosen row's numbers come from."""

    FOOTER: ClassVar[tuple[str, ...]] = ()  # the keys; those that share a word are joined by a slash

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._agent = context.agent

    def above(self) -> ComposeResult:
        """The title, with the range."""
        yield Lines(self.look, id="title")

    def agents(self) -> tuple[str, ...]:
        """The agent that is shown."""
        return (self._agent,)

    def words(self) -> tuple[str, ...]:
        """Return what the entries of FOOTER do, in their order."""
        return ()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        keys = ("/".join(key for key, _word in self._keys(entry.split("/"))) for entry in self.FOOTER)
        return list(zip(keys, self.words(), strict=True))

    def dimmed(self) -> frozenset[str]:
        """Enter shows sources here: it needs no incident."""
        return super().dimmed() - {key for key, _word in self._keys(("open",))}

    def moved(self) -> None:
        """Another row has other charts."""
        self.draw()

    def heading(self, name: str) -> list[Span]:
        """The title: the page's name, the agent, the range, and whether the past can be read."""
        spans = [Span(f" {name}", "title"), Span(f"   {safe(self._agent, 60)}", "faint")]
        spans.append(Span("   " + _("last {range}").format(range=self.range.name), "strong"))
        if self.past is not None:
            spans.append(Span("  " + _("1 cell = {span}").format(span=span(self.past.step)), "faint"))
        if not self.sight.watched:
            spans.append(Span("   " + _("Engine not running: the past can't be read."), "unknown"))
        elif self.refused:
            spans.append(Span(f"   {safe(self.refused)}", "unknown"))
        elif self.past is None:
            spans.append(Span("   " + _("reading ..."), "faint"))
        return spans
