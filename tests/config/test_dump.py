"""The configuration written out again."""

import json

import tomli_w

from qualtui.config.dump import plain
from tests.config.sample import AGENT, read

SECRET = "pa55word"
TEXT = f"""{AGENT}interval = "90s"
[agents.bot.database]
dsn = "postgresql://u:{SECRET}@h/d"
write_dsn = "postgresql://w:{SECRET}@h/d"
[agents.bot.gateway]
url = "http://gateway"
key = "{SECRET}"
[rules.own]
series = "customers.oldest"
warning = 90
[notify.channels.ops]
url = "json://{SECRET}@h"
[[notify.routes]]
channels = ["ops"]
"""


def test_no_secret_is_written_or_printed() -> None:
    config = read(TEXT)
    tables = plain(config)
    for text in (json.dumps(tables), tomli_w.dumps(tables), repr(config), str(config)):
        assert SECRET not in text
    assert tables["agents"]["bot"]["database"]["dsn"] == "***"


def test_what_is_written_reads_back_as_the_same_configuration() -> None:
    text = tomli_w.dumps(plain(read(TEXT))).replace('dsn = "***"', 'dsn = "postgresql://u@h/d"')
    again = plain(read(text.replace('url = "***"', 'url = "json://h"')))
    assert again == plain(read(TEXT))


def test_durations_are_written_as_people_write_them() -> None:
    tables = plain(read(TEXT))
    assert tables["agents"]["bot"]["health"]["interval"] == "1m30s"
    assert tables["rules"]["own"]["warning"] == "1m30s"
    assert tables["rules"]["agent-down"]["critical"] == 1
    assert "digest" not in tables
