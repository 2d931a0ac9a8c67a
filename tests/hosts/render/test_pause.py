"""After too many requests nothing is sent for a while, longer each time, and not at the same moment for all."""

import pytest

from qualtui.hosts.render.pause import LONGEST, Pause, after

NOW = 1_790_000_000.0


def test_each_refusal_doubles_the_pause_up_to_its_limit() -> None:
    pause, waits = Pause(), []
    for _ in range(12):
        pause = after(pause, 429, {}, NOW, 0.0)
        waits.append(pause.until - NOW)
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"ratelimit-reset": "45"}, 45),  # seconds left, as in the docs' own example
        ({"ratelimit-reset": str(NOW + 30)}, 30),  # Unix time, as the docs' text says
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 2),
        ({"ratelimit-reset": "nan"}, 2),
        ({"ratelimit-reset": "-5"}, 2),
        ({"ratelimit-reset": "1e300"}, 2),
        ({"ratelimit-reset": "86400"}, LONGEST),
    ],
)
def test_the_pause_is_as_long_as_the_answer_names(headers: dict[str, str], wait: float) -> None:
    assert after(Pause(), 429, headers, NOW, 0.0).until - NOW == pytest.approx(wait)


def test_jitter_only_makes_it_longer() -> None:
    assert after(Pause(), 429, {"retry-after": "10"}, NOW, 1.0).until - NOW == pytest.approx(15)


def test_a_good_answer_ends_the_row_and_one_that_was_the_last_waits_for_the_reset() -> None:
    assert after(Pause(NOW, 5), 200, {"ratelimit-remaining": "12"}, NOW, 0.5) == Pause()
    assert after(Pause(), 200, {"ratelimit-remaining": "0", "ratelimit-reset": "20"}, NOW, 0.5) == Pause(
        NOW + 20, 0
    )
