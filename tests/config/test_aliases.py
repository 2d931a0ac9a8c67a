"""Names that were given up are read, and named with the new one."""

import pytest

from qualtui.config.errors import Problem
from qualtui.config.load import loads
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import Level
from tests.config.sample import AGENT, FILE, problems

OLD_NAMES = """
[agents.bot.waha]
url = "http://gateway.example.com"

[notify.targets.ops]
url = "json://catcher.example.com"

[[notify.routes]]
targets = ["ops"]

[rules.waha-not-working]
critical = 1

[rules.slow]
series = "waha.seconds"
warning = 3
fix = "waha-restart"

[fixes.waha-restart]
call = "Ana"
"""


def test_a_file_with_the_names_that_were_given_up_is_read_and_each_is_named_with_the_new_one() -> None:
    remarks: list[Problem] = []
    config = loads(OLD_NAMES.encode(), FILE, {}, remarks)
    gateway = config.agents["bot"].gateway
    assert gateway is not None
    assert (gateway.kind, gateway.url) == ("waha", "http://gateway.example.com")
    assert (list(config.notify.channels), config.notify.routes[0].channels) == (["ops"], ("ops",))
    assert config.rules["gateway-not-working"].critical == Level(1)
    assert (config.rules["slow"].series, config.rules["slow"].fix) == ("gateway.seconds", "gateway-restart")
    assert config.rules.keys() == {*BUILT_IN, "slow"}
    assert config.fixes.gateway_restart.call == "Ana"
    assert {remark.key: remark.expected for remark in remarks} == {
        "agents.bot.waha": "gateway",
        "notify.targets": "channels",
        "notify.routes[1].targets": "channels",
        "rules.waha-not-working": "gateway-not-working",
        "rules.slow.series": '"gateway.seconds"',
        "rules.slow.fix": '"gateway-restart"',
        "fixes.waha-restart": "gateway-restart",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[agents.bot.waha]\nurl = 'http://a'\n[agents.bot.gateway]\nurl = 'http://b'",
            "agents.bot.waha: found waha and gateway, expected gateway alone: waha is its old name",
        ),
        (AGENT + "[fixes.waha-restart]\n[fixes.gateway-restart]", "fixes.waha-restart: found waha-restart and"),
        (AGENT + "[notify.targets]\n[notify.channels]", "notify.targets: found targets and channels, expected"),
        (AGENT + "[defaults.waha]\n[defaults.gateway]", "defaults.waha: found waha and gateway, expected gateway"),
    ],
)
def test_an_old_and_a_new_name_together_are_an_error_at_their_place(text: str, expected: str) -> None:
    assert any(f"config.toml: {expected}" in str(problem) for problem in problems(text))


def test_a_problem_under_an_old_name_is_named_by_what_the_file_says() -> None:
    assert [problem.key for problem in problems("[agents.bot.waha]\nurl = 'x'")] == ["agents.bot.waha.url"]
