"""What is the bot's: enough to rebuild it, nothing that a customer said, and what can't be read is named."""

import json

import pytest

from qualtui.backup.bot import bot_parts, masked_event
from qualtui.config.values import AgentSettings, DatabaseSettings, GatewaySettings, Secret
from tests.postgres import AgentDatabase


def agents(dsn: Secret) -> dict[str, AgentSettings]:
    return {"bot": AgentSettings(database=DatabaseSettings(dsn=dsn))}


async def test_the_database_s_objects_sessions_and_errors_are_read(agent_db: AgentDatabase) -> None:
    lead = await agent_db.lead(nome="Maria Invented")
    session = await agent_db.session(lead, contexto='{"responses": {"patrimonio_faixa": "much"}}')
    await agent_db.message(lead, session, "recebida", 50.0)
    error = "Erro ao salvar: Key (telefone)=(5511987654321) of 'Maria Invented' exists"
    await agent_db.execute(
        "INSERT INTO system_logs (nivel, evento, detalhes) VALUES ('ERROR', $1, '{\"a\": 1}')", error
    )
    found = await bot_parts(agents(agent_db.dsn), ("leads",))
    parts = {part.name: part for part in found.parts}
    assert found.missing == ()
    assert sorted(parts) == [
        f"bot/bot/{name}" for name in ("database.json", "errors.json", "leads.jsonl", "sessions.json")
    ]
    (state,) = json.loads(parts["bot/bot/sessions.json"].content)
    assert (state["id"], state["state"], state["active"]) == (session, "inicio", True)
    assert state["message_at"] > state["updated_at"] - 86400
    kinds = {row["kind"] for row in json.loads(parts["bot/bot/database.json"].content)}
    assert kinds >= {"constraint", "index"}
    plain = b"".join(part.content for part in found.parts if not part.personal)
    assert [word for word in (b"Maria", b"5511987654321", b"much") if word in plain] == []
    assert b"Maria Invented" in parts["bot/bot/leads.jsonl"].content
    assert [part.name for part in found.parts if part.personal] == ["bot/bot/leads.jsonl"]


async def test_what_can_not_be_read_is_named_and_the_rest_is_there(agent_db: AgentDatabase) -> None:
    await agent_db.execute("DROP TABLE system_logs")
    found = await bot_parts(agents(agent_db.dsn), ())
    assert [line.partition(":")[0] for line in found.missing] == ["bot/errors"]
    assert len(found.parts) == 2


async def test_without_a_database_or_a_gateway_in_reach_each_is_one_line() -> None:
    nowhere = Secret("postgresql://monitor:secret@127.0.0.1:1/bot")
    agent = AgentSettings(
        database=DatabaseSettings(dsn=nowhere),
        gateway=GatewaySettings(url="http://127.0.0.1:1", key=Secret("secret")),
    )
    found = await bot_parts({"bot": agent}, ())
    assert [line.partition(":")[0] for line in found.missing] == [
        f"bot/{name}" for name in ("objects", "sessions", "errors", "gateway")
    ]
    assert "secret" not in "".join(found.missing)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Erro ao criar lead: timeout", "Erro ao criar lead: timeout"),
        ("duplicate key (telefone)=(5511987654321)", "duplicate key …=…"),
        ("Erro: {'nome': 'Maria'", "Erro: …"),
        ("sent to 5511987654321", "sent to +55 11 •••••-••21"),
        ("mail maria@example.com bounced", "mail … bounced"),
    ],
)
def test_an_error_keeps_its_words_and_no_customer(text: str, kept: str) -> None:
    assert masked_event(text) == kept
