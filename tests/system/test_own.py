"""A figure of the user's own, from configuration alone: asked, shown, and judged by a rule."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.postgres import AgentDatabase
from tests.probes.hostile import body, serving


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


async def test_what_our_own_network_kept_from_answering_is_not_said_to_be_down(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        """
        [agents.bot.waha]
        url = "http://127.0.0.1:1"
        [agents.bot.control]
        url = "http://127.0.0.1:1"
        """,
        encoding="utf-8",
    )
    code, said = await status(config)
    figures = said["snapshot"]["agents"][0]["figures"]
    assert (figures["waha.up"]["value"], figures["waha.up"]["evidence"]) == (None, "no_data")
    assert "our own network" in figures["waha.up"]["note"]
    assert code == 3
