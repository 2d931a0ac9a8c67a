"""Checkpoints of State: start is the newest one and what came after it. The caller holds the transaction."""

import hashlib
import sqlite3

import msgspec

from qualtui.eventlog.fold import FOLD_VERSION, fold_events
from qualtui.eventlog.renamed import renamed_state
from qualtui.model import State
from qualtui.store.chain import GENESIS
from qualtui.store.errors import StoreError
from qualtui.store.sqlite import log
from qualtui.store.sqlite.statements import statement
from qualtui.text.message import message

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)


class Anchor(msgspec.Struct, frozen=True):
    """Where the kept log begins: the last pruned event's seq and link, and the fold up to there."""

    seq: int = 0
    chain: bytes = GENESIS
    state: State = State()


def anchor(connection: sqlite3.Connection) -> Anchor:
    """The anchor; the log's very beginning where nothing was pruned. Raises StoreError where it can't be read."""
    row = connection.execute(statement("read_anchor")).fetchone()
    if row is None:
        return Anchor()
    seq, link, blob, digest = row
    state = _read(blob, digest)
    if state is None:
        # An empty State in its place would give the numbers of old incidents again.
        raise StoreError(
            message(
                "the store's anchor can't be read: it is damaged or was written by a newer qualtui;"
                " restore a copy of the store, or move it aside to start a new one"
            )
        )
    return Anchor(seq, link, state)


def beginning(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """The last pruned event's seq and link."""
    row = connection.execute(statement("read_anchor")).fetchone()
    return (0, GENESIS) if row is None else (row[0], row[1])


def load_state(connection: sqlite3.Connection) -> State:
    """The fold of the whole log."""
    newest = log.log_head(connection)
    state = _base(connection, newest.seq)
    state = fold_events(state, log.read_events(connection, after=state.seq))
    # Erased events are not folded, and still count: the next append expects the log's own end.
    return (
        msgspec.structs.replace(state, seq=newest.seq, at=newest.at, epoch=newest.epoch) if newest.seq else state
    )


def as_row(state: State) -> dict[str, object]:
    """A State as a row of the table; takes time where it is large."""
    blob = as_bytes(state)
    return {"seq": state.seq, "fold": FOLD_VERSION, "at": state.at, "state": blob, "digest": _digest(blob)}


def save(connection: sqlite3.Connection, row: dict[str, object]) -> None:
    """Keeps a State, given `as_row`, for the next start."""
    connection.execute(statement("write_checkpoint"), row)
    connection.execute(statement("prune_checkpoints"), {"fold": FOLD_VERSION})


def forget_checkpoints(connection: sqlite3.Connection, seq: int) -> None:
    """Drops the checkpoints that may hold what event `seq` said."""
    connection.execute(statement("forget_checkpoints"), {"seq": seq})


def begin_after(connection: sqlite3.Connection, seq: int, link: bytes, state: State) -> None:
    """Has an empty log go on after an event that it does not hold: its seq and link, and the fold up to there."""
    blob = as_bytes(state)
    row = {"seq": seq, "chain": link, "state": blob, "digest": _digest(blob)}
    connection.execute(statement("write_anchor"), row)


def next_anchor(connection: sqlite3.Connection, before: float, now: float, limit: int) -> dict[str, object] | None:
    """The anchor's row once the events older than `before` and inside a checkpoint are gone, at most `limit`.

    None: there are none. One that a clock stamped too early takes no younger one with it. Their fold goes into the
    anchor: a later fold of another version can no longer read them.
    """
    which = {"before": before, "now": now + 86400.0, "limit": limit}
    row = connection.execute(statement("prunable_event"), which).fetchone()
    if row is None:
        return None
    seq, link = row
    state = fold_events(anchor(connection).state, log.read_events(connection, until=seq))
    blob = as_bytes(msgspec.structs.replace(state, seq=seq))
    return {"seq": seq, "chain": link, "state": blob, "digest": _digest(blob)}


def move_anchor(connection: sqlite3.Connection, row: dict[str, object]) -> int:
    """Writes the anchor and takes away the events up to it; returns how many."""
    connection.execute(statement("write_anchor"), row)
    return connection.execute(statement("prune_events"), {"seq": row["seq"]}).rowcount


def _base(connection: sqlite3.Connection, newest: int) -> State:
    """The newest sound checkpoint of this fold's version, else the anchor's State."""
    for blob, digest in connection.execute(
        statement("newest_checkpoints"), {"fold": FOLD_VERSION, "head": newest}
    ):
        state = _read(blob, digest)
        if state is not None:
            return state
    return anchor(connection).state


def as_bytes(state: State) -> bytes:
    """A State as it is kept."""
    return _encoder.encode(state)


def from_bytes(blob: bytes) -> State | None:
    """The State in a blob, under today's names; None where this version can't read it."""
    try:
        return renamed_state(_decoder.decode(blob))
    except (msgspec.DecodeError, RecursionError):
        return None


def _read(blob: bytes, digest: bytes) -> State | None:
    """The State in a kept blob; None where it is damaged, or not of this version's form."""
    return from_bytes(blob) if _digest(blob) == digest else None


def _digest(blob: bytes) -> bytes:
    return hashlib.sha256(blob).digest()
