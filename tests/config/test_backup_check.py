"""`[backup]`: who can read what is personal, and what needs a directory."""

from pathlib import Path

import pytest

from qualtui.config.errors import ConfigErrors
from qualtui.config.load import loads

AGENT = '[agents.bot.health]\nurl = "https://bot.example.com/health"\n[backup]\n'
ONE = '"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"'
TWO = f'{ONE}, "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'directory = "b"\nrecipients = [{ONE}]', "backup.recipients"),
        (f'directory = "b"\nrecipients = [{ONE}, {ONE}]', "backup.recipients"),
        ('directory = "b"\nrecipients = ["age1secret", "x"]', "backup.recipients"),
        ('directory = "b"\ntables = ["leads"]', "backup.tables"),
        (f'directory = "b"\nrecipients = [{TWO}]\ntables = ["pg_authid"]', "backup.tables"),
        (f"recipients = [{TWO}]", "backup.recipients"),
        ('hook = "rclone copy {file} x:"', "backup.hook"),
        ('directory = "b"\nhook = \'rclone "copy\'', "backup.hook"),
        ('directory = "b"\nschedule = "often"', "backup.schedule"),
        ('directory = "b"\nkeep_daily = 400', "backup.keep_daily"),
    ],
)
def test_what_can_not_hold_is_named_by_its_key(text: str, key: str) -> None:
    with pytest.raises(ConfigErrors) as error:
        loads((AGENT + text).encode(), Path("config.toml"), {})
    assert [problem.key for problem in error.value.problems] == [key]


def test_tables_with_two_recipients_are_right() -> None:
    text = f'{AGENT}directory = "b"\nrecipients = [{TWO}]\ntables = ["leads", "messages"]\nschedule = ""'
    assert loads(text.encode(), Path("config.toml"), {}).backup.tables == ("leads", "messages")
