"""The ledger of one agent between cycles: loaded once, saved when it is worth it, counted minute by minute."""

import contextlib
from collections.abc import Awaitable, Callable

import msgspec

from qualtui.config.values import DatabaseSettings
from qualtui.eventlog.customers import BacklogMarked
from qualtui.tracking.answered_share import decided
from qualtui.tracking.deliverability import GatewayAt
from qualtui.tracking.figures import backlog
from qualtui.tracking.ledger import Ledger, LedgerError, begun, behind, current, packed, unpacked
from qualtui.tracking.minute_counts import Counts
from qualtui.tracking.replies import ReplyState

Load = Callable[[], Awaitable[bytes | None]]
Save = Callable[[bytes], Awaitable[None]]
Learned = Callable[[BacklogMarked], None]

SMALL = 64 * 1024  # bytes of a ledger that is saved with every change; a bigger one ...
SAVE_EVERY = 30.0  # ... when its newest row is so many seconds further


class LedgerStore:
    """Keeps the newest ledger. `load` and `save` keep its blob in our own store and must not raise.

    `learned` is called once, when the first backfill ends. `born`: when qualtui looked first, and
    `backlog_before`: the edge of the backlog, if an earlier log has it.
    """

    def __init__(
        self,
        agent: str,
        settings: DatabaseSettings,
        gateway: GatewayAt,
        load: Load,
        save: Save,
        learned: Learned,
        born: float | None,
        backlog_before: float | None,
    ) -> None:
        self._agent = agent
        self._horizon = float(settings.horizon)
        self._quick = float(settings.refused_takes)
        self._reply_within = float(settings.reply_within)
        self._gateway = gateway
        self._load, self._save, self._learned = load, save, learned
        self._born, self._backlog_before = born, backlog_before
        self._ledger: Ledger | None = None
        self._saved: Ledger | None = None
        self._size = 0  # bytes of the blob that was saved last
        self._seen: tuple[ReplyState, float, float] | None = None  # of the newest whole look: book, born, its time
        self._counted = False  # messages were counted since the ledger was saved

    async def begun(self, now: float) -> Ledger:
        """Return the newest ledger; at the first call the stored one, or a new one. `now`: the server's clock."""
        if self._ledger is not None:
            return self._ledger
        blob = await self._load()
        if blob is not None:
            with contextlib.suppress(LedgerError):  # unreadable: learn again; `born` keeps the backlog's edge
                self._ledger = self._saved = unpacked(blob)
        if self._ledger is None:
            self._ledger = begun(now, self._horizon, self._born, self._quick, self._backlog_before)
        elif self._ledger.quick != self._quick:
            self._ledger = msgspec.structs.replace(self._ledger, quick=self._quick)
        return self._ledger

    async def keep(self, ledger: Ledger, known: Ledger) -> Ledger:
        """Take the ledger of a cycle that began with `known`; return it as it is kept."""
        ledger = self._with_decided(ledger, known)
        before, self._ledger = self._ledger, ledger
        if ledger.learned and not (before is not None and before.learned):
            book = current(ledger, ledger.mark, self._gateway)
            count = len(backlog(ledger, book))
            self._learned(BacklogMarked(self._agent, count, ledger.born, ledger.edge))
        if self._worth_saving(ledger):
            blob = packed(ledger)
            self._counted = False
            await self._save(blob)
            self._saved, self._size = ledger, len(blob)
        return ledger

    def look(self, book: ReplyState | None, born: float, now: float) -> None:
        """Take who waits for a reply at the newest look, at the server's time `now`; None: not known in whole."""
        self._seen = None if book is None else (book, born, now)

    def decided(self) -> Counts | None:
        """Return the messages whose time for a reply is over since the last call, each once; None: not known.

        The first call of all only begins to count; the first one after a restart goes on where the last one ended.
        """
        if self._seen is None or self._ledger is None:
            return None
        book, born, now = self._seen
        until = now - self._reply_within
        since = self._ledger.decided
        self._ledger = msgspec.structs.replace(self._ledger, decided=until)
        # A clock that was set back: those of the time that comes again were counted.
        counts = None if since is None else decided(book, born, min(since, until), until)
        self._counted |= counts is None or counts.total > 0
        return counts

    def _with_decided(self, ledger: Ledger, known: Ledger) -> Ledger:
        """Return the ledger of a cycle that began with `known`: messages may have been counted since."""
        new = None if self._ledger is None else self._ledger.decided
        if new is None or new == known.decided:
            return ledger
        step = ledger.decided - known.decided if ledger.decided is not None and known.decided is not None else 0.0
        return msgspec.structs.replace(ledger, decided=new + step)

    def _worth_saving(self, ledger: Ledger) -> bool:
        """A kill costs only reading again, so a big ledger and mere re-checks are written less often."""
        saved = self._saved
        if saved is None or ledger.learned != saved.learned or ledger.passed is not saved.passed:
            return True
        if self._counted:
            return True  # the next engine would count these messages again
        parts = ((one.book, one.window, one.dropped, one.heard, one.waited) for one in (ledger, saved))
        if next(parts) == next(parts):
            return behind(ledger) and ledger != saved
        return self._size < SMALL or ledger.mark - saved.mark >= SAVE_EVERY
