"""The commands of people, alone: bad input is one line, nobody needs an engine to list people."""

from datetime import datetime
from pathlib import Path

import pytest

from qualtui.cli.common import CommandError
from qualtui.cli.oncall import moment
from tests.cli.folders import AGENT, run_qualtui

TEAM = """
[notify.channels.phone]
url = "json://127.0.0.1"
ringing = true
[people.ana]
channels = ["phone"]
[people.bruno]
[oncall]
order = ["ana"]
"""


def test_people_are_listed_without_an_engine(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT + TEAM)
    ran = run_qualtui("people", "list", home=tmp_path)
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert rows[1:] == [["ana", "phone", "yes", "1"], ["bruno", "-", "no", "-"]]


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("oncall show", 3, "Engine not running"),
        ("oncall take --until soonish", 3, "--until: 'soonish' is neither a time"),
        ("oncall give ana --from 25:99", 3, "--from: '25:99' is neither a time"),
        ("oncall give", 3, "Missing argument"),
        ("oncall gve ana", 3, "No such command"),
        ("incidents close 1", 3, "Missing option '--reason'"),
        ("incidents snooze x", 3, "valid int"),
        ("incidents ack 1 --undo --take", 3, "Use one of --release, --take and --undo."),
        ("incidents ack 1 --undo", 3, "Engine not running"),
        ("incidents handover", 3, "Engine not running"),
    ],
)
def test_a_mistake_is_one_line(command: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT + TEAM)
    ran = run_qualtui(*command.split(), home=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran.stderr
    assert said in ran.stderr


def test_a_moment_is_a_duration_a_time_of_day_or_a_date() -> None:
    now = datetime(2026, 11, 27, 20, 0).astimezone().timestamp()
    assert moment(None, "--until", now) == 0.0
    assert moment("8h", "--until", now) == now + 8 * 3600
    assert moment("21:30", "--until", now) == now + 5400
    assert moment("19:00", "--until", now) == now + 23 * 3600
    assert moment("2026-11-27 20:10", "--until", now) == now + 600
    with pytest.raises(CommandError, match="'' is neither a time"):  # an unset variable is no "for ever"
        moment("", "--until", now)
    with pytest.raises(CommandError):
        moment("never", "--until", now)
