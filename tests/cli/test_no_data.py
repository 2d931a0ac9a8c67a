"""What has no data, flaps, or reaches no channel is marked on the command line."""

import asyncio
import json
from pathlib import Path
from subprocess import CompletedProcess

from qualtui.config.rules import BUILT_IN
from qualtui.config.values import AgentSettings, Config
from qualtui.eventlog.alert_changes import AlertChanged, AlertUnseen
from qualtui.eventlog.flapping import FlappingBegan
from qualtui.eventlog.incident_changes import IncidentOpened
from qualtui.eventlog.mutes import NoticeUnrouted
from qualtui.model import Evidence, Origin, Phase, Severity
from qualtui.wire import AgentDetail, Figure, NowView
from tests.cli.folders import AGENT, run_qualtui
from tests.cli.test_silence import serving
from tests.engine.test_silence_commands import Desk

RULE, KEY = "customers-waiting", "customers-waiting@bot"


async def run(folder: Path, *command: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(run_qualtui, *command, home=folder)


async def fire_unseen(desk: Desk) -> None:
    """Incident #2 fires, and has had no data for 4 min."""
    worst, since = Severity.CRITICAL, desk.now - 700
    alert = AlertChanged(RULE, "bot", Phase.INACTIVE, Phase.FIRING, worst, "it holds", since, summary="they wait")
    opened = IncidentOpened(2, "bot", (KEY,), Origin.APART, RULE, worst, since, "they wait")
    await desk.journal.append((alert, ""), (opened, ""), (AlertUnseen(RULE, "bot", desk.now - 245, 2), ""))


async def test_an_incident_without_data_is_marked(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        await fire_unseen(desk)
        shown = (await run(tmp_path, "incidents", "show", "2")).stdout
        assert "they wait (no data for 4m)" in shown.splitlines()[0]
        assert "CRITICAL they wait, for 11m; no data for 4m" in shown
        alerts = json.loads((await run(tmp_path, "incidents", "show", "2", "--json")).stdout)["alerts"]
        assert alerts[0]["unseen_since"] == desk.now - 245
        await desk.journal.append((AlertUnseen(RULE, "bot", None, 2), ""))
        assert "no data" not in (await run(tmp_path, "incidents", "show", "2")).stdout


async def test_the_list_of_rules_shows_what_fires_and_what_has_no_data(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        await fire_unseen(desk)
        lines = (await run(tmp_path, "rules", "list")).stdout.splitlines()
    rows = {line.split()[0]: line for line in lines}
    assert rows["rule"].rstrip().endswith("now")
    assert rows[RULE].rstrip().endswith("1 firing, 1 no data")
    assert rows["agent-down"].rstrip().endswith("-")


async def test_a_rule_that_can_t_begin_for_want_of_data_is_marked(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        figures = {
            "customers.oldest": Figure("customers.oldest", None, "s", Evidence.NO_DATA),
            "health.down": Figure("health.down", 0.0, "s", Evidence.FRESH, desk.now),
        }
        desk.commands.use(("bot",), (), Config(agents={"bot": AgentSettings()}, rules=BUILT_IN))
        desk.context.details = lambda agents, _figures: tuple(
            AgentDetail(name, NowView(None, True, ""), (), figures) for name in agents
        )
        lines = (await run(tmp_path, "rules", "list")).stdout.splitlines()
        rows = {line.split()[0]: line.rstrip() for line in lines}
        assert rows[RULE].endswith("inactive: no data")
        assert rows["gateway-not-working"].endswith("inactive: no source")
        assert rows["agent-down"].endswith("-")
        await fire_unseen(desk)  # what fires is no longer inactive
        lines = (await run(tmp_path, "rules", "list")).stdout.splitlines()
    rows = {line.split()[0]: line.rstrip() for line in lines}
    assert rows[RULE].endswith("1 firing, 1 no data")


async def test_the_list_of_rules_needs_no_engine(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT + '[store]\nsocket = "s"\n')
    listed = await run(tmp_path, "rules", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert not listed.stdout.splitlines()[0].rstrip().endswith("now")


async def test_an_incident_that_flaps_says_so(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        await desk.journal.append((FlappingBegan(1, 4, 1200.0, 1800.0), ""))
        shown = (await run(tmp_path, "incidents", "show", "1")).stdout
    assert "flapping: 1 times in 0s; notices of its end and return are held" in shown


async def test_a_notice_that_no_route_takes_is_in_the_log_of_notices(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        why = "no route takes CRITICAL notices of bot"
        await desk.journal.append((NoticeUnrouted(1, "firing", Severity.CRITICAL, why), ""))
        listed = (await run(tmp_path, "notify", "log")).stdout
    assert "unrouted" in listed
    assert why in listed
