"""How the engine's command reads its configuration."""

import logging
from pathlib import Path

import pytest

from qualtui.cli.watch import reading

OLD = '[agents.bot.waha]\nurl = "http://gateway.example.com"\n'


def test_an_old_name_in_the_configuration_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "config.toml"
    path.write_text(OLD)
    read = reading()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert read(path).agents["bot"].gateway is not None
    assert caplog.messages == [f"{path}: agents.bot.waha: found an old name, expected gateway"]
