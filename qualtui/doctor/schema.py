"""The bot's schema and its known faults: writes that the database refuses, each with the SQL that fixes it.

Which values the bot writes and the CHECKs refuse was found by running it on its own schema.
"""

import re
from collections.abc import Container, Sequence
from collections.abc import Mapping as Map

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.doctor.needs import quoted, real_column, tables
from qualtui.model.findings import Finding, ok, warning
from qualtui.text import clean
from qualtui.text.message import Text, message

_VALUE = re.compile(r"'((?:[^']|'')*)'::")


class SchemaFault(msgspec.Struct, frozen=True):
    """Values that the bot writes into a column, and the effect if a CHECK refuses them."""

    table: str
    column: str
    values: tuple[str, ...]
    effect: Text


class Column(msgspec.Struct, frozen=True):
    """A column as it stands: its type, and its CHECKs by name."""

    type: str
    checks: Map[str, str]


class Trigger(msgspec.Struct, frozen=True):
    """A trigger of a table, by the bot's own name of it."""

    table: str
    name: str
    function: str
    before_update: bool


FAULTS = (
    SchemaFault(
        "sessions",
        "estado",
        (
            *("perguntar_patrimonio", "perguntar_onde_investe", "perguntar_qualidade_suporte"),
            *("perguntar_objetivo", "perguntar_prazo", "oferecer_reuniao", "agendamento"),
            "finalizado_nao_interessado",
        ),
        message("the bot's progress is lost: it repeats the same question forever"),
    ),
    SchemaFault(
        "leads",
        "canal",
        ("planilha", "instagram", "linkedin", "site", "indicacao", "default"),
        message("leads from the sheet are never created"),
    ),
    SchemaFault(
        "leads", "status", ("nao_interessado",), message("customers who are not interested keep the old status")
    ),
    SchemaFault("reunioes", "status", ("agendado",), message("no meeting is ever stored")),
    SchemaFault(
        "qualificacoes",
        "resultado",
        ("reuniao_agendada", "nao_interessado"),
        message("the result of a qualification never changes"),
    ),
)
_DATED = ("leads", "sessions", "reunioes")  # the bot never sets updated_at itself
_LONG = ("system_logs", "evento")


async def columns(reader: DatabaseReader, mapping: Mapping) -> dict[tuple[str, str], Column]:
    """The columns that the faults speak of, as they stand. Raises DatabaseError."""
    names = tables(mapping)
    keys = [*((fault.table, fault.column) for fault in FAULTS), _LONG]
    given = [(names[name], real_column(name, column, mapping)) for name, column in keys]
    rows = await reader.ask(
        "checks", sql("qualtui.doctor", "checks", mapping), *(list(part) for part in zip(*given, strict=True))
    )
    found: dict[tuple[str, str], Column] = {}
    for key, (relation, column) in zip(keys, given, strict=True):
        mine = [row for row in rows if (row["relation"], row["name"]) == (relation, column)]
        if mine:
            checks = {row["constraint"]: row["definition"] for row in mine if row["constraint"]}
            found[key] = Column(mine[0]["type"], checks)
    return found


async def triggers(reader: DatabaseReader, mapping: Mapping) -> tuple[Trigger, ...]:
    """The triggers of the bot's tables. Raises DatabaseError."""
    own = {real: name for name, real in tables(mapping).items()}
    rows = await reader.ask("triggers", sql("qualtui.doctor", "triggers", mapping), list(own))
    return tuple(Trigger(own[row["relation"]], row["name"], row["function"], row["before_update"]) for row in rows)


