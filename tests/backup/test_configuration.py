"""The configuration is kept with its references; no secret is in it, however it came there."""

import tomllib
from pathlib import Path

import pytest

from qualtui.backup.configuration import configuration_part, references_alone
from qualtui.config.load import load

TEXT = """
[agents.bot.health]
url = "https://bot.example.com/health"
[agents.bot.database]
dsn = "postgresql://monitor:dsn-password@db.example.com/bot"
write_dsn = "${QUALTUI_WRITE_DSN:-postgresql://default-password@db.example.com/bot}"
[agents.bot.waha]
url = "https://waha.example.com"
key = "${file:waha.key}"
[agents.bot.series.queue]
url = "https://bot.example.com/stats"
headers = { authorization = "Bearer header-password" }
[defaults.database]
dsn = "postgresql://monitor:dsn-password@db.example.com/bot"
[notify.channels.ops]
url = "slack://tokena/${QUALTUI_SLACK}"
[notify]
ping = "https://hc-ping.com/ping-password"
[fixes.gateway-restart]
call = "file-password is not to be said"
"""
SECRETS = ("dsn-password", "default-password", "file-password", "header-password", "tokena", "env-password")
ENV = {"QUALTUI_SLACK": "env-password"}


def test_no_secret_is_in_it_and_every_reference_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    key = tmp_path / "waha.key"
    key.write_text("file-password")
    key.chmod(0o600)
    text = configuration_part(load(path, ENV)).content.decode()
    assert [secret for secret in (*SECRETS, "ping-password") if secret in text] == []
    tables = tomllib.loads(text)
    assert tables["agents"]["bot"]["gateway"] == {"url": "https://waha.example.com", "key": "${file:waha.key}"}
    assert tables["agents"]["bot"]["database"]["write_dsn"] == "${QUALTUI_WRITE_DSN:-***}"
    assert tables["notify"]["channels"]["ops"]["url"] == "***${QUALTUI_SLACK}"
    assert tables["agents"]["bot"]["health"]["url"] == "https://bot.example.com/health"
    assert tables["fixes"]["gateway-restart"]["call"] == "*** is not to be said"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("${A}", "${A}"),
        ("${A:-}", "${A:-}"),
        ("${A:-b}", "${A:-***}"),
        ("${file:/etc/key}", "${file:/etc/key}"),
        ("a${B}c${D}", "***${B}***${D}"),
        ("a$${B}", "***"),
        ("plain", "***"),
        ("", ""),
    ],
)
def test_of_a_secret_only_references_stay(text: str, kept: str) -> None:
    assert references_alone(text) == kept
