"""An archive is what was signed, byte for byte, or it is refused before anything in it is used."""

import os
import tarfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from qualtui.backup.archive import Archive, check_parts, open_archive
from qualtui.backup.errors import BackupError
from qualtui.backup.manifest import Manifest, encoded, signature
from qualtui.backup.signing_key import key_path, made_key, read_key
from qualtui.backup.taking import take_backup
from tests.backup.stores import NOW, PARTS, made_store, plan_for


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    store = made_store(tmp_path_factory.mktemp("bot"))
    return take_backup(plan_for(store), PARTS, NOW)


def key_of(taken: Archive) -> bytes:
    return read_key(key_path(taken.path.parent.parent / "state/store.db"))


def refused(path: Path, key: bytes) -> str:
    """Why an archive is refused as a whole."""
    with pytest.raises(BackupError) as error:
        check_parts(open_archive(path, key))
    return str(error.value)


def test_any_tar_can_list_it(taken: Archive) -> None:
    with tarfile.open(taken.path) as tar:
        assert tar.getnames() == ["manifest.json", "manifest.hmac", "store.db", "config.toml", "bot/schema.json"]
    check_parts(open_archive(taken.path, key_of(taken)))


def test_one_flipped_bit_anywhere_is_refused(taken: Archive, tmp_path: Path) -> None:
    content = taken.path.read_bytes()
    copy = tmp_path / taken.path.name
    copy.write_bytes(content)
    # Headers and manifest in small steps, each part, its padding and the end in larger ones.
    starts = [part.offset for part in taken.parts]
    places = {*range(0, starts[0], 3), *(one - 512 + step for one in starts for step in range(0, 512, 7))}
    places |= {*range(starts[0], len(content), 1997), *range(len(content) - 2048, len(content), 3)}
    key, unnoticed = key_of(taken), []
    with copy.open("r+b", buffering=0) as file:
        for place in sorted(places):
            file.seek(place)
            file.write(bytes([content[place] ^ 1 << place % 8]))
            try:
                check_parts(open_archive(copy, key))
                unnoticed.append(place)
            except BackupError:
                pass
            file.seek(place)
            file.write(content[place : place + 1])
    assert len(places) > 1000
    assert unnoticed == []
    check_parts(open_archive(copy, key))  # it is whole again


def test_an_archive_that_was_cut_or_grown_is_refused(taken: Archive, tmp_path: Path) -> None:
    content, copy, key = taken.path.read_bytes(), tmp_path / "cut.tar", key_of(taken)
    for length in (0, 1, 511, 512, 5000, len(content) // 2, len(content) - 1024, len(content) - 1):
        copy.write_bytes(content[:length])
        assert "not a whole archive" in refused(copy, key), length
    for more in (b"\0", bytes(1024), content):
        copy.write_bytes(content + more)
        assert "not a whole archive" in refused(copy, key)


def test_an_archive_of_another_key_is_refused_before_its_manifest_is_read(taken: Archive, tmp_path: Path) -> None:
    other = made_key(tmp_path / "other-key")
    assert "not signed with this store's key" in refused(taken.path, other)
    copy = tmp_path / "forged.tar"
    rewrite(taken, copy, [("manifest.json", b"no JSON at all"), ("manifest.hmac", signature(b"x", other))])
    assert "not signed with this store's key" in refused(copy, key_of(taken))


def test_a_manifest_that_was_changed_is_refused(taken: Archive, tmp_path: Path) -> None:
    changed = msgspec.structs.replace(taken.manifest, taken_at=NOW + 1)
    copy = tmp_path / "changed.tar"
    rewrite(taken, copy, [("manifest.json", encoded(changed)), ("manifest.hmac", old_signature(taken))])
    assert "not signed with this store's key" in refused(copy, key_of(taken))


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "a/../../b", "a//b", "", "a\0b", ".hidden", "A"])
def test_a_signed_manifest_with_a_path_that_leads_elsewhere_is_refused(
    taken: Archive, tmp_path: Path, name: str
) -> None:
    entry = msgspec.structs.replace(taken.manifest.parts[0], name=name)
    copy, key = tmp_path / "signed.tar", key_of(taken)
    rewrite(taken, copy, signed(msgspec.structs.replace(taken.manifest, parts=(entry,)), key))
    assert "another version" in refused(copy, key)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_devices_and_folders_are_refused_in_any_place(taken: Archive, tmp_path: Path, kind: bytes) -> None:
    key = key_of(taken)
    for place in range(3):
        odd = tarfile.TarInfo("store.db")
        odd.type, odd.linkname = kind, "/etc/passwd"
        members: list[tuple[str, bytes] | tarfile.TarInfo] = [*signed(taken.manifest, key)]
        members.insert(place, odd)
        copy = tmp_path / f"odd-{place}.tar"
        rewrite(taken, copy, members)
        assert "not a whole archive" in refused(copy, key)


def test_an_extended_header_is_refused_whatever_it_claims(taken: Archive, tmp_path: Path) -> None:
    copy = tmp_path / "pax.tar"
    long = tarfile.TarInfo("manifest.json")
    long.pax_headers = {"path": "x" * 300, "GNU.sparse.size": "99999999999"}
    copy.write_bytes(long.tobuf(tarfile.PAX_FORMAT) + taken.path.read_bytes())
    assert "not a whole archive" in refused(copy, key_of(taken))


def test_a_part_that_claims_to_be_huge_is_refused_without_being_read(taken: Archive, tmp_path: Path) -> None:
    huge = tarfile.TarInfo("manifest.json")
    huge.size = 2**40
    copy = tmp_path / "huge.tar"
    copy.write_bytes(huge.tobuf(tarfile.GNU_FORMAT) + taken.path.read_bytes())
    assert "not a whole archive" in refused(copy, key_of(taken))


def test_a_fifo_in_the_folder_does_not_hang_who_reads(taken: Archive, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tar")
    assert "not a regular file" in refused(tmp_path / "pipe.tar", key_of(taken))


def signed(manifest: Manifest, key: bytes) -> list[tuple[str, bytes]]:
    content = msgspec.json.encode(manifest)
    return [("manifest.json", content), ("manifest.hmac", signature(content, key))]


def old_signature(taken: Archive) -> bytes:
    with tarfile.open(taken.path) as tar:
        file = tar.extractfile("manifest.hmac")
        assert file is not None
        return file.read()


def rewrite(taken: Archive, copy: Path, members: Sequence[tuple[str, bytes] | tarfile.TarInfo]) -> None:
    """Write an archive with these members before the parts, as a forger would."""
    with tarfile.open(taken.path) as tar, copy.open("wb") as file:
        for one in members:
            if isinstance(one, tarfile.TarInfo):
                file.write(one.tobuf(tarfile.GNU_FORMAT))
                continue
            head = tarfile.TarInfo(one[0])
            head.size, head.mtime, head.mode = len(one[1]), int(NOW), 0o600
            file.write(head.tobuf(tarfile.GNU_FORMAT) + one[1] + bytes(-len(one[1]) % 512))
        for member in tar.getmembers()[2:]:
            content = tar.extractfile(member)
            assert content is not None
            file.write(member.tobuf(tarfile.GNU_FORMAT) + content.read() + bytes(-member.size % 512))
        file.write(bytes(1024))
