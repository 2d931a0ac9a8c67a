"""Where the guard keeps its files, from its settings."""

from pathlib import Path

from platformdirs import user_state_path

from qualtui.guard.settings import GuardSettings


def log_path(settings: GuardSettings) -> Path:
    """The file of suspicious attempts: as set, else in the user's state folder."""
    if settings.log.path:
        return at_folder(settings, settings.log.path)
    return user_state_path("qualtui", appauthor=False) / "guard" / "attempts.jsonl"


def hold_folder(settings: GuardSettings) -> Path:
    """Where messages are kept: as set, else beside the log."""
    return at_folder(settings, settings.hold.path) if settings.hold.path else log_path(settings).parent


def ledger_path(settings: GuardSettings) -> Path:
    """The ledger's file."""
    return hold_folder(settings) / "guard.db"


def at_folder(settings: GuardSettings, path: str) -> Path:
    """A path of the file; a relative one starts at the file's folder."""
    return Path(settings.folder) / Path(path).expanduser()
