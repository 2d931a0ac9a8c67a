"""A customer's words said again: the bot does not answer them twice in the same five minutes. Pure."""

import re
from collections.abc import Iterable

from qualtui.tracking.gateway_chats import CLOCKS, ChatMessage

BUCKET = 300.0  # s of the clock in which the bot sends the same text once to a phone (agent.md, 4)
MOST = 3  # repeats after one answer; more of them are a flood
# Words that answer more than one question: the bot's next text is another one, and pending.
_CHOICES = frozenset((
    "s", "sim", "n", "não", "nao", "sei", "ok", "okay", "claro", "isso", "pode", "quero", "tenho", "talvez",
    "depende",
))  # fmt: skip


def repeats(said: Iterable[tuple[ChatMessage, str]], bucket: float = BUCKET) -> frozenset[float]:
    """When a customer repeated the words that were answered in the same bucket.

    `said`: messages of one chat with their words, empty where there are none; of ours only those of the bot, which
    never repeats its answers. `bucket`: its seconds, fewer in a fast demo. Only the words before the answer
    count: after other ones the bot's answer is another one, too.
    """
    again: set[float] = set()
    others: set[float] = set()
    before, answer, count = "", None, 0
    for one, words in sorted(said, key=lambda each: (each[0].at, each[0].heard)):
        if one.ours:
            if one.heard:
                answer, count = one.at, 0
            continue
        if (
            _tells(words)
            and words == before
            and answer is not None
            and _one_bucket(answer, one.at, bucket)
            and count < MOST
        ):
            again.add(one.at)
            count += 1
        else:
            others.add(one.at)
            before, answer = words, None
    return frozenset(again - others)


def _tells(words: str) -> bool:
    """Whether the same answer is due to the same words. A number, "sim" or "não sei" may answer two questions."""
    spoken = re.findall(r"[^\W\d_]+", words)
    return bool(spoken) and not set(spoken) <= _CHOICES


def _one_bucket(answer: float, repeat: float, bucket: float) -> bool:
    """Whether both may lie in one bucket of the bot's clock, which is not quite WhatsApp's."""
    clocks = min(CLOCKS, bucket / 10)
    return answer // bucket in {repeat // bucket, (repeat - clocks) // bucket}
