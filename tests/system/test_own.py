"""A figure of the user's own, from configuration alone: asked, shown, and judged by a rule."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.postgres import AgentDatabase
from tests.probes.hostile import body, forever, serving


async def status(config: Path) -> tuple[int, dict[str, Any]]:
    """`qualtui status --once --json`: its exit code, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qualtui", "--config", str(config), "status", "--once", "--json"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "QUALTUI_USER": "tests"},
    )
    async with asyncio.timeout(30):
        said, _errors = await process.communicate()
    return await process.wait(), json.loads(said)


async def test_a_figure_over_http_and_one_by_sql_are_shown_and_judged(
    agent_db: AgentDatabase, tmp_path: Path
) -> None:
    await agent_db.lead(score=70)
    config = tmp_path / "config.toml"
    async with serving(body(b'{"queues": [{"size": 51}]}')) as url:
        config.write_text(
            f"""
            [agents.bot.database]
            dsn = "{agent_db.dsn.reveal()}"
            [agents.bot.series.queue]
            url = "{url}/stats"
            pointer = "/queues/0/size"
            unit = "/h"
            [agents.bot.series.score]
            sql = "select avg(score) from leads"
            [agents.bot.series.broken]
            url = "{url}/stats"
            pointer = "/nothing"
            [agents.other.database]
            dsn = "{agent_db.dsn.reveal()}"
            [rules.queue-long]
            series = "user.queue"
            critical = 50
            for = "1h"
            summary = "{{value}} leads are queued"
            """,
            encoding="utf-8",
        )
        code, said = await status(config)
    agents = {agent["name"]: agent["figures"] for agent in said["snapshot"]["agents"]}
    mine = {name: figure for name, figure in agents["bot"].items() if name.startswith("user.")}
    assert {name: (figure["value"], figure["evidence"]) for name, figure in mine.items()} == {
        "user.queue": (51, "fresh"),
        "user.score": (70, "fresh"),
        "user.broken": (None, "no_data"),
    }
    assert (mine["user.queue"]["unit"], mine["user.queue"]["severity"]) == ("/h", "critical")
    assert mine["user.broken"]["note"] == "nothing at /nothing"
    assert not [name for name in agents["other"] if name.startswith("user.")]
    assert code == 2
    assert [(one["agent"], one["summary"]) for one in said["snapshot"]["incidents"]] == [
        ("bot", "51 leads are queued")
    ]


async def beside_a_closed_control_target(folder: Path, *sections: str) -> tuple[int, dict[str, Any]]:
    """`status` of an agent with these sections; every question waits half a second."""
    config = folder / "config.toml"
    given = "\n".join(f"[agents.bot.{section}\ntimeout = '500ms'" for section in sections)
    config.write_text(f"{given}\n[agents.bot.control]\nurl = 'http://127.0.0.1:1'", encoding="utf-8")
    code, said = await status(config)
    return code, said["snapshot"]["agents"][0]


async def test_silence_that_our_own_network_may_have_made_is_not_said_to_be_down(tmp_path: Path) -> None:
    async with serving(forever(b" ", 0.1)) as url:
        code, agent = await beside_a_closed_control_target(tmp_path, f"gateway]\nurl = '{url}'")
    gateway = agent["figures"]["gateway.up"]
    assert (gateway["value"], gateway["evidence"]) == (None, "no_data")
    assert "our own network" in gateway["note"]
    assert code == 3


async def test_a_stopped_database_is_down_whatever_the_control_target_says(tmp_path: Path) -> None:
    database = "database]\ndsn = 'postgresql://u@127.0.0.1:1/x'"
    async with (
        serving(body(b'{"status": "healthy"}')) as bot,
        serving(body(b'{"status": "WORKING"}')) as gateway,
        serving(forever(b" ", 0.1)) as silent,
    ):
        health, waha = f"health]\nurl = '{bot}'", f"gateway]\nurl = '{gateway}'\nchats_interval = 0"
        code, agent = await beside_a_closed_control_target(tmp_path, database, health, waha)
        assert (agent["figures"]["db.up"]["value"], agent["figures"]["db.up"]["evidence"]) == (0, "fresh")
        assert (code, "The database is down" in agent["now"]["why"]) == (2, True)
        # One that is only silent is so, too, where others answer at the same time.
        mute = f"gateway]\nurl = '{silent}'\nchats_interval = 0"
        code, agent = await beside_a_closed_control_target(tmp_path, health, mute)
        assert agent["figures"]["gateway.up"]["value"] == 0
        assert (code, "WhatsApp gateway no answer in 0.5s" in agent["now"]["why"]) == (2, True)


async def test_what_the_deep_check_calls_broken_is_told_and_held_against_what_we_see(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    sick = b'{"status": "unhealthy", "services": {"database": {"status": "down"}, "waha": "down"}}'
    async with (
        serving(body(b'{"status": "healthy"}')) as bot,
        serving(body(sick, b"HTTP/1.1 503 X\r\n")) as deep,
        serving(body(b'{"status": "WORKING"}')) as gateway,
    ):
        config.write_text(
            f"""
            [agents.bot.health]
            url = "{bot}"
            deep = "{deep}"
            [agents.bot.gateway]
            url = "{gateway}"
            chats_interval = 0
            """,
            encoding="utf-8",
        )
        code, said = await status(config)
    agent = said["snapshot"]["agents"][0]
    assert (agent["figures"]["deep.up"]["value"], agent["figures"]["deep.broken"]["value"]) == (0, 2)
    (incident,) = said["snapshot"]["incidents"]  # one fault, of which the disagreement is a part
    assert incident["summary"] == "The bot's deep check says: database down, waha down"
    assert agent["figures"]["sight.disagree"]["note"] == "/health/deep calls the gateway broken, it says WORKING"
    assert code == 1
    assert "database down, waha down; we find it well: SOURCES DISAGREE" in agent["now"]["why"]
