"""Where the configuration, the store and the socket are."""

import os
import pwd
import socket
from pathlib import Path

import pytest

from benchmarks.disk import Disk
from qualtui.cli.common import first_steps, who
from qualtui.config import places
from qualtui.config.errors import ConfigErrors
from qualtui.config.places import find, socket_path, store_path, user_file
from tests.config.sample import AGENT, read


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_first_configuration_that_is_named_or_there_is_taken(tmp_path: Path) -> None:
    env = {"QUALTUI_CONFIG": "/etc/qualtui.toml"}
    assert find(None, {}, tmp_path) is None
    user_file().parent.mkdir(parents=True)
    user_file().touch()
    assert find(None, {}, tmp_path) == user_file()
    (tmp_path / "config.toml").touch()
    assert find(None, {}, tmp_path) == tmp_path / "config.toml"
    assert find(None, {"QUALTUI_CONFIG": ""}, tmp_path) == tmp_path / "config.toml"
    assert find(None, env, tmp_path) == Path("/etc/qualtui.toml")
    assert find(Path("missing.toml"), env, tmp_path) == Path("missing.toml")


def test_two_configurations_never_share_a_store_by_accident(tmp_path: Path) -> None:
    own = store_path(read(AGENT, path=user_file()))
    one, other = (store_path(read(AGENT, path=tmp_path / name)) for name in ("a.toml", "b.toml"))
    assert own == tmp_path / "home/.local/state/qualtui/qualtui.db"
    assert len({own, one, other}) == 3
    assert one == store_path(read(AGENT, path=tmp_path / "a.toml"))


def test_a_relative_store_lies_beside_the_configuration(tmp_path: Path) -> None:
    config = read(AGENT + "[store]\npath = 'data/q.db'", path=tmp_path / "config.toml")
    assert store_path(config) == tmp_path / "data/q.db"
    assert socket_path(config) == tmp_path / "data/q.db.sock"
    config = read(AGENT + "[store]\npath = '~/q.db'", path=tmp_path / "config.toml")
    assert store_path(config) == tmp_path / "home/q.db"


def test_a_named_socket_is_taken(tmp_path: Path) -> None:
    config = read(AGENT + "[store]\nsocket = '/run/qualtui/q.sock'", path=tmp_path / "config.toml")
    assert socket_path(config) == Path("/run/qualtui/q.sock")


def test_a_socket_path_too_long_for_the_system_becomes_a_short_private_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_temporary", lambda: tmp_path / "run")
    config = read(AGENT + f"[store]\npath = '/{'x' * 120}/q.db'")
    path = socket_path(config)
    assert path.parent == tmp_path / "run"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path == socket_path(config)
    assert path != socket_path(read(AGENT + f"[store]\npath = '/{'x' * 121}/q.db'"))
    assert len(os.fsencode(path.name)) <= 20


def test_on_a_disk_that_became_read_only_the_socket_is_a_private_one_unless_an_engine_listens_there(
    small_disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_temporary", lambda: tmp_path / "run")
    usual = small_disk.folder / "q.db.sock"
    config = read(AGENT + f"[store]\npath = '{small_disk.folder}/q.db'")
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(usual))
        engine.listen()
        small_disk.protect()
        assert socket_path(config) == usual
    assert socket_path(config).parent == tmp_path / "run"
    small_disk.protect(False)
    assert socket_path(config) == usual


def test_a_runtime_folder_that_others_may_enter_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    monkeypatch.setattr(places, "_temporary", lambda: tmp_path / "run")
    with pytest.raises(ConfigErrors) as caught:
        socket_path(read(AGENT + f"[store]\npath = '/{'x' * 120}/q.db'"))
    assert caught.value.problems[0].key == "store.socket"


def test_a_user_without_a_home_directory_is_told_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError("no such user")

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "QUALTUI_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)  # as in a bare container
    assert find(None, {}, tmp_path) is None
    assert find(None, {"QUALTUI_CONFIG": "~/x.toml"}, tmp_path) == Path("~/x.toml")
    for asking in (user_file, lambda: store_path(read(AGENT, path=tmp_path / "c.toml"))):
        with pytest.raises(ConfigErrors, match="a user without a home directory"):
            asking()
    assert (
        store_path(read(AGENT + '[store]\npath = "here.db"\n', path=tmp_path / "c.toml")) == tmp_path / "here.db"
    )
    assert "qualtui config init" in first_steps()
    assert who()
