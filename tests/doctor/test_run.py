"""The whole examination on real services: what it touches stays as it was; the exit code tells."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qualtui.config.load import load
from qualtui.doctor import agent as bot
from qualtui.doctor import gateway_checks, run
from qualtui.model.findings import Finding, FindingVerdict
from tests.cli.folders import run_qualtui
from tests.doctor.serving import Replies, Server, serving
from tests.postgres import AgentDatabase

_NUMBER = re.compile(r"[\d.]+ m?s\b|\d+")  # a second run takes another time
KEY = "the-gateways-key"
SECRETS = (KEY, "postgresql://", "json://", "a-token-of-the-channel")
BOT: Replies = {("GET", "/health"): (200, {"status": "healthy", "metrics": {}})}
CONFIG = """\
[agents.bot.health]
url = "{bot}/health"
[agents.bot.database]
dsn = "{dsn}"
write_dsn = "{dsn}"
[agents.bot.gateway]
url = "{waha}"
key = "{key}"
[agents.twin.health]
url = "{bot}/health"
[notify.channels.ops]
url = "{catcher}/a-token-of-the-channel"
[[notify.routes]]
channels = ["ops"]
severities = ["critical"]
[store]
path = "qualtui.db"
"""


class Place:
    """Where everything is."""

    def __init__(self, config: Path, bot: Server, waha: Server, catcher: Server) -> None:
        self.config = config
        self.bot = bot
        self.waha = waha
        self.catcher = catcher

    async def findings(self, most: float = run.MOST) -> list[Finding]:
        """The examination in this process."""
        return [finding async for finding in run.run_doctor(load(self.config, {}), time.time, most)]


@asynccontextmanager
async def living(folder: Path, database: AgentDatabase) -> AsyncIterator[Place]:
    """A bot, a gateway, a catcher of notices, and a configuration on them."""
    hook: dict[str, Any] = {"url": "http://127.0.0.1/webhook", "events": ["message"]}
    session = {"name": "default", "status": "WORKING", "config": {"webhooks": [hook]}}
    gateway: Replies = {("GET", "/api/sessions/default"): (200, session)}
    async with serving(BOT) as bot, serving(gateway, key=KEY) as waha, serving({}) as catcher:
        places = {"bot": bot.url, "waha": waha.url, "dsn": database.dsn.reveal(), "key": KEY}
        config = folder / "config.toml"
        config.write_text(CONFIG.format(**places, catcher=catcher.url.replace("http", "json")))
        yield Place(config, bot, waha, catcher)


async def test_nothing_is_written_anywhere(tmp_path: Path, agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 5.0))
    async with living(tmp_path, agent_db) as place:
        # Only what writes takes a number: the next one is ours.
        number = await agent_db.value("SELECT pg_current_xact_id()::text::int8")
        found = await place.findings()
        assert await agent_db.value("SELECT pg_current_xact_id()::text::int8") == number + 1
        assert {method for method, _path in place.waha.asked} == {"GET"}
        assert {method for method, _path in place.bot.asked} == {"GET", "HEAD", "OPTIONS"}
        assert place.catcher.asked == []
    assert [path.name for path in place.config.parent.iterdir()] == ["config.toml"]
    assert {finding.agent for finding in found} == {"", "bot", "twin"}


async def test_a_bot_that_two_agents_name_is_asked_one_question_at_a_time(
    tmp_path: Path, agent_db: AgentDatabase
) -> None:
    async with living(tmp_path, agent_db) as place:
        await place.findings()
        assert len(place.bot.asked) == 14
        assert place.bot.busiest == 1


async def test_the_command_tells_every_finding_and_no_secret(tmp_path: Path, agent_db: AgentDatabase) -> None:
    async with living(tmp_path, agent_db) as place:
        config = str(place.config)
        run, as_json, mend = [
            await asyncio.to_thread(run_qualtui, "--config", config, "doctor", *options, home=tmp_path)
            for options in ((), ("--json",), ("--sql",))
        ]
    found = json.loads(as_json.stdout)
    assert (run.returncode, as_json.returncode, found["code"], run.stderr) == (1, 1, 1, "")
    for finding in found["findings"]:
        assert finding["what"] in run.stdout
        assert _NUMBER.sub("#", finding["why"]) in _NUMBER.sub("#", run.stdout)
        assert finding["verdict"] in ("ok", "skipped") or finding["todo"] in run.stdout
        for statement in finding["sql"]:
            assert f"{statement};\n" in mend.stdout
    for secret in SECRETS:
        assert secret not in run.stdout + as_json.stdout + mend.stdout


async def test_a_failure_is_two_and_no_configuration_is_three(tmp_path: Path, agent_db: AgentDatabase) -> None:
    async with living(tmp_path, agent_db) as place:
        text = place.config.read_text()
        place.config.write_text(text.replace(KEY, "another-key"))
        failing = await asyncio.to_thread(run_qualtui, "--config", str(place.config), "doctor", home=tmp_path)
    assert failing.returncode == 2
    assert "rejects our key" in failing.stdout
    missing = await asyncio.to_thread(run_qualtui, "--config", "none.toml", "doctor", home=tmp_path)
    assert (missing.returncode, missing.stdout) == (3, "")


async def test_each_line_that_is_not_well_says_what_to_do(tmp_path: Path, agent_db: AgentDatabase) -> None:
    async with living(tmp_path, agent_db) as place:
        found = await place.findings()
    bad = [finding for finding in found if finding.verdict in {FindingVerdict.WARNING, FindingVerdict.FAILED}]
    assert bad
    assert [finding.check for finding in bad if not str(finding.todo)] == []
    texts = [text for finding in found for text in (str(finding.what), str(finding.why), str(finding.todo))]
    assert [text for text in texts if "\n" in text or "{" in text] == []


@pytest.mark.parametrize("gone", [(bot, "check_bot"), (gateway_checks, "check_gateway")])
async def test_one_link_that_hangs_leaves_the_others_their_lines(
    tmp_path: Path, agent_db: AgentDatabase, gone: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_given: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(*gone, never)
    async with living(tmp_path, agent_db) as place:
        found = await place.findings(most=2.0)
    assert [finding.verdict for finding in found if finding.check == "doctor"][:1] == [FindingVerdict.SKIPPED]
    assert [finding.verdict for finding in found if finding.check == "database.reach"] == [FindingVerdict.OK]
