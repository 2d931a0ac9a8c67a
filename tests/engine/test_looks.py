"""What a window may ask while it only looks is what the engine gives to everyone, and nothing else."""

from qualtui.engine.command_registry import COMMANDS
from qualtui.wire.commands import LOOKS, Capability


def test_a_window_that_only_looks_asks_exactly_what_changes_nothing() -> None:
    assert set(LOOKS) == {spec.ask for spec in COMMANDS if spec.capability is Capability.VIEW}
