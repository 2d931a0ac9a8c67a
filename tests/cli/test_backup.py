"""`qualtui backup` as a person types it, without an engine."""

import json
from pathlib import Path

import pytest

from qualtui.store.sqlite import SqliteStore
from tests.backup.stores import made_store, names
from tests.cli.folders import AGENT, run_qualtui


def configured(home: Path) -> Path:
    """A home with a store and a configuration that backs it up; gives the backups' folder."""
    store = made_store(home)
    (home / "config.toml").write_text(f'{AGENT}[store]\npath = "{store}"\n[backup]\ndirectory = "backups"\n')
    return home / "backups"


def test_a_backup_is_taken_listed_and_verified(tmp_path: Path) -> None:
    folder = configured(tmp_path)
    ran = run_qualtui("backup", "now", home=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    (name,) = names(folder)
    rows = run_qualtui("backup", "list", home=tmp_path).stdout.splitlines()
    assert [row.split()[-2:] for row in rows] == [["encrypted", "file"], ["no", name]]
    for archive in ([], [name], [str(folder / name)]):
        said = run_qualtui("backup", "verify", *archive, home=tmp_path)
        assert (said.returncode, said.stderr) == (0, "")
        assert "the store with 40 events are right" in said.stdout
    listed = json.loads(run_qualtui("backup", "list", "--json", home=tmp_path).stdout)
    assert [(one["path"], one["events"], one["encrypted"]) for one in listed] == [(str(folder / name), 40, False)]


def test_a_damaged_archive_is_one_line_and_exit_1(tmp_path: Path) -> None:
    folder = configured(tmp_path)
    run_qualtui("backup", "now", home=tmp_path)
    (name,) = names(folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    ran = run_qualtui("backup", "verify", home=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "was changed or is damaged" in ran.stderr


@pytest.mark.parametrize("words", ["now", "list", "verify"])
def test_without_a_directory_it_says_which_key_is_missing(tmp_path: Path, words: str) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    ran = run_qualtui("backup", words, home=tmp_path)
    assert ran.returncode == 3 or "there is no key" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_restore_is_shown_first_and_done_with_yes(tmp_path: Path) -> None:
    configured(tmp_path)
    run_qualtui("backup", "now", home=tmp_path)
    state = tmp_path / "state"
    before = (state / "store.db").read_bytes()
    shown = run_qualtui("restore", home=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "40 events" in shown.stdout
    assert "Nothing was changed" in shown.stdout
    assert (state / "store.db").read_bytes() == before
    done = run_qualtui("restore", "--yes", home=tmp_path, QUALTUI_USER="ana")
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in names(state) if "before-restore" in name] != []
    with SqliteStore.open(state / "store.db") as store:
        assert store.load().activity[-1].who == "ana"


def test_a_configuration_is_written_to_a_new_file_and_its_other_addresses_are_named(tmp_path: Path) -> None:
    configured(tmp_path)
    run_qualtui("backup", "now", home=tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace("bot.example.com", "new.example.com"))
    ran = run_qualtui("restore", "--configuration", "old.toml", home=tmp_path)
    first = "agents.bot.health.url: https://new.example.com/health -> https://bot.example.com/health"
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, first)
    assert "https://bot.example.com/health" in (tmp_path / "old.toml").read_text()
    again = run_qualtui("restore", "--configuration", "config.toml", home=tmp_path)
    assert (again.returncode, "it is not replaced" in again.stderr) == (1, True)
