"""Puts the guard's parts together from its settings."""

from qualtui.guard.attempts import AttemptLog
from qualtui.guard.guard_core import GuardClock, GuardCore
from qualtui.guard.ledger import GuardLedger
from qualtui.guard.places import at_folder, hold_folder, ledger_path, log_path
from qualtui.guard.pseudonym import Pseudonyms, drawn_key
from qualtui.guard.ring import Ring
from qualtui.guard.settings import GuardSettings


def make_core(settings: GuardSettings, clock: GuardClock | None = None) -> GuardCore:
    """The guard of one process: made at its first post, after a fork."""
    attempts = AttemptLog(log_path(settings), settings.log.size)
    ledger = GuardLedger(ledger_path(settings))
    return GuardCore(settings, ledger, attempts, make_ring(settings), make_names(settings), clock)


def make_ring(settings: GuardSettings) -> Ring | None:
    """Where refused posts are kept; None without a key for it."""
    key = settings.ring.key
    if key is None:
        return None
    folder = at_folder(settings, settings.ring.path) if settings.ring.path else hold_folder(settings)
    return Ring(folder, key.reveal().encode(), settings.ring.size, settings.ring.keep)


def make_names(settings: GuardSettings) -> Pseudonyms:
    """The names of senders, by the configured key or the one that was drawn."""
    key = settings.pseudonym.key
    return Pseudonyms(key.reveal().encode() if key else drawn_key(hold_folder(settings) / "pseudonym.key"))
