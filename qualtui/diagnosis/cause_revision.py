"""When the root cause of a young incident is revised: the first look may have been too early. Pure."""

import msgspec

from qualtui.diagnosis.root_cause import VAGUE, CauseKind, RootCause

YOUNG = 600.0  # s after its beginning in which an incident's cause may be revised
HOLDS = 15.0  # s for which another cause must be seen without a break
CONFIRMED = 60.0  # s: a cause that was seen for so long stays, also when only its effects are left

# What a cause leaves behind is no better cause.
_EFFECTS = {
    CauseKind.FLOOD: {CauseKind.NEVER_STORED, CauseKind.WEBHOOK, CauseKind.BOT_OWES},
    CauseKind.GATEWAY: {CauseKind.NOT_DELIVERED},
    CauseKind.BOT_DOWN: {CauseKind.LOST_WHILE_DOWN, CauseKind.NEVER_STORED, CauseKind.WEBHOOK},
    CauseKind.DATABASE_DOWN: {CauseKind.NEVER_STORED, CauseKind.WEBHOOK, CauseKind.BOT_OWES},
    CauseKind.STUCK_SENDING: {CauseKind.NEVER_STORED, CauseKind.WEBHOOK, CauseKind.BOT_OWES},
}


class Belief(msgspec.Struct, frozen=True):
    """How sure the cause of an incident is: since when it is so, when it was last seen, and what else is."""

    since: float
    seen: float
    other: CauseKind = CauseKind.NONE
    other_since: float = 0.0


def cause_believed(reason: RootCause, now: float) -> Belief:
    """The belief in a cause that an incident is given now."""
    return Belief(float("-inf") if reason.since is None else reason.since, now)


def restored(now: float) -> Belief:
    """That in a cause of an earlier engine: no one knows for how long it was seen."""
    return Belief(float("-inf"), now)


def later(belief: Belief, stored: CauseKind, reason: RootCause, now: float) -> Belief:
    """The belief after one more look."""
    if reason.root is stored:
        return msgspec.structs.replace(belief, seen=now, other=CauseKind.NONE)
    if reason.root is belief.other:
        return belief
    return msgspec.structs.replace(belief, other=reason.root, other_since=now)


def to_revise(belief: Belief, stored: CauseKind, fired_at: float, now: float, speed: float = 1.0) -> bool:
    """Whether the other cause takes the stored one's place. `speed`: a demo's time is faster."""
    if belief.other in VAGUE or not 0 <= now - fired_at <= YOUNG / speed:
        return False
    if now - belief.other_since < HOLDS / speed or belief.other in _EFFECTS.get(stored, ()):
        return False
    return stored in VAGUE or belief.seen - belief.since < CONFIRMED / speed
