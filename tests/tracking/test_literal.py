"""Rows S6, S7 and S9 to the letter: what our own questions at GET /health came to."""

from qualtui.model import EARLY, Sample
from qualtui.tracking.literal import NAMES, literal_samples

NOW = 10_000.0


def samples(name: str, values: str) -> list[Sample]:
    """A minute apart, the newest now: `+` well, `-` badly, `?` not asked."""
    start = NOW - 60.0 * (len(values) - 1)
    found = {"+": 1.0, "-": 0.0, "?": None}
    return [Sample(f"bot/{name}", start + 60.0 * n, found[word]) for n, word in enumerate(values)]


def told(up: str, silent: str = "", window: float = 3600.0) -> dict[str, float | None]:
    found = literal_samples("bot", samples("health.up", up), samples("health.silent", silent), NOW, window)
    return {one.series.removeprefix("bot/"): one.value for one in found}


def test_errors_are_a_rate_from_twenty_questions_on() -> None:
    assert told("+" * 18 + "--")["row.error_rate"] == 10
    assert told("+" * 17 + "--")["row.error_rate"] is None
    assert told("+" * 17 + "--")["row.asked"] == 19
    few = literal_samples("bot", samples("health.up", "+" * 19), [], NOW, 3600.0)
    assert {one.series: one.code for one in few if one.code} == {"bot/row.error_rate": EARLY}


def test_only_the_window_counts() -> None:
    assert told("-" * 30 + "+" * 11, window=600.0) == {
        "row.asked": 11,
        "row.error_rate": None,
        "row.consecutive_errors": 0,
        "row.timeouts": 0,
    }


def test_errors_in_a_row_end_with_a_good_answer_and_not_with_a_gap() -> None:
    assert told("--+---")["row.consecutive_errors"] == 3
    assert told("+--?-")["row.consecutive_errors"] == 3
    assert told("---+")["row.consecutive_errors"] == 0


def test_timeouts_are_counted() -> None:
    assert told("++++", "+-++")["row.timeouts"] == 3


def test_what_was_not_asked_is_no_data_and_nothing_known_is_nothing() -> None:
    assert told("") == {}
    assert told("++?") == dict.fromkeys(NAMES)
