"""A token says what its key signed, in one spelling, for a day; anything else is not known."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.alerts.ack_token import (
    KEY_LIFETIME,
    LIFETIME,
    AckClaim,
    AckKey,
    TokenRefusal,
    claim_of,
    keys_at,
    token_for,
    token_mark,
)

NOW = 1_800_000_000.0
KEY = AckKey("k1", b"s" * 32, NOW)
OTHER = AckKey("k2", b"t" * 32, NOW)
TOKEN = token_for(42, "42/1/firing/0.0/ops", KEY, NOW)


def test_a_token_says_what_was_signed() -> None:
    assert claim_of(TOKEN, (KEY,), NOW) == AckClaim("k1", 42, "42/1/firing/0.0/ops", int(NOW + LIFETIME))


def test_a_token_works_for_a_day() -> None:
    assert isinstance(claim_of(TOKEN, (KEY,), NOW + LIFETIME), AckClaim)
    assert claim_of(TOKEN, (KEY,), NOW + LIFETIME + 1) is TokenRefusal.EXPIRED


def test_a_token_of_the_key_before_works_until_it_is_gone() -> None:
    assert isinstance(claim_of(TOKEN, (OTHER, KEY), NOW), AckClaim)
    assert claim_of(TOKEN, (OTHER,), NOW) is TokenRefusal.UNKNOWN


def test_a_key_signs_under_its_own_name_alone() -> None:
    assert claim_of(TOKEN, (AckKey("other", KEY.secret, NOW),), NOW) is TokenRefusal.UNKNOWN


@settings(max_examples=200, deadline=None, database=None)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("abcXYZ019-_=+/ "))
def test_no_changed_character_is_taken(place: int, sign: str) -> None:
    changed = TOKEN[:place] + sign + TOKEN[place + 1 :]
    if changed != TOKEN:
        assert claim_of(changed, (KEY,), NOW) is TokenRefusal.UNKNOWN


@pytest.mark.parametrize("text", ["", "x", "é", TOKEN + "=", "A" * 5000, base64.b64encode(b"m" * 80).decode()])
def test_what_is_no_token_is_not_known(text: str) -> None:
    assert claim_of(text, (KEY,), NOW) is TokenRefusal.UNKNOWN


def test_a_new_key_signs_after_a_month_and_the_one_before_stays() -> None:
    assert keys_at((), KEY, NOW) == (KEY,)
    assert keys_at((KEY,), OTHER, NOW + KEY_LIFETIME) == (KEY,)
    third = AckKey("k3", b"u" * 32, NOW)
    assert keys_at((KEY, third), OTHER, NOW + KEY_LIFETIME + 1) == (OTHER, KEY)


def test_neither_a_mark_nor_a_repr_is_the_secret() -> None:
    assert TOKEN not in token_mark(TOKEN)
    assert "sss" not in repr(KEY)
