"""A customer from another country is one person, although the bot writes to another number than his."""

import pytest

from qualtui.tracking.identity import chat_key, stored_forms


@pytest.mark.parametrize("chat", ["14155550123", "351912345678", "5491123456789", "59899123456"])
def test_what_the_bot_makes_of_a_foreign_number_is_that_customer(chat: str) -> None:
    assert chat_key(f"55{chat}") == chat_key(f"{chat}@c.us")
    assert chat_key(f"+55{chat}") == chat_key(f"{chat}@c.us")
    assert f"55{chat}" in stored_forms(chat_key(f"{chat}@c.us"))


def test_the_chat_to_which_the_bot_writes_instead_is_another_person() -> None:
    assert chat_key("5514155550123@c.us") != chat_key("14155550123@c.us")


@pytest.mark.parametrize("phone", ["5511912345678", "551134567890", "11912345678", "+55 (11) 91234-5678"])
def test_a_brazilian_phone_keeps_its_country(phone: str) -> None:
    assert chat_key(phone).startswith("5511")
