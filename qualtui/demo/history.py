"""The demo's past: answered conversations, compressed like the demo's time. No customer waits."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec

from qualtui.demo.bot import FLOW, greeting, turn
from qualtui.demo.pace import HOUR
from qualtui.demo.persona import Persona, plan
from qualtui.demo.schema import Variant

_QUIET = 1500.0  # virtual seconds before the start without a message
_COLUMNS = {
    "leads": ("id", "nome", "telefone", "canal", "status", "created_at", "updated_at"),
    "sessions": ("id", "lead_id", "estado", "contexto", "ativa", "created_at", "updated_at"),
    "messages": ("id", "session_id", "lead_id", "conteudo", "tipo", "metadata", "created_at"),
    "qualificacoes": ("id", "lead_id", "session_id", "patrimonio_resposta", "resultado", "created_at"),
}
_LAST_WORDS = """
    select phone, at, ours from (
        select distinct on (l.id) l.telefone as phone, extract(epoch from m.created_at)::float8 as at,
            m.tipo = 'enviada' as ours
        from leads l join messages m on m.lead_id = l.id
        order by l.id, m.created_at desc
    ) as newest order by at
"""
Rows = dict[str, list[tuple[object, ...]]]


class Past(msgspec.Struct, frozen=True):
    """Which past: `hours` virtual ones until `now` (Unix time), at `speed`."""

    seed: int
    hours: float
    start_hour: float
    speed: float
    now: float
    variant: Variant = Variant.WORKING


class Ongoing(msgspec.Struct, frozen=True):
    """A customer in the middle of a conversation: so many answers were given, the next one is due."""

    persona: Persona
    answered: int
    due: float  # virtual seconds after the start


def conversations(past: Past) -> tuple[Rows, list[Ongoing]]:
    """The rows of every table, and who goes on. Pure: the same seed and moment give the same."""
    ongoing: list[Ongoing] = []
    rng = random.Random(past.seed + 7)  # noqa: S311 - invented history
    rows: Rows = {table: [] for table in _COLUMNS}
    length = past.hours * HOUR
    for one in plan(past.seed + 7, (past.start_hour - past.hours) % 24):
        if one.at > length - _QUIET:
            break
        answered = _conversation(rows, rng, one, past, length)
        if answered < len(one.answers):
            ongoing.append(Ongoing(one, answered, rng.uniform(30.0, 900.0)))
    return rows, ongoing


def _conversation(rows: Rows, rng: random.Random, one: Persona, past: Past, length: float) -> int:
    """Adds one conversation's rows; gives the number of answers that fit before the start."""
    lead, session = _uuid(rng), _uuid(rng)

    def moment(virtual: float) -> datetime:
        return datetime.fromtimestamp(past.now - (length - virtual) / past.speed, UTC)

    def say(virtual: float, kind: str, text: str, metadata: dict[str, str]) -> None:
        rows["messages"].append((_uuid(rng), session, lead, text, kind, json.dumps(metadata), moment(virtual)))

    clock = one.at + rng.uniform(5, 12)
    say(clock, "enviada", greeting(one.name), {"etapa": "mensagem_inicial", "canal": "whatsapp"})
    answered = -1  # the opening is no answer
    estado, contexto, status, result, alive = FLOW[0], dict[str, object](), "em_qualificacao", None, True
    for incoming, delay in zip((one.opening, *one.answers), (0.1, *one.delays), strict=True):
        clock += delay
        if clock > length - _QUIET:
            break
        answered += 1
        say(clock, "recebida", incoming, {"fonte": "whatsapp"})
        answer = turn(estado, contexto, incoming)
        clock += rng.uniform(5.2, 12.4)
        say(clock, "enviada", answer.text, {"etapa": answer.estado})
        status, result = answer.lead_status, answer.result or result
        if past.variant.progresses:  # elsewhere the CHECK refuses: the session stays where it was
            estado, contexto, alive = answer.estado, answer.contexto, not answer.final
    result = "qualificado" if result and not past.variant.clean else result  # its CHECK takes no other
    began = moment(one.at)
    rows["leads"].append((lead, one.name, one.phone, "whatsapp", status, began, began))
    rows["sessions"].append((session, lead, estado, json.dumps(contexto), alive, began, began))
    rows["qualificacoes"].append((_uuid(rng), lead, session, "", result, began))
    return max(answered, 0)


def _uuid(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def parts(rows: Rows) -> Iterator[tuple[str, tuple[str, ...], list[tuple[object, ...]]]]:
    """Table, columns and records, parents first."""
    for table, columns in _COLUMNS.items():
        yield table, columns, rows[table]


async def last_words(dsn: str) -> list[tuple[str, float, bool]]:
    """The gateway's chats: phone, time, and whether it is ours, of each newest message; oldest first."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(_LAST_WORDS)
    finally:
        await connection.close()
    return [(row["phone"], row["at"], row["ours"]) for row in rows]


async def write_history(dsn: str, past: Past) -> tuple[int, list[Ongoing]]:
    """Fills an empty database; gives the number of leads that stand in it afterwards, and who goes on."""
    ongoing: list[Ongoing] = []
    connection = await asyncpg.connect(dsn)
    try:
        count = int(await connection.fetchval("select count(*) from leads"))
        if count == 0 and past.hours > 0:
            rows, ongoing = conversations(past)
            async with connection.transaction():
                for table, columns, records in parts(rows):
                    await connection.copy_records_to_table(table, records=records, columns=columns)
            await connection.execute("analyze")
            count = int(await connection.fetchval("select count(*) from leads"))
        return count, ongoing
    finally:
        await connection.close()
