"""What became of each message, on disk: the guard's memory across restarts, workers and replays.

A message's body is kept from before the bot sees it until the bot has handled it. Writes are synced to the disk
before they return. Errors are sqlite3's.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from qualtui.guard.decision import MessageState
from qualtui.guard.event import WebhookEvent

_ADD = (
    "INSERT INTO messages (key, state, sender, session, why, received, changed, at, owner, tries, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_FIND = "SELECT key, state, sender, session, why, received, changed, tries, released FROM messages WHERE key = ?"
WORKER_LIMIT = 130.0  # s: the bot's worker is killed after 120 s; its memory of ids lasts 120 s
PATIENCE = 5.0  # s for another worker's write
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS messages (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, sender TEXT NOT NULL, session TEXT NOT NULL, why TEXT NOT NULL,
    received REAL NOT NULL, changed REAL NOT NULL, at REAL, owner TEXT NOT NULL, tries INTEGER NOT NULL, body BLOB,
    released TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS open_messages ON messages (received) WHERE state <> 'handled';
CREATE INDEX IF NOT EXISTS senders ON messages (sender, received);
CREATE TABLE IF NOT EXISTS senders_listed (
    sender TEXT PRIMARY KEY, allowed INTEGER NOT NULL, until REAL, who TEXT NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
"""


class KeptMessage(msgspec.Struct, frozen=True):
    """A message in the ledger; `body` is empty once it is handled."""

    key: str
    state: MessageState
    sender: str  # its pseudonym
    session: str
    why: str
    received: float
    changed: float
    tries: int
    released: str  # who asked that it be released; empty: no one
    body: bytes = b""


