"""What a remedy is: preview, run, verify, undo. The engine's runner adds tokens, guardrails and the audit."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol, runtime_checkable

import msgspec

from qualtui.text.message import Saying, message
from qualtui.wire import PreviewItem


class FixError(Exception):
    """A remedy could not be asked or run; the one-line text has no personal data, no DSN."""

    def __init__(self, text: Saying) -> None:
        super().__init__(str(text))
        self.text = text


class Plan(msgspec.Struct, frozen=True):
    """What a run would change. `refused` not empty: a guardrail forbids it, and why."""

    title: Saying  # the consequence: Closes 3 sessions
    explain: tuple[Saying, ...]
    items: tuple[PreviewItem, ...]  # at most a screenful
    subjects: tuple[str, ...]  # all ids
    mode: str
    warnings: tuple[Saying, ...] = ()
    refused: Saying = ""
    later: int = 0  # so many more, but not at this hour ...
    later_at: float = 0.0  # ... from when on they may be
    run: str = ""  # the run's id, once it runs
    weigh: bool = True  # its warnings are for a person to weigh: no policy runs it with any


class Outcome(msgspec.Struct, frozen=True):
    """What a run did. `outcome`: ok, nothing, stopped (some were left), interrupted (some is in doubt), failed,
    accepted (a message was taken, and nothing shows yet that it was delivered).

    `done`: the ids changed.
    """

    outcome: str
    summary: Saying
    done: tuple[str, ...] = ()


class Stop:
    """A person's word that a run is to end: heard between two of its steps, never within one."""

    def __init__(self) -> None:
        self._who = ""
        self._said = asyncio.Event()

    def say(self, who: str) -> None:
        """Gives the word; once more changes nothing."""
        if not self._said.is_set():
            self._who = who
            self._said.set()

    @property
    def why(self) -> Saying:
        """Return who did it; empty while that is not known."""
        return message("stopped by {who}", who=self._who) if self._said.is_set() else ""

    async def cuts(self, pause: Awaitable[None]) -> None:
        """Waits until a pause is over, or the word was given."""
        both = {asyncio.ensure_future(pause), asyncio.ensure_future(self._heard())}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()

    async def _heard(self) -> None:
        await self._said.wait()


@runtime_checkable
class AnswersCustomers(Protocol):
    """A fix that writes to customers, and can say whether to one of them."""

    async def reaches(self, lead: str) -> tuple[bool, Saying]:
        """Whether it would write to this customer now, and how, or why not. Raises FixError."""


class Fix(Protocol):
    """A declared remedy for one agent."""

    @property
    def name(self) -> str:
        """As in `fix` of a rule: session-cleanup."""

    @property
    def title(self) -> Saying:
        """A few words: Close stuck sessions."""

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""

    @property
    def unavailable(self) -> Saying:
        """Why it can't be run with this configuration; empty when it can."""

    @property
    def not_now(self) -> Saying:
        """Return why it is not offered now; empty when it is. A preview shows the same, and more."""

    @property
    def limit(self) -> float:
        """Seconds after which a run is cancelled."""

    @property
    def final(self) -> Saying:
        """Why a run can't be undone; empty where `undo` may."""

    @property
    def unstoppable(self) -> Saying:
        """Why a run that has begun cannot be stopped; empty where it can, between two of its steps."""

    async def preview(self, mode: str) -> Plan:
        """What would change now. Raises FixError."""

    async def run(self, plan: Plan, stop: Stop) -> Outcome:
        """Changes what the plan says, each condition checked again in the writing transaction."""

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """After an interrupted run: which of the subjects are changed now. Writes nothing."""

    async def undo(self, done: tuple[str, ...]) -> Outcome:
        """Takes a run back where that is still safe; says what it left and why."""

    async def close(self) -> None:
        """Gives back connections."""
