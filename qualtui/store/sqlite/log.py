"""The log: append, read, erase, verify. The caller holds the transaction."""

import sqlite3
from collections.abc import Iterable, Iterator
from math import isfinite

import msgspec

from qualtui.eventlog.codec import about, decode, encode, event_kind, number_of
from qualtui.model import Event, EventBody
from qualtui.store.chain import GENESIS, Sealed, hash_payload, link, new_salt
from qualtui.store.errors import StoreError
from qualtui.store.sqlite.statements import statement
from qualtui.text.message import message

ALL = 2**62  # no limit, no end


class Head(msgspec.Struct, frozen=True):
    """The newest event's place in the log."""

    seq: int = 0
    at: float = 0.0
    epoch: int = 0
    chain: bytes = GENESIS


def log_head(connection: sqlite3.Connection) -> Head:
    """The newest event's place; the beginning where there is none."""
    row = connection.execute(statement("head")).fetchone()
    return Head() if row is None else Head(*row)


def append(
    connection: sqlite3.Connection, after: Head, bodies: Iterable[tuple[EventBody, str]], at: float, epoch: int
) -> tuple[Event, ...]:
    """Writes the bodies after `after`, each with its key; one whose key is taken is left out of the answer."""
    if not isfinite(at):
        raise StoreError(message("an event has no time"))
    at = float(at)
    written: list[Event] = []
    for body, key in bodies:
        payload, salt = encode(body), new_salt()
        name, version = event_kind(body)
        sealed = Sealed(after.seq + 1, at, name, version, epoch, key, hash_payload(salt, payload))
        chain = link(after.chain, sealed)
        row = {
            **msgspec.structs.asdict(sealed),
            "number": number_of(body),
            "about": about(body),
            "salt": salt,
            "payload": payload,
            "chain": chain,
        }
        if connection.execute(statement("append_event"), row).rowcount != 1:
            continue
        after = Head(sealed.seq, at, epoch, chain)
        written.append(Event(sealed.seq, at, epoch, body, key))
    return tuple(written)


def read_events(
    connection: sqlite3.Connection, after: int = 0, until: int = ALL, limit: int = ALL
) -> Iterator[Event]:
    """The events with after < seq <= until, at most `limit`; erased ones are left out."""
    rows = connection.execute(statement("events_after"), {"after": after, "until": until, "limit": limit})
    return map(_event, rows)


def history(connection: sqlite3.Connection, number: int) -> tuple[Event, ...]:
    """All that was kept of an incident: its changes, people, notices and fixes, oldest first."""
    return tuple(map(_event, connection.execute(statement("incident_history"), {"number": number})))


def events_before(connection: sqlite3.Connection, before: int, limit: int) -> tuple[Event, ...]:
    """The newest events with seq < before, oldest first; erased ones are left out."""
    rows = connection.execute(statement("events_before"), {"before": before, "limit": limit}).fetchall()
    return tuple(map(_event, reversed(rows)))


def numbers_before(connection: sqlite3.Connection, before: int, limit: int) -> tuple[int, ...]:
    """The numbers of incidents below this one that the log knows, the highest first."""
    rows = connection.execute(statement("numbers_before"), {"before": before, "limit": limit})
    return tuple(number for (number,) in rows)


def _event(row: tuple[int, float, int, str, str, int, bytes]) -> Event:
    seq, at, epoch, key, name, version, payload = row
    return Event(seq, at, epoch, decode(seq, name, version, payload), key)


def erase(connection: sqlite3.Connection, seq: int) -> bool:
    """Takes an event's payload and salt away; False where there is none (any more)."""
    return connection.execute(statement("erase_event"), {"seq": seq}).rowcount == 1


def first_broken(connection: sqlite3.Connection, seq: int, chain: bytes) -> int | None:
    """The first event after `seq`, whose link is `chain`, that is not what was once written; None: all is well."""
    for row in connection.execute(statement("links")):
        *sealing, salt, payload, claimed = row
        sealed = Sealed(*sealing)
        if sealed.seq != seq + 1:
            return seq + 1
        if payload is not None and hash_payload(salt or b"", payload) != sealed.payload_hash:
            return sealed.seq
        chain = link(chain, sealed)
        if chain != claimed:
            return sealed.seq
        seq = sealed.seq
    cut: int = connection.execute(statement("checkpoint_beyond"), {"head": seq}).fetchone()[0]
    return seq + 1 if cut else None
