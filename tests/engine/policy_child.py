"""An engine with an automatic fix in a process of its own, which stands still at a step until it is killed.

`python -m tests.engine.policy_child STEP STORE EFFECTS`; it says STEP when it stands there. Steps: decided (the
decision is written, nothing has begun), acting (the fix has acted once, which is a line in EFFECTS).
"""

import asyncio
import sys
from pathlib import Path

from qualtui.config.values import PolicyMode
from qualtui.fixes.fix import Outcome, Plan, Stop
from qualtui.store.sqlite import SqliteStore
from tests.engine.test_fix_runner import Scripted
from tests.engine.test_policy_runner import Ward, at_work


class Acting(Scripted):
    """A fix whose act is seen outside; `halts`: it then stands still."""

    def __init__(self, effects: Path, *, halts: bool) -> None:
        super().__init__()
        self.effects = effects
        self.halts = halts

    async def run(self, plan: Plan, stop: Stop) -> Outcome:
        del stop
        with self.effects.open("a", encoding="utf-8") as file:
            file.write("acted\n")
        if self.halts:
            print("acting", flush=True)
            await asyncio.Event().wait()
        return Outcome("ok", "done it", plan.subjects)


def ward_of(store: Path, effects: Path, *, halts: bool) -> Ward:
    """An engine on this store; its fix acts on the outside."""
    ward = Ward(SqliteStore.open(store), PolicyMode.AUTO)
    fix = Acting(effects, halts=halts)
    fix.name = ward.remedy.name
    ward.fixing.use({("bot", fix.name): fix})
    return ward


async def main(step: str, store: Path, effects: Path) -> None:
    ward = ward_of(store, effects, halts=True)
    async with at_work(ward):
        if step == "decided":
            ward.take = False
        await ward.look()
        if step == "decided":
            print("decided", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
