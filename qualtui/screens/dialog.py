"""Dialogs: confirm a remedy (title: its consequence; focus on Cancel), and ask for one line of text."""

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Blur, Focus
from textual.widgets import Button, Input

from qualtui.screens.modal import Dialog, classes_of
from qualtui.text import _
from qualtui.text.message import Saying
from qualtui.widgets.line import BLANK, Line, Span, column, padded, safe, width, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.words import lasting
from qualtui.wire import Preview

_ITEMS = 12  # items listed; the rest is a number
_NOTE_WIDEST = 90  # cells, as in the style of Note
NARROW = 20  # cells: a column of less than that is no place for a sentence
_INDENT = 9  # cells before what continues below its columns
LOW = 16  # rows of a terminal that is too low for blanks in a dialog
_ROWS, _ROWS_LOW = 6, 4  # rows of a dialog besides title and text: frame, blanks, buttons
_WIDEST, _FRAME = 104, 6  # cells of the dialog at most; of its border and padding, as below


class Choice(Button):
    """A button that names its key; a pointer stands before the one that Enter presses."""

    def __init__(self, key: str, word: str, look: Look, *, id: str) -> None:  # noqa: A002 - Textual's word
        self._words = f"[{key}] {safe(word, 60)}"
        self._look = look
        super().__init__(self._named(pointed=False), id=id, compact=True)

    def _named(self, *, pointed: bool) -> Content:
        return Content(f"{self._look.glyphs.pointer if pointed else ' '} {self._words} ")

    def on_focus(self, event: Focus) -> None:
        """Point at it."""
        del event
        self.label = self._named(pointed=True)

    def on_blur(self, event: Blur) -> None:
        """Point at it no longer."""
        del event
        self.label = self._named(pointed=False)


