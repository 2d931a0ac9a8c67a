"""The past is plausible: answered, in order, before the start, and the same for the same seed."""

import json

import pytest

from qualtui.demo.history import Past, conversations
from qualtui.demo.schema import Variant

PAST = Past(seed=1, hours=48, start_hour=10, speed=20, now=1_700_000_000.0, variant=Variant.ORIGINAL)


def test_the_same_seed_gives_the_same_past() -> None:
    assert conversations(PAST) == conversations(PAST)


@pytest.mark.parametrize("variant", list(Variant))
def test_every_conversation_ends_with_the_bot_and_before_the_start(variant: Variant) -> None:
    rows, ongoing = conversations(Past(1, 48, 10, 20, PAST.now, variant))
    last: dict[object, tuple[object, ...]] = {}
    for message in rows["messages"]:
        last[message[1]] = message
    assert {message[4] for message in last.values()} == {"enviada"}
    assert all(message[-1].timestamp() < PAST.now for message in rows["messages"])  # type: ignore[attr-defined]  # a datetime among objects
    assert len(rows["messages"]) > 500
    assert ongoing


def test_the_check_holds_sessions_at_their_beginning_unless_it_was_dropped() -> None:
    estados = {row[2] for row in conversations(PAST)[0]["sessions"]}
    assert estados == {"inicio"}
    relaxed = {row[2] for row in conversations(Past(1, 48, 10, 20, PAST.now, Variant.RELAXED))[0]["sessions"]}
    assert "finalizado" in relaxed
    working = conversations(Past(1, 48, 10, 20, PAST.now))[0]  # the demo's default lets the bot work
    assert "finalizado" in {row[2] for row in working["sessions"]}
    assert "reuniao_agendada" in {row[4] for row in working["qualificacoes"]}


def test_the_metadata_shows_the_real_progress() -> None:
    messages = conversations(PAST)[0]["messages"]
    steps = {json.loads(str(row[5])).get("etapa") for row in messages if row[4] == "enviada"}
    assert steps == {"mensagem_inicial", "perguntar_patrimonio"}
