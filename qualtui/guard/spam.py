"""Whether a message looks like spam: points for what is unusual, with the reason of each. Pure, time is passed in.

Only strangers get points, and what a campaign brings is not spam by itself: many new people at once who all send
the text that its link has filled in. It takes links or a configured pattern besides.
"""

import hashlib
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from qualtui.guard.settings import SpamSettings

REPEATED = 40  # points: the same text from many senders
CROWD = 30  # many new senders at once
LINKS = 60  # many links in one message
PATTERN = 100  # a configured pattern
TEXTS = 5_000  # different texts remembered
STRANGERS = 100_000  # messages of strangers remembered
SENDERS = 50  # senders remembered of one text
_SHORT = 12  # characters: "oi", "bom dia" are what everybody writes


class Pattern(Protocol):
    """A compiled regular expression."""

    def search(self, text: str) -> Any:
        """A match, or None."""


class Score(msgspec.Struct, frozen=True):
    """The points of a message and what gave them."""

    points: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.reasons)


class Recent:
    """What strangers wrote lately: bounded in number and time."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._texts: OrderedDict[bytes, OrderedDict[str, float]] = OrderedDict()
        self._new: deque[tuple[float, str]] = deque()
        self._strangers: Counter[str] = Counter()

    def add(self, sender: str, text: str, now: float) -> tuple[int, int]:
        """Take in a stranger's message. Senders of this text, and strangers, within the window."""
        self._new.append((now, sender))
        self._strangers[sender] += 1
        while len(self._new) > STRANGERS or now - self._new[0][0] > self._window:
            _at, gone = self._new.popleft()
            self._strangers[gone] -= 1
            if not self._strangers[gone]:
                del self._strangers[gone]
        senders = 0
        if len(text) >= _SHORT:
            senders = self._of_text(sender, text, now)
        return senders, len(self._strangers)

    def _of_text(self, sender: str, text: str, now: float) -> int:
        digest = hashlib.blake2b(" ".join(text.lower().split()).encode(errors="replace"), digest_size=16).digest()
        of = self._texts.setdefault(digest, OrderedDict())
        self._texts.move_to_end(digest)
        of[sender] = now
        of.move_to_end(sender)
        while of and (len(of) > SENDERS or now - next(iter(of.values())) > self._window):
            of.popitem(last=False)
        while len(self._texts) > TEXTS:
            self._texts.popitem(last=False)
        return len(of)


def score(text: str, senders: int, strangers: int, settings: SpamSettings, patterns: Sequence[Pattern]) -> Score:
    """The score of a stranger's message. `senders`, `strangers`: of `Recent.add`."""
    found: list[tuple[int, str]] = []
    if senders >= settings.repeats:
        found.append((REPEATED, "the same text from many senders"))
    if strangers >= settings.new_senders:
        found.append((CROWD, "many new senders"))
    if links(text) >= settings.links:
        found.append((LINKS, "many links"))
    if any(pattern.search(text) for pattern in patterns):
        found.append((PATTERN, "a pattern"))
    return Score(sum(points for points, _reason in found), tuple(reason for _points, reason in found))


def links(text: str) -> int:
    """How many addresses a text has."""
    low = text.lower()
    return low.count("http://") + low.count("https://") + low.count("www.")
