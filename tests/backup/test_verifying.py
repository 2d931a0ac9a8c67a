"""Verify restores into a scratch place and compares: what is encrypted opens for any one identity and no other."""

import sqlite3
from pathlib import Path

import msgspec
import pyrage
import pytest

from qualtui.backup.age import identities_in
from qualtui.backup.archive import digest_of, open_archive, write_archive
from qualtui.backup.errors import BackupError
from qualtui.backup.manifest import PartEntry
from qualtui.backup.part import Gathered, Part
from qualtui.backup.signing_key import key_path, read_key
from qualtui.backup.taking import take_backup
from qualtui.backup.verifying import extract, placed, verify
from tests.backup.stores import NOW, PARTS, made_store, names, plan_for

PERSONAL = Gathered((Part("bot/leads.jsonl", b"Maria Invented", personal=True),))


def identity(folder: Path, name: str) -> tuple[Path, str]:
    """A file with an identity as age-keygen writes it, and its recipient."""
    made = pyrage.x25519.Identity.generate()
    path = folder / name
    path.write_text(f"# created: 2026-11-28\n# public key: {made.to_public()}\n{made}\n")
    return path, str(made.to_public())


def test_each_recipient_alone_can_restore_and_nothing_is_readable_without(tmp_path: Path) -> None:
    (first, to_first), (second, to_second), (third, _) = (identity(tmp_path, name) for name in "abc")
    store = made_store(tmp_path)
    archive = take_backup(plan_for(store, (to_first, to_second)), PERSONAL, NOW)
    assert b"Maria" not in archive.path.read_bytes()
    assert b"SQLite format" not in archive.path.read_bytes()
    assert verify(archive).facts is None  # manifest and bytes are right; the rest needs an identity
    for path in (first, second):
        assert verify(archive, identities_in(path), tmp_path).facts == archive.manifest.store
        target = tmp_path / f"{path.name}.out"
        extract(archive, placed(archive, "bot/leads.jsonl"), target, identities_in(path))
        assert target.read_bytes() == b"Maria Invented"
    with pytest.raises(BackupError, match="no identity in the file can decrypt"):
        verify(archive, identities_in(third), tmp_path)
    assert [name for name in names(tmp_path) if "verify" in name] == []
    assert [name for name in names(store.parent) if "partial" in name] == []


def test_a_store_that_is_not_the_manifests_is_refused_even_where_it_is_signed(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    archive = take_backup(plan_for(store), PARTS, NOW)
    key = read_key(key_path(store))
    for number, change in enumerate(
        (
            "DELETE FROM samples WHERE at > 0",
            "UPDATE events SET payload = X'80' WHERE seq = 3",
            "DELETE FROM events",
        )
    ):
        changed = tmp_path / f"changed-{number}.db"
        extract(archive, placed(archive, "store.db"), changed, ())
        with sqlite3.connect(changed) as database:
            database.execute(change)
        database.close()
        entry = PartEntry("store.db", changed.stat().st_size, digest_of(changed))
        forged = tmp_path / f"forged-{number}.tar"
        write_archive(forged, msgspec.structs.replace(archive.manifest, parts=(entry,)), key, [changed])
        with pytest.raises(BackupError, match=r"not what was once|not the one that its manifest"):
            verify(open_archive(forged, key), (), tmp_path)


def test_a_file_without_an_identity_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "nothing").write_text("# a comment\nno identity\n")
    with pytest.raises(BackupError, match="holds no identity of age"):
        identities_in(tmp_path / "nothing")
    with pytest.raises(BackupError, match="can't be read"):
        identities_in(tmp_path / "absent")
