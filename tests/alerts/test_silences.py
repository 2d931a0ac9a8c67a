"""A silence mutes what it matches while it runs, and no newer cause."""

import pytest
from msgspec.structs import replace

from qualtui.alerts.mute import MuteKind
from qualtui.alerts.silences import silenced
from qualtui.model import Silence
from qualtui.model.matchers import matcher_of
from tests.alerts.alert import incident

LABELS = {"agent": "bot", "rule": "customers-waiting", "severity": "critical", "link": "customer"}
SILENCE = Silence("abc", (matcher_of("agent=bot"),), "Ana", "gateway is replaced", 100.0, 200.0)


@pytest.mark.parametrize(
    ("matcher", "now", "mutes"),
    [
        ("agent=bot", 150.0, True),
        ("agent=bot", 199.9, True),
        ("agent=bot", 200.0, False),  # it is over
        ("agent=bot", 90.0, True),  # the clock was set back since
        ("agent=other", 150.0, False),
        ("severity=warning", 150.0, False),
    ],
)
def test_a_silence_mutes_what_it_matches_while_it_runs(matcher: str, now: float, mutes: bool) -> None:
    silence = replace(SILENCE, matchers=(matcher_of(matcher),))
    assert (silenced(LABELS, incident(), [silence], now) is not None) is mutes


def test_the_silence_that_runs_longest_is_named() -> None:
    longer = replace(SILENCE, id="xyz", until=300.0, author="Bruno")
    mute = silenced(LABELS, incident(), [SILENCE, longer, replace(SILENCE, id="q")], 150.0)
    assert mute is not None
    assert (mute.kind, mute.key, mute.until) == (MuteKind.SILENCE, "xyz", 300.0)
    assert str(mute.reason) == "silenced by Bruno until 00:05: gateway is replaced"


def test_a_newer_cause_is_not_silenced() -> None:
    silence = replace(SILENCE, causes={1: 2})
    assert silenced(LABELS, incident(revision=2), [silence], 150.0) is not None
    assert silenced(LABELS, incident(revision=3), [silence], 150.0) is None
    # An incident that opened later has no cause that the silence was made for.
    assert silenced(LABELS, incident(revision=3), [replace(SILENCE, causes={7: 0})], 150.0) is not None
