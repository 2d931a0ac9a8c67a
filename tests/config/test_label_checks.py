"""Labels, maintenance, inhibition and night: what is wrong is one line that names place and expectation."""

import pytest

from qualtui.config.values import Inhibit, Maintenance
from tests.config.sample import AGENT, lines, read


def test_what_mutes_is_read() -> None:
    config = read(
        AGENT
        + '[agents.bot.labels]\nteam = "sales"\n[rules.agent-down]\nlabels = { tier = "1" }\n'
        + '[notify]\nnight = "22:00-07:00"\nnight_customers = 5\nzone = "America/Sao_Paulo"\n'
        + '[[maintenance]]\ncron = "0 2 * * 0"\nduration = "2h"\nzone = "Europe/Lisbon"\nmatch = ["agent=bot"]\n'
        + '[[inhibit]]\nsource = ["rule=database-down"]\ntarget = ["rule=~reply-.*"]\n'
    )
    assert config.agents["bot"].labels == {"team": "sales"}
    assert config.rules["agent-down"].labels == {"tier": "1"}
    assert (config.notify.night, config.notify.night_customers) == ("22:00-07:00", 5)
    (window,), (rule,) = config.maintenance, config.inhibit
    assert window == Maintenance(
        cron="0 2 * * 0", duration=window.duration, zone="Europe/Lisbon", match=("agent=bot",)
    )
    assert rule == Inhibit(source=("rule=database-down",), target=("rule=~reply-.*",), equal=("agent",))


def test_nothing_is_muted_by_default() -> None:
    config = read(AGENT)
    assert (config.maintenance, config.inhibit, config.notify.night) == ((), (), "")


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ('[agents.bot.labels]\nagent = "x"\n', "agents.bot.labels.agent", "another name"),
        ('[agents.bot.labels]\n"a-b" = "x"\n', "agents.bot.labels.a-b", "a label"),
        ("[agents.bot.labels]\nteam = 3\n", "agents.bot.labels.team", "a text"),
        ('[rules.agent-down]\nlabels = { rule = "x" }\n', "rules.agent-down.labels.rule", "another name"),
        ('[notify]\nnight = "late"\n', "notify.night", "22:00-07:00"),
        ("[notify]\nnight_customers = 0\n", "notify.night_customers", "1 to 1000"),
        ('[notify]\nzone = "Sao Paulo"\n', "notify.zone", "America/Sao_Paulo"),
        ('[[maintenance]]\ncron = "0 2 * *"\nduration = "2h"\n', "maintenance[1].cron", "five fields"),
        ('[[maintenance]]\ncron = "61 2 * * *"\nduration = "2h"\n', "maintenance[1].cron", "five fields"),
        ('[[maintenance]]\ncron = "0 2 * * *"\nduration = "0s"\n', "maintenance[1].duration", "7 days"),
        ('[[maintenance]]\ncron = "0 2 * * *"\n', "maintenance[1].duration", "7 days"),
        (
            '[[maintenance]]\ncron = "0 2 * * *"\nduration = "2h"\nmatch = ["bot"]\n',
            "maintenance[1].match",
            "a matcher such as",
        ),
        ('[[inhibit]]\nsource = []\ntarget = ["rule=x"]\n', "inhibit[1].source", "1 to 20 matchers"),
        ('[[inhibit]]\nsource = ["rule=x"]\ntarget = ["rule=~("]\n', "inhibit[1].target", "RE2"),
        ('[[inhibit]]\nsource = ["rule=x"]\ntarget = ["rule=y"]\nequal = ["a-b"]\n', "inhibit[1].equal", "labels"),
        ("[inhibit]\nsource = 3\n", "inhibit", "a list"),
        ("maintenance = 3\n", "maintenance", "a list"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, place: str, expected: str) -> None:
    (line,) = lines(text + AGENT if text.startswith("maintenance") else AGENT + text)
    assert place in line
    assert expected in line
