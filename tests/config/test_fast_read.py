"""A window's glance gives what the whole reader would give, or nothing at all."""

import os
import time
from pathlib import Path

import pytest

from qualtui.config.errors import ConfigErrors
from qualtui.config.fast_read import SIZE_LIMIT, fast_read
from qualtui.config.load import load_window

PLAIN = """
[agents.bot.health]
url = "${SOMETHING}"
[store]
path = "here.db"
keep_raw = "2d"
[screen]
ascii = true
[keys]
quit = "Z"
[demo]
control_url = "http://127.0.0.1:1"
speed = 20
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_a_plain_configuration_is_read_as_the_whole_reader_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN)
    quick, whole = fast_read(path), load_window(path, {})
    assert quick is not None
    assert (quick.store.path, quick.screen, quick.keys, quick.path) == (
        whole.store.path,
        whole.screen,
        whole.keys,
        whole.path,
    )
    assert (quick.demo.control_url, quick.demo.speed) == (whole.demo.control_url, whole.demo.speed)


def test_the_shipped_example_is_plain_enough() -> None:
    assert fast_read(Path(__file__).parents[2] / "config.toml") is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        '[store]\npath = "${HOME}/x"',
        "[store]\npath = 3",
        "[store]\nfolder = 'x'",
        "[screen]\nascii = 1",
        "[screen]\nascii = 'yes'",
        "[keys]\nquit = 1",
        "[keys]\nquit = 'f'",
        "keys = 3\n",
        "store = []\n",
        "[demo]\nspeed = true",
        "x = [" * 3000,
    ],
)
def test_whatever_is_not_plain_is_left_to_the_whole_reader(text: str, tmp_path: Path) -> None:
    assert fast_read(written(tmp_path, text)) is None


def test_a_file_that_is_not_there_is_left_to_the_whole_reader(tmp_path: Path) -> None:
    assert fast_read(tmp_path / "none.toml") is None


def test_a_file_that_would_block_or_freeze_a_reader_is_refused_at_once(tmp_path: Path) -> None:
    frozen = written(tmp_path, ".".join(["a"] * 30_000) + "=1")
    began = time.monotonic()
    assert fast_read(frozen) is None
    os.mkfifo(tmp_path / "fifo")
    assert fast_read(tmp_path / "fifo") is None
    for path, word in ((frozen, "32 parts"), (tmp_path / "fifo", "not a regular file")):
        with pytest.raises(ConfigErrors) as caught:
            load_window(path, {})
        assert word in str(caught.value)
    assert time.monotonic() - began < 5


def test_the_mark_that_some_editors_put_first_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PLAIN.encode())
    quick = fast_read(path)
    assert quick is not None
    assert quick.store.path == load_window(path, {}).store.path == "here.db"


AGENTS = "".join(
    f'[agents.bot{n}.health]\nurl = "http://127.0.0.1:{n}/"\ninterval = 1.5\n\n'
    f'[agents.bot{n}.database]\ndsn = "${{DSN}}"\n'
    for n in range(1, 2000)
)


@pytest.mark.parametrize("rest", ["", PLAIN, '[store]\npath = "here.db"\n'])
def test_thousands_of_plain_agents_cost_a_window_nothing(rest: str, tmp_path: Path) -> None:
    """A window needs none of them; the parser alone would take longer than all else at its start."""
    path = written(tmp_path, AGENTS + rest)
    assert path.stat().st_size > SIZE_LIMIT
    quick, whole = fast_read(path), load_window(path, {})
    assert quick is not None
    assert (quick.store.path, quick.store.socket, quick.screen, quick.keys) == (
        whole.store.path,
        whole.store.socket,
        whole.screen,
        whole.keys,
    )


@pytest.mark.parametrize(
    "text",
    [
        "[agents.bot.health]\nurl = nothing\n",
        '[agents.bot.health]\nurl = "x" "y"\n[store]\npath = "here.db"\n',
        '[agents.bot.health]\nretries = 1.2.3\n[store]\npath = "here.db"\n',
        '[agents.bot\nurl = "x"\n',
    ],
)
def test_an_agent_that_is_no_toml_is_left_to_the_whole_reader(text: str, tmp_path: Path) -> None:
    assert fast_read(written(tmp_path, text)) is None


def test_what_looks_like_an_agent_in_a_text_of_several_lines_is_no_agent(tmp_path: Path) -> None:
    """Else the line after it would be taken for the store's path."""
    text = '[rules.x]\nrunbook = """\n[agents.bot.health]\n[store]\npath = "other.db"\n"""\n'
    text += '[store]\npath = "here.db"\n'
    quick = fast_read(written(tmp_path, text))
    assert quick is None or quick.store.path == "here.db"