class Confirm(Dialog[bool]):
    """Shows what would happen; True only where the person chose to run it. No `run`: there is nothing to do."""

    DEFAULT_CSS = """
    Confirm { align: center middle; background: $background 60%; }
    Confirm.plain { background: ansi_default; }
    Confirm > Vertical { width: 90%; max-width: 104; height: auto; max-height: 100%; border: round $warning;
        background: $background; padding: 1 2; overflow: hidden; }
    Confirm.ascii > Vertical { border: ascii $warning; }
    Confirm.ascii Button { border: none; height: 1; }
    Confirm.low > Vertical { padding: 0 2; }
    Confirm #body { height: auto; scrollbar-size-vertical: 1; }
    Confirm Horizontal { height: auto; margin-top: 1; }
    Confirm Button { margin-right: 2; min-width: 12; text-style: none; }
    Confirm #cancel, Confirm #run { background: $panel; color: $foreground; background-tint: transparent; }
    Confirm #cancel:focus, Confirm #run:focus { background: $foreground; color: $background; text-style: bold; }
    Confirm #run:focus { background: $warning; }
    Confirm.plain #cancel, Confirm.plain #run { background: ansi_default; color: ansi_default; }
    Confirm.plain #cancel:focus, Confirm.plain #run:focus { text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "dismiss(False)", "cancel", id="cancel", show=False),
        Binding("y", "run", "run", id="confirm", show=False),
        Binding("left,h", "app.focus_previous", show=False),
        Binding("right,l", "app.focus_next", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
    ]

    def __init__(self, look: Look, title: Saying, lines: list[Line], run: str, refused: Saying = "") -> None:
        super().__init__(classes=classes_of(look))
        self._look = look
        self._title = safe(title)
        self._text: list[Line] = [*lines]
        if refused:
            self._text += [BLANK, (Span(f"{look.glyphs.critical} {_('Refused')}: {safe(refused, 400)}", "crit"),)]
        elif not run:
            self._text += [BLANK, (Span(_("Nothing to do."), "strong"),)]
        self._run = "" if refused else run

    def compose(self) -> ComposeResult:
        """Title, what would change, and the buttons: none to run what is refused, or nothing."""
        with Vertical():
            yield Lines(self._look, id="title")
            with VerticalScroll(id="body", can_focus=False):
                yield Lines(self._look, id="text")
            yield Lines(self._look, id="more")
            with Horizontal():
                if self._run:
                    yield Choice("n", _("Cancel"), self._look, id="cancel")
                    yield Choice("y", self._run, self._look, id="run")
                else:
                    yield Choice("esc", _("Close"), self._look, id="cancel")

    def on_mount(self) -> None:
        """The safe choice has the focus."""
        self._draw()
        self.query_one("#cancel", Button).focus()

    def on_resize(self) -> None:
        """Wrap the text again."""
        self._draw()

    def _draw(self) -> None:
        """Nothing is cut: long sentences continue in the next row; the consequence and the buttons stand still."""
        width, height = self.app.size
        low = height < LOW
        self.set_class(low, "low")
        cells = max(10, min(_WIDEST, width * 9 // 10) - _FRAME)
        title: list[Line] = [(Span(row, "strong"),) for row in wrapped(self._title, cells)]
        title += [] if low else [BLANK]
        rows = [row for line in self._text for row in _rows(line, cells)]
        room = max(1, height - len(title) - (_ROWS_LOW if low else _ROWS))
        if len(rows) > room:  # the scroll bar, and the row that names its keys, take their room
            room = max(1, room - 1)
            rows = [row for line in self._text for row in _rows(line, cells - 1)]
        hint = _("{n} more rows: up and down").format(n=len(rows) - room) if len(rows) > room else ""
        self.query_one("#title", Lines).show(title)
        self.query_one("#body").styles.max_height = room
        self.query_one("#text", Lines).show(rows)
        self.query_one("#more", Lines).show([(Span(hint, "faint"),)] if hint else [])

    def action_scroll(self, by: int) -> None:
        """Move the text, where not all of it has room; else the focus."""
        body = self.query_one("#body", VerticalScroll)
        if body.max_scroll_y > 0:
            body.scroll_relative(y=by, animate=False)
        elif by in {1, -1}:
            (self.app.action_focus_next if by > 0 else self.app.action_focus_previous)()

    def action_run(self) -> None:
        """Run it, if there is anything to run."""
        if self._run:
            self.dismiss(True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "run")


def _rows(line: Line, cells: int) -> list[Line]:
    """Wrap a sentence into rows; of columns the last one continues below itself, or below the others."""
    if len(line) == 1:
        return [(Span(text, line[0].token),) for text in wrapped(line[0].text, cells)]
    if len(line) == 0 or width(line) <= cells:
        return [line]
    *columns, last = line
    before = width(tuple(columns))
    if cells - before >= NARROW:
        first, *rest = wrapped(last.text, cells - before)
        return [(*columns, Span(first, last.token)), *((Span(" " * before + row, last.token),) for row in rest)]
    return [
        tuple(columns),
        *((Span(" " * _INDENT + row, last.token),) for row in wrapped(last.text, cells - _INDENT)),
    ]


def preview_lines(preview: Preview, look: Look) -> list[Line]:
    """A preview as rows: what it does, warnings, and each thing that it would change."""
    lines: list[Line] = [(Span(safe(text, 300), "label"),) for text in preview.explain]
    for warning in preview.warnings:
        lines.append((Span(f"{look.glyphs.warning} {safe(warning, 300)}", "warn"),))
    if preview.items:
        lines.append(BLANK)
    items = preview.items[:_ITEMS]
    what = min(29, 1 + max((cell_len(safe(item.what, 80)) for item in items), default=0))
    for item in items:
        lines.append(
            (
                Span(padded(safe(item.id, 40), 8) + " ", "faint"),
                Span(padded(safe(item.what, 80), what) + " ", "text"),
                Span(column(lasting(item.age) if item.age else "", 8), "strong"),
                Span(safe(item.why, 120), "label"),
            )
        )
    more = preview.total - min(len(preview.items), _ITEMS)
    if more > 0:
        lines.append((Span(_("... and {n} more").format(n=more), "faint"),))
    return lines


class Note(Dialog[str]):
    """Asks for one line; an empty answer means none."""

    TYPING: ClassVar[bool] = True

    DEFAULT_CSS = """
    Note { align: center middle; background: $background 60%; }
    Note.plain { background: ansi_default; }
    Note > Vertical { width: 90%; max-width: 90; height: auto; border: round $primary; background: $background;
        padding: 1 2; }
    Note.ascii > Vertical, Note.ascii Input, Note.ascii Input:focus { border: ascii $primary; }
    Note Input { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "cancel", id="cancel", show=False)]

    def __init__(self, look: Look, title: str, hint: str) -> None:
        super().__init__(classes=classes_of(look))
        self._look = look
        self._title = title
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Title, the line, a hint."""
        with Vertical():
            yield Lines(self._look, id="title")
            yield Input(max_length=400, id="line")
            yield Lines(self._look, id="hint")

    def on_mount(self) -> None:
        """Keys go to the line."""
        self._draw()
        self.query_one("#line", Input).focus()

    def on_resize(self) -> None:
        """Wrap the texts again."""
        self._draw()

    def _draw(self) -> None:
        """Nothing is cut: long sentences continue in the next row."""
        cells = max(10, min(_NOTE_WIDEST, self.app.size.width * 9 // 10) - _FRAME)
        for where, text, token in (("#title", self._title, "strong"), ("#hint", self._hint, "faint")):
            self.query_one(where, Lines).show([(Span(row, token),) for row in wrapped(safe(text), cells)])

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
