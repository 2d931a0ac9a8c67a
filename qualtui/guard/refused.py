"""Refused posts that today's keys prove: they wait in the ledger to be given to the bot, each once."""

from qualtui.guard.decision import MessageState
from qualtui.guard.event import PostKind, read_event
from qualtui.guard.ledger import GuardLedger
from qualtui.guard.origin import ExpectedOrigin, Post, Proof, check_origin
from qualtui.guard.pseudonym import Pseudonyms
from qualtui.guard.ring import Ring

WHY = "refused before"


def take_back(
    ring: Ring, ledger: GuardLedger, expected: ExpectedOrigin, names: Pseudonyms, who: str, now: float
) -> int:
    """Release every refused customer's message whose signature is right now. Their number.

    A token is not kept with a refused post, so only a signature proves it. Raises OSError, sqlite3.Error.
    """
    released = 0
    by_key = ExpectedOrigin(keys=expected.keys)
    for refused in ring.all(now):
        event = read_event(refused.body)
        proof = check_origin(Post(refused.body, refused.headers), by_key).proof
        if event.kind is not PostKind.MESSAGE or proof is not Proof.OK:
            continue
        # Its network was right or wrong at the time; the key is what proves it now.
        if ledger.claim(event, names.of(event.chat), refused.body, now) is MessageState.NEW:
            ledger.held(event.key, WHY, now)
            released += ledger.ask_release(event.key, who)
    return released
