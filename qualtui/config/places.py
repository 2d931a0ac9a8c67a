"""Where things are: the configuration file, the store, and the engine's socket."""

import os
import socket
import stat
from collections.abc import Mapping
from pathlib import Path

from qualtui.config.values import Config

FILE = "config.toml"
SOCKET_LONGEST = 100  # bytes; the system's sun_path has 104 or 108


def find(explicit: Path | None, env: Mapping[str, str], cwd: Path) -> Path | None:
    """The configuration file: the named one, $QUALTUI_CONFIG, ./config.toml, the user's; None: there is none.

    A file that is named need not exist: reading it says so.
    """
    if explicit is not None:
        return explicit
    if named := env.get("QUALTUI_CONFIG"):
        try:
            return Path(named).expanduser()
        except RuntimeError:  # ~, and there is no home directory
            return Path(named)
    if (here := cwd / FILE).is_file():
        return here
    users = _users()
    return users if users is not None and users.is_file() else None


def user_file() -> Path:
    """The configuration file in the user's folder, whether or not it is there.

    Raises ConfigErrors for a user without a home directory, as in a bare container.
    """
    found = _users()
    if found is None:
        raise _homeless("", "the path of a file, or $HOME or $XDG_CONFIG_HOME set")
    return found


def _users() -> Path | None:
    from platformdirs import user_config_path

    try:
        return user_config_path("qualtui", appauthor=False) / FILE
    except RuntimeError:
        return None


def _homeless(key: str, expected: str, file: str = "") -> Exception:
    from qualtui.config.errors import ConfigErrors, Problem

    return ConfigErrors((Problem(file, key, "a user without a home directory", expected),))


def store_path(config: Config) -> Path:
    """The store of this configuration. A relative `[store] path` starts at the configuration's folder.

    Without one it lies in the user's state folder; each configuration but the user's own has a store by itself,
    so that two of them never share an engine by accident. Raises ConfigErrors where the user has no such folder.
    """
    if config.store.path:
        return _at(config, config.store.path)
    from platformdirs import user_state_path

    own = not config.path or Path(config.path) == _users()
    name = "qualtui.db" if own else f"qualtui-{_short(config.path)}.db"
    try:
        return user_state_path("qualtui", appauthor=False) / name
    except RuntimeError:
        raise _homeless("store.path", "a path, or $HOME or $XDG_STATE_HOME set", config.path) from None


def backup_folder(config: Config) -> Path | None:
    """Where backups are kept: `[backup] directory`, from the configuration's folder on. None: none are taken."""
    return _at(config, config.backup.directory) if config.backup.directory else None


def socket_path(config: Config) -> Path:
    """The engine's socket: `[store] socket`, else beside the store.

    A system takes no socket path much longer than 100 bytes, and makes none on a read-only file system: such a one
    is replaced by a short one in a private runtime folder, which is made. Raises ConfigErrors where that folder is
    somebody else's.
    """
    path = _at(config, config.store.socket) if config.store.socket else Path(f"{store_path(config)}.sock")
    if len(os.fsencode(path)) <= SOCKET_LONGEST and (not _read_only(path.parent) or socket_answers(path)):
        return path
    return _private_folder(config) / f"{_short(str(path))}.sock"


def _at(config: Config, path: str) -> Path:
    try:
        return Path(config.path).parent / Path(path).expanduser()
    except RuntimeError:  # ~NAME of an unknown user
        return Path(config.path).parent / path


def _read_only(folder: Path) -> bool:
    """Whether the file system is, as after an error of its disk; rights are another matter."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def socket_answers(path: Path) -> bool:
    """Whether a process listens on the socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(os.fsencode(text)).hexdigest()[:12]


def _private_folder(config: Config) -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime) / "qualtui" if len(os.fsencode(runtime)) in range(1, 60) else _temporary()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    except OSError:
        private = False
    if not private:
        from qualtui.config.errors import ConfigErrors, Problem

        problem = Problem(config.path, "store.socket", f"no private folder at {folder}", "a path of your own")
        raise ConfigErrors((problem,))
    return folder


def _temporary() -> Path:
    # A fixed place, not $TMPDIR: a window and its engine must agree on it. It is checked before it is trusted.
    return Path("/tmp") / f"qualtui-{os.getuid()}"  # noqa: S108