class GuardLedger:
    """The messages of one bot. Any number of processes and threads may use one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._passing: set[str] = set()  # by this process, now

    def claim(self, event: WebhookEvent, sender: str, body: bytes, now: float) -> MessageState:
        """The message's state before; a new one is taken into the ledger as PASSING, with its body."""
        row = (
            event.key,
            MessageState.PASSING.value,
            sender,
            event.session,
            "",
            now,
            now,
            event.at,
            _owner(os.getpid()),
            0,
            body,
        )
        with self._writing() as connection:
            added = connection.execute(_ADD, row)
            if added.rowcount:
                self._passing.add(event.key)
                return MessageState.NEW
            state, owner = connection.execute(
                "SELECT state, owner FROM messages WHERE key = ?", (event.key,)
            ).fetchone()
            if state == MessageState.PASSING.value and not self._lives(event.key, owner):
                self._change(connection, event.key, MessageState.DOUBT, "the bot's worker ended", now)
                return MessageState.DOUBT
        return MessageState(state)

    def state(self, key: str) -> MessageState:
        """What became of a message; NEW for one that is not known."""
        with self._reading() as connection:
            row = connection.execute("SELECT state FROM messages WHERE key = ?", (key,)).fetchone()
        return MessageState(row[0]) if row else MessageState.NEW

    def handled(self, key: str, now: float) -> None:
        """The bot has it: its body is no longer needed."""
        self._passing.discard(key)
        with self._writing() as connection:
            connection.execute(
                "UPDATE messages SET state = ?, why = '', changed = ?, body = NULL WHERE key = ?",
                (MessageState.HANDLED.value, now, key),
            )

    def held(self, key: str, why: str, now: float) -> None:
        """It waits."""
        self._passing.discard(key)
        with self._writing() as connection:
            self._change(connection, key, MessageState.HELD, why, now)

    def doubted(self, key: str, why: str, now: float) -> None:
        """It is not known whether the bot took it."""
        self._passing.discard(key)
        with self._writing() as connection:
            self._change(connection, key, MessageState.DOUBT, why, now)

    def ask_release(self, key: str, who: str) -> bool:
        """Have the guard release a waiting message at its next look. False where it waits no more."""
        with self._writing() as connection:
            asked = connection.execute(
                "UPDATE messages SET released = ? WHERE key = ? AND state IN (?, ?)",
                (who, key, MessageState.HELD.value, MessageState.DOUBT.value),
            )
        return asked.rowcount > 0

    def take(self, key: str, now: float) -> KeptMessage | None:
        """Take a waiting message to pass it on: PASSING, one more try. None where it waits no more."""
        with self._writing() as connection:
            taken = connection.execute(
                "UPDATE messages SET state = ?, changed = ?, owner = ?, tries = tries + 1, released = ''"
                " WHERE key = ? AND state IN (?, ?)",
                (
                    MessageState.PASSING.value,
                    now,
                    _owner(os.getpid()),
                    key,
                    MessageState.HELD.value,
                    MessageState.DOUBT.value,
                ),
            )
            if not taken.rowcount:
                return None
            self._passing.add(key)
            return self._one(connection, key)

    def recover(self, now: float, older: float) -> int:
        """Put in doubt what a worker that is gone was passing, or any for longer than `older` s. Their number."""
        with self._writing() as connection:
            rows = connection.execute(
                "SELECT key, owner, changed FROM messages WHERE state = ?", (MessageState.PASSING.value,)
            ).fetchall()
            gone = [key for key, owner, changed in rows if not self._lives(key, owner) or now - changed > older]
            for key in gone:
                self._change(connection, key, MessageState.DOUBT, "the bot's worker ended", now)
        return len(gone)

    def waiting(self, limit: int = 1000) -> list[KeptMessage]:
        """What is held or in doubt, the oldest first, without bodies."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, state, sender, session, why, received, changed, tries, released FROM messages"
                " WHERE state IN (?, ?) ORDER BY received, key LIMIT ?",
                (MessageState.HELD.value, MessageState.DOUBT.value, limit),
            ).fetchall()
        return [KeptMessage(row[0], MessageState(row[1]), *row[2:]) for row in rows]

    def find(self, key: str) -> KeptMessage | None:
        """A message, without its body; None where it is not known."""
        with self._reading() as connection:
            row = connection.execute(_FIND, (key,)).fetchone()
        return KeptMessage(row[0], MessageState(row[1]), *row[2:]) if row else None

    def knows(self, sender: str) -> bool:
        """Whether a message of this sender was handled before."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM messages WHERE sender = ? AND state = ? LIMIT 1",
                (sender, MessageState.HANDLED.value),
            ).fetchone()
        return row is not None

    def waits(self, sender: str, why: str) -> bool:
        """Whether a message of this sender is held for a reason that begins so."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM messages WHERE sender = ? AND state = ? AND substr(why, 1, ?) = ? LIMIT 1",
                (sender, MessageState.HELD.value, len(why), why),
            ).fetchone()
        return row is not None

    def listed(self, sender: str, now: float) -> bool | None:
        """Whether a person let this sender through (True) or blocked it (False); None: neither."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT allowed FROM senders_listed WHERE sender = ? AND (until IS NULL OR until > ?)",
                (sender, now),
            ).fetchone()
        return bool(row[0]) if row else None

    def list_sender(self, sender: str, *, allowed: bool, until: float | None, who: str, reason: str) -> None:
        """Let a sender through, or block it; `until`: s since 1970, None for good."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO senders_listed VALUES (?, ?, ?, ?, ?)",
                (sender, int(allowed), until, who, reason),
            )

    def prune(self, before: float) -> int:
        """Forget handled messages that were received, and are stamped, before then. Their number."""
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM messages WHERE state = ? AND received < ? AND coalesce(at, 0) < ?",
                (MessageState.HANDLED.value, before, before),
            )
        return gone.rowcount

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None

    def _lives(self, key: str, owner: str) -> bool:
        """Whether the process that passes a message still does."""
        return key in self._passing if owner == _owner(os.getpid()) else _alive(owner)

    def _change(self, connection: sqlite3.Connection, key: str, state: MessageState, why: str, now: float) -> None:
        connection.execute(
            "UPDATE messages SET state = ?, why = ?, changed = ? WHERE key = ?", (state.value, why, now, key)
        )

    def _one(self, connection: sqlite3.Connection, key: str) -> KeptMessage:
        row = connection.execute(
            "SELECT key, state, sender, session, why, received, changed, tries, released,"
            " coalesce(body, x'')"
            " FROM messages WHERE key = ?",
            (key,),
        ).fetchone()
        return KeptMessage(row[0], MessageState(row[1]), *row[2:])

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # some failures have ended it already
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._open()

    def _open(self) -> sqlite3.Connection:
        """The process's own connection: nothing is opened before a fork, nor taken over one."""
        if self._connection is None or self._process != os.getpid():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            connection = sqlite3.connect(
                self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
            self._connection, self._process = connection, os.getpid()
        return self._connection


def _owner(process: int) -> str:
    """A process by its number and, where the system has it, its start: numbers come again."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return str(process)
    return f"{process}/{stat.rpartition(')')[2].split()[19]}"  # proc(5): field 22, counted after the name


def _alive(owner: str) -> bool:
    """Whether a process of this machine still runs."""
    process = int(owner.partition("/")[0])
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _owner(process) == owner
