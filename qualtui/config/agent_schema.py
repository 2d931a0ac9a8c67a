"""The agent's schema: which of its tables and columns a mapping may rename, and to what."""

import re

TABLES: dict[str, str] = {
    "leads": "id nome telefone email canal status score processado created_at updated_at",
    "sessions": "id lead_id estado contexto ativa created_at updated_at",
    "messages": "id session_id lead_id conteudo tipo metadata created_at",
    "qualificacoes": "id lead_id session_id patrimonio_resposta objetivo_resposta urgencia_resposta "
    "interesse_resposta patrimonio_pontos objetivo_pontos urgencia_pontos interesse_pontos "
    "score_total resultado observacoes created_at",
    "reunioes": "id lead_id data_agendada status link_reuniao observacoes created_at updated_at",
    "system_logs": "id lead_id session_id nivel evento detalhes created_at",
}

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def is_ours(name: str) -> bool:
    """Whether a name is `table` or `table.column` of the agent."""
    table, dot, column = name.partition(".")
    return table in TABLES and (not dot or column in TABLES[table].split())


def is_real(name: str) -> bool:
    """Whether a name can be one of the database: `table` or `schema.table`, or a column."""
    return all(_IDENTIFIER.fullmatch(part) and len(part.encode()) <= 63 for part in name.split(".", 1))
