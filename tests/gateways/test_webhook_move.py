"""The webhook's address is moved with the whole configuration kept, and refused where that is not sure."""

import json
from typing import Any

import pytest

from qualtui.gateways.gateway import GatewayError
from qualtui.gateways.waha.webhook_move import moved, same_config

BOT, STANDBY = "https://bot.example.com/health", "https://standby.example.com:8443/health"
HOOK = {
    "url": "https://bot.example.com/webhook?v=1",
    "events": ["message", "session.status"],
    "hmac": {"key": "invented-key"},
    "retries": {"policy": "linear", "delaySeconds": 2, "attempts": 15},
    "customHeaders": [{"name": "X-One", "value": "1"}],
}
OTHER = {"url": "https://log.example.com/in", "events": ["message.ack"]}
CONFIG: dict[str, Any] = {
    "metadata": {"team": "sales"},
    "proxy": None,
    "debug": False,
    "noweb": {"store": {"enabled": True, "fullSync": False}},
    "webhooks": [HOOK, OTHER],
}


def body(config: object) -> bytes:
    return json.dumps({"name": "default", "status": "WORKING", "me": None, "config": config}).encode()


def test_one_origin_changes_and_all_else_is_kept() -> None:
    put, move = moved(body(CONFIG), "default", BOT, STANDBY)
    sent = json.loads(put)
    assert sent["name"] == "default"
    hook = {**HOOK, "url": "https://standby.example.com:8443/webhook?v=1"}
    assert sent["config"] == {**CONFIG, "webhooks": [hook, OTHER]}
    assert (move.old, move.new) == ("https://bot.example.com", "https://standby.example.com:8443")
    assert len(move.digest) == 12


def test_there_and_back_is_the_configuration_of_before() -> None:
    put, there = moved(body(CONFIG), "default", BOT, STANDBY)
    again, back = moved(body(json.loads(put)["config"]), "default", STANDBY, BOT)
    assert json.loads(again)["config"] == CONFIG
    assert there.digest != back.digest


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({}, "set in the gateway's environment"),
        (None, "set in the gateway's environment"),
        ({"webhooks": []}, "set in the gateway's environment"),
        ({"webhooks": [OTHER]}, "its webhooks do not have https://bot.example.com"),
        ({"webhooks": [HOOK, {"url": "https://standby.example.com:8443/webhook"}]}, "it posts to https://standby"),
        ({"webhooks": [{**HOOK, "hmac": {"key": "********"}}]}, "hides the webhook's key"),
    ],
)
def test_what_would_lose_something_or_let_both_answer_is_refused(config: object, why: str) -> None:
    with pytest.raises(GatewayError, match=why):
        moved(body(config), "default", BOT, STANDBY)


@pytest.mark.parametrize("answer", [b"", b"[]", b"<html>", b"{}"])
def test_an_answer_that_is_no_session_is_refused(answer: bytes) -> None:
    with pytest.raises(GatewayError):
        moved(answer, "default", BOT, STANDBY)


def test_no_text_of_a_move_has_a_path_or_a_login() -> None:
    config = {"webhooks": [{"url": "https://user:secret@bot.example.com/webhook/secret"}]}
    _put, move = moved(body(config), "default", BOT, STANDBY)
    assert "secret" not in repr(move)


def test_a_configuration_that_became_another_is_noticed() -> None:
    put, _move = moved(body(CONFIG), "default", BOT, STANDBY)
    assert same_config(put, body(json.loads(put)["config"]))
    assert not same_config(put, body(CONFIG))
    assert not same_config(put, b"<html>")
