"""Puts the guard's parts together from its settings."""

from pathlib import Path

from platformdirs import user_state_path

from qualtui.guard.attempts import AttemptLog
from qualtui.guard.guard_core import GuardClock, GuardCore
from qualtui.guard.ledger import GuardLedger
from qualtui.guard.pseudonym import Pseudonyms, drawn_key
from qualtui.guard.ring import Ring
from qualtui.guard.settings import GuardSettings


def make_core(settings: GuardSettings, clock: GuardClock | None = None) -> GuardCore:
    """The guard of one process: made at its first post, after a fork."""
    attempts = AttemptLog(log_path(settings), settings.log.size)
    key = settings.ring.key
    ring = None
    if key is not None:
        folder = _at(settings, settings.ring.path) if settings.ring.path else hold_folder(settings)
        ring = Ring(folder, key.reveal().encode(), settings.ring.size, settings.ring.keep)
    named_by = settings.pseudonym.key
    names = named_by.reveal().encode() if named_by else drawn_key(hold_folder(settings) / "pseudonym.key")
    return GuardCore(settings, GuardLedger(ledger_path(settings)), attempts, ring, Pseudonyms(names), clock)


def log_path(settings: GuardSettings) -> Path:
    """The file of suspicious attempts: as set, else in the user's state folder."""
    if settings.log.path:
        return _at(settings, settings.log.path)
    return user_state_path("qualtui", appauthor=False) / "guard" / "attempts.jsonl"


def hold_folder(settings: GuardSettings) -> Path:
    """Where messages are kept: as set, else beside the log."""
    return _at(settings, settings.hold.path) if settings.hold.path else log_path(settings).parent


def ledger_path(settings: GuardSettings) -> Path:
    """The ledger's file."""
    return hold_folder(settings) / "guard.db"


def _at(settings: GuardSettings, path: str) -> Path:
    return Path(settings.folder) / Path(path).expanduser()
