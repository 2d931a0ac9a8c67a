"""RevealDialog: asks why, then shows a customer's phone number for a while. Nothing of it is kept."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key

from qualtui.screens.modal import Dialog
from qualtui.text import _, plural
from qualtui.widgets.line import BLANK, Line, Span, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.words import lasting
from qualtui.wire import Answer, Command, RevealCustomer, Revealed, RevealReason

_WIDEST, _FRAME = 70, 6  # cells of the dialog at most; of its border and padding
_CHOICES = {"1": RevealReason.CALL, "2": RevealReason.ANSWER, "3": RevealReason.OTHER}
LINK = "https://wa.me/"


class RevealDialog(Dialog[None]):
    """1, 2 or 3 is the reason; then any key extends the time and Esc hides the number."""

    DEFAULT_CSS = """
    RevealDialog { align: center middle; background: $background 60%; }
    RevealDialog.plain { background: ansi_default; }
    RevealDialog > Vertical { width: 90%; max-width: 70; height: auto; max-height: 100%; border: round $warning;
        background: $background; padding: 1 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "cancel", id="cancel", show=False),
        *(Binding(key, f"choose('{key}')", show=False) for key in _CHOICES),
    ]

    def __init__(
        self,
        look: Look,
        agent: str,
        lead: str,
        ask: Callable[[Command], Awaitable[Answer | None]],
        now: Callable[[], float],
    ) -> None:
        super().__init__(classes="plain" if look.plain else None)
        self._look = look
        self._agent = agent
        self._lead = lead
        self._ask = ask
        self._now = now
        self._asked = False
        self._shown: Revealed | None = None
        self._until = 0.0

    def compose(self) -> ComposeResult:
        """One text."""
        with Vertical():
            yield Lines(self._look, id="facts")

    def on_mount(self) -> None:
        """Count down once a second."""
        self._draw()
        self.set_interval(1.0, self.beat)

    def on_resize(self) -> None:
        """Wrap the text again."""
        self._draw()

    def on_key(self, event: Key) -> None:
        """Any key extends the time."""
        if self._shown is not None and event.key not in {"escape", "q"}:
            event.stop()
            self._until = self._now() + self._shown.seconds
            self._draw()

    def action_choose(self, key: str) -> None:
        """The reason is chosen: request the number once."""
        if not self._asked:
            self._asked = True
            self._draw()
            self._read(_CHOICES[key])

    def beat(self) -> None:
        """Hide the number when its time is over."""
        if self._shown is None:
            return
        if self._now() >= self._until:
            self._shown = None
            self.dismiss(None)
        else:
            self._draw()

    @work(group="reveal")
    async def _read(self, reason: RevealReason) -> None:
        answer = await self._ask(RevealCustomer(self._agent, self._lead, reason))
        if not isinstance(answer, Revealed):  # the status row has the reason
            self.dismiss(None)
            return
        self._shown = answer
        self._until = self._now() + answer.seconds
        self._draw()

    def _draw(self) -> None:
        cells = max(10, min(_WIDEST, self.app.size.width * 9 // 10) - _FRAME)
        lines = self._number(self._shown) if self._shown is not None else self._question()
        rows = [row for line in lines for row in _rows(line, cells)]
        self.query_one("#facts", Lines).show(rows)

    def _question(self) -> list[Line]:
        title: Line = (Span(_("Show the phone number of this customer"), "strong"),)
        if self._asked:
            return [title, BLANK, (Span(_("reading ..."), "faint"),)]
        reasons = (_("to call the customer"), _("to answer by hand"), _("for another reason"))
        choices: list[Line] = [
            (Span(f"[{key}] ", "key"), Span(word, "text")) for key, word in zip(_CHOICES, reasons, strict=True)
        ]
        hint = _("Everyone here can see that you looked, and why; never the number. Esc cancels.")
        return [title, BLANK, *choices, BLANK, (Span(hint, "faint"),)]

    def _number(self, shown: Revealed) -> list[Line]:
        left = lasting(max(0.0, self._until - self._now()))
        rest = plural(
            "{n} more number can be shown this hour.", "{n} more numbers can be shown this hour.", shown.left
        )
        hint = _("Hidden in {left}; any key extends that, Esc hides it now.").format(left=left)
        return [
            (Span(spaced(shown.phone), "strong"),),
            (Span(LINK + shown.phone, "text"),),
            BLANK,
            (Span(hint, "label"),),
            (Span(rest.format(n=shown.left), "faint"),),
        ]


def spaced(phone: str) -> str:
    """`5511987654321` as `+55 11 98765-4321`; another country's number without groups."""
    if phone.startswith("55") and len(phone) in {12, 13}:
        return f"+55 {phone[2:4]} {phone[4:-4]}-{phone[-4:]}"
    return f"+{phone}"


def _rows(line: Line, cells: int) -> list[Line]:
    if len(line) != 1:
        return [line]
    return [(Span(row, line[0].token),) for row in wrapped(line[0].text, cells)]
