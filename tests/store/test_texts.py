"""What a store reports is data: whoever shows it puts it into the reader's language."""

import sqlite3
from pathlib import Path

import pytest

from qualtui.store import StoreBusy, StoreError
from qualtui.store.sqlite import SqliteReader, SqliteStore
from qualtui.text.message import Text


def test_an_error_carries_its_text_and_its_values(path: Path) -> None:
    with pytest.raises(StoreError) as missing:
        SqliteReader.look(path)
    assert isinstance(missing.value.text, Text)
    assert missing.value.text.params == {"path": str(path)}
    assert str(missing.value) == str(missing.value.text)


def test_an_error_of_sqlite_is_a_text_too(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError) as wrong:
        SqliteStore.open(path)
    assert isinstance(wrong.value.text, Text)
    assert str(wrong.value) == f"{path} is not a qualtui store: check [store] path, or move the file aside"
    assert isinstance(wrong.value.__cause__, sqlite3.Error)


def test_a_second_engine_reads_a_whole_sentence_with_its_numbers_uncut(path: Path) -> None:
    with SqliteStore.open(path, 1_767_225_600.0), pytest.raises(StoreBusy) as busy:
        SqliteStore.open(path)
    assert f"(pid {busy.value.pid} on " in str(busy.value)
    assert "since 2026-01-01 00:00:00 UTC" in str(busy.value)
    assert str(busy.value).endswith(f"keeps the store {path}: stop it first")
