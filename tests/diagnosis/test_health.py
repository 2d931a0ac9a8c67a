"""Busy is not down: a bot that replies to customers has no time for /health."""

import pytest

from qualtui.config.values import HealthSettings, Seconds
from qualtui.diagnosis.derivations import VITAL, WITNESS
from qualtui.diagnosis.health import agent_down, blind, returned, unreached
from qualtui.model import Sample
from tests.english import english

SETTINGS = HealthSettings(url="http://127.0.0.1/health", misses=3, down_after=Seconds(150))


def ups(*values: float | None, start: float = 1000.0) -> list[Sample]:
    return [Sample("bot/health.up", start + 60 * n, value, "no answer in 30s") for n, value in enumerate(values)]


def down(
    samples: list[Sample], now: float, last_sent: float | None = None, refused: Sample | None = None
) -> float | None:
    found = agent_down("bot", samples, refused, last_sent, SETTINGS, now)
    return None if found is None else found.value


def test_nothing_is_known_before_the_first_answer() -> None:
    assert agent_down("bot", [], None, None, SETTINGS, 1000.0) is None


def test_an_answer_is_up() -> None:
    assert down(ups(0, 0, 1), 1120) == 0


def test_a_refused_connection_is_down_at_once() -> None:
    assert down(ups(1, 0), 1060, last_sent=1059, refused=Sample("bot/health.refused", 1060, 1)) == 1


def test_an_old_refusal_says_nothing_of_a_later_miss() -> None:
    assert down(ups(0, 0), 1060, refused=Sample("bot/health.refused", 1000, 1)) == 0


def test_three_misses_over_150_seconds_without_a_message_are_down() -> None:
    assert down(ups(1, 0, 0, 0), 1209) == 0
    assert down(ups(1, 0, 0, 0), 1210) == 1


def test_two_misses_are_not_down_however_long_they_last() -> None:
    assert down(ups(1, 0, 0), 9999) == 0


def test_a_bot_that_sends_is_busy() -> None:
    assert down(ups(0, 0, 0, 0), 1180, last_sent=1100) == 0
    assert down(ups(0, 0, 0, 0), 1180, last_sent=999) == 1


def test_a_bot_that_stores_a_row_after_each_kill_of_its_worker_is_not_down() -> None:
    # Sends hang: the worker is killed every 120 s, and the next customer's message is stored right after it.
    misses = ups(*[0] * 12)
    for now in range(1000, 1700, 5):
        kill = 1000 + 120 * ((now - 1000) // 120)
        assert down([one for one in misses if one.at <= now], now, last_sent=kill) == 0, now
    assert down(misses, 1660, last_sent=1360) == 1, "no row for longer: it hangs for good"


def test_the_bot_came_back_from_being_down_for_so_long() -> None:
    samples = ups(1, 0, 0, 0, 0, 1, 1)
    gone = [Sample("bot/health.down", at, float(at >= 1210)) for at in (1000, 1060, 1210, 1240)]
    told = {
        one.series: one.value
        for one in returned("bot", samples, [*gone, Sample("bot/health.down", 1300, 0)], 1400)
    }
    assert told == {"bot/health.back": 100.0, "bot/health.away": 300.0}
    assert returned("bot", samples[:5], gone, 1290) == (), "it is away still"
    assert returned("bot", samples, gone[:2], 1400) == (), "it was busy, not down"


def test_what_we_could_not_ask_is_no_miss_and_no_recovery() -> None:
    assert down(ups(0, None, 0, 0), 1180) == 1
    assert down(ups(0, 0, 0, None), 1180) is None


def test_misses_with_a_long_gap_between_them_are_not_in_a_row() -> None:
    before, after = ups(0, 0), ups(0, start=4000.0)
    assert down([*before, *after], 4001) == 0


def test_blindness_is_the_age_of_the_vital_series_that_is_silent_longest() -> None:
    found = blind("bot", {"health.up": 990.0, "db.up": 700.0, "gateway.working": None}, 900.0, 1000.0)
    assert (found.series, found.value) == ("bot/sight.blind", 100.0)
    assert str(found.note) in {"whether the database answers", "whether the gateway can send"}


def test_nobody_is_blind_who_asks_nothing() -> None:
    assert blind("bot", {}, 900.0, 1000.0).value == 0.0


def test_how_often_and_how_the_agent_was_not_reached() -> None:
    answers = [(1, ""), (0, "refused"), (0, "HTTP 502"), (0, "refused"), (1, "")]
    samples = [Sample("bot/health.up", 60.0 * n, value, note) for n, (value, note) in enumerate(answers)]
    told = english(unreached("bot", samples, 240.0, 600.0))
    assert told == Sample("bot/failures.unreached", 240.0, 3, "refused 2, HTTP 502 1")
    assert english(unreached("bot", samples, 290.0, 120.0)) == Sample(
        "bot/failures.unreached", 240.0, 1, "refused 1"
    )
    restored = [Sample("bot/health.up", 60.0, 0.0), Sample("bot/health.up", 120.0, 0.0), samples[3]]
    assert english(unreached("bot", restored, 240.0, 600.0)) == Sample(
        "bot/failures.unreached", 180.0, 3, "reason not kept 2, refused 1"
    )
    assert unreached("bot", [], 240.0, 600.0) is None
    assert unreached("bot", [Sample("bot/health.up", 9.0, None, "no route")], 9.0, 600.0) == Sample(
        "bot/failures.unreached", 9.0, None, "no route"
    )


@pytest.mark.parametrize("name", [*VITAL, WITNESS])
def test_what_is_not_known_is_said_in_words_and_never_as_a_series(name: str) -> None:
    note = str(blind("bot", {name: None}, 900.0, 1000.0).note)
    assert note.startswith(("whether ", "who "))
    assert name not in note
