"""Switches inside the simulated agent that faults turn; one object outlives the agent's restarts."""


class BotSwitches:
    """`unanswered`: messages are stored and never answered. `broken`: message events answer 500."""

    def __init__(self) -> None:
        self.unanswered = False
        self.broken = False
