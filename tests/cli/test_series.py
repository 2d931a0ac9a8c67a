"""`qualtui series show`: a chart in plain lines, JSON for programs, mistakes in one line."""

import pytest

from qualtui.cli import series
from qualtui.cli.app import run
from qualtui.wire import Command, History, ShowHistory
from tests import snapshots


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ShowHistory]:
    """The requests that the command sends to an engine that knows the past."""
    found: list[ShowHistory] = []

    def answered(config: object, ask: Command) -> tuple[History, float]:
        assert isinstance(ask, ShowHistory)
        found.append(ask)
        return snapshots.past(ask), snapshots.AT

    monkeypatch.setattr(series, "ask_when", answered)
    monkeypatch.setenv("TZ", snapshots.ZONE)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return found


def test_a_chart_is_printed_with_limits_and_times_of_this_machine(
    asked: list[ShowHistory], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["series", "show", "customers.oldest", "--range", "1h"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("/customers.oldest   last 1h, 1 cell = 1m   low 0s  high ")
    assert "03:00" in rows[-1]
    assert rows[-1].endswith("now")
    assert len(rows) == 12
    assert max(map(len, rows)) <= 100
    (ask,) = asked
    assert (ask.series, ask.seconds, ask.agent) == (("customers.oldest",), 3600, "")


def test_json_has_the_cells(asked: list[ShowHistory], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["series", "show", "db.seconds", "--range", "24h", "--cells", "48", "--agent", "b", "--json"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ('"lows"', '"highs"', '"lasts"', '"step": 1800', '"limits"'))
    (ask,) = asked
    assert (ask.cells, ask.agent) == (48, "b")


def test_an_unknown_range_is_named_with_those_that_there_are(
    asked: list[ShowHistory], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["series", "show", "db.seconds", "--range", "2h"]) == 3
    told = capsys.readouterr()
    assert told.err == "qualtui: no range '2h'; there is: 15m, 1h, 6h, 24h, 7d, 30d\n"
    assert not told.out
    assert not asked


def test_too_many_cells_are_a_wrong_command_line(
    asked: list[ShowHistory], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["series", "show", "db.seconds", "--cells", "401"]) == 3
    assert not asked
