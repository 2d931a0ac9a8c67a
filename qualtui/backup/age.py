"""Encryption to recipients of age (https://age-encryption.org), with pyrage; imported where it is needed alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qualtui.backup.errors import BackupError
from qualtui.text.message import message

IDENTITY_LIMIT = 64 * 1024  # bytes of a file of identities


def encrypt(source: Path, target: Path, recipients: Sequence[str]) -> None:
    """Encrypt a file to all recipients into a new file. Raises BackupError, OSError."""
    pyrage = _library()
    with source.open("rb") as plain, target.open("xb") as file:
        pyrage.encrypt_io(plain, file, [_recipient(pyrage, one) for one in recipients])


def decrypt(source: Path, target: Path, identities: Sequence[Any]) -> None:
    """Decrypt a file into a new file. Raises BackupError, OSError."""
    pyrage = _library()
    with source.open("rb") as file, target.open("xb") as plain:
        try:
            pyrage.decrypt_io(file, plain, list(identities))
        except pyrage.DecryptError:
            raise BackupError(message("no identity in the file can decrypt this archive")) from None


def identities_in(path: Path) -> tuple[Any, ...]:
    """Return the identities in a file, as age-keygen or ssh-keygen write it. Raises BackupError."""
    pyrage = _library()
    try:
        with path.open("rb") as file:
            content = file.read(IDENTITY_LIMIT)
    except OSError as error:
        raise BackupError(
            message("the identity {path} can't be read: {what}", path=str(path), what=error.strerror)
        ) from None
    lines = [line.strip() for line in content.decode(errors="replace").splitlines()]
    texts = [line for line in lines if line and not line.startswith("#")]
    try:
        if content.startswith(b"-----BEGIN"):
            return (pyrage.ssh.Identity.from_buffer(content),)
        found = tuple(pyrage.x25519.Identity.from_str(text) for text in texts)
    except pyrage.IdentityError:
        found = ()
    if not found:
        raise BackupError(message("{path} holds no identity of age", path=str(path)))
    return found


def check_recipients(recipients: Sequence[str]) -> None:
    """Raise BackupError where one is no recipient, or the library is not installed."""
    if recipients:
        pyrage = _library()
        for one in recipients:
            _recipient(pyrage, one)


def _recipient(pyrage: Any, text: str) -> Any:
    try:
        return (pyrage.ssh if text.startswith("ssh-") else pyrage.x25519).Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BackupError(
            message("{text} in [backup] recipients is no recipient of age", text=text[:20] + "...")
        ) from None


def _library() -> Any:
    try:
        import pyrage
    except ImportError:
        raise BackupError(
            message('encryption needs a library that is not installed: pip install "qualtui[backup]"')
        ) from None
    return pyrage
