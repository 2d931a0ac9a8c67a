"""The window: one Textual app that shows the newest Snapshot and turns keys into actions."""

import gc
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, Key, Resize
from textual.screen import Screen

from qualtui.screens import pages
from qualtui.screens.actions import Actions
from qualtui.screens.availability import only_looks, why_not
from qualtui.screens.drawing_pace import AGES, SHORTEST, DrawingPace
from qualtui.screens.engine_port import Connect, FaultSwitches, StoryTeller
from qualtui.screens.feed import Feed
from qualtui.screens.herald import Herald
from qualtui.screens.incident_actions import IncidentActions
from qualtui.screens.key_guard import READ, KeyGuard
from qualtui.screens.modal import Dialog
from qualtui.screens.overview import OverviewPage
from qualtui.screens.page import Page
from qualtui.screens.palette import Offer, Palette, PaletteCommand
from qualtui.screens.terminal import TerminalGuard
from qualtui.screens.window_app import WindowApp
from qualtui.screens.window_commands import key_commands, switch_commands
from qualtui.text import _
from qualtui.widgets.bindings import binding
from qualtui.widgets.footer import key_name
from qualtui.widgets.list_keys import LIST_BINDINGS, NOTICE_BINDINGS
from qualtui.widgets.look import Look
from qualtui.widgets.table import Table
from qualtui.widgets.time_range import RANGE_BINDINGS
from qualtui.widgets.view_state import ConnectionState, criticals
from qualtui.widgets.words import show_times_in

PALETTE = 8  # rows from which there is room for the palette: its input, and a command
STATUS = 20.0  # seconds that the status row stays


