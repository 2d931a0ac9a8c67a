"""`qualtui guard`: what waits is listed without a person in it, and released, blocked and let through."""

import json
from pathlib import Path

import pytest

from qualtui.cli.app import run
from qualtui.guard.guard_core import Reply
from qualtui.guard.settings import RateSettings
from tests.guard.posts import KEY, Bot, Time, core, message, signed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "guard.toml").write_text(
        f'origin.hmac_key = "{KEY}"\nhold.path = "."\nlog.path = "attempts.jsonl"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUALTUI_USER", "ana")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code of a command line, and what it printed."""
    code = run(["guard", *arguments])
    out, err = capsys.readouterr()
    return code, out + err


def test_what_is_held_is_listed_without_its_chat_and_released(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bot, guard = Bot(), core(folder)
    guard.receive(signed(message(timestamp=1_600_000_000)), bot)
    code, out = said(capsys, "list")
    assert (code, "900000001" in out, "too old" in out) == (0, False, True)
    (row,) = json.loads(said(capsys, "list", "--json")[1])
    assert said(capsys, "release", row["id"]) == (0, "1 message is released.\n")
    assert "released by ana" in said(capsys, "list")[1]
    assert guard.release_due(bot) == 1
    assert bot.seen == [message(timestamp=1_600_000_000)]
    assert said(capsys, "list") == (0, "Nothing waits.\n")


def test_what_is_in_doubt_goes_when_the_bot_has_forgotten_it_and_only_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    time, bot = Time(), Bot(Reply(500, b""))
    guard = core(folder, time)
    guard.receive(signed(message()), bot)
    (row,) = json.loads(said(capsys, "list", "--json")[1])
    assert "goes 2m after it came" in said(capsys, "release", row["id"])[1]
    assert guard.release_due(bot) == 0
    time.now += 131
    assert guard.release_due(bot) == 1
    code, out = said(capsys, "release", row["id"])
    assert (code, "by hand" in out) == (1, True)


def test_a_blocked_sender_is_held_and_an_allowed_one_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bot, guard = Bot(), core(folder, rate=RateSettings(per_sender="1/hour"))
    guard.receive(signed(message(number=1)), bot)
    guard.receive(signed(message(number=2)), bot)
    (row,) = json.loads(said(capsys, "list", "--json")[1])
    assert said(capsys, "block", row["sender"], "--reason", "sends advertisements")[0] == 0
    guard.receive(signed(message(number=3)), bot)
    assert guard.totals["held:blocked"] == 1
    assert said(capsys, "allow", row["sender"], "--reason", "a mistake", "--for", "1d")[0] == 0
    guard.receive(signed(message(number=4)), bot)
    assert bot.seen == [message(number=1), message(number=4)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("release", "00000000"), "No message 00000000 waits"),
        (("block", "ana", "--reason", "x"), "A sender is 16 signs"),
        (("block", "0123456789abcdef"), "Say why"),
        (("block", "0123456789abcdef", "--reason", "x", "--for", "soon"), "a duration such as"),
        (("list", "--guard", "nowhere.toml"), "nowhere.toml: found nothing"),
    ],
)
def test_a_slip_is_one_line_that_names_it(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    core(folder).receive(signed(message()), Bot())
    code, out = said(capsys, *arguments)
    assert code > 0
    assert words in out
    assert "Traceback" not in out


def test_a_ledger_that_is_damaged_or_absent_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "kept nothing yet" in said(capsys, "list")[1]
    (folder / "guard.db").write_bytes(b"no database " * 200)
    assert "can't be read: file is not a database" in said(capsys, "list")[1]


def test_check_says_what_the_guard_would_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "check")
    assert (code, "Mode: enforce" in out, "Origin: signature" in out) == (0, True, True)
    (folder / "guard.toml").write_text('mode = "enforce"\n[rate]\nper_sender = "often"\n', encoding="utf-8")
    code, out = said(capsys, "check")
    assert code > 0
    assert 'rate.per_sender: found "often"' in out
