"""[agents.NAME.series.NAME]: what a user's own series must be, told with file and key."""

import pytest

from qualtui.config.dump import plain
from qualtui.config.values import OwnSeries, Secret
from tests.config.sample import AGENT, lines, read

DATABASE = '[agents.bot.database]\ndsn = "postgresql://u@h/d"\n'
QUEUE = '[agents.bot.series.queue]\nurl = "https://crm.example.com/stats"\npointer = "/n"\n'


def test_a_series_of_ones_own_is_named_in_rules() -> None:
    config = read(AGENT + QUEUE + '[rules.long]\nseries = "user.queue"\nwarning = 5\n')
    assert config.agents["bot"].series == {"queue": OwnSeries(url="https://crm.example.com/stats", pointer="/n")}
    assert config.rules["long"].series == "user.queue"


def test_all_agents_may_share_one() -> None:
    two = '[agents.two.health]\nurl = "https://two.example.com/"\n'
    rule = '[rules.long]\nseries = "user.queue"\nwarning = 5\n'
    config = read(AGENT + two + QUEUE.replace("agents.bot", "defaults") + rule)
    assert [list(agent.series) for agent in config.agents.values()] == [["queue"], ["queue"]]


def test_headers_are_secrets() -> None:
    config = read(AGENT + QUEUE + 'headers = { Authorization = "Bearer ${TOKEN}" }\n', {"TOKEN": "sesame"})
    assert config.agents["bot"].series["queue"].headers == {"Authorization": Secret("Bearer sesame")}
    assert "sesame" not in repr(config) + repr(plain(config))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[agents.bot.series.queue]\n", "agents.bot.series.queue"),
        (QUEUE + 'sql = "select 1"\n' + DATABASE, "agents.bot.series.queue"),
        ('[agents.bot.series.queue]\nsql = "select 1"\n', "agents.bot.series.queue.sql"),
        (
            DATABASE + '[agents.bot.series.queue]\nsql = "select 1"\npointer = "/n"\n',
            "agents.bot.series.queue.pointer",
        ),
        ('[agents.bot.series.queue]\nurl = "ftp://x"\n', "agents.bot.series.queue.url"),
        ('[agents.bot.series.queue]\nurl = "https://a:b@x/"\n', "agents.bot.series.queue.url"),
        (QUEUE.replace('"/n"', '"n"'), "agents.bot.series.queue.pointer"),
        (QUEUE.replace('"/n"', '"/~2"'), "agents.bot.series.queue.pointer"),
        (QUEUE + 'headers = { "a b" = "x" }\n', "agents.bot.series.queue.headers"),
        (QUEUE + 'headers = { A = "x\\r\\nB: y" }\n', "agents.bot.series.queue.headers.A"),
        (QUEUE + 'worse = "sideways"\n', "agents.bot.series.queue.worse"),
        (QUEUE + 'unit = "metric tons"\n', "agents.bot.series.queue.unit"),
        (QUEUE + "interval = 0\n", "agents.bot.series.queue.interval"),
        (QUEUE + "colour = 1\n", "agents.bot.series.queue.colour"),
        (QUEUE.replace("series.queue", 'series."a b"'), "agents.bot.series"),
        (QUEUE.replace("series.queue", 'series."a.b"'), "agents.bot.series"),
        (QUEUE + '[rules.long]\nseries = "user.queu"\nwarning = 5\n', "rules.long.series"),
        ('[rules.long]\nseries = "user.queue"\nwarning = 5\n', "rules.long.series"),
    ],
)
def test_a_wrong_one_is_told_with_its_key(text: str, told: str) -> None:
    found = lines(AGENT + text)
    assert len(found) == 1, found
    assert told in found[0]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from leads",
        "-- select\nupdate leads set score = 1",
        "/* select */ truncate leads",
        "call wipe()",
        "do $$ begin end $$",
        "copy leads to stdout",
        "commit",
        "set role admin",
        "selection",
        "select $1::int",
        "select '\\u0000'",
    ],
)
def test_a_statement_that_does_not_begin_as_a_reading_one_is_refused(sql: str) -> None:
    found = lines(AGENT + DATABASE + f'[agents.bot.series.queue]\nsql = """{sql}"""\n')
    assert len(found) == 1
    assert "agents.bot.series.queue.sql" in found[0]


def test_a_misspelt_name_is_answered_with_the_one_that_there_is() -> None:
    (found,) = lines(AGENT + QUEUE + '[rules.long]\nseries = "user.queu"\nwarning = 5\n')
    assert '"user.queue"' in found
    (found,) = lines(AGENT + QUEUE + '[rules.long]\nseries = "user.helth"\nwarning = 5\n')
    assert "user.queue" in found
