"""Lines of a log file: each with its time and an id that stays, whatever is added."""

from datetime import datetime
from pathlib import Path

import pytest

from qualtui.hosts.host import HostError
from qualtui.hosts.process.logfile import TAIL, lines_since

LOCAL = datetime(2026, 11, 22, 8, 28, 2).astimezone().timestamp()
GUNICORN = b"[2026-11-22 08:28:02 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:8)\n"
STRUCTLOG = b"2026-11-22 08:28:02 [error    ] Failed to create session telefone=5511900000000\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "bot.log"


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (GUNICORN, 1_795_336_082.0),
        (STRUCTLOG, LOCAL),
        (b"2026-11-22T08:28:02.25Z up\n", 1_795_336_082.25),
        (b"2026-11-22 08:28:02,500 up\n", LOCAL + 0.5),
    ],
)
def test_the_times_of_the_bots_own_lines_are_read(log: Path, line: bytes, at: float) -> None:
    log.write_bytes(line)
    (found,) = lines_since(log, 0.0)
    assert found.at == at


def test_a_line_without_a_time_has_that_of_the_one_before(log: Path) -> None:
    log.write_bytes(STRUCTLOG + b"Traceback (most recent call last):\n  File \x1b[31mx\n")
    assert [one.at for one in lines_since(log, 0.0)] == [LOCAL] * 3
    assert lines_since(log, 0.0)[2].text == "File [31mx"
    assert lines_since(log, LOCAL + 1) == ()


def test_an_id_stays_while_lines_are_added_and_a_half_line_waits(log: Path) -> None:
    log.write_bytes(STRUCTLOG + b"2026-11-22 08:28:03 half")
    (first,) = lines_since(log, 0.0)
    with log.open("ab") as file:
        file.write(b" of it\n")
    both = lines_since(log, 0.0)
    assert both[0] == first
    assert [one.text[-10:] for one in both[1:]] == ["half of it"]


def test_only_the_end_of_a_large_file_is_read(log: Path) -> None:
    log.write_bytes(STRUCTLOG * 2 * (TAIL // len(STRUCTLOG)))
    found = lines_since(log, 0.0)
    assert len(found) <= TAIL // len(STRUCTLOG) + 1
    assert all(one.text.startswith("2026") for one in found)
    assert len({one.id for one in found}) == len(found)


def test_a_file_that_is_not_there_says_so_without_its_path(log: Path) -> None:
    with pytest.raises(HostError, match="No such file") as caught:
        lines_since(log, 0.0)
    assert "bot.log" not in str(caught.value)
