"""What a run of retry did so far."""

from collections import Counter

from qualtui.fixes.claims import Claim
from qualtui.fixes.fix import Outcome
from qualtui.text import _


class RunTotals:
    """What a run did so far: a run that ends early must tell it, too."""

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.accepted: dict[str, tuple[Claim, str]] = {}  # by lead: the claim, and the message's id
        self.asked: list[str] = []
        self.doubt: list[str] = []
        self.left: Counter[str] = Counter()
        self.unstored = 0
        self.unrecorded = 0

    def outcome(self, total: int, stopped: str = "") -> Outcome:
        """In one line; what could not be done is a failure only where nothing was. `stopped`: by whom, if so."""
        parts = [_("Answered {} of {}").format(len(self.delivered), total)]
        if self.accepted:
            parts.append(_("{} accepted, not yet delivered").format(len(self.accepted)))
        if self.asked:
            parts.append(_("{} handed to the bot, which has not answered yet").format(len(self.asked)))
        if self.doubt:
            parts.append(_("{} interrupted: may have been sent, is never sent again").format(len(self.doubt)))
        if self.unstored:
            parts.append(_("{} sent, but its row could not be stored").format(self.unstored))
        if self.unrecorded:
            parts.append(_("{} could not be written down and will look interrupted").format(self.unrecorded))
        if self.left:
            told = ", ".join(f"{count} {reason}" for reason, count in self.left.items())
            parts.append(_("left: {}").format(told))
        word = (
            "interrupted"
            if self.doubt
            else "stopped"
            if self.left[stopped]
            else "ok"
            if self.delivered or self.asked
            else "accepted"
            if self.accepted
            else "nothing"
        )
        return Outcome(word, "; ".join(parts), tuple(self.delivered))
