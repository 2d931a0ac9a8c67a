"""The guard itself: takes a post, decides, passes it to the bot or keeps it, and answers. No web framework in it.

Origin fails closed: what goes wrong before it is proven stores the body and passes nothing. Everything after it
fails open: where the ledger or a counter breaks, the customer's message goes to the bot.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from qualtui.guard.attempts import Attempt, AttemptLog, network
from qualtui.guard.decision import TOO_LARGE, Decision, MessageState, PostFate, SenderCounts, decide
from qualtui.guard.event import PostKind, WebhookEvent, read_event
from qualtui.guard.ledger import WORKER_LIMIT, GuardLedger, KeptMessage
from qualtui.guard.origin import Post, PostOrigin, Proof, check_origin, client, expected_of
from qualtui.guard.pseudonym import Pseudonyms
from qualtui.guard.rates import RATE, Rates
from qualtui.guard.ring import RefusedPost, Ring
from qualtui.guard.settings import GuardSettings
from qualtui.guard.spam import Pattern, Recent, score
from qualtui.guard.verdict import doubt

log = logging.getLogger(__name__)

STAMP = "x-webhook-timestamp"
REPLAY_MARGIN = 2  # an id is remembered for this many times the age up to which a message is taken
JOIN_STEP = 0.1  # s between two looks at the first delivery of a message

_SHOWN = (STAMP, "x-webhook-hmac", "x-webhook-hmac-algorithm", "x-webhook-request-id", "content-type")


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes
    kind: str = "application/json"


Forward = Callable[[Post], Reply]


class GuardClock(NamedTuple):
    """Time, and a wait."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class GuardCore:
    """Decides on posts. `totals` counts the fates since the start, by the log's word."""

    def __init__(
        self,
        settings: GuardSettings,
        ledger: GuardLedger,
        attempts: AttemptLog,
        ring: Ring | None,
        names: Pseudonyms,
        clock: GuardClock | None = None,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._attempts = attempts
        self._ring = ring
        self._clock = clock or GuardClock()
        self._expected = expected_of(settings)
        if not settings.proves:
            log.warning("the origin of posts is not proven: set origin.hmac_key or origin.path_token")
        self._rates = Rates(settings.rate)
        self._recent = Recent(settings.spam.window)
        self._lock = threading.Lock()
        self._patterns = _patterns(settings.spam.patterns)
        self._names = names
        self.totals: dict[str, int] = {}
        self.unheld = 0  # messages that had to be passed because they could not be kept

    def receive(self, post: Post, forward: Forward) -> Reply:
        """The answer to a post. `forward` gives it to the bot."""
        now = self._clock.now()
        if len(post.body) > self._settings.largest:
            return self._end(post, None, TOO_LARGE, now)
        try:
            event = read_event(post.body)
            origin = self._origin(post, event)
        except Exception:
            log.exception("the origin of a post could not be checked")
            origin, event = PostOrigin(Proof.BAD, "the guard failed"), WebhookEvent(PostKind.UNREADABLE, "")
            return self._end(post, event, Decision(PostFate.RING, "refused", 503, origin.why), now)
        if origin.refused and self._settings.enforces:
            decision = decide(event, origin, SenderCounts(), now, self._settings.origin.max_age, enforce=True)
            return self._end(post, event, decision, now)
        return self._admitted(post, event, origin, forward, now)

    def release(self, key: str, forward: Forward) -> Reply | None:
        """Give a waiting message to the bot. None where it waits no more, or may not be tried again.

        Raises sqlite3.Error.
        """
        now = self._clock.now()
        found = self._ledger.find(key)
        if found is None or not may_release(found, now):
            return None
        taken = self._ledger.take(key, now)
        return None if taken is None else self._pass(Post(taken.body), key, forward)

    def release_due(self, forward: Forward) -> int:
        """Give the bot what a person released or what waited for its rate, each chat in order. Their number."""
        done, behind = 0, set[str]()
        for one in self._ledger.waiting():
            if one.sender in behind:
                continue
            if not self._due(one):
                if one.state is MessageState.HELD and one.why.startswith(RATE):
                    behind.add(one.sender)  # what came later from the same chat must not overtake it
                continue
            done += self.release(one.key, forward) is not None
        return done

    def _due(self, one: KeptMessage) -> bool:
        """Whether a waiting message may go now. One for its rate is counted against it here."""
        if one.released:
            return may_release(one, self._clock.now())
        if one.state is not MessageState.HELD or not one.why.startswith(RATE):
            return False
        return not self._rates.exceeded(one.sender, one.session, known=True, now=self._clock.now())

    def recover(self) -> int:
        """Put in doubt what a worker that is gone was passing. Their number. Raises sqlite3.Error."""
        return self._ledger.recover(self._clock.now(), WORKER_LIMIT)

    def prune(self) -> None:
        """Forget what can't come again, and refused bodies past their time. Raises sqlite3.Error, OSError."""
        now = self._clock.now()
        self._ledger.prune(now - REPLAY_MARGIN * self._settings.origin.max_age)
        if self._ring is not None:
            self._ring.expire(now)

    def stats(self) -> bytes:
        """Counts since the start and what waits, as JSON: no person in it. Raises sqlite3.Error."""
        waiting: dict[str, int] = {}
        for one in self._ledger.waiting(limit=100_000):
            word = one.state.value if one.state is MessageState.DOUBT else f"held:{one.why.partition(':')[0]}"
            waiting[word] = waiting.get(word, 0) + 1
        oldest = next(iter(self._ledger.waiting(limit=1)), None)
        return msgspec.json.encode(
            {
                "mode": "enforce" if self._settings.enforces else "observe",
                "proof": self._settings.proves,
                "totals": self.totals,
                "waiting": waiting,
                "oldest_s": round(self._clock.now() - oldest.received) if oldest else 0,
                "unheld": self.unheld,
                "log_failed": self._attempts.failed,
            }
        )

    def _origin(self, post: Post, event: WebhookEvent) -> PostOrigin:
        origin = check_origin(post, self._expected)
        sessions = self._settings.origin.sessions
        if (
            sessions
            and not origin.refused
            and event.kind is not PostKind.UNREADABLE
            and event.session not in sessions
        ):
            return PostOrigin(Proof.BAD, "session")
        return origin

    def _admitted(
        self, post: Post, event: WebhookEvent, origin: PostOrigin, forward: Forward, now: float
    ) -> Reply:
        sender = self._names.of(event.chat) if event.chat else ""
        keeps = event.kind in (PostKind.MESSAGE, PostKind.UNREADABLE)
        try:
            state = self._ledger.claim(event, sender, post.body, now) if keeps else MessageState.NEW
            counts = (
                self._counts(event, sender, state, now) if event.kind is PostKind.MESSAGE else SenderCounts(state)
            )
        except (sqlite3.Error, OSError):
            return self._unheld(post, event, forward, now)
        except Exception:
            log.exception("the guard's counters failed: the message passes")
            counts = SenderCounts(state)
        enforce, max_age = self._settings.enforces, self._settings.origin.max_age
        decision = decide(event, origin, counts, now, max_age, enforce=enforce)
        if event.kind is PostKind.UNREADABLE and state is not MessageState.NEW:
            decision = Decision(PostFate.DROP, "duplicate", 200)
        try:
            return self._carry_out(post, event, decision, forward, now)
        except (sqlite3.Error, OSError):  # before the bot has seen it
            return self._unheld(post, event, forward, now)

    def _carry_out(
        self, post: Post, event: WebhookEvent, decision: Decision, forward: Forward, now: float
    ) -> Reply:
        if decision.fate is PostFate.HOLD:
            self._ledger.held(event.key, decision.why, now)
        if decision.fate is PostFate.JOIN:
            self._joined(event)
        if decision.fate is PostFate.FORWARD:
            self._count(decision.log)
            if decision.log != "passed":
                self._note(post, event, decision, now)
            return self._pass(post, event.key, forward)
        return self._end(post, event, decision, now)

    def _pass(self, post: Post, key: str, forward: Forward) -> Reply:
        """Give a claimed message to the bot, and keep what its answer means. In doubt is 200: we have the body."""
        try:
            reply = forward(post)
            why = doubt(reply.status, reply.body)
        except Exception as error:
            log.warning("the bot did not take a message: %s", type(error).__name__)
            reply, why = Reply(502, b""), "no answer"
        return self._settle(post, key, reply, why)

    def _settle(self, post: Post, key: str, reply: Reply, why: str) -> Reply:
        """Write down what became of a message that the bot has seen. A failure to never passes it again."""
        now = self._clock.now()
        try:
            if not why:
                self._ledger.handled(key, now)
                return reply
            self._ledger.doubted(key, why, now)
        except (sqlite3.Error, OSError):  # its body is kept since it was claimed: it will be in doubt
            log.exception("the guard can't write down what the bot answered")
            return _said("in doubt") if why else reply
        self._count(f"doubt:{why}")
        self._attempts.add(Attempt(now, f"doubt:{why}", size=len(post.body)))
        return _said("in doubt")

    def _joined(self, event: WebhookEvent) -> None:
        """Wait for the first delivery of the same message."""
        until = self._clock.now() + WORKER_LIMIT
        while self._ledger.state(event.key) is MessageState.PASSING and self._clock.now() < until:
            self._clock.sleep(JOIN_STEP)

    def _counts(self, event: WebhookEvent, sender: str, state: MessageState, now: float) -> SenderCounts:
        if state is not MessageState.NEW:
            return SenderCounts(state)
        listed = self._ledger.listed(sender, now)
        if listed is not None:
            return SenderCounts(state, blocked=not listed)
        known = self._ledger.knows(sender)
        spam = "" if known else self._spam(event, sender, now)
        if self._ledger.waits(sender, RATE):  # no message overtakes another of its chat
            return SenderCounts(state, rate=f"{RATE}, behind others", spam=spam)
        rate = self._rates.exceeded(sender, event.session, known=known, now=now)
        return SenderCounts(state, rate=rate, spam=spam)

    def _spam(self, event: WebhookEvent, sender: str, now: float) -> str:
        with self._lock:
            senders, strangers = self._recent.add(sender, event.text, now)
        found = score(event.text, senders, strangers, self._settings.spam, self._patterns)
        return f"spam: {found}" if found.points >= self._settings.spam.hold_from else ""

    def _unheld(self, post: Post, event: WebhookEvent, forward: Forward, now: float) -> Reply:
        """The ledger can't be written: the message goes to the bot; if that fails, the gateway repeats it."""
        self.unheld += 1
        log.critical("the guard can't keep messages: they pass unguarded (%s)", self._ledger.path)
        self._count("unheld")
        self._note(post, event, Decision(PostFate.FORWARD, "unheld"), now)
        if event.kind is not PostKind.MESSAGE:
            return _said("ignored")
        try:
            return forward(post)
        except Exception:
            return Reply(503, b'{"guard":"unavailable"}')

    def _end(self, post: Post, event: WebhookEvent | None, decision: Decision, now: float) -> Reply:
        """Count, log and answer what does not reach the bot."""
        if decision.fate is PostFate.RING and self._ring is not None:
            headers = tuple((name, value) for name, value in post.headers if name in _SHOWN)
            try:
                self._ring.add(RefusedPost(now, post.body, headers, decision.why))
            except OSError as error:
                log.warning("a refused body could not be kept: %s", error.strerror)
        self._count(decision.log)
        if decision.log != "ignored":
            self._note(post, event, decision, now)
        return _said(decision.log.partition(":")[0], decision.status or 200)

    def _note(self, post: Post, event: WebhookEvent | None, decision: Decision, now: float) -> None:
        refused = decision.fate is PostFate.RING
        self._attempts.add(
            Attempt(
                now,
                decision.log,
                sender=self._names.of(event.chat) if event is not None and event.chat else "",
                source=network(client(post, self._settings.origin.trusted_hops)),
                session="" if event is None or refused else event.session[:60],
                why=decision.why,
                size=len(post.body),
                stamped=next(iter(post.all(STAMP)), "")[:20],
            )
        )

    def _count(self, word: str) -> None:
        self.totals[word] = self.totals.get(word, 0) + 1


def may_release(one: KeptMessage, now: float) -> bool:
    """Whether a waiting message may go to the bot: one in doubt once, when the bot has forgotten its id."""
    if one.state is MessageState.HELD:
        return True
    return one.state is MessageState.DOUBT and one.tries < 1 and now - one.changed >= WORKER_LIMIT


def _patterns(texts: Sequence[str]) -> list[Pattern]:
    if not texts:
        return []
    import re2

    return [re2.compile(text) for text in texts]


def _said(word: str, status: int = 200) -> Reply:
    return Reply(status, msgspec.json.encode({"guard": word}))
