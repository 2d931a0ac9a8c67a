"""Random hours of faults, people, silences, kills and clocks that are set back: who must be called is called."""

import asyncio

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.trial import Trial
from tests.engine.paging_machine import Paging

STEPS = 40
PAGING = (
    "random hours of faults, people, silences, kills and a clock that is set back",
    "what is CRITICAL pages, someone has it or is called, and whoever was notified gets the end",
)


async def random_hours(examples: int = 100) -> Trial:
    """Other hours in each run; a promise that breaks is shown with the shortest way there."""
    bounds = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    problems: tuple[str, ...] = ()
    try:
        await asyncio.to_thread(run_state_machine_as_test, Paging, settings=bounds)
    except AssertionError as broken:
        problems = ("\n".join((str(broken), *getattr(broken, "__notes__", ()))),)
    return Trial(*PAGING, f"{examples} times up to {STEPS} steps", problems)
