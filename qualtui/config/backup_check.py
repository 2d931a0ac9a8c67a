"""What must hold of `[backup]` as a whole: who can read what is personal."""

import re
import shlex

from qualtui.config.backup_values import BackupSettings
from qualtui.config.reader import ConfigReader

LEAST = 2  # recipients: with one alone, a lost identity is the loss of every backup
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}|ssh-(?:ed25519|rsa) [A-Za-z0-9+/=]{40,1000}(?: \S.{0,99})?")


def check_backup(reader: ConfigReader, backup: BackupSettings | None) -> None:
    """Report recipients that are missing, and settings without a directory."""
    if backup is None:
        return
    if backup.tables and not backup.recipients:
        expected = "at least two age recipients in recipients: tables hold personal data"
        reader.report(("backup", "tables"), "tables, and no recipient", expected)
    if 0 < len(set(backup.recipients)) < LEAST:
        expected = "at least two different ones, one of them kept offline"
        reader.report(("backup", "recipients"), "one recipient", expected)
    for name in ("hook", "recipients", "tables"):
        if getattr(backup, name) and not backup.directory:
            reader.report(("backup", name), "no directory", f"{name} only together with directory")


def recipients(texts: list[object]) -> bool:
    """Return whether a list holds recipients of age."""
    return all(isinstance(text, str) and _RECIPIENT.fullmatch(text) is not None for text in texts)


def hook_words(hook: str) -> bool:
    """Return whether a hook can be split into words as a shell would."""
    try:
        return not hook.strip() or bool(shlex.split(hook))
    except ValueError:
        return False
