"""References in texts."""

import os
import threading
from pathlib import Path

import pytest

from qualtui.config.references import FILE_LIMIT, UnresolvedError, open_files, resolve

ENV = {"NAME": "value", "EMPTY": "", "TRICKY": "${NAME}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain $NAME {NAME} $", "plain $NAME {NAME} $"),
        ("a ${NAME} b ${NAME}", "a value b value"),
        ("${EMPTY}", ""),
        ("${EMPTY:-other}", "other"),
        ("${MISSING:-}", ""),
        ("${MISSING:-a:-b}", "a:-b"),
        ("${NAME:-other}", "value"),
        ("$${NAME}", "${NAME}"),
        ("${TRICKY}", "${NAME}"),
    ],
)
def test_references_are_filled_in_once(text: str, expected: str) -> None:
    assert resolve(text, ENV, Path()) == expected


@pytest.mark.parametrize("text", ["${", "${}", "${NAME", "${NA ME}", "${1}", "${NAME:}", "${${NAME}}"])
def test_a_broken_reference_is_refused_and_not_echoed(text: str) -> None:
    with pytest.raises(UnresolvedError) as caught:
        resolve(text, ENV, Path())
    assert caught.value.found == "a broken reference"


def test_a_missing_variable_is_named_without_its_surroundings() -> None:
    with pytest.raises(UnresolvedError) as caught:
        resolve("secret${MISSING}secret", ENV, Path())
    assert caught.value.found == "${MISSING}"
    assert "MISSING" in caught.value.expected


def test_a_file_gives_its_text_without_the_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    assert resolve("<${file:key}>", {}, tmp_path) == "<s3cret>"
    assert resolve(f"${{file:{tmp_path}/key}}", {}, Path("/")) == "s3cret"


def test_a_file_that_can_not_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (FILE_LIMIT + 1))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, why in (
        ("none", "No such file"),
        (".", "Is a directory"),
        ("a\x00b", "not a path"),
        ("large", "at most 64 KiB"),
        ("binary", "UTF-8"),
        (f"~nobody-{os.getpid()}/x", "not a path"),
    ):
        with pytest.raises(UnresolvedError) as caught:
            resolve(f"${{file:{name}}}", {}, tmp_path)
        assert why in caught.value.expected


def test_only_a_regular_file_is_read_and_nothing_waits_for_another(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to(tmp_path / "fifo")
    for name in ("fifo", "link", "/dev/zero", "/proc/self/environ"):
        with pytest.raises(UnresolvedError) as caught:
            resolve(f"${{file:{name}}}", {}, tmp_path)
        assert "not a regular file" in caught.value.expected
    (tmp_path / "empty").write_text("")
    assert resolve("<${file:empty}>", {}, tmp_path) == "<>"


def test_a_file_that_is_not_read_in_time_is_named_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("s3cret")
    let_go = threading.Event()
    monkeypatch.setattr("qualtui.config.files.PATIENCE", 0.05)
    monkeypatch.setattr(
        "qualtui.config.files.os.read", lambda *_: let_go.wait(5) and b""
    )  # as a dead network disk
    with pytest.raises(UnresolvedError) as caught:
        resolve("${file:key}", {}, tmp_path)
    let_go.set()
    assert "not read within" in caught.value.expected


def test_the_mark_that_some_editors_put_first_is_no_part_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xef\xbb\xbfs3cret\r\n")
    assert resolve("${file:key}", {}, tmp_path) == "s3cret"


def test_files_that_everybody_may_read_are_found(tmp_path: Path) -> None:
    for name, mode in (("open", 0o644), ("own", 0o600), ("group", 0o640)):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(mode)
    text = "${file:open} ${file:own} ${file:group} ${file:none} ${NAME}"
    assert open_files(text, tmp_path) == ("${file:open}",)
