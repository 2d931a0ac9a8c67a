"""The herald: the terminal's title says how it is, and a new CRITICAL rings. Both only where they are configured.

Neither names a customer: severities, counts, agents and the numbers of incidents are all that is sent.
"""

from collections.abc import Callable

from qualtui.config.values import BellName
from qualtui.model import Severity
from qualtui.widgets.line import safe
from qualtui.widgets.view_state import ConnectionState, ViewState, criticals

KEEP, BACK = "\x1b[22;2t", "\x1b[23;2t"  # the terminal keeps its title, and takes it back
LONGEST = 40  # characters of an agent's name


class Herald:
    """Writes to the terminal what changed. `tmux`: behind tmux, which lets only wrapped sequences pass."""

    def __init__(self, *, title: bool = False, bell: BellName = BellName.OFF, tmux: bool = False) -> None:
        self._title = title
        self._bell = bell
        self._tmux = tmux
        self._write: Callable[[str], object] = lambda _text: None
        self._shown = ""
        self._rung: frozenset[int] | None = None  # the CRITICAL incidents that were there before

    @property
    def last_words(self) -> bytes:
        """What gives the terminal its title back, also where the window is ended by force."""
        return BACK.encode() if self._title else b""

    def begin(self, write: Callable[[str], object]) -> None:
        """The terminal is ours: `write` sends to it."""
        self._write = write
        self._shown = ""
        if self._title:
            write(KEEP)

    def end(self) -> None:
        """The terminal gets its title back."""
        if self._title:
            self._write(BACK)
        self._write = lambda _text: None

    def show(self, sight: ViewState) -> None:
        """Title and bell for what is known now; nothing is sent where nothing changed."""
        if self._title and (text := title(sight)) != self._shown:
            self._shown = text
            self._write(f"\x1b]2;{text}\x07")
        if sight.snapshot is None:
            return
        now = criticals(sight.snapshot)
        new = frozenset() if self._rung is None else now - self._rung
        self._rung = now
        if new and self._bell is not BellName.OFF:
            self._write(self._call(sight, max(new)))

    def _call(self, sight: ViewState, number: int) -> str:
        if self._bell is BellName.BELL:
            return "\x07"
        incident = sight.incident(number)
        agent = safe(incident.agent, LONGEST) if incident is not None else ""
        text = f"qualtui: CRITICAL #{number} {agent}".rstrip().replace(";", ",")
        told = f"\x1b]9;{text}\x07" if self._bell is BellName.OSC9 else f"\x1b]777;notify;qualtui;{text}\x07"
        return "\x1bPtmux;" + told.replace("\x1b", "\x1b\x1b") + "\x1b\\" if self._tmux else told


def title(sight: ViewState) -> str:
    """Return the title for what is known now."""
    if sight.bond is ConnectionState.LOST:
        return "NO ENGINE - qualtui"
    counts = [
        f"{severity.name} {count}"
        for severity in (Severity.CRITICAL, Severity.WARNING)
        if (count := sight.firing(severity))
    ]
    name = safe(sight.view.name, LONGEST) if sight.view is not None else ""
    how = ", ".join(counts) if sight.bond is ConnectionState.LIVE else "?"
    return " - ".join(part for part in (how or "OK", name, "qualtui") if part)
