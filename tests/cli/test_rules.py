"""`qualtui rules`, through the command line alone: its answers, its exit codes, and wrong files."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qualtui.cli.app import app
from qualtui.config.rules import BUILT_IN
from qualtui.model import Sample
from qualtui.store.sqlite import SqliteStore
from tests.cli.folders import AGENT, at_home, run_qualtui

RULES = """\
interval = "30s"
[[rules]]
name = "queue-long"
series = "user.queue"
op = ">"
warning = 50
for = "5m"
keep_firing_for = "1m"
"""
TEST = """\
[[test]]
series = { "user.queue" = "0x4 60x20 _x3 5+2x6" }
[[test.expect]]
at = "7m"
pending = ["queue-long"]
firing = []
[[test.expect]]
at = "7m30s"
pending = []
firing = ["queue-long"]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(tmp_path / "home", monkeypatch)


def answer(home: Path, text: str) -> tuple[int, str, str]:
    (home / "rules.toml").write_text(text)
    ran = CliRunner().invoke(app, ["rules", "test", "rules.toml"])
    return ran.exit_code, ran.stdout, ran.stderr


def test_expectations_that_are_met_are_exit_code_0(home: Path) -> None:
    assert answer(home, RULES + TEST) == (0, "ok: 2 moments in 1 tests\n", "")


def test_a_difference_is_exit_code_1_and_names_moment_and_rules(home: Path) -> None:
    code, out, _err = answer(home, RULES + TEST + TEST.replace("7m30s", "7m20s"))
    assert code == 1
    assert out.splitlines() == [
        "rules.toml: test 2 at 7m20s: pending: expected none; found queue-long",
        "rules.toml: test 2 at 7m20s: firing: expected queue-long; found none",
        "2 differences in 4 moments",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "rules.toml: test: found nothing, expected at least one [[test]]"),
        ("interval = [", "rules.toml: line 1 (the end): found no valid TOML"),
        (RULES + TEST.replace("0x4", "0xq"), 'test[1].series."user.queue": found "0xq", expected values such as'),
        (
            RULES + TEST.replace('"7m"', '"7 parsecs"'),
            'test[1].expect[1].at: found "7 parsecs", expected a duration',
        ),
        (RULES + TEST.replace('pending = ["queue-long"]', 'pending = ["queue-lng"]'), 'a rule: "queue-long"'),
        (RULES.replace("warning = 50\n", "") + TEST, "found no threshold"),
        (RULES.replace('name = "queue-long"\n', "") + TEST, "rules[1].name: found nothing"),
        (RULES.replace("user.queue", "user.quue") + TEST, 'a series: "user.queue"'),
        (RULES + RULES.split("\n", 1)[1] + TEST, "a name that no other rule of the file has"),
        (RULES + TEST.replace("series =", "serie ="), 'test[1].serie: found an unknown key, expected "series"'),
        (RULES.replace("30s", "0s") + TEST, 'interval: found "0s", expected a duration of at least 100ms'),
        (RULES + TEST.replace('"7m30s"', '"99d"'), "at most 100000 intervals"),
        ("test = 1\n" + RULES, "test: found a number, expected [[test]], a list of tables"),
    ],
)
def test_a_wrong_file_is_exit_code_3_and_one_line_a_problem(home: Path, text: str, expected: str) -> None:
    (home / "rules.toml").write_text(text)
    ran = run_qualtui("rules", "test", "rules.toml", home=home)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert expected in ran.stderr
    assert all(line.startswith("rules.toml: ") for line in ran.stderr.splitlines())


def test_a_file_that_is_not_there_is_exit_code_3(home: Path) -> None:
    ran = run_qualtui("rules", "test", "nope.toml", home=home)
    assert ran.returncode == 3
    assert ran.stderr.startswith("nope.toml: found nothing, expected a file that can be read")


def test_without_rules_of_its_own_a_file_tests_the_configured_ones(home: Path) -> None:
    (home / "config.toml").write_text(AGENT + "[rules.database-down]\nfor = '1m'\n")
    text = """\
interval = "10s"
[[test]]
series = { "db.up" = "1 0x12" }
[[test.expect]]
at = "1m"
pending = ["database-down"]
[[test.expect]]
at = "1m10s"
firing = ["database-down"]
"""
    assert answer(home, text)[:2] == (0, "ok: 2 moments in 1 tests\n")
    assert answer(home, text.replace('["database-down"]', '["mine"]'))[0] == 3


def test_the_list_shows_each_rule_in_effect(home: Path) -> None:
    (home / "config.toml").write_text(AGENT + "[rules.reply-slow]\nenabled = false\n")
    lines = CliRunner().invoke(app, ["rules", "list"]).stdout.splitlines()
    assert len(lines) == len(BUILT_IN) + 1
    shown = {line.split()[0]: line for line in lines}
    assert "warning > 180, critical > 600" in shown["customers-waiting"]
    assert "switched off" in shown["reply-slow"]
    listed = json.loads(CliRunner().invoke(app, ["rules", "list", "--json"]).stdout)
    assert listed["gateway-not-working"]["fix"] == "gateway-restart"


def test_a_backtest_names_the_pages_that_other_rules_would_add_remove_and_move(home: Path) -> None:
    (home / "config.toml").write_text(AGENT + "[store]\npath = 'store.db'\n")
    now = time.time()
    with SqliteStore.open(home / "store.db") as store:
        # An outage of 5 min two hours ago, and one of 15 s an hour ago.
        downs = [(now - 7200, now - 6900), (now - 3600, now - 3585)]
        ats = [now - 9000 + 5 * n for n in range(1700)]
        up = [(at, float(not any(a <= at < b for a, b in downs))) for at in ats]
        store.add_samples([Sample("bot/db.up", at, value) for at, value in up])
    (home / "other.toml").write_text("[[rules]]\nname = 'database-down'\nfor = '2m'\n")
    run = ["rules", "backtest", "--since", "3h"]
    same = CliRunner().invoke(app, run)
    assert same.stdout.splitlines()[0] == "Pages, 3h until now: 2 by the rules before, 2 by the others"
    other = CliRunner().invoke(app, [*run, "--rules", "other.toml", "--json"])
    told = json.loads(other.stdout)
    assert (told["before"]["database-down"], told["after"]["database-down"]) == (2, 1)
    moved, removed = told["changes"]
    assert moved["after"] - moved["before"] == pytest.approx(110, abs=6)
    assert removed["after"] is None
    plain = CliRunner().invoke(app, [*run, "--rules", "other.toml"]).stdout
    assert "later by" in plain
    assert "removed: database-down of bot at" in plain


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--since", "soon"], "--since: expected a duration"),
        (["--since", "0s"], "--since: expected a duration above 0"),
        (["--rules", "nope.toml"], "nope.toml: found nothing"),
        ([], "there is no store at"),
    ],
)
def test_a_backtest_that_can_not_be_made_says_why_in_one_line(
    home: Path, options: list[str], expected: str
) -> None:
    (home / "config.toml").write_text(AGENT)
    ran = run_qualtui("rules", "backtest", *options, home=home)
    assert ran.returncode == 3
    assert expected in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