class QualtuiApp(WindowApp):
    """The window on one engine. `connect` gives a connection each time it is called; `ticks` is monotonic."""

    CSS_PATH = "app.tcss"
    TITLE = "qualtui"
    ENABLE_COMMAND_PALETTE = False  # Textual's: ours has sections and states
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("quit", "leave(True)", "quit"),
        binding("back", "leave(False)", "back"),
        *pages.page_bindings(),
        binding("fix", "act('fix')", "fix"),
        binding("have", "act('have')", "I've got it"),
        binding("release", "act('release')", "release"),
        binding("snooze", "act('snooze')", "snooze 30 min"),
        binding("note", "act('note')", "note"),
        binding("silence", "act('silence')", "silence"),
        binding("answered", "act('answered')", "answered by hand"),
        binding("reveal", "act('reveal')", "show the phone number"),
        binding("stop", "stop", "stop the running fix"),
        binding("automatic", "automatic", "stop automatic fixes"),
        binding("undo", "act('undo')", "undo"),
        binding("refresh", "act('refresh')", "poll every probe now"),
        binding("pause", "pause", "pause"),
        binding("literal", "literal", "raw values"),
        binding("copy", "copy", "copy"),
        binding("previous", "step(-1)", "previous incident"),
        binding("next", "step(1)", "next incident"),
        binding("commands", "palette", "commands"),
        binding("suspend", "suspend_process", "suspend", show=False),
    ]

    def __init__(
        self,
        connect: Connect,
        *,
        who: str = "",
        look: Look | None = None,
        keys: dict[str, str] | None = None,
        faults: FaultSwitches | None = None,
        story: StoryTeller | None = None,
        incident: int | None = None,
        trouble: Callable[[], str] = str,
        guard: TerminalGuard | None = None,
        herald: Herald | None = None,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        driver_class: type[Driver] | None = None,
        patience: float = READ,
        pace: float = SHORTEST,
    ) -> None:
        """`patience`: seconds after its painting in which a dialog obeys no key.

        `pace`: seconds between two drawings while no incident, owner or level changes.
        """
        super().__init__(look, guard, driver_class)
        self._herald = herald or Herald()
        self.pid = 0  # of the engine that was seen last
        self.beside = False
        self._keymapped = dict(keys or {})
        self._incident = incident
        self._ticks = ticks
        self._keyguard = KeyGuard(ticks, patience)
        self._feed = Feed(connect, self._changed, clock=clock, ticks=ticks, who=who, trouble=trouble)
        self._story = story
        self._offer = Offer(self._feed, faults, self.say)
        self._actions = Actions(self, self._feed, self.look, self.say)
        self._incident_actions = IncidentActions(self, self._feed, self.look, self.say, self._actions.ask)
        self._pace = DrawingPace(ticks, pace)
        self._said = 0.0
        self._alarms: frozenset[int] = frozenset()
        self.set_keymap(self._keymapped)

    # --- life ---

    def get_default_screen(self) -> Screen[None]:
        """The overview."""
        return OverviewPage(self.look, self.keys, self._feed.ask, self.size)

    def on_mount(self) -> None:
        """Starts the feed and the ticking of ages."""
        self.attach()
        driver = self._driver
        if driver is not None and not driver.is_headless:
            self._herald.begin(driver.write)
            if self._guard is not None:
                self._guard.last_words = self._herald.last_words
        self.run_worker(self._feed.run(), group="feed", exit_on_error=True)
        if self._story is not None:
            self.run_worker(self._feed.follow(self._story), group="story", exit_on_error=True)
        self.set_interval(AGES / 2, self._tick)
        if self._incident is not None:
            self._open_incident(self._incident)
        self._draw()

    def on_unmount(self) -> None:
        """The terminal's title is as it was."""
        self._herald.end()

    def on_ready(self) -> None:
        """The first picture stands: what was loaded for it stays, and is no longer looked through for garbage."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def _changed(self) -> None:
        """The Sight changed: draw it now, or soon where it was drawn a moment ago."""
        snapshot = self._feed.sight.snapshot
        if snapshot is not None:
            self.pid, self.beside = snapshot.engine.pid, snapshot.engine.beside
            show_times_in(snapshot.zone)
        self._herald.show(self._feed.sight)
        wait = self._pace.wait(self._feed.sight)
        if wait:
            self.set_timer(wait, self._draw)
        elif wait is not None:
            self._draw()

    def _tick(self) -> None:
        self._feed.look()
        if self._said and self._ticks() - self._said > STATUS:
            self.say("", "text")
        if self._pace.aged:
            self._draw()

    def _draw(self) -> None:
        """Draws the page on top. Under a dialog only what is alarming is drawn: it costs the whole screen."""
        sight, now = self._feed.sight, self._feed.now()
        self._pace.drawn(sight)
        top = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(top, Page):
            with self.batch_update():
                top.show(sight, now)
            self._feed.show_beside(top.agents())
            return
        alarms = criticals(sight.snapshot) if sight.bond is ConnectionState.LIVE else frozenset({-1})
        if alarms - self._alarms:
            for page in reversed(self.screen_stack):
                if isinstance(page, Page):
                    page.show(sight, now)
                    break
        self._alarms = alarms

    def on_page_resumed(self) -> None:
        """A page came back to the top: it may have missed snapshots."""
        page = self._page()
        if page is not None and (page.sight is not self._feed.sight or self._feed.now() - page.now >= AGES):
            self._draw()

    async def on_event(self, event: Event) -> None:
        """Drop the keys that were not meant for the dialog on top."""
        if isinstance(event, Key) and not event.is_forwarded:
            top = self.screen if self.screen_stack else None
            dialog = top if isinstance(top, Dialog) else None
            if not self._keyguard.takes(event.key, dialog, typing=dialog is not None and dialog.TYPING):
                return
        await super().on_event(event)

    def on_dialog_painted(self, event: Dialog.Painted) -> None:
        """A dialog can be read from now on."""
        self._keyguard.painted(event.dialog)

    @property
    def watched(self) -> bool:
        """Whether an engine was connected when last looked."""
        return self._feed.sight.bond in {ConnectionState.LIVE, ConnectionState.SILENT}

    @property
    def drawn_at(self) -> float:
        """When the window was drawn last, by its ticks."""
        return self._pace.drawn_at

    # --- what pages and actions need ---

    def keys(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """Key and word of binding ids, as they are bound now."""
        bound = {one.id: one for one in self._all_bindings() if one.id}
        return [
            (key_name(self._keymapped.get(name, bound[name].key)), _(bound[name].description))
            for name in ids
            if name in bound
        ]

    def _all_bindings(self) -> list[Binding]:
        return [
            one
            for one in [*self.BINDINGS, *Table.BINDINGS, *RANGE_BINDINGS, *LIST_BINDINGS, *NOTICE_BINDINGS]
            if isinstance(one, Binding)
        ]

    def say(self, text: str, token: str) -> None:
        """One line in the status row of every page."""
        self._said = self._ticks() if text else 0.0
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.status(text, token)

    def _page(self) -> Page | None:
        return self.screen if isinstance(self.screen, Page) else None

    def _open(self, page: Page) -> None:
        page.sight, page.now = self._feed.sight, self._feed.now()
        self.push_screen(page)

    def _open_incident(self, number: int) -> None:
        from qualtui.screens.detail import IncidentPage

        self._open(IncidentPage(self._page_context(""), number))

    def on_overview_page_chosen(self, event: OverviewPage.Chosen) -> None:
        """An incident was opened."""
        self._open_incident(event.number)

    def on_page_incident_chosen(self, event: Page.IncidentChosen) -> None:
        """An incident was opened on another page."""
        self._open_incident(event.number)

    # --- keys ---

    def action_leave(self, end: bool) -> None:
        """One page back; at the top q quits and Esc puts the cursor back on what NOW speaks of."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        elif end:
            self.exit(0)
        elif (page := self._page()) is not None:
            page.home()

    def action_help_quit(self) -> None:
        """ctrl+c neither quits nor interrupts."""
        self.say(_("{key} quits").format(key=self.keys(["quit"])[0][0]), "label")

    def action_page(self, name: str) -> None:
        """A page: back to it where it is open already, so that pages do not pile up."""
        view, spec = self._feed.sight.view, pages.spec_of(name)
        if view is None and not spec.bare:
            return
        if any(screen.id == name for screen in self.screen_stack):
            while self.screen.id != name:
                self.pop_screen()
            return
        self._open(pages.open_page(spec, self._page_context(view.name if view is not None else "")))

    def _page_context(self, agent: str) -> pages.PageContext:
        bound = [(one.id or "", one) for one in self._all_bindings()]
        named = [(self._keymapped.get(name, one.key), _(one.description), name) for name, one in bound]
        page = self._page()
        here = page.footer() if page is not None and page.is_mounted else []
        return pages.PageContext(self.look, agent, self._actions.ask, self.keys, named, here)

    def action_act(self, name: str) -> None:
        """What a person does, one thing at a time."""
        page = self._page()
        subject = page.subject() if page is not None else None
        if name == "refresh" and page is not None:
            page.fresh()
        remedy, agent = page.remedy() if page is not None and name == "fix" else ("", "")
        sight = self._feed.sight
        reason = only_looks(name, sight) if remedy else why_not(name, sight, subject)
        if reason:
            return self.say(reason, "label")
        acts: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "fix": lambda: self._actions.offer(remedy, agent) if remedy else self._actions.fix(subject),
            "undo": lambda: self._actions.undo(self._incident_actions),
            "answered": lambda: self._actions.answered(page.closing() if page is not None else None),
            "reveal": lambda: self._actions.reveal(page.closing() if page is not None else None),
            "refresh": self._actions.refresh,
        }
        if subject is not None:
            mine = self._incident_actions
            chosen = {"have": mine.have, "release": mine.release, "snooze": mine.snooze, "note": mine.note}
            chosen["silence"] = mine.silence
            acts |= {key: partial(act, subject) for key, act in chosen.items()}
        if any(worker.group == "act" and not worker.is_finished for worker in self.workers):
            self.say(_("One moment: the engine is still working on the last command."), "label")
            return None
        self.run_worker(acts[name](), group="act", exit_on_error=True)
        return None

    def action_stop(self) -> None:
        """Stop the running fix, also while this window waits for its result."""
        if reason := why_not("stop", self._feed.sight, None):
            self.say(reason, "label")
        elif not any(worker.group == "stop" and not worker.is_finished for worker in self.workers):
            self.run_worker(self._actions.stop(), group="stop", exit_on_error=True)

    def action_automatic(self) -> None:
        """Stop all automatic fixes at once, or start them again after a question."""
        if reason := why_not("automatic", self._feed.sight, None):
            self.say(reason, "label")
        elif not any(worker.group == "automatic" and not worker.is_finished for worker in self.workers):
            self.run_worker(self._actions.automatic(), group="automatic", exit_on_error=True)

    def action_pause(self) -> None:
        """The view stands still; a new CRITICAL ends it."""
        self._feed.pause()
        self._draw()

    def action_literal(self) -> None:
        """The rows' literal figures beside the truth."""
        self._feed.choose(literal=not self._feed.sight.literal)
        self._draw()

    def action_copy(self) -> None:
        """A masked summary to the clipboard of the person's own terminal."""
        from qualtui.screens.summary import summary

        page = self._page()
        text = (page.copied() if page is not None else "") or summary(self._feed.sight, self._feed.now())
        self.copy_to_clipboard(text)
        self.run_worker(self._copied(text), group="copy", exclusive=True)

    async def _copied(self, text: str) -> None:
        from qualtui.screens.clipboard import copied

        self.say(*await copied(text))

    def action_step(self, by: int) -> None:
        """The incident before or after."""
        if (page := self._page()) is not None:
            page.step(by)

    # --- palette ---

    def action_palette(self) -> None:
        """The commands, where there is room for one."""
        if self.size.height < PALETTE:
            self.say(_("There is no room for the commands here."), "label")
        else:
            self.run_worker(self._palette(), group="palette", exclusive=True)

    async def _palette(self) -> None:
        """Show the commands, and run the one that is chosen."""
        chosen = await self.push_screen_wait(Palette(self.look, await self.commands()))
        if chosen is not None:
            done = chosen.run()
            if done is not None:
                await done

    def on_resize(self, event: Resize) -> None:
        """A list without a row can't be moved in."""
        if event.size.height < PALETTE and isinstance(self.screen, Palette):
            self.pop_screen()

    def restyle(self, theme: str) -> None:
        """Draw every page and the next dialogs in another theme; nothing is saved."""
        super().restyle(theme)
        self._actions.restyle(self.look)
        self._incident_actions.restyle(self.look)
        self.say(_("Theme {name}, until this window closes; [screen] theme keeps it.").format(name=theme), "label")

    def look_only(self) -> None:
        """Switch this window to read-only, or back."""
        on = not self._feed.only_looks
        acts = self._feed.look_only(on)
        said = _("Read-only: this window changes nothing until you switch it back.")
        if not on:
            said = _("This window may change things again.") if acts else only_looks("fix", self._feed.sight)
        self.say(said, "label")
        self._draw()

    async def commands(self) -> list[PaletteCommand]:
        """All that the palette offers: what the keys do by task, switches, agents, faults, and the end last."""
        page = self._page()
        subject = page.subject() if page is not None else None
        mine = {one.id or "": one.action for one in self.BINDINGS if isinstance(one, Binding)}
        bound = [one.id for one in self._all_bindings() if one.id]
        run = {name: self._runner(action) for name, action in mine.items()}
        *keyed, end = key_commands(bound, run, self.keys, self._feed.sight, self._feed.now(), subject)
        own = switch_commands(
            self._feed.sight, self.look, self.look_only, self.restyle, chosen=self._feed.only_looks
        )
        return [*keyed, *own, *await self._offer.commands(), end]

    def _runner(self, action: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def run() -> None:
            await self.run_action(action)

        return run
