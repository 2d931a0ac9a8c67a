"""What the palette offers of the window itself: what its keys do, and what it can be switched to."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from qualtui.screens.availability import why_not
from qualtui.screens.pages import Keys
from qualtui.screens.palette import PaletteCommand, Run
from qualtui.text import _
from qualtui.widgets.help_rows import by_task
from qualtui.widgets.key_words import about
from qualtui.widgets.look import Look
from qualtui.widgets.themes import COLOURS
from qualtui.widgets.view_state import ViewState
from qualtui.wire import IncidentView

APART = frozenset({"commands", "back", "suspend", "quit"})  # keys that the palette does not list by task


def key_commands(
    bound: Iterable[str],
    run: Mapping[str, Run],
    keys: Keys,
    sight: ViewState,
    now: float,
    subject: IncidentView | None,
) -> list[PaletteCommand]:
    """What the keys do, by task; the one that ends the window is the last."""
    switches = {"pause": sight.paused is not None, "literal": sight.literal}
    titles = {"pause": _("The view stands still"), "literal": _("Raw values beside the truth")}
    if sight.snapshot is not None:
        switches["automatic"] = sight.snapshot.engine.fixes_stopped_until <= now
        titles["automatic"] = _("Automatic fixes")

    def command(name: str, section: str) -> PaletteCommand:
        key, word = keys([name])[0]
        title = titles.get(name, f"{word[:1].upper()}{word[1:]}")
        reason = why_not(name, sight, subject)
        return PaletteCommand(
            title, run[name], section, key, switches.get(name), reason or about(name), dim=bool(reason)
        )

    listed = [(section, name) for section, ids in by_task(list(dict.fromkeys(bound))) for name in ids]
    found = [command(name, section) for section, name in listed if name in run and name not in APART]
    return [*found, command("quit", _("END"))]


def switch_commands(
    sight: ViewState,
    look: Look,
    look_only: Callable[[], None],
    restyle: Callable[[str], None],
    *,
    chosen: bool,
) -> list[PaletteCommand]:
    """What this window can be switched to: read-only, and a theme where the terminal has colours for it.

    `chosen`: a person made it read-only, and not the command line or the configuration.
    """
    section = _("THIS WINDOW")
    why = (
        _("so by --read-only or [store] others") if not sight.acts and not chosen else _("no key changes anything")
    )
    found = [PaletteCommand(_("Read-only"), look_only, section, "", not sight.acts, why)]
    if look.plain:
        return found
    words = {"dark": _("for a dark room"), "light": _("for daylight"), "wall": _("to be read from afar")}
    return found + [
        PaletteCommand(
            _("Theme: {name}").format(name=name), partial(restyle, name), section, "",
            look.theme == name, words.get(name, ""),
        )
        for name in COLOURS
    ]  # fmt: skip
