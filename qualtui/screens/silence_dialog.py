"""SilenceDialog: what a silence of an incident hides, for how long, and why."""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from qualtui.screens.modal import Dialog, classes_of
from qualtui.text import _, plural
from qualtui.widgets.line import BLANK, Line, Span, safe, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.words import clock, level_word
from qualtui.wire import SilencePreview

HOUR = 3600.0
LENGTHS = (HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)  # the engine allows no more
USUAL = 1  # of LENGTHS
LISTED = 5  # alerts; the rest is a number
_WIDEST, _FRAME = 90, 6  # cells of the dialog at most; of its border and padding


class Chosen(NamedTuple):
    """What the person chose."""

    seconds: float
    reason: str


class SilenceDialog(Dialog[Chosen | None]):
    """Asks for a length and a reason; None: no silence."""

    TYPING: ClassVar[bool] = True
    DEFAULT_CSS = """
    SilenceDialog { align: center middle; background: $background 60%; }
    SilenceDialog.plain { background: ansi_default; }
    SilenceDialog > Vertical { width: 90%; max-width: 90; height: auto; max-height: 100%; border: round $primary;
        background: $background; padding: 1 2; overflow: hidden auto; }
    SilenceDialog.ascii > Vertical { border: ascii $primary; }
    SilenceDialog.ascii Input, SilenceDialog.ascii Input:focus { border: ascii $primary; }
    SilenceDialog Input { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="cancel", show=False),
        Binding("up", "longer(1)", show=False),
        Binding("down", "longer(-1)", show=False),
    ]

    def __init__(
        self, look: Look, number: int, preview: SilencePreview, now: Callable[[], float], zone: str
    ) -> None:
        super().__init__(classes=classes_of(look))
        self._look = look
        self._number = number
        self._preview = preview
        self._now = now
        self._zone = zone
        self._length = USUAL
        self._missing = False

    def compose(self) -> ComposeResult:
        """The consequence, what it hides, for how long; the reason; a hint."""
        with Vertical():
            yield Lines(self._look, id="facts")
            yield Input(max_length=200, placeholder=_("why"), id="line")
            yield Lines(self._look, id="hint")

    def on_mount(self) -> None:
        """Keys go to the reason."""
        self._draw()
        self.query_one("#line", Input).focus()

    def on_resize(self) -> None:
        """Wrap the texts again."""
        self._draw()

    def action_longer(self, by: int) -> None:
        """The next longer length, or the next shorter one."""
        self._length = min(max(0, self._length + by), len(LENGTHS) - 1)
        self._draw()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        reason = event.value.strip()
        if reason:
            self.dismiss(Chosen(LENGTHS[self._length], reason))
        else:
            self._missing = True
            self._draw()

    def _draw(self) -> None:
        cells = max(10, min(_WIDEST, self.app.size.width * 9 // 10) - _FRAME)
        until = clock(self._now() + LENGTHS[self._length], self._zone)
        title = _("No one is notified of #{n} until {time}").format(n=self._number, time=until)
        texts: list[Line] = [(Span(title, "strong"),), BLANK, *self._hidden()]
        passes = _("A new cause and many more waiting customers notify all the same.")
        texts += [(Span(passes, "label"),), BLANK]
        rows = [row for line in texts for row in _rows(line, cells)]
        self.query_one("#facts", Lines).show([*rows, self._lengths(), BLANK])
        hint, token = _("Everyone here can read it. Enter silences, Esc cancels."), "faint"
        if self._missing:
            hint, token = _("Say why; your colleagues will ask. Enter silences, Esc cancels."), "warn"
        self.query_one("#hint", Lines).show([(Span(row, token),) for row in wrapped(hint, cells)])

    def _hidden(self) -> list[Line]:
        alerts = self._preview.alerts
        if not alerts:
            return [(Span(_("It hides no alert that fires now."), "text"),)]
        count = len(alerts)
        head = plural("It hides {n} alert that fires now:", "It hides {n} alerts that fire now:", count)
        lines: list[Line] = [(Span(head.format(n=count), "text"),)]
        for one in alerts[:LISTED]:
            glyph, _token = self._look.severity(one.severity)
            what = safe(one.summary) or safe(one.rule, 60)
            lines.append((Span(f"  {glyph} {level_word(one.severity)} {what}", "text"),))
        if count > LISTED:
            lines.append((Span("  " + _("... and {n} more").format(n=count - LISTED), "faint"),))
        return lines

    def _lengths(self) -> Line:
        """The lengths, the chosen one in brackets."""
        spans = [Span(_("For"), "label")]
        for n, seconds in enumerate(LENGTHS):
            short = f"{seconds / HOUR:.0f}h" if seconds >= HOUR else f"{seconds / 60:.0f}m"
            spans.append(Span(f" [{short}]", "key") if n == self._length else Span(f"  {short} ", "text"))
        return (*spans, Span("   " + _("up and down change it"), "faint"))


def _rows(line: Line, cells: int) -> list[Line]:
    if not line:
        return [BLANK]
    first = line[0]
    indent = " " * (len(first.text) - len(first.text.lstrip()))
    return [(Span(indent + row, first.token),) for row in wrapped(first.text, cells - len(indent))]
