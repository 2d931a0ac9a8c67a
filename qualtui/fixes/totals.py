"""What a run of retry did so far."""

from collections import Counter
from collections.abc import Mapping

from qualtui.fixes.claims import Claim
from qualtui.fixes.fix import Outcome
from qualtui.text.message import Saying, Text, joined, message


class RunTotals:
    """What a run did so far: a run that ends early must report it, too."""

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.accepted: dict[str, tuple[Claim, str]] = {}  # by lead: the claim, and the message's id
        self.asked: list[str] = []
        self.doubt: list[str] = []
        self.left: Counter[Saying] = Counter()
        self.stopped = False  # some were left because a person stopped the run
        self.unstored = 0
        self.unrecorded = 0

    def outcome(self, total: int) -> Outcome:
        """In one line; what could not be done is a failure only where nothing was."""
        parts = [message("Answered {part:whole} of {all:whole}", part=len(self.delivered), all=total)]
        if self.accepted:
            parts.append(message("{number:whole} accepted, not yet delivered", number=len(self.accepted)))
        if self.asked:
            parts.append(
                message("{number:whole} handed to the bot, which has not answered yet", number=len(self.asked))
            )
        if self.doubt:
            number = len(self.doubt)
            parts.append(
                message("{number:whole} interrupted: may have been sent, is never sent again", number=number)
            )
        if self.unstored:
            parts.append(message("{number:whole} sent, but its row could not be stored", number=self.unstored))
        if self.unrecorded:
            parts.append(
                message(
                    "{number:whole} could not be written down and will look interrupted", number=self.unrecorded
                )
            )
        if self.left:
            parts.append(left_behind(self.left))
        word = (
            "interrupted"
            if self.doubt
            else "stopped"
            if self.stopped
            else "ok"
            if self.delivered or self.asked
            else "accepted"
            if self.accepted
            else "nothing"
        )
        return Outcome(word, joined(parts), tuple(self.delivered))


def left_behind(reasons: Mapping[Saying, int]) -> Text:
    """How many were left, by reason."""
    parts = [message("{number:whole} {reason}", number=number, reason=why) for why, number in reasons.items()]
    return message("left: {reasons}", reasons=joined(parts, ", "))
