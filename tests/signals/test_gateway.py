"""The gateway's word for an instant: in doubt is not delivered."""

import pytest

from qualtui.model import Sample
from qualtui.signals.gateway import GatewayWord, gateway_word


def samples(*pairs: tuple[float, float | None]) -> tuple[Sample, ...]:
    return tuple(Sample("bot/waha.working", at, value) for at, value in pairs)


@pytest.mark.parametrize(
    ("known", "at", "now", "word"),
    [
        ((), 100, 100, GatewayWord.LATER),
        ((), 100, 200, GatewayWord.UNKNOWN),
        (((98, 1.0),), 100, 101, GatewayWord.LATER),
        (((98, 1.0), (103, 1.0)), 100, 104, GatewayWord.WORKING),
        (((98, 1.0), (103, 0.0)), 100, 104, GatewayWord.BROKEN),
        (((98, 0.0), (103, 1.0)), 100, 104, GatewayWord.BROKEN),
        (((98, 0.0),), 100, 101, GatewayWord.BROKEN),
        (((98, None), (93, 1.0)), 100, 101, GatewayWord.LATER),
        (((93, 1.0), (98, None), (103, None), (108, 1.0)), 100, 109, GatewayWord.WORKING),
        (((93, 1.0), (98, None), (103, None), (108, 0.0)), 100, 109, GatewayWord.BROKEN),
        (((10, 0.0),), 100, 101, GatewayWord.LATER),
        (((10, 0.0), (300, 0.0)), 100, 301, GatewayWord.UNKNOWN),
        (((100, 1.0), (105, 1.0)), 100, 106, GatewayWord.WORKING),
        (((103, 1.0),), 100, 104, GatewayWord.WORKING),
    ],
)
def test_the_nearest_samples_decide(
    known: tuple[tuple[float, float | None], ...], at: float, now: float, word: GatewayWord
) -> None:
    assert gateway_word(samples(*sorted(known, key=lambda pair: pair[0])), at, now, reach=30) is word
