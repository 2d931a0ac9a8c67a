"""Old events stay readable."""

import msgspec
import pytest

from qualtui.eventlog import codec
from qualtui.eventlog.codec import EventError
from qualtui.eventlog.incidents import Noted
from qualtui.eventlog.registry import FAMILIES, KINDS
from qualtui.model import EventBody, State


def test_upcasts_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.VERSIONS, "incident.noted", 3)
    monkeypatch.setitem(codec.UPCASTS, ("incident.noted", 1), lambda f: {**f, "text": f["text"] + "1"})
    monkeypatch.setitem(codec.UPCASTS, ("incident.noted", 2), lambda f: {**f, "text": f["text"] + "2"})
    body = Noted(1, "ana", "x")
    payload = codec.encode(body)
    assert codec.event_kind(body) == ("incident.noted", 3)
    read = [codec.decode(1, "incident.noted", version, payload) for version in (1, 2, 3)]
    assert read == [Noted(1, "ana", "x12"), Noted(1, "ana", "x2"), Noted(1, "ana", "x")]


@pytest.mark.parametrize("payload", [b"", b"\xc1", b"\x91" * 100_000, msgspec.msgpack.encode({"type": 5})])
def test_an_unreadable_event_is_told_by_its_seq(payload: bytes) -> None:
    with pytest.raises(EventError, match="event 12 "):
        codec.decode(12, "incident.noted", 1, payload)


def test_a_new_field_with_a_default_reads_old_payloads() -> None:
    payload = msgspec.msgpack.encode({"type": "config.read", "taken": True, "digest": "d", "later": 1})
    assert codec.decode(1, "config.read", 1, payload).__struct_config__.tag == "config.read"


def test_every_event_stands_in_one_family_and_has_a_tag_of_its_own() -> None:
    rows = [kind for family in FAMILIES for kind in family.kinds]
    assert {kind.body for kind in rows} == set(EventBody.__subclasses__())
    assert len({kind.name for kind in rows}) == len(rows) == len(KINDS)


def test_each_collection_of_the_state_has_one_family_that_says_what_it_keeps() -> None:
    kept = [one.field for family in FAMILIES for one in family.kept]
    dicts = {one.name for one in msgspec.structs.fields(State) if isinstance(getattr(State(), one.name), dict)}
    assert sorted(kept) == sorted(dicts)
    assert all(one.why for family in FAMILIES for one in family.kept)
