"""A button's token is short, says what its key signed, and works through its own channel alone, for a day."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.alerts.ack_token import LIFETIME, AckKey, TokenRefusal, claim_of, token_for
from qualtui.alerts.button_token import ButtonClaim, button_claim, button_token, notice_mark

NOW = 1_800_000_000.0
KEY = AckKey("k1", b"s" * 32, NOW)
OTHER = AckKey("k2", b"t" * 32, NOW)
NOTICE = "42/1/escalation/1.1/ana-phone"
TOKEN = button_token(42, NOTICE, "ana-phone", KEY, NOW)


def claimed(token: str = TOKEN, channel: str = "ana-phone", *keys: AckKey, at: float = NOW) -> object:
    return button_claim(token, channel, keys or (KEY,), at)


def test_a_token_says_what_was_signed_and_fits_into_telegrams_64_bytes() -> None:
    assert claimed() == ButtonClaim(42, notice_mark(NOTICE), int(NOW + LIFETIME))
    longest = button_token(2**63, NOTICE * 9, "c" * 64, KEY, NOW)
    assert isinstance(claimed(longest, "c" * 64), ButtonClaim)
    assert len(TOKEN) == len(longest) == 51


def test_a_token_works_through_its_own_channel_alone() -> None:
    assert claimed(TOKEN, "other") is TokenRefusal.UNKNOWN


def test_a_token_works_for_a_day() -> None:
    assert isinstance(claimed(at=NOW + LIFETIME), ButtonClaim)
    assert claimed(at=NOW + LIFETIME + 1) is TokenRefusal.EXPIRED


def test_a_token_of_the_key_before_works_until_it_is_gone() -> None:
    assert isinstance(claimed(TOKEN, "ana-phone", OTHER, KEY), ButtonClaim)
    assert claimed(TOKEN, "ana-phone", OTHER) is TokenRefusal.UNKNOWN
    assert claimed(TOKEN, "ana-phone", AckKey("other", KEY.secret, NOW)) is TokenRefusal.UNKNOWN


def test_a_link_is_no_button_and_a_button_no_link() -> None:
    assert claimed(token_for(42, NOTICE, KEY, NOW)) is TokenRefusal.UNKNOWN
    assert claim_of(TOKEN, (KEY,), NOW) is TokenRefusal.UNKNOWN


@settings(max_examples=300, deadline=None, database=None)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("abcXYZ019-_=+/ "))
def test_no_changed_character_is_taken_so_no_token_leads_to_another_incident(place: int, sign: str) -> None:
    changed = TOKEN[:place] + sign + TOKEN[place + 1 :]
    if changed != TOKEN:
        assert claimed(changed) is TokenRefusal.UNKNOWN


@pytest.mark.parametrize("text", ["", "x", "é", TOKEN + "=", TOKEN + "A", "A" * 5000])
def test_what_is_no_token_is_not_known(text: str) -> None:
    assert claimed(text) is TokenRefusal.UNKNOWN
