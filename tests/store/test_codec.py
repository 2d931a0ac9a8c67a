"""Old events stay readable."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from qualtui.model import EventBody, Noted
from qualtui.store import StoreError, codec
from qualtui.store.chain import GENESIS, Sealed, hash_payload, link
from qualtui.store.sqlite import SqliteStore

SALT = bytes(16)


def put_raw(path: Path, name: str, version: int, payload: bytes) -> None:
    """An event as another version of qualtui wrote it."""
    with SqliteStore.open(path) as store:
        sealed = Sealed(1, 5.0, name, version, store.epoch, "", hash_payload(SALT, payload))
        store._connection.execute(
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
        assert store.load().activity[-1].text == "note: look"
        assert store.verify() is None  # the chain is over what was written, not over what is read


def test_upcasts_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.VERSIONS, "incident.noted", 3)
    monkeypatch.setitem(codec.UPCASTS, ("incident.noted", 1), lambda f: {**f, "text": f["text"] + "1"})
    monkeypatch.setitem(codec.UPCASTS, ("incident.noted", 2), lambda f: {**f, "text": f["text"] + "2"})
    body = Noted(1, "ana", "x")
    payload = codec.encode(body)
    assert codec.event_kind(body) == ("incident.noted", 3)
    read = [codec.decode(1, "incident.noted", version, payload) for version in (1, 2, 3)]
    assert read == [Noted(1, "ana", "x12"), Noted(1, "ana", "x2"), Noted(1, "ana", "x")]


@pytest.mark.parametrize(("name", "version"), [("incident.noted", 2), ("incident.foreseen", 1)])
def test_an_event_of_a_newer_qualtui_is_told(path: Path, name: str, version: int) -> None:
    put_raw(path, name, version, msgspec.msgpack.encode({"type": name, "number": 1, "who": "a", "text": "b"}))
    with SqliteStore.open(path) as store, pytest.raises(StoreError, match=f"event 1 .*{name}.* newer qualtui"):
        store.load()


@pytest.mark.parametrize("payload", [b"", b"\xc1", b"\x91" * 100_000, msgspec.msgpack.encode({"type": 5})])
def test_an_unreadable_event_is_told_by_its_seq(payload: bytes) -> None:
    with pytest.raises(StoreError, match="event 12 "):
        codec.decode(12, "incident.noted", 1, payload)


def test_a_new_field_with_a_default_reads_old_payloads() -> None:
    payload = msgspec.msgpack.encode({"type": "config.read", "taken": True, "digest": "d", "later": 1})
    assert codec.decode(1, "config.read", 1, payload).__struct_config__.tag == "config.read"


def test_every_type_has_a_tag_of_its_own() -> None:
    tags = [kind.__struct_config__.tag for kind in get_args(EventBody)]
    assert len(tags) == len(set(tags))
