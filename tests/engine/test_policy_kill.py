"""An engine that is killed in the middle of an automatic fix: marked interrupted, and nothing is done twice."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from qualtui.eventlog.healing import POLICY
from tests.engine.policy_child import ward_of
from tests.engine.test_policy_runner import at_work, until


async def killed_at(step: str, store: Path, effects: Path) -> None:
    """An engine decides, or acts, and is killed at that moment."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.engine.policy_child", step, str(store), str(effects)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            assert (await process.stdout.readline()).decode().strip() == step
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def acts(effects: Path) -> int:
    return len(effects.read_text(encoding="utf-8").splitlines()) if effects.exists() else 0


async def test_killed_while_it_acts_the_next_engine_marks_it_interrupted_and_does_not_act_again(
    tmp_path: Path,
) -> None:
    store, effects = tmp_path / "store.db", tmp_path / "effects"
    await killed_at("acting", store, effects)
    assert acts(effects) == 1
    ward = ward_of(store, effects, halts=False)
    ward.now = 1050.0
    async with at_work(ward):
        await until(lambda: bool(ward.finished))
        (run,) = ward.finished
        assert (run.who, run.outcome) == (POLICY, "interrupted")
        assert "interrupted by an engine's end" in str(run.summary)
        assert "firing to pager" in await ward.look()  # a person is needed
        for _ in range(4):
            await ward.look(40.0)  # within the cooldown
        assert acts(effects) == 1


async def test_killed_between_the_decision_and_the_run_nothing_was_done_and_it_runs_once_later(
    tmp_path: Path,
) -> None:
    store, effects = tmp_path / "store.db", tmp_path / "effects"
    await killed_at("decided", store, effects)
    ward = ward_of(store, effects, halts=False)
    ward.now = 1050.0
    async with at_work(ward):
        for _ in range(4):
            await ward.look(40.0)
        assert (acts(effects), ward.journal.state.runs) == (0, {})
        await ward.look(200.0)  # the cooldown of the decision is over
        await until(lambda: bool(ward.finished))
        await ward.look()
        assert acts(effects) == 1
