"""Switches inside the simulated agent that faults turn; one object outlives the agent's restarts."""


class BotSwitches:
    """`unanswered`: messages are stored and never answered. `broken`: message events answer 500.

    `bad_code`: likewise, because of the deploy that is live.
    """

    def __init__(self) -> None:
        self.unanswered = False
        self.broken = False
        self.bad_code = False

    @property
    def failing(self) -> bool:
        """Whether message events answer 500."""
        return self.broken or self.bad_code

    def run_code(self, bad: bool) -> None:
        """What a deploy does."""
        self.bad_code = bad
