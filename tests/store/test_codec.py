"""Old events stay readable."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from qualtui.eventlog import codec
from qualtui.eventlog.incidents import Noted
from qualtui.store import StoreError
from qualtui.store.chain import GENESIS, Sealed, hash_payload, link
from qualtui.store.sqlite import SqliteStore

SALT = bytes(16)


def put_raw(path: Path, name: str, version: int, payload: bytes) -> None:
    """An event as another version of qualtui wrote it."""
    with SqliteStore.open(path) as store:
        sealed = Sealed(1, 5.0, name, version, store.epoch, "", hash_payload(SALT, payload))
        store.writer.connection.execute(
            "INSERT INTO events"
            " (seq, at, type, version, epoch, key, number, about, salt, payload, payload_hash, chain)"
            " VALUES (1, 5.0, ?, ?, ?, '', 0, '', ?, ?, ?, ?)",
            (name, version, store.epoch, SALT, payload, sealed.payload_hash, link(GENESIS, sealed)),
        )


def test_an_event_of_an_old_version_is_read_as_todays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(fields: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "incident.noted",
            "number": fields["incident"],
            "who": fields["by"],
            "text": fields["text"],
        }

    monkeypatch.setitem(codec.UPCASTS, ("remark", 0), renamed)
    old = msgspec.msgpack.encode({"type": "remark", "incident": 4, "by": "ana", "text": "look"})
    put_raw(path, "remark", 0, old)
    with SqliteStore.open(path) as store:
        assert [event.body for event in store.events()] == [Noted(4, "ana", "look")]
        assert str(store.load().activity[-1].text) == "note: look"
        assert store.verify() is None  # the chain is over what was written, not over what is read


@pytest.mark.parametrize(("name", "version"), [("incident.noted", 2), ("incident.foreseen", 1)])
def test_an_event_of_a_newer_qualtui_is_told(path: Path, name: str, version: int) -> None:
    put_raw(path, name, version, msgspec.msgpack.encode({"type": name, "number": 1, "who": "a", "text": "b"}))
    with SqliteStore.open(path) as store, pytest.raises(StoreError, match=f"event 1 .*{name}.* newer qualtui"):
        store.load()
