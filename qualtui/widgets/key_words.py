"""What each key is for, in a few words: the palette shows it beside the key's name."""

from collections.abc import Callable, Mapping

from qualtui.text import _

_ABOUT: Mapping[str, Callable[[], str]] = {
    "help": lambda: _("every key by task, the signs, the words"),
    "customers": lambda: _("each with the wait, its cause, and what a fix could do"),
    "incidents": lambda: _("open and resolved ones; Enter shows everything"),
    "machines": lambda: _("each link of the chain with its uptime and charts"),
    "failures": lambda: _("by kind, over time"),
    "sessions": lambda: _("stuck ones, and questions that repeat"),
    "notices": lambda: _("what each channel delivered and still has to send"),
    "security": lambda: _("access, secrets, floods, certificates"),
    "activity": lambda: _("what was done, and who did it"),
    "handover": lambda: _("what is open, who owns it, what was tried"),
    "wall": lambda: _("four facts in large letters; Esc comes back"),
    "doctor": lambda: _("changes nothing, says what to do"),
    "figures": lambda: _("with age, source and statement"),
    "fix": lambda: _("shows what will change, then asks"),
    "have": lambda: _("no one else is called"),
    "release": lambda: _("gives the incident back"),
    "snooze": lambda: _("you own it and are not reminded"),
    "note": lambda: _("on the incident, for everyone"),
    "silence": lambda: _("no notices of this cause for a while"),
    "answered": lambda: _("closes a customer that you answered"),
    "stop": lambda: _("what it has done stays done"),
    "automatic": lambda: _("stops at once; starting them again asks"),
    "undo": lambda: _("the last thing that you did, where that is safe"),
    "refresh": lambda: _("not only when they are due"),
    "pause": lambda: _("a new CRITICAL ends it"),
    "literal": lambda: _("what the rows say of themselves"),
    "copy": lambda: _("a summary without personal data"),
    "previous": lambda: _("moves the cursor"),
    "next": lambda: _("moves the cursor"),
    "quit": lambda: _("closes this window"),
}


def about(name: str) -> str:
    """Return what the key of this binding is for; empty where its name says it."""
    words = _ABOUT.get(name)
    return words() if words is not None else ""
