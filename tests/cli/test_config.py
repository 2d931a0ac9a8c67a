"""`qualtui config`."""

import json
import os
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qualtui.cli.app import app
from qualtui.cli.config import example
from tests.cli.folders import AGENT, at_home, run_qualtui

BAD = """
[agents.bot.health]
url = "https://bot.example.com/health"
interval = "5 parsecs"
[agents.bot.database]
dsn = "mysql://monitor:pa55word@db.example.com/bot"
[rules.mine]
series = "helth.up"
warning = 1
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(tmp_path / "home", monkeypatch)


def test_a_dsn_that_the_driver_would_refuse_is_refused_offline_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        "[agents.one.database]\ndsn = 'postgresql://u:p@ss/w0rd@db.example.com:5432/d'\n"
        "write_dsn = 'postgresql://u:pa55@db.example.com/d?sslmode=no-verify'\n"
        "[agents.two.database]\ndsn = 'postgresql://u:pa55@db.example.com/d?sslmode=verify-full'\n"
        "[agents.three.database]\ndsn = 'postgresql://u:pa55@db.example.com/d?connect_timeout=5&keepalives=1'\n"
    )
    ran = run_qualtui("config", "check", home=tmp_path)
    told = ran.stderr.splitlines()
    assert (ran.returncode, len(told)) == (3, 3), ran.stderr
    remedies = ("percent-encoded", "sslmode=require", "sslrootcert=FILE")
    assert all(word in line for word, line in zip(remedies, told, strict=True))
    assert "w0rd" not in ran.stderr + ran.stdout
    assert "pa55" not in ran.stderr + ran.stdout


def test_a_bad_file_gives_one_line_a_problem_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BAD)
    ran = run_qualtui("config", "check", home=tmp_path)
    assert ran.returncode == 3
    assert ran.stdout == ""
    told = ran.stderr.splitlines()
    assert len(told) == 3
    assert all(line.startswith("config.toml: ") for line in told)
    assert told[0] == (
        'config.toml: agents.bot.health.interval: found "5 parsecs", expected a duration such as "30s" or "5m"'
    )
    assert "Traceback" not in ran.stderr
    assert "pa55word" not in ran.stderr


def test_check_tells_programs_the_same(home: Path) -> None:
    (home / "config.toml").write_text(BAD)
    ran = CliRunner().invoke(app, ["config", "check", "--json"])
    assert ran.exit_code == 3
    told = json.loads(ran.stdout)
    assert told["ok"] is False
    assert [problem["key"] for problem in told["problems"]] == [
        "agents.bot.health.interval",
        "agents.bot.database.dsn",
        "rules.mine.series",
    ]


def test_check_says_ok_and_what_is_watched(home: Path) -> None:
    (home / "config.toml").write_text(AGENT)
    ran = CliRunner().invoke(app, ["config", "check"])
    assert ran.exit_code == 0
    assert ran.stdout.startswith("ok: config.toml\n")
    assert "1: bot (health)" in ran.stdout
    assert "no one is notified" in ran.stdout
    told = json.loads(CliRunner().invoke(app, ["config", "check", "--json"]).stdout)
    assert (told["ok"], told["agents"], told["channels"]) == (True, {"bot": ["health"]}, [])


def test_check_names_a_target_that_no_service_understands(home: Path) -> None:
    targets = (
        '[notify.channels.a]\nurl = "slak://pa55word"\n[notify.channels.b]\nurl = "json://catcher.example.com"\n'
    )
    (home / "config.toml").write_text(AGENT + targets)
    ran = CliRunner().invoke(app, ["config", "check"])
    assert ran.exit_code == 3
    assert [line.split(": found")[0] for line in ran.stderr.splitlines()] == ["config.toml: notify.channels.a.url"]
    assert "pa55word" not in ran.output


@pytest.mark.parametrize(
    ("query", "sign"),
    [
        ("pass=q9;zzw8", "%3B"),
        ("pass=q9&zzw8&to=a@b.example", "%26"),
        ("pass=q9%3Bzzw8&to=a@b.example", ""),
        ("mode=ssl", ""),
    ],
)
def test_check_remarks_on_a_password_that_the_library_would_cut_short(home: Path, query: str, sign: str) -> None:
    url = f"mailto://ana@mail.example.com?{query}"
    (home / "config.toml").write_text(AGENT + f'[notify.channels.a]\nurl = "{url}"\n')
    ran = CliRunner().invoke(app, ["config", "check"])
    told = json.loads(CliRunner().invoke(app, ["config", "check", "--json"]).stdout)
    assert ran.exit_code == 0
    assert ("warning: config.toml: notify.channels.a.url:" in ran.stdout) == bool(sign)
    assert sign in ran.stdout
    assert "zzw8" not in ran.stdout
    assert len(told["remarks"]) == bool(sign)


def test_check_names_a_target_that_no_route_leads_to(home: Path) -> None:
    (home / "config.toml").write_text(AGENT + '[notify.channels.a]\nurl = "json://catcher.example.com"\n')
    assert "no route leads to a" in CliRunner().invoke(app, ["config", "check"]).stdout


def test_a_configuration_is_named_before_or_after_the_command(home: Path) -> None:
    (home / "other.toml").write_text(AGENT)
    assert run_qualtui("config", "check", "--config", "other.toml", home=home).returncode == 0
    assert run_qualtui("--config", "other.toml", "config", "check", home=home).returncode == 0
    missing = run_qualtui("--config=none.toml", "config", "check", home=home)
    assert missing.returncode == 3
    assert missing.stderr.startswith("none.toml: found nothing, expected a file that can be read")


def test_without_a_configuration_check_says_how_to_get_one(home: Path) -> None:
    ran = CliRunner().invoke(app, ["config", "check"])
    assert ran.exit_code == 3
    assert ran.stderr.count("\n") == 1
    assert "qualtui config init" in ran.stderr
    assert "qualtui demo" in ran.stderr
    told = CliRunner().invoke(app, ["config", "check", "--json"])
    assert (told.exit_code, json.loads(told.stdout)["ok"]) == (3, False)


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_init_into_a_folder_says_which_file_to_name(home: Path, force: list[str]) -> None:
    ran = CliRunner().invoke(app, ["config", "init", str(home), *force])
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr == f"qualtui: {home} is a folder. Name a file, such as {home / 'config.toml'}\n"


def test_init_writes_the_example_for_its_owner_alone(home: Path) -> None:
    ran = CliRunner().invoke(app, ["config", "init"])
    path = home / ".config/qualtui/config.toml"
    assert ran.exit_code == 0
    assert str(path) in ran.stdout
    assert path.read_text() == example()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [left.name for left in path.parent.iterdir()] == ["config.toml"]


def test_init_never_overwrites_unless_it_is_told_to(home: Path) -> None:
    path = home / "mine.toml"
    path.write_text("mine")
    ran = CliRunner().invoke(app, ["config", "init", "mine.toml"])
    assert ran.exit_code == 1
    assert ran.stderr == "qualtui: mine.toml exists already. To replace it, add --force.\n"
    assert path.read_text() == "mine"
    assert CliRunner().invoke(app, ["config", "init", "mine.toml", "--force"]).exit_code == 0
    assert path.read_text() == example()
    assert path.stat().st_mode & 0o777 == 0o600


def test_init_never_writes_through_a_dangling_link(home: Path) -> None:
    (home / "link.toml").symlink_to(home / "elsewhere.toml")
    assert CliRunner().invoke(app, ["config", "init", "link.toml"]).exit_code == 1
    assert not (home / "elsewhere.toml").exists()


def test_init_into_a_place_that_can_not_be_written_is_one_line(home: Path) -> None:
    (home / "file").touch()
    ran = CliRunner().invoke(app, ["config", "init", "file/config.toml"])
    assert ran.exit_code == 1
    assert ran.stderr.count("\n") == 1
    assert "Can't write" in ran.stderr


def test_what_init_writes_passes_check_once_its_variables_are_set(home: Path) -> None:
    assert CliRunner().invoke(app, ["config", "init", "config.toml"]).exit_code == 0
    unset = CliRunner().invoke(app, ["config", "check"])
    assert unset.exit_code == 3
    assert (
        "expected the environment variable QUALTUI_DSN to be set. Set it: export QUALTUI_DSN=..." in unset.stderr
    )
    env = {
        "QUALTUI_AGENT_URL": "https://bot.example.com",
        "QUALTUI_DSN": "postgresql://monitor@db.example.com/bot",
        "QUALTUI_WAHA_URL": "http://waha.example.com:3000",
    }
    assert CliRunner().invoke(app, ["config", "check"], env=env).exit_code == 0


def test_show_gives_what_is_in_effect_without_secrets(home: Path) -> None:
    (home / "config.toml").write_text(AGENT + '[agents.bot.database]\ndsn = "postgresql://u:pa55word@h/d"\n')
    shown = CliRunner().invoke(app, ["config", "show"])
    assert shown.exit_code == 0
    assert "pa55word" not in shown.output
    tables = tomllib.loads(shown.stdout)
    assert tables["agents"]["bot"]["health"]["interval"] == "1m"
    assert tables["agents"]["bot"]["database"]["dsn"] == "***"
    assert json.loads(CliRunner().invoke(app, ["config", "show", "--json"]).stdout) == tables


def test_check_remarks_on_a_secret_that_everybody_may_read(home: Path) -> None:
    (home / "key").write_text("s3cret")
    (home / "key").chmod(0o644)
    waha = '[agents.bot.gateway]\nurl = "https://waha.example.com"\nkey = "${file:key}"\n'
    (home / "config.toml").write_text(f"{AGENT}\n{waha}")
    ran = CliRunner().invoke(app, ["config", "check"])
    assert ran.exit_code == 0
    assert (
        "warning: config.toml: agents.bot.gateway.key: found ${file:key}, expected a file that only its"
        in ran.stdout
    )
    told = json.loads(CliRunner().invoke(app, ["config", "check", "--json"]).stdout)
    assert [remark["key"] for remark in told["remarks"]] == ["agents.bot.gateway.key"]
    (home / "key").chmod(0o600)
    assert "warning: " not in CliRunner().invoke(app, ["config", "check"]).stdout


def test_a_store_that_is_a_fifo_is_named_and_nothing_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "config.toml").write_text(f'{AGENT}\n[store]\npath = "pipe.db"\n')
    for words in (("status",), ("status", "--once", "--short"), ("customers", "list")):
        ran = run_qualtui(*words, home=tmp_path)
        assert ran.returncode != 0
        assert "Traceback" not in ran.stderr


def test_a_store_path_that_leads_to_no_file_is_found_by_the_check(home: Path) -> None:
    os.mkfifo(home / "pipe.db")
    (home / "folder.db").mkdir()
    for path, found in (("pipe.db", "a FIFO"), ("/dev/null", "a device"), ("folder.db", "a folder")):
        (home / "config.toml").write_text(f'{AGENT}\n[store]\npath = "{path}"\n')
        ran = CliRunner().invoke(app, ["config", "check", "--json"])
        (problem,) = json.loads(ran.stdout)["problems"]
        assert (ran.exit_code, problem["key"], problem["found"]) == (3, "store.path", found)
        shown = run_qualtui("config", "check", home=home)
        assert (shown.returncode, f"store.path: found {found}" in shown.stderr) == (3, True)
    (home / "config.toml").write_text(f'{AGENT}\n[store]\npath = "new.db"\n')
    assert CliRunner().invoke(app, ["config", "check"]).exit_code == 0