def check_findings(found: Map[tuple[str, str], Column], mapping: Mapping) -> tuple[Finding, ...]:
    """One finding a column that refuses what the bot writes; one ok if none does."""
    findings = []
    for fault in FAULTS:
        column = found.get((fault.table, fault.column))
        for name, definition in () if column is None else column.checks.items():
            taken = values_of(definition)
            refused = [value for value in fault.values if value not in taken]
            if taken and refused:
                findings.append(_refusal(fault, refused, _widened(fault, name, taken, mapping)))
    column = found.get(_LONG)
    length = re.search(r"\((\d+)\)", column.type) if column is not None else None
    if length is not None:
        why = message(
            "system_logs.evento holds {length} characters: the bot's errors are longer and are never stored",
            length=length[1],
        )
        place, name = tables(mapping)[_LONG[0]], quoted(real_column(*_LONG, mapping))
        statement = f"ALTER TABLE {place} ALTER COLUMN {name} TYPE text"
        findings.append(_fault("schema.evento", why, (statement,)))
    return tuple(findings) or (
        ok("schema.checks", message("bot's schema"), message("accepts everything that the bot writes")),
    )


def trigger_findings(found: Sequence[Trigger], present: Container[str], mapping: Mapping) -> tuple[Finding, ...]:
    """What the triggers do, and what is wrong without them. `present`: the tables that exist."""
    names = tables(mapping)
    findings = []
    dated = {trigger.table for trigger in found if trigger.before_update}
    missing = [name for name in _DATED if name in present and name not in dated]
    if missing:
        why = message(
            "updated_at of {tables} never changes: by the rows every session is stuck after 30 min",
            tables=", ".join(missing),
        )
        todo = message("qualtui's own figures need no trigger; its SQL updates it from now on")
        findings.append(
            warning("schema.triggers", message("bot's schema"), why, todo, _dating(missing, names, mapping))
        )
    for trigger in found:
        if trigger.function == "sync_lead_score":
            why = message("{trigger} turns each qualified lead into nao_qualificado", trigger=clean(trigger.name))
            statement = f"DROP TRIGGER {quoted(trigger.name)} ON {names[trigger.table]}"
            findings.append(_fault("schema.score", why, (statement,)))
    return tuple(findings) or (
        ok("schema.triggers", message("bot's triggers"), message("keep updated_at, do no harm")),
    )


def values_of(definition: str) -> tuple[str, ...]:
    """The values that a CHECK lists; none if it is not a list."""
    return tuple(value.replace("''", "'") for value in _VALUE.findall(definition))


def _refusal(fault: SchemaFault, refused: Sequence[str], statements: tuple[str, ...]) -> Finding:
    column, more = f"{fault.table}.{fault.column}", len(refused) - 1
    why = message("{column} refuses {value}: {effect}", column=column, value=refused[0], effect=fault.effect)
    if more:
        why = message("{column} refuses {value} and {more} more: {effect}",
                      column=column, value=refused[0], more=more, effect=fault.effect)  # fmt: skip
    return _fault(f"schema.{fault.table}.{fault.column}", why, statements)


def _fault(check: str, why: Text, statements: tuple[str, ...]) -> Finding:
    return warning(check, message("bot's schema"), why, message("run its SQL as the tables' owner"), statements)


def _widened(fault: SchemaFault, name: str, taken: Sequence[str], mapping: Mapping) -> tuple[str, ...]:
    """Allow the new values beside the old, in one short lock; the present rows fit the old list."""
    place = tables(mapping)[fault.table]
    column = quoted(real_column(fault.table, fault.column, mapping))
    values = ", ".join(_text(value) for value in dict.fromkeys((*taken, *fault.values)))
    again = f"ADD CONSTRAINT {quoted(name)} CHECK ({column} IN ({values})) NOT VALID"
    return (
        f"ALTER TABLE {place} DROP CONSTRAINT {quoted(name)}, {again}",
        f"ALTER TABLE {place} VALIDATE CONSTRAINT {quoted(name)}",
    )


def _dating(missing: Sequence[str], names: Map[str, str], mapping: Mapping) -> tuple[str, ...]:
    columns_ = {real_column(name, "updated_at", mapping) for name in missing}
    made = []
    for column in sorted(columns_):
        function = quoted(f"set_{column}")
        made.append(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN NEW.{quoted(column)} = now(); RETURN NEW; END $$"
        )
    for name in missing:
        function = quoted(f"set_{real_column(name, 'updated_at', mapping)}")
        made.append(
            f'CREATE TRIGGER "update_{name}_updated_at" BEFORE UPDATE ON {names[name]} '
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    return tuple(made)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
