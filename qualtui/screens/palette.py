"""The command palette: every key's action by task, switches with their state, the agents, the demo's faults."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from qualtui.screens.engine_port import FaultSwitches, Say
from qualtui.screens.feed import Feed
from qualtui.screens.modal import classes_of
from qualtui.text import _
from qualtui.widgets.line import Line, Span, column, safe, whole_words
from qualtui.widgets.list_keys import matches
from qualtui.widgets.look import Look
from qualtui.widgets.table import Table

Run = Callable[[], Awaitable[None] | None]
WORDS, WIDE_WORDS, KEY = 26, 32, 7  # cells of an entry's name, and of its key
WIDE = 90  # cells from which a name has more


class PaletteCommand(NamedTuple):
    """An entry of the palette. `state`: whether a switch is on; None: it is no switch."""

    title: str
    run: Run
    section: str = ""
    key: str = ""
    state: bool | None = None
    about: str = ""  # what it is for, or why it can't be done now
    dim: bool = False  # it can't be done now


class Palette(ModalScreen[PaletteCommand | None]):
    """Entries in sections, centred; what is typed filters them, Enter runs the one under the cursor."""

    DEFAULT_CSS = """
    Palette { align: center middle; background: $background 60%; }
    Palette.plain { background: ansi_default; }
    Palette > Vertical { width: 90%; max-width: 104; height: 80%; border: round $primary; background: $background;
        padding: 0 1; }
    Palette.ascii > Vertical { border: ascii $primary; }
    Palette.low > Vertical { height: 100%; border: none; }
    Palette Input { height: 1; border: none; padding: 0; background: $panel; color: $foreground; }
    Palette Input:focus { border: none; }
    Palette.plain Input { background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
    ]

    def __init__(self, look: Look, commands: Sequence[PaletteCommand]) -> None:
        super().__init__(classes=classes_of(look))
        self._look = look
        self._commands = commands
        self._shown: list[PaletteCommand | str] = []

    def compose(self) -> ComposeResult:
        """The line that filters, and the entries."""
        with Vertical():
            yield Input(placeholder=_("type to filter; Enter runs, Esc closes"), compact=True, id="line")
            yield Table(self._look, id="commands", empty=_("no command matches"))

    def on_mount(self) -> None:
        """Keys go to the line; the arrows move in the list."""
        self.query_one("#commands", Table).can_focus = False
        self.query_one("#line", Input).focus()
        self._fill()

    def on_resize(self) -> None:
        """On a low screen the frame gives way."""
        self.set_class(self.app.size.height < 16, "low")

    def action_move(self, by: int) -> None:
        """To the next entry, or the one before."""
        self.query_one("#commands", Table).action_move(by)

    def action_page(self, way: int) -> None:
        """A screenful up or down."""
        self.query_one("#commands", Table).action_page(way)

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()

    @on(Input.Submitted)
    def _chosen(self, event: Input.Submitted) -> None:
        event.stop()
        key = self.query_one("#commands", Table).key
        if key.isdecimal():
            self.dismiss(self._commands[int(key)])

    def _fill(self) -> None:
        typed = self.query_one("#line", Input).value
        keys: list[str] = []
        self._shown = []
        headings = set()
        section = ""
        for n, command in enumerate(self._commands):
            if not matches(f"{command.section} {command.title} {command.key} {command.about}".lower(), typed):
                continue
            if command.section != section:
                section = command.section
                headings.add(len(keys))
                keys.append(f"\n{section}")
                self._shown.append(section)
            keys.append(str(n))
            self._shown.append(command)
        table = self.query_one("#commands", Table)
        table.show_lazily((), keys, self._line, frozenset(headings))

    def _line(self, n: int) -> Line:
        entry = self._shown[n]
        if isinstance(entry, str):
            return (Span(f" {entry}", "title"),)
        glyphs = self._look.glyphs
        box = "" if entry.state is None else f"{glyphs.checked if entry.state else glyphs.unchecked} "
        room = max(0, self.query_one("#commands", Table).size.width - 3)
        left = max(0, room - KEY)
        words = WIDE_WORDS if left >= WIDE else WORDS
        words = left if not entry.about or left < 2 * words else words
        token = "faint" if entry.dim else "strong" if entry.state else "text"
        return (
            Span("   "),
            Span(column(entry.key, min(KEY, room)), "faint" if entry.dim else "key"),
            Span(column(f"{box}{entry.title}", words), token),
            Span(whole_words(entry.about, left - words) if left > words else "", "faint"),
        )


class Offer:
    """The entries beyond the keys' own: other agents, and the demo's faults."""

    def __init__(self, feed: Feed, faults: FaultSwitches | None, say: Say) -> None:
        self._feed = feed
        self._faults = faults
        self._say = say

    async def commands(self) -> list[PaletteCommand]:
        """One entry an agent where there are several, then the faults."""
        found: list[PaletteCommand] = []
        snapshot = self._feed.sight.snapshot
        agents = snapshot.agents if snapshot else ()
        view = self._feed.sight.view
        if len(agents) > 1:
            for agent in agents:
                title = _("Show agent {name}").format(name=safe(agent.name, 60))
                mine = view is not None and view.name == agent.name
                found.append(PaletteCommand(title, self._chooser(agent.name), _("Agents"), state=mine))
        return [*found, *await self._fault_commands()]

    def _chooser(self, agent: str) -> Callable[[], None]:
        return lambda: self._feed.choose(agent=agent)

    async def _fault_commands(self) -> list[PaletteCommand]:
        if self._faults is None:
            return []
        try:
            async with asyncio.timeout(2):
                faults = await self._faults.list()
        except (OSError, TimeoutError):
            return []
        return [
            self._fault_command(self._faults, name, fault.title, fault.on)
            for name, fault in sorted(faults.items(), key=lambda pair: not pair[1].on)
        ]

    def _fault_command(self, faults: FaultSwitches, name: str, title: str, on: bool) -> PaletteCommand:
        shown = safe(title, 120) or safe(name, 60)

        async def switch() -> None:
            try:
                async with asyncio.timeout(5):
                    await faults.set(name, not on)
            except (OSError, TimeoutError):
                self._say(_("The demo did not answer. The fault is unchanged."), "warn")
                return
            done = _("Fault is on: {title}") if not on else _("Fault is off: {title}")
            self._say(done.format(title=shown), "label")

        return PaletteCommand(shown, switch, _("Faults of the demo: Enter switches"), state=on)
